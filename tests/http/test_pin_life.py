"""The PIN's life: unlocked by the holder's own check, changed, too old, forgotten; and un-freezing."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from seals.ocsp import REQUEST_TYPE
from server.client import Client, DeviceKey, Json
from tests.http.site import Party, Site, client_at, refused
from tests.main_job.stage import until
from tests.seals.pdf.samples import contract

WRONG = "271828"
NEW_PIN = "58203917"
LONG_AGO = "2020-01-01 00:00:00+00:00"


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """Somebody whose PIN is locked, changed, forgotten, in this order."""
    return site.owner(601, "陆思齐", "北京思齐文具有限公司")


@pytest.fixture(autouse=True)
def forget_limits(site: Site) -> None:
    """So many checks an hour and person; an hour passes before each test."""
    site.change("DELETE FROM throttle WHERE id LIKE 'identity.%'")


def person(party: Party) -> str:
    return str(party.client.me()["id"])


def passed(client: Client, purpose: str, subject: str | None = None, outcome: str = "pass") -> str:
    """A check that the person in front of the camera passed (or did not); its id."""
    begun = client.begin_check(purpose, subject)
    httpx.post(begun["url"], data={"outcome": outcome}, trust_env=False)
    return str(begun["id"])


def try_pin(party: Party, pin: str) -> Callable[[], Json]:
    """Ask for a seal and confirm with this PIN."""
    signing = party.ask(contract())
    shown = party.client.open_challenge(signing["id"])
    claim = party.client.claim(token=shown["url"].partition("#")[2])
    return lambda: party.client.confirm(claim["id"], pin, shown["digits"], claim["intent"])


def locked(site: Site, party: Party) -> None:
    """Five wrong PINs, as if the waits between them were over."""
    act = try_pin(party, WRONG)
    for left in (4, 3, 2, 1):
        assert refused(act, 403, "pin.wrong").facts["tries_left"] == left
        site.change("UPDATE holder SET wait_until = ? WHERE person_id = ?", LONG_AGO, person(party))
    refused(act, 403, "pin.locked")


def cards(party: Party, kind: str) -> list[Json]:
    return [card for card in party.client.thread()["cards"] if card["kind"] == kind]


# ---------------------------------------------------------------- the lock, and what lifts it


def test_a_lock_is_lifted_by_the_holders_own_check_and_the_pin_is_the_same(site: Site, owner: Party) -> None:
    client = owner.client
    assert client.pin()["state"] == "good"
    locked(site, owner)
    assert (client.pin()["state"], client.pin()["tries_left"]) == ("locked", 0)
    assert len(cards(owner, "pin.locked")) == 1
    assert cards(owner, "pin.wrong")
    assert {"/m/pin"} == {act["href"] for act in cards(owner, "pin.locked")[0]["actions"]}

    begun = client.begin_check("unlock")
    refused(lambda: client.use_check(begun["id"]), 403, "identity.not_passed")
    failed = passed(client, "unlock", outcome="fail")
    assert client.identity_check(failed)["state"] == "refused"
    refused(lambda: client.use_check(failed), 403, "identity.not_passed")
    assert client.pin()["state"] == "locked"

    httpx.post(begun["url"], data={"outcome": "pass"}, trust_env=False)
    assert client.identity_check(begun["id"])["state"] == "passed"
    assert client.pin()["state"] == "locked", "seeing the result has unlocked it"
    assert client.use_check(begun["id"])["state"] == "used"
    assert (client.pin()["state"], client.pin()["tries_left"]) == ("good", 5)
    assert len(cards(owner, "pin.unlocked")) == 1
    assert owner.sign(contract())[0]["state"] == "signed"


def test_a_used_check_unlocks_nothing_more(site: Site, owner: Party) -> None:
    site.change("UPDATE holder SET locked_at = ? WHERE person_id = ?", LONG_AGO, person(owner))
    used = next(
        check
        for check in site.column("identity_check", "id", person_id=person(owner), purpose="unlock")
        if owner.client.identity_check(check)["state"] == "used"
    )
    refused(lambda: owner.client.use_check(used), 410, "identity.expired")
    assert owner.client.pin()["state"] == "locked"
    # Not even where the row says that it was not used: somebody wrote that it is for another purpose now.
    reset = passed(owner.client, "reset")
    site.change("UPDATE identity_check SET purpose = 'unlock' WHERE id = ?", reset)
    refused(lambda: owner.client.use_check(reset), 403, "identity.not_passed")
    owner.client.use_check(passed(owner.client, "unlock"))


def test_anothers_check_does_not_unlock(site: Site, owner: Party, a: Party) -> None:
    """A row that says another person's PIN is what this check was for is asked of the identity service."""
    check = passed(a.client, "unlock")
    refused(lambda: owner.client.use_check(check), 404, "identity.not_found")
    site.change("UPDATE holder SET locked_at = ? WHERE person_id = ?", LONG_AGO, person(owner))
    site.change(
        "UPDATE identity_check SET person_id = ?, subject = ? WHERE id = ?",
        person(owner),
        person(owner),
        check,
    )
    refused(lambda: owner.client.use_check(check), 403, "identity.not_passed")
    assert owner.client.pin()["state"] == "locked"
    site.change("UPDATE holder SET locked_at = NULL WHERE person_id = ?", person(owner))


