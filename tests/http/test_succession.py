"""A change of the legal representative, from the registrar's desk to the new one's first seal, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import httpx
import pytest
from cryptography import x509

from server.client import Client, Json
from tests.http.site import Party, Site, joined, joined_as, refused
from tests.main_job.stage import until
from tests.registering import register
from tests.seals.pdf.samples import contract

OWN_PIN = "58203917"
CHANGED = x509.ReasonFlags.affiliation_changed


def uscc_of(site: Site, company: str) -> str:
    return str(site.column("company", "uscc", id=company)[0])


def change(site: Site, company: str, to: Party) -> str:
    """The registrar registers somebody; waits until it is applied here. Returns the day."""
    applied = len(site.column("representative_change", "id", company_id=company, state="applied"))
    day = register(to.demo.sandbox, uscc_of(site, company), to.name, to.id_number, to.demo.mobile)
    until(
        lambda: len(site.column("representative_change", "id", company_id=company, state="applied")) > applied
    )
    return day


def cards(party: Party, kind: str) -> list[Json]:
    return [card for card in party.client.thread()["cards"] if card["kind"] == kind]


def log_in(party: Party) -> None:
    party.client.send_code(party.demo.mobile)
    party.client.log_in(party.demo.mobile, party.code())


def collect_grant(party: Party, grant: str) -> None:
    check = party.client.begin_joining(grant)
    httpx.post(check["url"], data={"outcome": "pass"}, trust_env=False)
    party.client.join(grant, OWN_PIN)


def reasons_of(client: Client, authority: str, serials: set[int]) -> set[x509.ReasonFlags | None]:
    """Why the newest revocation list says that these certificates are revoked; None for one that is not."""
    crl = x509.load_der_x509_crl(client.http.get(f"/crl/{authority}.crl").content)
    found = {
        each.serial_number: each.extensions.get_extension_for_class(x509.CRLReason).value.reason
        for each in crl
    }
    return {found.get(serial) for serial in serials}


@dataclass
class Changed:
    """What there was, and what became of it."""

    old: Party
    new: Party
    manager: Party
    grantee: Party
    waiting: Party
    day: str
    seals: dict[str, Json]
    numbers: dict[str, set[int]]
    signed: tuple[Json, bytes, bytes]
    pending: str
    confirm: Callable[[], Json]
    collection: Json
    presented: str
    grants: tuple[str, str]


@pytest.fixture(scope="module")
def changed(site: Site) -> Changed:
    """A company with members, grants, a sealed file, a signing and a collection under way; then a change."""
    old = site.owner(6101, "周景行", "北京景行软件有限公司")
    new = site.newcomer(6102, "苏明哲")
    manager, _ = joined_as(site, old, 6103, "manager")
    grantee, grant = joined(site, old, 6104)
    collect_grant(grantee, grant)
    waiting, waits = joined(site, old, 6105)
    done, file = old.sign(contract())
    ses = old.client.ses_signature(done["id"])
    pending = old.ask(contract())["id"]
    shown = old.client.open_challenge(pending)
    claim = old.client.claim(token=shown["url"].partition("#")[2])
    old.client.add_seal(old.company, "hr")
    collection = old.client.begin_collection(old.company)
    httpx.post(collection["check_url"], data={"outcome": "pass"}, trust_env=False)
    presented = old.client.present(old.company)["url"]
    seals = {seal["kind"]: seal for seal in old.client.company(old.company)["seals"]}
    numbers = {
        algorithm: {
            int(serial, 16)
            for seal in seals.values()
            for serial in site.column("seal_key", "serial", seal_id=seal["id"], algorithm=algorithm)
        }
        for algorithm in ("P-256", "SM2")
    }
    day = change(site, old.company, new)
    log_in(new)
    new.company = old.company
    return Changed(
        old,
        new,
        manager,
        grantee,
        waiting,
        day,
        seals,
        numbers,
        (done, file, ses),
        pending,
        lambda: old.client.confirm(claim["id"], old.pin, shown["digits"], claim["intent"]),
        collection,
        presented,
        (grant, waits),
    )


def test_the_one_before_has_no_right_left(changed: Changed) -> None:
    old, client, seal = changed.old, changed.old.client, changed.seals["contract"]["id"]
    assert client.me()["companies"] == []
    done = changed.signed[0]
    for act in (
        lambda: client.company(old.company),
        lambda: client.present(old.company),
        lambda: client.members(old.company),
        lambda: client.grants(old.company),
        lambda: client.begin_collection(old.company),
        lambda: client.add_seal(old.company, "customs"),
        lambda: client.invite(old.company, "agent", "李泽宇", old.id_number, "13800006101"),
        lambda: old.ask(contract()),
    ):
        assert refused(act, 404, "company.not_found")
    for act in (
        lambda: client.imprint(seal),
        lambda: client.freeze(seal),
        lambda: client.seal_structure(seal),
        lambda: client.begin_check("unfreeze", seal),
    ):
        refused(act, 404, "seal.not_found")
    for act in (lambda: client.signing(done["id"]), lambda: client.signed_file(done["id"])):
        refused(act, 404, "signing.not_found")
    refused(lambda: client.document(done["document"]["id"]), 404, "document.not_found")
    told = cards(old, "representative.ended")
    assert [card["title"] for card in told] == ["您不再是北京景行软件有限公司的法定代表人"]
    assert f"登记日期：{changed.day}" in told[0]["lines"]
    assert told[0]["actions"] == []
    assert not cards(old, "seal.issued"), "the company's conversation is another's"


def test_what_was_under_way_has_ended(site: Site, changed: Changed) -> None:
    assert site.column("signing", "state", id=changed.pending) == ["failed"]
    refused(changed.confirm, 404, "challenge.not_found")
    assert changed.old.client.collection(changed.collection["id"])["state"] == "failed"
    refused(
        lambda: changed.old.client.set_pin(changed.collection["id"], changed.old.pin), 409, "collection.state"
    )
    states = site.column("seal_key", "sealed_private", seal_id=changed.seals["contract"]["id"], generation=1)
    assert set(states) == {""}
    assert not site.column("seal_wrap", "id", seal_id=changed.seals["finance"]["id"])


def test_managers_and_grantees_have_nothing_and_are_told(site: Site, changed: Changed) -> None:
    assert set(site.column("member", "state", company_id=changed.old.company)) == {"ended"}
    assert set(site.column("seal_grant", "state", company_id=changed.old.company)) == {"ended"}
    for member in (changed.manager, changed.grantee, changed.waiting):
        refused(lambda client=member.client: client.company(changed.old.company), 404, "company.not_found")  # type: ignore[misc]
        (told,) = cards(member, "member.voided")
        assert "企业：北京景行软件有限公司" in told["lines"]
    for party, grant in zip((changed.grantee, changed.waiting), changed.grants, strict=True):
        assert len(cards(party, "grant.voided")) == 1
        refused(lambda p=party, g=grant: p.client.join(g, OWN_PIN), 409, "grant.not_waiting")  # type: ignore[misc]


def test_the_licence_is_signed_anew_and_the_one_held_out_is_replaced(site: Site, changed: Changed) -> None:
    licence = changed.new.client.company(changed.new.company)["licence"]
    assert licence["state"] == "valid"
    assert licence["data"]["representative_name"] == "苏明哲"
    versions = zip(
        site.column("licence", "version", company_id=changed.new.company),
        site.column("licence", "state", company_id=changed.new.company),
        site.column("licence", "number", company_id=changed.new.company),
        strict=True,
    )
    first, second = sorted(versions)
    assert (first[:2], second[:2]) == ((1, "replaced"), (2, "valid"))
    assert second[2] == licence["number"] == licence["data"]["licence_number"] != first[2]

    path = changed.presented.removeprefix(site.url)
    page = httpx.get(f"{site.url}{path}", trust_env=False).text
    assert "执照已换发" in page
    assert "live-bad" in page
    fresh = changed.new.client.present(changed.new.company)["url"].removeprefix(site.url)
    page = httpx.get(f"{site.url}{fresh}", trust_env=False).text
    assert "苏明哲" in page
    assert "live-good" in page


def test_the_new_one_is_led_to_collecting(changed: Changed) -> None:
    new = changed.new
    assert [company["roles"] for company in new.client.me()["companies"]] == [["representative"]]
    (told,) = cards(new, "representative.registered")
    assert told["title"] == "您已登记为北京景行软件有限公司的法定代表人"
    assert f"登记日期：{changed.day}" in told["lines"]
    assert [action["href"] for action in told["actions"]] == [f"/m/collect/{new.company}"]
    english = new.http.get("/api/thread", headers={"Accept-Language": "en"}).json()["cards"]
    titles = {card["kind"]: card["title"] for card in english}
    assert titles["representative.registered"].startswith("You are registered as the legal representative")
    assert len(cards(new, "licence.replaced")) == 1
    assert [card["title"] for card in cards(new, "seal.cancelled")] == ["周景行法定代表人名章已注销"]


def test_another_person_cannot_pass_the_new_ones_check(site: Site, changed: Changed) -> None:
    """Whoever sits at the registered mobile: the sealer compares the ID number with the licence's."""
    begun = changed.new.client.begin_collection(changed.new.company)
    theirs = {
        "name": changed.old.name,
        "id_number": changed.old.id_number,
        "mobile": changed.new.demo.mobile,
        "return_url": f"{site.url}/m",
        "reference": f"collect:{begun['id']}",
        "way": "face",
    }
    check = httpx.post(f"{changed.old.demo.sandbox}/api/realname/checks", json=theirs, trust_env=False).json()
    httpx.post(check["url"], data={"outcome": "pass"}, trust_env=False)
    site.change("UPDATE collection SET check_id = ? WHERE id = ?", check["id"], begun["id"])
    refused(lambda: changed.new.client.set_pin(begun["id"], OWN_PIN), 403, "identity.not_passed")


