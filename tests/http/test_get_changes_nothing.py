"""GET, HEAD and OPTIONS change nothing, on every route there is (ADR 9)."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from h5.rendering import STATIC_VERSION
from seals.kinds import SealKind
from server.client import Client
from server.demo import Demo
from tests.http.daily import bind
from tests.http.entering import begun
from tests.http.site import (
    Party,
    Site,
    access_code,
    client_at,
    combinations,
    filed,
    joined,
    refused,
    routes,
    speak,
)
from tests.seals.pdf.samples import contract
from tests.seals.photo.photos import stamped_jpeg

GETS = sorted(
    f"/{route.path}"
    for route in routes()
    # The desks of the platform open for its own people: tests/http/test_reviews.py walks through them.
    if "GET" in route.methods and not route.path.startswith(("desk", "api/desk"))
)
LONG_AGO = "2020-01-01 00:00:00+00:00"


@pytest.fixture(scope="module")
def ids(site: Site, a: Party) -> Iterator[dict[str, Sequence[str]]]:
    """Real ids of A, in the states in which a careless GET would be tempted to set something right."""
    signed, _ = a.sign(contract(2), printed=True)
    a.client.open_printed(signed["document"]["code"], access_code(site, signed["document"]["code"]))
    waiting, late, claimed = (a.ask(contract()) for _ in range(3))
    for each in (waiting, late):
        a.client.open_challenge(each["id"])
    site.change("UPDATE challenge SET expires_at = ? WHERE subject = ?", LONG_AGO, late["id"])
    site.change("UPDATE signing SET claimed_at = ? WHERE id IN (?, ?)", LONG_AGO, late["id"], claimed["id"])
    claim = a.client.open_here(claimed["id"])
    c = site.founder(3, "孙静怡", "北京静怡文化有限公司")
    handed_over = "UPDATE company SET representative_id = ? WHERE id = ?"
    site.change(handed_over, a.client.me()["id"], c.company)
    passed, old = a.client.begin_collection(c.company), a.client.begin_collection(c.company)
    httpx.post(passed["check_url"], data={"outcome": "pass"})
    site.change("UPDATE collection SET created_at = ? WHERE id = ?", LONG_AGO, old["id"])
    url = str(a.client.present(a.company)["url"])
    with client_at(site.url) as desk:
        scanned = a.client.claim_login(desk.ask_login_code()["url"].partition("#")[2])
    site.change("UPDATE challenge SET expires_at = '2100-01-01 00:00:00+00:00' WHERE id = ?", scanned["id"])
    photo = a.client.take_photo(a.company, "x.jpg", stamped_jpeg(SealKind.CONTRACT), "contract")
    checks = [a.client.begin_check(purpose) for purpose in ("unlock", "reset")]
    httpx.post(checks[0]["url"], data={"outcome": "pass"})
    bound = bind(site)
    signings = (signed["id"], waiting["id"], late["id"], claimed["id"])
    yield {
        "application": (a.application,),
        **{name: (each,) for name, each in begun(a, 373).items()},
        "company": (a.company, c.company),
        "collection": (a.collection, passed["id"], old["id"]),
        "photo": (photo["id"],),
        "seal": (a.seal(), a.seal("representative")),
        "document": (signed["document"]["id"], waiting["document"]["id"]),
        "signing": signings,
        "page": ("0.png", "1"),
        "challenge": (claim["id"],),
        "grant": (joined(site, a, 804)[1],),
        "member": ("0" * 24,),
        **dict.fromkeys(("notice", "ticket", "guidance"), ("0" * 24,)),
        "filing": (filed(a)["id"],),
        "paper": (a.client.papers(a.company)[0]["id"],),
        "template": ("mandate",),
        "rule": ("0" * 24,),
        "change": ("0" * 24,),
        "ask": ("0" * 24,),
        "check": (
            *(each["id"] for each in checks),
            a.client.begin_check("device")["id"],
            device_check_passed(a),
        ),
        "device": (a.client.devices()[0]["id"],),
        "login": (a.client.sessions()[0]["id"],),
        "passkey": ("0" * 24,),
        "scan": (scanned["id"],),
        "code": (signed["document"]["code"], waiting["document"]["code"], "unknown"),
        "token": (url.rpartition("/")[2], exported(site, a, signed["id"]), "unknown"),
        "form": ("pdf",),
        "name": ("root.pem", "any-192.png", "issuing.crl", f"{bound}.txt", "unknown"),
        "number": (str(bound), "0"),
        "asked": (asked_about_issuing(site), "unknown"),
        "version": (STATIC_VERSION,),
        "path": ("css/base.css", "../pages.py"),
    }
    site.change(handed_over, c.client.me()["id"], c.company)


def asked_about_issuing(site: Site) -> str:
    """An OCSP request about the issuing authority, in Base64."""
    issuing, root = (
        x509.load_pem_x509_certificate(httpx.get(f"{site.url}/trust/{name}.pem").content)
        for name in ("issuing", "root")
    )
    request = ocsp.OCSPRequestBuilder().add_certificate(issuing, root, hashes.SHA256()).build()
    return base64.b64encode(request.public_bytes(Encoding.DER)).decode()


def device_check_passed(party: Party) -> str:
    """An identity check for a further device, passed and not used."""
    begun = party.client.begin_check("device")
    httpx.post(begun["url"], data={"outcome": "pass"})
    return str(begun["id"])


def exported(site: Site, a: Party, signing: str) -> str:
    """The token of a file that waits to be fetched, for as long as the walk takes."""
    made = a.client.export_signing(signing, "pdf")
    site.change("UPDATE export SET expires_at = '2100-01-01 00:00:00+00:00'")
    return str(made["download_url"]).rpartition("/")[2]


@pytest.fixture
def readers(a: Party, b: Party, stranger: Client) -> dict[str, httpx.Client]:
    return {"owner": a.http, "another": b.http, "nobody": stranger.http}


def test_get_changes_nothing_on_any_route(
    site: Site, ids: dict[str, Sequence[str]], readers: dict[str, httpx.Client]
) -> None:
    before = site.state()
    for path in GETS:
        for who, http in readers.items():
            statuses = [speak(http, "GET", url).status_code for url in combinations(path, ids)]
            assert max(statuses) < 500, (who, path, statuses)
            assert who != "owner" or min(statuses) < 400, f"no id here opens {path}: the walk proves nothing"
        after = site.state()
        assert {t for t in after if after[t] != before[t]} == set(), f"GET {path} changed these"


def test_the_snapshot_sees_a_change(site: Site, a: Party) -> None:
    before = site.state()
    a.client.present(a.company)
    assert {table for table, rows in site.state().items() if rows != before[table]} == {"presentation"}


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"])
def test_other_methods_do_nothing_and_say_what_is_allowed(
    site: Site, ids: dict[str, Sequence[str]], a: Party, method: str
) -> None:
    before = site.state()
    served: dict[str, set[str]] = {}
    for route in routes():
        served.setdefault(route.path, set()).update(route.methods)
    for shape, methods in served.items():
        if method in methods:
            continue
        path = combinations(f"/{shape}", ids)[0]
        answer = a.http.request(method, path)
        assert answer.status_code == 405, (method, path)
        allowed = {name.strip() for name in answer.headers["allow"].split(",")}
        assert methods <= allowed, (method, path)
        assert method not in allowed
    assert site.state() == before


def test_a_check_that_passed_is_seen_by_get_and_used_by_post(site: Site) -> None:
    party = site.founder(4, "周文博", "北京文博咨询有限公司")
    begun = party.client.begin_collection(party.company)
    assert party.client.collection(begun["id"])["state"] == "checking"
    httpx.post(begun["check_url"], data={"outcome": "pass"})
    assert party.client.collection(begun["id"])["state"] == "checked"
    assert site.column("collection", "state", id=begun["id"]) == ["checking"], "a GET has written it down"
    assert party.client.set_pin(begun["id"], party.pin)["state"] == "collected"


def test_a_pin_before_the_check_makes_no_key(site: Site) -> None:
    party = site.founder(5, "吴思远", "北京思远科技有限公司")
    begun = party.client.begin_collection(party.company)
    refused(lambda: party.client.set_pin(begun["id"], party.pin), 409, "collection.state")
    httpx.post(begun["check_url"], data={"outcome": "fail"})
    refused(lambda: party.client.set_pin(begun["id"], party.pin), 409, "collection.state")
    assert party.client.collection(begun["id"])["state"] == "refused"
    assert {seal["state"] for seal in party.client.company(party.company)["seals"]} == {"issued"}
    again = Demo(site.url, party.demo.mobile)
    again.phone = party.client
    assert again.collect(party.company, party.pin)["state"] == "collected"