def test_who_has_no_pin_begins_no_check(site: Site, owner: Party) -> None:
    nobody = site.person(602, "陆思源")
    assert nobody.client.pin()["state"] == "none"
    for purpose in ("unlock", "reset"):
        refused(lambda: nobody.client.begin_check(purpose), 409, "pin.none")  # noqa: B023
    refused(lambda: nobody.client.begin_check("collect"), 409, "identity.purpose")
    refused(lambda: nobody.client.begin_check("unfreeze", owner.seal()), 404, "seal.not_found")
    refused(lambda: nobody.client.begin_check("unlock", person(owner)), 404, "identity.not_found")


# ---------------------------------------------------------------- freezing and un-freezing


def test_a_frozen_seal_comes_back_by_the_representatives_check_for_it(site: Site, owner: Party) -> None:
    client, seal = owner.client, owner.seal()
    refused(lambda: client.begin_check("unfreeze", seal), 409, "seal.state")
    client.freeze(seal)
    client.freeze(owner.seal("finance"))
    other = passed(client, "unfreeze", owner.seal("finance"))
    site.change("UPDATE identity_check SET subject = ? WHERE id = ?", seal, other)
    check = passed(client, "unfreeze", seal)
    assert client.use_check(check)["state"] == "used"
    states = {each["kind"]: each["state"] for each in client.company(owner.company)["seals"]}
    assert (states["contract"], states["finance"]) == ("collected", "frozen")
    assert cards(owner, "seal.unfrozen")
    assert site.column("seal_key", "epoch", seal_id=seal) == [0, 0]
    assert owner.sign(contract())[0]["state"] == "signed"
    assert site.column("seal_key", "epoch", seal_id=seal) == [1, 1]  # the secret has changed
    refused(lambda: client.use_check(check), 410, "identity.expired")


def test_a_seal_is_unfrozen_by_whom_its_licence_names_and_by_nobody_else(
    site: Site, owner: Party, a: Party
) -> None:
    """Somebody who made himself the representative in the database passes his own check."""
    company, seal = owner.company, owner.seal("finance")
    site.change("UPDATE company SET representative_id = ? WHERE id = ?", person(a), company)
    try:
        check = passed(a.client, "unfreeze", seal)
        refused(lambda: a.client.use_check(check), 403, "identity.not_passed")
    finally:
        site.change("UPDATE company SET representative_id = ? WHERE id = ?", person(owner), company)


# ---------------------------------------------------------------- change and age


def test_a_changed_pin_confirms_and_the_old_one_does_not(site: Site, owner: Party) -> None:
    client = owner.client
    secrets = "public_key", "sealed_private", "salt", "attestation"

    def row() -> list[str]:
        return [site.column("holder", column, person_id=person(owner))[0] for column in secrets]

    before = row()
    refused(lambda: client.change_pin(WRONG, NEW_PIN), 403, "pin.wrong")
    assert row() == before
    refused(lambda: client.change_pin(owner.pin, "123456"), 422, "pin.weak")
    refused(lambda: client.change_pin(owner.pin, owner.demo.mobile[-8:]), 422, "pin.weak")
    refused(lambda: client.change_pin("12", NEW_PIN), 422, "pin.format")
    refused(lambda: client.change_pin(owner.pin, owner.pin), 422, "pin.same")
    assert row() == before
    assert client.change_pin(owner.pin, NEW_PIN)["state"] == "good"
    after = row()
    assert (after[0], after[3]) == (before[0], before[3]), "the key pair is another"
    assert after[1] != before[1]
    assert after[2] != before[2]
    assert len(cards(owner, "pin.changed")) == 1
    refused(try_pin(owner, owner.pin), 403, "pin.wrong")
    owner.pin = NEW_PIN
    assert owner.sign(contract())[0]["state"] == "signed"
    assert client.pin()["tries_left"] == 5


