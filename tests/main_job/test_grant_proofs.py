"""Session and PIN alone grant nothing: a device of the grantor signs the very grant, or a code was sent."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from auth.member_models import Grant, GrantState
from auth.models import Event
from seals.device_models import CodeState, ConfirmCode
from seals.grant_endings import OFFERED_FOR
from server.client import ApiError, Client, DeviceKey
from server.demo import PIN
from tests.main_job.members import Json, Member, refused
from tests.main_job.test_granting import Hand, hand_of

# The same code on either engine: one is enough here.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


@pytest.fixture
def hand(owner: Member) -> Iterator[Hand]:
    with hand_of(owner) as hand:
        yield hand


@pytest.fixture
def thief(hand: Hand) -> Iterator[Client]:
    """Who has the owner's session and knows his PIN, with a device of his own that is nobody's."""
    hand.owner.server.forget_limits()
    with Client(hand.owner.url) as client:
        client.http.cookies.update(hand.owner.phone.http.cookies)
        yield client


def draft_of(hand: Hand, phone: Client, kind: str = "contract", **scope: object) -> Json:
    return phone.draft_grant(hand.owner.seal_of(kind), hand.id, **scope)


def post(phone: Client, draft: Json, **proof: str) -> ApiError:
    """The refusal of a confirmation with the right PIN."""
    path = f"/api/grants/{draft['grant']['id']}/confirm"
    answer = phone.http.post(path, json={"pin": PIN, **proof})
    assert answer.status_code >= 400, answer.text
    return ApiError(answer.status_code, answer.json()["error"])


def assert_nothing_granted(hand: Hand) -> None:
    assert hand.owner.phone.grants(hand.owner.company) == []
    run = hand.owner.server.database.run
    drafted = run(lambda: Grant.filter(company_id=hand.owner.company, state=GrantState.OFFERED))
    assert {(row.signature, row.kept) for row in drafted} <= {(None, None)}
    assert hand.owner.holder().tries == 0, "who lacks the phone must not lock the PIN"


def test_session_and_pin_alone_grant_nothing(hand: Hand, thief: Client) -> None:
    draft = draft_of(hand, thief)
    assert refused(lambda: thief.confirm_grant(draft, PIN)).code == "device.missing"
    assert post(thief, draft, code="000000").code == "code.expired"
    assert_nothing_granted(hand)


def test_a_device_of_nobody_or_of_another_person_grants_nothing(hand: Hand, thief: Client) -> None:
    hand.collected("finance")
    hand.owner.phone.revoke(hand.owner.phone.grants(hand.owner.company)[0]["id"])
    draft = draft_of(hand, thief)
    values = thief.grant_values(draft)
    owners, theirs = hand.owner.phone.devices()[0]["id"], hand.member.phone.devices()[0]["id"]
    for device, key, code in (
        (owners, DeviceKey(), "device.signature"),
        (owners, hand.member.phone.device, "device.signature"),
        (theirs, hand.member.phone.device, "device.unknown"),
    ):
        signature = key.sign({**values, "device": device})
        assert post(thief, draft, device=device, signature=signature).code == code
    assert_nothing_granted(hand)


def test_a_signature_of_another_grant_is_of_no_use(hand: Hand, thief: Client) -> None:
    one = draft_of(hand, hand.owner.phone)
    seen = hand.owner.phone.signature(hand.owner.phone.grant_values(one))
    assert post(thief, draft_of(hand, thief, "finance"), **seen).code == "device.signature"
    # The same content anew is another draft, and the one that was signed is gone.
    assert post(thief, draft_of(hand, thief), **seen).code == "device.signature"
    assert post(thief, one, **seen).code == "grant.not_found"
    assert_nothing_granted(hand)


@pytest.mark.parametrize(
    "change",
    [
        {"scope": {"kinds": [], "amount": None, "counterparties": [], "uses": None}},
        {"scope": {"kinds": [], "amount": "100.00", "counterparties": ["乙公司"], "uses": 2}},
        {"role": "keeper"},
        {"identity": "0" * 64},
    ],
    ids=["limits", "counterparty", "role", "identity"],
)
def test_what_was_changed_in_the_database_was_not_signed(hand: Hand, change: Json) -> None:
    phone = hand.owner.phone
    draft = draft_of(hand, phone, amount="100", counterparties=["甲公司"], uses=2)
    run = hand.owner.server.database.run
    run(lambda: Grant.filter(id=draft["grant"]["id"]).update(**change))
    told = refused(lambda: phone.confirm_grant(draft, PIN))
    assert told.code == ("grant.state" if "identity" in change else "device.signature")
    assert phone.grants(hand.owner.company) == []


def test_a_longer_period_or_a_late_confirmation_was_not_signed(hand: Hand) -> None:
    phone, run = hand.owner.phone, hand.owner.server.database.run
    draft = draft_of(hand, phone, days=3)
    row = run(lambda: Grant.get(id=draft["grant"]["id"]))
    run(lambda: Grant.filter(id=row.id).update(ends_at=row.ends_at + OFFERED_FOR))
    assert refused(lambda: phone.confirm_grant(draft, PIN)).code == "device.signature"
    run(lambda: Grant.filter(id=row.id).update(ends_at=row.ends_at, created_at=row.created_at - OFFERED_FOR))
    assert refused(lambda: phone.confirm_grant(draft, PIN)).code == "grant.not_found"
    assert_nothing_granted(hand)


def newest_message(owner: Member) -> str:
    told = httpx.get(f"{owner.sandbox}/api/sms/messages", params={"mobile": owner.mobile}, trust_env=False)
    return str(told.json()["messages"][0]["text"])


def test_without_a_device_a_code_that_names_the_grant(hand: Hand, thief: Client) -> None:
    """The owner's session in a browser that keeps no key; the message goes to his own mobile."""
    draft = draft_of(hand, thief, amount="100")
    grant = draft["grant"]["id"]
    thief.send_grant_code(grant)
    text = newest_message(hand.owner)
    named = (hand.owner.company_name, "合同专用章", "李泽宇", "使用", "授权确认码")
    assert [part for part in named if part not in text] == []
    code = hand.owner.sms_code()
    other = draft_of(hand, thief, "finance")
    assert post(thief, other, code=code).code == "code.expired", "it was not sent for that one"
    run = hand.owner.server.database.run
    scope = run(lambda: Grant.get(id=grant)).scope
    run(lambda: Grant.filter(id=grant).update(scope={**scope, "amount": None}))
    assert post(thief, draft, code=code).code == "code.wrong", "nor for more than that"
    run(lambda: Grant.filter(id=grant).update(scope=scope))
    assert_nothing_granted(hand)
    assert thief.confirm_grant(draft, PIN, code=code)["state"] == "waiting"
    assert run(lambda: ConfirmCode.filter(subject=grant).values_list("state", flat=True)) == [CodeState.USED]
    assert facts_of(hand, grant)["way"] == "sms"


def facts_of(hand: Hand, grant: str) -> Json:
    made = hand.owner.server.database.run(
        lambda: Event.filter(subject=f"grant:{grant}", kind="grant.made").first()
    )
    assert made is not None
    return dict(made.facts)


def test_which_device_granted_is_in_the_record(hand: Hand) -> None:
    granted = hand.granted()
    facts = facts_of(hand, granted["id"])
    assert (facts["way"], facts["device"]) == ("device", hand.owner.phone.devices()[0]["id"])


def test_another_does_not_see_confirm_or_have_a_code_sent_for_a_draft(hand: Hand) -> None:
    draft = draft_of(hand, hand.owner.phone)
    grant = draft["grant"]["id"]
    member = hand.member.phone
    hand.collected("finance")
    for act in (
        lambda: member.granted(grant),
        lambda: member.send_grant_code(grant),
        lambda: member.confirm_grant(draft, PIN),
    ):
        assert refused(act).code == "grant.not_found"
    assert hand.owner.phone.confirm_grant(draft, PIN)["state"] == "active"