def test_he_collects_and_seals_and_what_was_sealed_before_stays_valid(
    site: Site, changed: Changed, stranger: Client
) -> None:
    new, client = changed.new, changed.new.client
    before = changed.seals
    now = {seal["id"]: seal for seal in client.company(new.company)["seals"]}
    named = [seal for seal in now.values() if seal["kind"] == "representative"]
    assert {seal["state"] for seal in named} == {"issued", "cancelled"}
    (his,) = (seal for seal in named if seal["state"] == "issued")
    assert his["name"] == "苏明哲法定代表人名章"
    assert his["number"] not in {seal["number"] for seal in before.values()}
    for kind in ("legal_name", "finance", "invoice", "contract", "hr"):
        seal = now[before[kind]["id"]]
        assert seal["state"] == "issued"
        assert (seal["number"], seal["name"]) == (before[kind]["number"], before[kind]["name"])

    begun = new.demo.collect(new.company, new.pin)
    assert begun["state"] == "collected"
    states = {seal["id"]: seal["state"] for seal in client.company(new.company)["seals"]}
    assert states.pop(before["representative"]["id"]) == "cancelled"
    assert set(states.values()) == {"collected"}
    done, file = new.sign(contract(), kind="representative")
    assert done["state"] == "signed"
    verdict = stranger.verify("新.pdf", file)
    assert verdict["verdict"] == "valid", verdict
    assert stranger.record(done["document"]["code"])["seals"][0]["seal_name"] == "苏明哲法定代表人名章"

    for name, algorithm in (("issuing", "P-256"), ("sm2-issuing", "SM2")):
        until(lambda n=name, a=algorithm: reasons_of(stranger, n, changed.numbers[a]) == {CHANGED})  # type: ignore[misc]
    earlier, signed, ses = changed.signed
    verdict = stranger.verify("旧.pdf", signed)
    assert verdict["verdict"] == "valid", verdict
    (told,) = verdict["signatures"]
    assert (told["certificate_status_then"], told["certificate_status_now"]) == ("good", "revoked")
    verdict = stranger.verify_seal("旧.ses", ses, signed)
    assert verdict["verdict"] == "valid", verdict
    (on_record,) = stranger.record(earlier["document"]["code"])["seals"]
    assert (on_record["seal_state_then"], on_record["certificate_state_now"]) == ("good", "revoked")
    assert client.signing(earlier["id"])["state"] == "signed", "the company's files are its representative's"