def changing(client: Client, by: DeviceKey, device: str, **change: str) -> Json:
    """What a phone with this key sends to change the PIN, something in it being changed."""
    view = client.pin()
    values = {
        "purpose": "change_pin",
        "holder": client.me()["id"],
        "since": view["set_at"][:19],
        "expires": view["sign_until"][:19],
        "device": device,
        **change,
    }
    return {"device": device, "signature": by.sign(values), "expires": values["expires"]}


def test_session_and_pin_alone_change_no_pin(site: Site, owner: Party) -> None:
    client, new = owner.client, "8826153904"

    def refusal(old: str, **proof: object) -> str:
        site.change("DELETE FROM throttle")
        said = {"old_pin": old, "pin": "5039281746", **proof}
        answer = client.http.post("/api/me/pin", json=said)
        assert answer.status_code == 403, answer.text
        return str(answer.json()["error"]["code"])

    own = next(each["id"] for each in client.devices() if each["public_key"] == client.device.public_key)
    soon = f"{datetime.now(UTC) + timedelta(minutes=5):%Y-%m-%dT%H:%M:%S}"
    late = f"{datetime.now(UTC) - timedelta(seconds=5):%Y-%m-%dT%H:%M:%S}"
    long = f"{datetime.now(UTC) + timedelta(hours=1):%Y-%m-%dT%H:%M:%S}"
    right = changing(client, client.device, own)
    for proof, code in (
        ({}, "device.missing"),
        ({"code": "000000"}, "code.expired"),
        (changing(client, DeviceKey(), own), "device.signature"),
        (changing(client, client.device, own, purpose="confirm"), "device.signature"),
        (changing(client, client.device, own, since="2020-01-01T00:00:00"), "device.signature"),
        ({**right, "expires": soon}, "device.signature"),
        (changing(client, client.device, own, expires=late), "device.late"),
        (changing(client, client.device, own, expires=long), "device.late"),
        (changing(client, client.device, own, expires=""), "device.late"),
        (changing(client, client.device, "0" * 24), "device.unknown"),
    ):
        assert refusal(owner.pin, **proof) == code
        assert refusal(WRONG, **proof) == code, "it tells whether the PIN is right"
    assert site.column("holder", "tries", person_id=person(owner)) == [0], "whoever lacks the phone locks it"
    assert client.http.post("/api/me/pin", json={"old_pin": owner.pin, "pin": new, **right}).is_success
    owner.pin = new
    assert refusal(owner.pin, **right) == "device.signature", "of the PIN before"
    assert "由登记过的手机确认" in cards(owner, "pin.changed")[-1]["lines"]


def test_without_a_device_a_pin_is_changed_by_a_code(site: Site, owner: Party) -> None:
    newer = "6173940285"
    with client_at(site.url) as other:
        site.change("DELETE FROM throttle")
        owner.demo.log_in(other)
        other.send_pin_code()
        inbox = f"{owner.demo.sandbox}/api/sms/messages"
        told = httpx.get(inbox, params={"mobile": owner.demo.mobile}, trust_env=False).json()["messages"][0]
        assert "用印口令将被更改" in told["text"]
        wrong = f"{(int(told['code']) + 1) % 10**6:06d}"
        refused(lambda: other.change_pin(owner.pin, newer, code=wrong), 403, "code.wrong")
        assert other.pin()["tries_left"] == 5
        assert other.change_pin(owner.pin, newer, code=told["code"])["state"] == "good"
        owner.pin = newer
        refused(lambda: other.change_pin(newer, "5920471836", code=told["code"]), 403, "code.expired")
    assert "由短信验证码确认" in cards(owner, "pin.changed")[-1]["lines"]


