"""The life of a seal over HTTP: suspended, resumed, cancelled, lost, renewed; what each ends, what stays."""

from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.x509 import ocsp

from server.client import Client, Json
from tests.http.site import Party, Site, joined, refused
from tests.main_job.stage import until
from tests.registering import dissolve
from tests.seals.pdf.samples import contract
from tests.security.test_confirm_codes import inbox

WRONG = "1357924680"


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    return site.owner(731, "顾清和", "北京清和文化有限公司")


def cards(party: Party, kind: str) -> list[Json]:
    return [card for card in party.client.thread()["cards"] if card["kind"] == kind]


def states(owner: Party) -> dict[str, str]:
    return {each["number"]: each["state"] for each in owner.client.company(owner.company)["seals"]}


def one(owner: Party, seal: str) -> Json:
    found: Json = next(s for s in owner.client.company(owner.company)["seals"] if s["id"] == seal)
    return found


def changed(owner: Party, seal: str, change: str) -> Json:
    return owner.client.confirm_change(owner.client.draft_change(seal, change), owner.pin)


def serial_of(site: Site, seal: str, algorithm: str = "P-256") -> int:
    return int(site.column("seal_key", "serial", seal_id=seal, algorithm=algorithm)[-1], 16)


def revoked(client: Client, authority: str, serial: int) -> tuple[x509.ReasonFlags, datetime] | None:
    """What the published list says of a certificate."""
    crl = x509.load_der_x509_crl(client.http.get(f"/crl/{authority}.crl").content)
    entry = crl.get_revoked_certificate_by_serial_number(serial)
    if entry is None:
        return None
    return entry.extensions.get_extension_for_class(x509.CRLReason).value.reason, entry.revocation_date_utc


def ocsp_says(site: Site, serial: int) -> ocsp.OCSPResponse:
    """What the responder publishes of it."""
    until(lambda: site.column("ocsp_answer", "der", serial=f"{serial:x}")[0])
    return ocsp.load_der_ocsp_response(
        base64.b64decode(site.column("ocsp_answer", "der", serial=f"{serial:x}")[0])
    )


def seal_step(told: Json) -> tuple[str, list[str], str]:
    step = next(each for each in told["steps"] if each["step"] == "seal")
    return step["outcome"], step["codes"], step["text"]["zh"]


def noted(told: Json, codes: list[str], words: str) -> None:
    """Valid; the seal's step says what became of it, and since when."""
    assert told["verdict"] == "valid"
    outcome, found, text = seal_step(told)
    assert (outcome, found) == ("noted", codes)
    assert "签署时有效" in text
    assert re.search(rf"章于 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \+08:00 {words}。", text)


def test_a_suspended_seal_signs_nothing_until_it_is_resumed(owner: Party) -> None:
    client, seal = owner.client, owner.seal()
    _, file = owner.sign(contract())
    waits = owner.ask(contract())["id"]
    shown = client.open_challenge(waits)
    claim = client.claim(token=shown["url"].partition("#")[2])
    assert one(owner, seal)["changes"] == ["suspend", "cancel", "loss", "damage"]
    refused(lambda: client.draft_change(seal, "resume"), 409, "seal.state")
    view = client.freeze(seal)
    assert view["state"] == "frozen"
    told = client.signing(waits)
    assert (told["state"], "暂停" in told["reason"]) == ("failed", True)
    refused(lambda: client.confirm(claim["id"], owner.pin, shown["digits"]), 404, "challenge.not_found")
    refused(lambda: owner.ask(contract()), 409, "seal.frozen")
    told = client.verify("合同.pdf", file)
    noted(told, ["seal_frozen_now"], "暂停使用")
    draft = client.draft_change(seal, "resume")
    assert (draft["revoked"], draft["remade"], draft["grants"], draft["signings"]) == (None, False, 0, 0)
    body = {"pin": owner.pin}
    path = f"/api/seal-changes/{draft['id']}/confirm"
    assert owner.http.post(path, json=body).json()["error"]["code"] == "device.missing"
    refused(lambda: client.confirm_change({**draft, "generation": 2}, owner.pin), 403, "device.signature")
    refused(lambda: client.confirm_change(draft, WRONG), 403, "pin.wrong")
    assert one(owner, seal)["state"] == "frozen"
    assert client.confirm_change(draft, owner.pin)["state"] == "collected"
    refused(lambda: client.confirm_change(draft, owner.pin), 404, "change.not_found")
    assert owner.sign(contract())[0]["state"] == "signed"
    assert len(cards(owner, "seal.frozen")) == len(cards(owner, "seal.unfrozen")) == 1


def test_a_draft_of_another_state_is_good_for_nothing(owner: Party) -> None:
    client, seal = owner.client, owner.seal("finance")
    draft = client.draft_change(seal, "cancel")
    client.freeze(seal)
    refused(lambda: client.confirm_change(draft, owner.pin), 409, "seal.state")
    assert one(owner, seal)["state"] == "frozen"
    refused(lambda: client.draft_change(seal, "explode"), 422, "change.unknown")
    refused(lambda: client.draft_change(seal, "renew"), 409, "seal.state")
    changed(owner, seal, "resume")
    refused(lambda: client.draft_change(seal, "renew"), 409, "seal.not_due")


