"""Uploads that break off, and requests that come twice in the same instant."""

from __future__ import annotations

import socket
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from server.client import Client
from tests.http.site import BOUNDARY, Party, Site, client_at, multipart, refused
from tests.seals.pdf.samples import contract

AT_ONCE = 8


def head(site: Site, party: Party, length: int, path: str = "/api/documents") -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: 127.0.0.1:{site.port}",
        "Cookie: " + "; ".join(f"{name}={value}" for name, value in party.http.cookies.items()),
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {length}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


def together(act: Callable[[int], httpx.Response], count: int = AT_ONCE) -> list[httpx.Response]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(act, range(count)))


def twin(site: Site, party: Party) -> Client:
    """Another connection of the same session."""
    client = client_at(site.url)
    client.http.cookies.update(party.http.cookies)
    return client


@pytest.mark.parametrize("path", ["/api/documents", "/api/verify", "/api/verify-seal"])
@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_an_upload_that_is_cut_off_leaves_nothing(site: Site, a: Party, path: str, share: float) -> None:
    body = multipart(b'form-data; name="file"; filename="x.pdf"', contract(20))
    before = site.state()
    with socket.create_connection(("127.0.0.1", site.port)) as connection:
        connection.sendall(head(site, a, len(body), path) + body[: int(len(body) * share)])
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(10)
        answer = connection.recv(64)
    assert not answer.startswith((b"HTTP/1.1 2", b"HTTP/1.1 5")), answer
    assert a.client.me()["companies"]
    assert site.state() == before


def test_a_length_that_lies(site: Site, a: Party) -> None:
    """The last boundary is missing: what came is judged as it is, and half a PDF is no PDF."""
    body = multipart(b'form-data; name="file"; filename="x.pdf"', contract(20))
    half = body[: len(body) // 2]
    before = site.state()
    answer = a.http.post(
        "/api/documents",
        content=half,
        headers={"content-type": f"multipart/form-data; boundary={BOUNDARY}"},
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] in {"pdf.truncated", "upload.missing"}
    assert site.state() == before


def test_a_form_sent_many_times_at_once_is_one_application(site: Site) -> None:
    party = site.person(41, "郑晓东")
    sent = party.form("北京晓东同时设计有限公司")
    twins = [twin(site, party) for _ in range(AT_ONCE)]
    answers = together(lambda n: twins[n].http.post("/api/applications", json=sent))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert len(site.column("application", "id", company_name=sent["company_name"])) == 1
    first = answers[0].json()["id"]
    Client.until(lambda: party.client.application(first), "approved")
    assert party.client.apply({**sent, "company_name": "另一个名字有限公司"})["id"] == first
    assert len(site.column("company", "id", name=sent["company_name"])) == 1


def test_one_name_applied_for_by_many_at_once_is_one_company(site: Site) -> None:
    party = site.person(42, "冯立新")
    name = "北京立新同名贸易有限公司"
    twins = [twin(site, party) for _ in range(AT_ONCE)]
    answers = together(lambda n: twins[n].http.post("/api/applications", json=party.form(name)))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: AT_ONCE - 1}
    errors = [answer.json()["error"] for answer in answers if answer.status_code == 409]
    assert {(error["code"], error["field"]) for error in errors} == {("company.name_taken", "company_name")}
    winner = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
    Client.until(lambda: party.client.application(winner), "approved")
    # The same name in another spelling is the same name: brackets, spaces, full width.
    for spelling in (name, f" {name} ", "北京立新同名贸易有限公司"):
        taken = lambda spelling=spelling: party.client.apply(party.form(spelling))  # noqa: E731
        assert refused(taken, 409, "company.name_taken").field == "company_name"
    assert len(site.column("company", "id", name=name)) == 1


def test_a_request_for_a_seal_sent_many_times_at_once_is_one_signing(site: Site, a: Party) -> None:
    document = a.client.upload("一次.pdf", contract())
    place = {"page": 0, "x_mm": 40.0, "y_mm": 200.0}
    sent = {"request_id": str(uuid.uuid4()), "document_id": document["id"], "seal_id": a.seal(), **place}
    twins = [twin(site, a) for _ in range(AT_ONCE)]
    answers = together(lambda n: twins[n].http.post("/api/signings", json=sent))
    assert {answer.status_code for answer in answers} == {201}
    (signing,) = {answer.json()["id"] for answer in answers}
    assert site.column("signing", "id", document_id=document["id"]) == [signing]
    asked = site.column("event", "seq", kind="signing.requested", subject=f"signing:{signing}")
    assert len(asked) == 1


def test_a_signing_is_cancelled_once(site: Site, a: Party) -> None:
    signing = a.ask(contract())["id"]
    twins = [twin(site, a) for _ in range(AT_ONCE)]
    answers = together(lambda n: twins[n].http.post(f"/api/signings/{signing}/cancel"))
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: AT_ONCE - 1}
    assert len(site.column("event", "seq", kind="signing.cancelled", subject=f"signing:{signing}")) == 1


def test_keys_are_made_once_however_often_the_pin_is_sent(site: Site) -> None:
    party = site.founder(43, "陈嘉禾", "北京嘉禾农业有限公司")
    begun = party.client.begin_collection(party.company)
    httpx.post(begun["check_url"], data={"outcome": "pass"})
    path, client = f"/api/collections/{begun['id']}/pin", party.client
    signed = client.device.possession(client.collect_values(client.collection(begun["id"])))
    pin = {"pin": party.pin, **signed}
    twins = [twin(site, party) for _ in range(4)]
    answers = together(lambda n: twins[n].http.post(path, json=pin), 4)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 3}
    # Whoever made them has got a new token, for all connections of the browser.
    made = next(twin for twin, answer in zip(twins, answers, strict=True) if answer.status_code == 200)
    party.http.cookies.update(made.http.cookies)
    for seal in party.client.company(party.company)["seals"]:
        assert sorted(site.column("seal_key", "algorithm", seal_id=seal["id"])) == ["P-256", "SM2"]
        assert (seal["state"], site.column("seal", "generation", id=seal["id"])) == ("collected", [1])