def test_a_pin_grows_old_and_confirms_nothing_until_it_is_changed(site: Site, owner: Party) -> None:
    def aged(days: int) -> str:
        moment = datetime.now(UTC) - timedelta(days=days)
        site.change("UPDATE holder SET pin_set_at = ? WHERE person_id = ?", str(moment), person(owner))
        return str(owner.client.pin()["state"])

    assert aged(330) == "good"
    assert aged(340) == "ageing"
    assert owner.sign(contract())[0]["state"] == "signed"
    assert aged(366) == "too_old"
    refused(try_pin(owner, owner.pin), 403, "pin.too_old")
    assert site.column("holder", "tries", person_id=person(owner)) == [0], "counted as a try"
    newer = "70316284"
    assert owner.client.change_pin(owner.pin, newer)["state"] == "good"
    owner.pin = newer
    assert owner.sign(contract())[0]["state"] == "signed"


# ---------------------------------------------------------------- forgotten


@pytest.fixture
def manual(site: Site, owner: Party) -> Iterator[httpx.Client]:
    """The authority's desk with an officer at it."""
    with httpx.Client(base_url=owner.demo.sandbox, trust_env=False) as desk:
        desk.post("/_control", json={"public_security_mode": "manual"}).raise_for_status()
        yield desk
        desk.post("/_control", json={"public_security_mode": "automatic"}).raise_for_status()


def reference(site: Site, party: Party) -> str:
    """The authority's reference of the open application, once it has taken it."""
    sent = lambda: site.column("pin_reset", "reference", open=person(party)) not in ([], [None])  # noqa: E731
    until(sent)
    return str(site.column("pin_reset", "reference", open=person(party))[0])


def decide(site: Site, desk: httpx.Client, party: Party, decision: str, **form: str) -> None:
    path = f"/public-security/{reference(site, party)}/{decision}"
    assert desk.post(path, data=form).status_code == 303
    until(lambda: not site.column("pin_reset", "id", open=person(party)))


def test_a_refused_reset_changes_nothing_and_says_why(site: Site, owner: Party, manual: httpx.Client) -> None:
    client = owner.client
    client.use_check(passed(client, "reset"))
    assert client.pin()["reset"]["state"] in {"applied", "sent"}
    refused(lambda: client.begin_check("reset"), 409, "pin.reset_open")
    page = manual.get("/public-security").text
    decide(site, manual, owner, "reject", reason="材料不全，请到窗口办理")
    assert owner.name in page or owner.name in manual.get("/public-security").text
    assert client.pin()["reset"] == {
        "state": "rejected",
        "reason": "材料不全，请到窗口办理",
        "applied_at": client.pin()["reset"]["applied_at"],
    }
    assert "原因：材料不全，请到窗口办理" in cards(owner, "pin.reset_refused")[0]["lines"]
    assert owner.sign(contract())[0]["state"] == "signed"


def test_another_applications_approval_resets_nothing(
    site: Site, owner: Party, a: Party, manual: httpx.Client
) -> None:
    """The reference in the row is led to an approval of somebody else's application."""
    owner.client.use_check(passed(owner.client, "reset"))
    own = reference(site, owner)
    form = {"name": "张三", "id_number": "11010519491231002X", "mobile": "13812345678", "companies": []}
    foreign = manual.put(
        "/api/public-security/pin-resets/foreign", json={**form, "applied_at": "2026-11-29T10:00:00+00:00"}
    ).json()["reference"]
    manual.post(f"/public-security/{foreign}/approve")
    fence = site.column("pin_reset", "fence", open=person(owner))[0]
    site.change("UPDATE pin_reset SET reference = ? WHERE open = ?", foreign, person(owner))
    until(lambda: site.column("pin_reset", "fence", open=person(owner))[0] > fence + 2)
    site.change("UPDATE pin_reset SET reference = ? WHERE open = ?", own, person(owner))
    assert site.column("holder", "person_id", person_id=person(owner))
    decide(site, manual, owner, "reject", reason="请到窗口办理")


def revoked_serials(stranger: Client, name: str) -> dict[int, x509.ReasonFlags]:
    crl = x509.load_der_x509_crl(stranger.http.get(f"/crl/{name}.crl").content)
    return {
        each.serial_number: each.extensions.get_extension_for_class(x509.CRLReason).value.reason
        for each in crl
    }


def status_of(site: Site, stranger: Client, seal: str) -> ocsp.OCSPCertStatus:
    """What the issuer says of a seal's first certificate."""
    (stored,) = site.column("seal_key", "certificate", seal_id=seal, algorithm="P-256", generation=1)
    issuing = x509.load_pem_x509_certificate(stranger.http.get("/trust/issuing.pem").content)
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        x509.load_der_x509_certificate(base64.b64decode(stored)), issuing, hashes.SHA256()
    )
    asked = builder.build().public_bytes(Encoding.DER)
    answer = stranger.http.post("/ocsp", content=asked, headers={"content-type": REQUEST_TYPE})
    return ocsp.load_der_ocsp_response(answer.content).certificate_status