def test_a_cancelled_seal_is_over_and_what_it_signed_was_good(site: Site, owner: Party) -> None:
    client, seal = owner.client, owner.seal("finance")
    serial, national = serial_of(site, seal), serial_of(site, seal, "SM2")
    place = {"page": 0, "x_mm": 40.0, "y_mm": 205.0}
    document = client.upload("收据.pdf", contract())["id"]
    done = owner.demo.scan_and_confirm(client.request_signing(document, seal, **place)["id"], owner.pin)
    file = client.signed_file(done["id"])
    other = client.upload("收据二.pdf", contract())["id"]
    waits = client.request_signing(other, seal, **place)["id"]
    grantee, grant = joined(site, owner, 732)
    httpx.post(grantee.client.begin_joining(grant)["url"], data={"outcome": "pass"}, trust_env=False)
    grantee.client.join(grant, grantee.pin)
    refused(lambda: grantee.client.draft_change(seal, "cancel"), 403, "access.denied")
    draft = client.draft_change(seal, "cancel")
    assert (draft["revoked"], draft["remade"]) == ("cessation_of_operation", False)
    assert (draft["grants"], draft["signings"]) == (1, 1)
    before = datetime.now(UTC).replace(microsecond=0)
    view = client.confirm_change(draft, owner.pin)
    assert (view["state"], view["ended_for"]) == ("cancelled", "cancel")
    assert client.signing(waits)["state"] == "failed"
    assert site.column("seal_grant", "state", id=grant) == ["ended"]
    assert site.column("seal_key", "sealed_private", seal_id=seal) == ["", ""]
    assert site.column("seal_wrap", "id", seal_id=seal) == []
    refused(lambda: client.request_signing(other, seal, **place), 409, "seal.cancelled")
    refused(lambda: client.draft_change(seal, "resume"), 409, "seal.state")
    for authority, number in (("issuing", serial), ("sm2-issuing", national)):
        until(lambda authority=authority, number=number: revoked(client, authority, number) is not None)
        found = revoked(client, authority, number)
        assert found is not None
        assert found[0] is x509.ReasonFlags.cessation_of_operation
        assert before <= found[1] <= datetime.now(UTC)
    answer = ocsp_says(site, serial)
    assert answer.certificate_status is ocsp.OCSPCertStatus.REVOKED
    assert answer.revocation_reason is x509.ReasonFlags.cessation_of_operation
    noted(client.verify("收据.pdf", file), ["seal_cancelled_now", "seal_revoked_now"], "注销")
    page = httpx.get(f"{site.url}/v/{done['document']['code']}", trust_env=False).text
    assert "印章已注销（20" in page
    assert "注销" in cards(owner, "seal.cancelled")[0]["title"]


def test_what_was_lost_is_cancelled_and_made_anew_with_another_number(site: Site, owner: Party) -> None:
    client, old = owner.client, owner.seal("contract")
    before = one(owner, old)
    draft = client.draft_change(old, "loss")
    assert (draft["revoked"], draft["remade"]) == ("superseded", True)
    assert client.confirm_change(draft, owner.pin)["ended_for"] == "loss"
    new = one(owner, owner.seal("contract"))
    assert (new["state"], new["name"], new["ordinal"]) == ("issued", before["name"], before["ordinal"])
    assert new["number"] != before["number"]
    assert new["id"] != old
    design = site.column("seal", "design", id=new["id"])[0]
    assert new["number"] in design
    owner.demo.collect(owner.company, owner.pin)
    assert owner.sign(contract())[0]["state"] == "signed"
    serial = int(site.column("seal_key", "serial", seal_id=old, algorithm="P-256")[0], 16)
    until(lambda: revoked(client, "issuing", serial) is not None)
    found = revoked(client, "issuing", serial)
    assert found is not None
    assert found[0] is x509.ReasonFlags.superseded


def test_a_lost_seal_ends_while_none_can_be_made_and_a_damaged_one_waits(site: Site, owner: Party) -> None:
    client, kind = owner.client, "legal_name"
    lost = owner.seal(kind)
    site.change("UPDATE deployment SET profile = 'production'")
    try:
        refused(lambda: changed(owner, lost, "damage"), 503, "maker.unlicensed")
        assert one(owner, lost)["state"] == "collected"
        draft = client.draft_change(lost, "loss")
        assert (draft["revoked"], draft["remade"], draft["unlicensed"]) == ("superseded", False, True)
        assert client.confirm_change(draft, owner.pin)["ended_for"] == "loss"
    finally:
        site.change("UPDATE deployment SET profile = 'development'")
    assert one(owner, client.add_seal(owner.company, kind)["id"])["state"] == "issued"