def test_a_forgotten_pin_ends_the_keys_and_the_owner_collects_anew(
    site: Site, owner: Party, stranger: Client, manual: httpx.Client
) -> None:
    client, company = owner.client, owner.company
    done, signed = owner.sign(contract())
    ses = client.ses_signature(done["id"])
    assert stranger.verify("合同.pdf", signed)["verdict"] == "valid"
    before = {seal["id"]: seal for seal in client.company(company)["seals"]}
    assert before[owner.seal("finance")]["state"] == "frozen"
    waiting = try_pin(owner, owner.pin)
    (pending,) = site.column("signing", "id", state="pending", company_id=company)[-1:]
    serials = {
        algorithm: {
            int(site.column("seal_key", "serial", seal_id=seal, algorithm=algorithm, generation=1)[0], 16)
            for seal in before
        }
        for algorithm in ("P-256", "SM2")
    }

    client.use_check(passed(client, "reset"))
    decide(site, manual, owner, "approve")
    after = {seal["id"]: seal for seal in client.company(company)["seals"]}
    for seal, was in before.items():
        now = after[seal]
        assert (now["number"], now["name"]) == (was["number"], was["name"])
        assert now["state"] == ("frozen" if was["state"] == "frozen" else "issued")
        assert site.column("seal_wrap", "id", seal_id=seal) == []
        assert set(site.column("seal_key", "sealed_private", seal_id=seal)) == {""}
    assert client.pin()["state"] == "none"
    until(lambda: serials["P-256"] <= revoked_serials(stranger, "issuing").keys())
    until(lambda: serials["SM2"] <= revoked_serials(stranger, "sm2-issuing").keys())
    until(lambda: status_of(site, stranger, owner.seal()) is ocsp.OCSPCertStatus.REVOKED)
    reasons = revoked_serials(stranger, "issuing")
    assert {reasons[serial] for serial in serials["P-256"]} == {x509.ReasonFlags.superseded}
    assert client.signing(pending)["state"] == "failed"
    assert "重新领取" in client.signing(pending)["reason"]
    refused(waiting, 404, "challenge.not_found")
    assert len(cards(owner, "seal.rekeyed")) == 1
    assert "领取印章" in {act["label"] for act in cards(owner, "seal.rekeyed")[0]["actions"]}

    # What the old keys signed was signed before they ended.
    verdict = stranger.verify("合同.pdf", signed)
    assert verdict["verdict"] == "valid", verdict
    (told,) = verdict["signatures"]
    assert (told["certificate_status_then"], told["certificate_status_now"]) == ("good", "revoked")
    assert stranger.verify_seal("合同.ses", ses, signed)["verdict"] == "valid"
    (on_record,) = stranger.record(done["document"]["code"])["seals"]
    assert (on_record["seal_state_then"], on_record["certificate_state_now"]) == ("good", "revoked")
    assert "证书已吊销" in stranger.http.get(f"/v/{done['document']['code']}").text
    refused(lambda: client.seal_structure(owner.seal()), 409, "seal.not_collected")

    owner.pin = "61820473"
    assert owner.demo.collect(company, owner.pin)["state"] == "collected"
    again = {seal["id"]: seal["state"] for seal in client.company(company)["seals"]}
    assert again == {
        seal: "frozen" if was["state"] == "frozen" else "collected" for seal, was in before.items()
    }
    assert set(site.column("seal", "generation", id=owner.seal())) == {2}
    fresh, file = owner.sign(contract(), "重新领取后.pdf")
    assert fresh["state"] == "signed"
    assert stranger.verify("x.pdf", file)["verdict"] == "valid"

    # The frozen one has no key to come back to: it waits to be collected.
    client.use_check(passed(client, "unfreeze", owner.seal("finance")))
    states = {seal["kind"]: seal["state"] for seal in client.company(company)["seals"]}
    assert states["finance"] == "issued"
    owner.demo.collect(company, owner.pin)
    states = {seal["kind"]: seal["state"] for seal in client.company(company)["seals"]}
    assert set(states.values()) == {"collected"}