def test_a_dissolved_company_has_no_seal_and_no_right_left(site: Site) -> None:
    owner = site.owner(733, "罗清扬", "北京清扬商贸有限公司")
    client = owner.client
    grantee, _ = joined(site, owner, 734)
    _, file = owner.sign(contract())
    pending = owner.ask(contract())["id"]
    client.add_seal(owner.company, "hr")
    collection = client.begin_collection(owner.company)["id"]
    shown = client.present(owner.company)["url"]
    serials = {int(each, 16) for each in site.column("seal_key", "serial", algorithm="P-256")}
    day = dissolve(owner.demo.sandbox, site.column("company", "uscc", id=owner.company)[0])
    until(lambda: client.company(owner.company)["state"] == "closed")
    company = client.company(owner.company)
    assert company["licence"]["state"] == "revoked"
    assert {(each["state"], each["ended_for"]) for each in company["seals"]} == {("cancelled", "dissolve")}
    assert client.signing(pending)["state"] == "failed"
    assert client.collection(collection)["state"] == "failed"
    assert {*site.column("seal_grant", "state", company_id=owner.company)} == {"ended"}
    assert grantee.client.me()["companies"] == []
    (card,) = cards(owner, "licence.revoked")
    assert (card["title"], day in "".join(card["lines"])) == ("企业已注销", True)
    noted(client.verify("合同.pdf", file), ["seal_cancelled_now", "seal_revoked_now"], "注销")
    assert "已注销" in httpx.get(shown, trust_env=False).text
    for act in (
        lambda: client.add_seal(owner.company, "hr"),
        lambda: client.present(owner.company),
        lambda: client.draft_change(company["seals"][0]["id"], "resume"),
    ):
        refused(act, 409, "company.closed")
    refused(lambda: client.begin_collection(owner.company), 409, "collection.done")
    own = [int(site.column("seal_key", "serial", seal_id=each["id"])[0], 16) for each in company["seals"][:1]]
    assert serials >= set(own)
    until(lambda: all(revoked(client, "issuing", each) for each in own))
    for each in own:
        found = revoked(client, "issuing", each)
        assert found is not None
        assert found[0] is x509.ReasonFlags.cessation_of_operation


def test_an_expired_seal_signs_nothing_until_it_is_renewed(site: Site, owner: Party) -> None:
    client, seal = owner.client, owner.seal("invoice")
    before = one(owner, seal)
    place = {"page": 0, "x_mm": 40.0, "y_mm": 205.0}
    ask = lambda: client.request_signing(document, seal, **place)  # noqa: E731
    document = client.upload("收据.pdf", contract())["id"]
    waits = ask()["id"]
    shown = client.open_challenge(waits)
    claim = client.claim(token=shown["url"].partition("#")[2])
    assert "renew" not in before["changes"]
    over = (datetime.now(UTC) - timedelta(seconds=1)).isoformat(sep=" ")
    site.change("UPDATE seal_key SET not_after = ? WHERE seal_id = ?", over, seal)
    refused(ask, 409, "seal.expired")
    refused(
        lambda: client.confirm(claim["id"], owner.pin, shown["digits"], claim["intent"]), 409, "seal.expired"
    )
    assert "renew" in one(owner, seal)["changes"]
    assert changed(owner, seal, "renew")["state"] == "issued"
    assert client.signing(waits)["state"] == "failed"
    serial = serial_of(site, seal)
    until(lambda: revoked(client, "issuing", serial) is not None)
    owner.demo.collect(owner.company, owner.pin)
    after = one(owner, seal)
    assert (after["state"], after["number"], after["id"]) == ("collected", before["number"], seal)
    done = owner.demo.scan_and_confirm(client.request_signing(document, seal, **place)["id"], owner.pin)
    assert done["state"] == "signed"
    assert "renew" not in after["changes"]


def test_a_code_by_text_message_confirms_the_change_that_it_names(owner: Party) -> None:
    client, seal = owner.client, owner.seal("representative")
    before = one(owner, seal)
    draft = client.draft_change(seal, "damage")
    client.send_change_code(draft["id"])
    code, text = owner.code(), inbox(owner)[0]
    for part in (code, "印章重制", before["number"], "永久注销，并另发新编码的印章"):
        assert part in text, text
    again = client.draft_change(seal, "cancel")
    refused(lambda: client.confirm_change(again, owner.pin, code=code), 403, "code.expired")
    refused(lambda: client.confirm_change(draft, owner.pin, code=code), 404, "change.not_found")
    draft = client.draft_change(seal, "damage")
    client.send_change_code(draft["id"])
    assert client.confirm_change(draft, owner.pin, code=owner.code())["ended_for"] == "damage"
    made = one(owner, owner.seal("representative"))
    assert (made["state"], made["name"]) == ("issued", before["name"])


def test_whoever_made_himself_the_representative_in_the_database_ends_nothing(
    site: Site, owner: Party, a: Party
) -> None:
    """He has keys, PIN and device of his own, and the seal is his, says the row."""
    seal, theirs = owner.seal("invoice"), "UPDATE company SET representative_id = ? WHERE id = ?"
    site.change(theirs, a.client.me()["id"], owner.company)
    try:
        draft = a.client.draft_change(seal, "cancel")
        refused(lambda: a.client.confirm_change(draft, a.pin), 403, "holder.not_representative")
    finally:
        site.change(theirs, owner.client.me()["id"], owner.company)
    assert one(owner, seal)["state"] == "collected"
