"""What a step of the table ends in the database: keys, wraps, rules and signings; other companies' stay."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography import x509

from auth.engine import transaction
from auth.errors import Conflict
from auth.events import company_stream
from auth.models import ChallengeState, Company, Event
from auth.ports import DecisionState
from auth.privacy import RecordsKey
from seals import living, pki, resetting, revocation, rules, statuses
from seals.approval_models import ApprovalRule, RuleState
from seals.life import Change
from seals.living import Moved
from seals.models import (
    Crl,
    Offer,
    OfferState,
    RevokedFor,
    Seal,
    SealKey,
    SealState,
    SealWrap,
    Signing,
    SigningState,
)
from seals.ports import PinResetApplication, PinResetDecision
from seals.reset_models import PinReset, PinResetState
from seals.signing.preparing import require_collected
from seals.status_models import OcspAnswer
from tests.seals.signing.rows import NOW, challenge, offer, person, signing

pytestmark = pytest.mark.usefixtures("database")

OPEN = [SigningState.PENDING, SigningState.CONFIRMED, SigningState.KEYED]
SERIAL = "1f"


async def rekeyed(row: Signing) -> Moved:
    async with transaction():
        done = await living.move(Change.FORGOTTEN, row.company_id, None, NOW)
        await living.tell(done, "sealer", NOW)
    return done


@pytest.mark.parametrize("state", OPEN)
async def test_a_signing_under_way_fails_and_nothing_of_it_is_left(state: SigningState) -> None:
    row = await signing(state)
    keeper = await person()
    await SealWrap.create(seal_id=row.seal_id, generation=1, holder_id=keeper.id, wrapped="AAAA")
    await SealKey.filter(id=row.key_id).update(sealed_private="AAAA")
    asked = await challenge(row)
    given = await offer(keeper.id, row.id, state=OfferState.DONE)
    await rekeyed(row)
    ended = await Signing.get(id=row.id)
    assert ended.state is SigningState.FAILED
    assert ended.reason is not None
    assert "重新领取" in ended.reason
    assert (ended.signed_attributes, ended.signature_value, ended.ses_signature) == (None, None, None)
    await asked.refresh_from_db()
    assert asked.state is ChallengeState.DEAD
    assert (await Offer.get(id=given.id)).sealed is None
    assert not await SealWrap.exists()
    key = await SealKey.get(id=row.key_id)
    assert (key.revoked_at, key.revoked_for, key.sealed_private) == (NOW, RevokedFor.SUPERSEDED, "")
    assert (await Seal.get(id=row.seal_id)).state is SealState.ISSUED
    stream = Event.filter(stream=company_stream(row.company_id)).order_by("seq")
    assert [each.kind for each in await stream] == ["seal.rekeyed", "signing.failed"]


async def a_rule(row: Signing, version: int, state: RuleState = RuleState.IN_FORCE) -> None:
    setter = (await Company.get(id=row.company_id)).representative_id
    await ApprovalRule.create(
        company_id=row.company_id,
        seal=row.seal_id,
        version=version,
        kinds=[],
        approvers=[{"person": setter, "member": "", "identity": "i"}],
        four_eyes=False,
        setter_id=setter,
        state=state,
        live=row.seal_id if state is RuleState.IN_FORCE else None,
        created_at=NOW,
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [(Change.CANCEL, "其他印章"), (Change.LOSS, "领取后使用新的印章"), (Change.DISSOLVE, "其他印章")],
)
async def test_with_a_cancelled_seal_its_rule_ends_and_words_say_whether_it_is_remade(
    change: Change, told: str
) -> None:
    row, other = await signing(SigningState.PENDING), await signing(SigningState.PENDING)
    for each in (row, other):
        await a_rule(each, 1)
        await a_rule(each, 2, RuleState.DRAFT)
    async with transaction():
        done = await living.move(change, row.company_id, None, NOW)
        await living.tell(done, "sealer", NOW)
    assert done.ruled == {row.seal_id}
    assert {each.state for each in await ApprovalRule.filter(seal=row.seal_id)} == {RuleState.REPLACED}
    assert await rules.needed_of([row.seal_id, other.seal_id]) == {other.seal_id: "all"}
    reason = (await Signing.get(id=row.id)).reason or ""
    with pytest.raises(Conflict, match=r"seal\.cancelled") as refused:
        require_collected(await Seal.get(id=row.seal_id))
    for words in (reason, refused.value.zh):
        assert told in words
        assert "其他印章" in words  # what was lost without a maker's licence has no successor yet


async def test_a_seal_that_stays_keeps_its_rule() -> None:
    row = await signing(SigningState.PENDING)
    await a_rule(row, 1)
    assert (await rekeyed(row)).ruled == frozenset()
    assert await rules.needed_of([row.seal_id]) == {row.seal_id: "all"}


@pytest.mark.parametrize("state", [SigningState.SIGNED, SigningState.REJECTED])
async def test_what_has_ended_stays_as_it_ended(state: SigningState) -> None:
    row = await signing(state)
    await rekeyed(row)
    assert (await Signing.get(id=row.id)).state is state


async def test_another_company_keeps_its_keys() -> None:
    row, other = await signing(SigningState.KEYED), await signing(SigningState.KEYED)
    await rekeyed(row)
    assert (await Signing.get(id=other.id)).state is SigningState.KEYED
    assert (await Seal.get(id=other.seal_id)).state is SealState.COLLECTED
    assert (await SealKey.get(id=other.key_id)).revoked_at is None


@pytest.mark.parametrize("state", [SealState.HELD, SealState.DECLINED, SealState.ISSUED])
async def test_a_seal_without_keys_is_left_alone(state: SealState) -> None:
    row = await signing(SigningState.SIGNED)
    await Seal.filter(id=row.seal_id).update(state=state)
    assert (await rekeyed(row)).seals == ()
    assert (await Seal.get(id=row.seal_id)).state is state


async def test_a_second_time_finds_nothing_to_end() -> None:
    row = await signing(SigningState.PENDING)
    assert len((await rekeyed(row)).seals) == 1
    assert (await rekeyed(row)).seals == ()


@pytest.mark.usefixtures("unguarded")
async def test_a_revocation_committed_while_the_last_list_was_made_is_in_the_next() -> None:
    row = await signing(SigningState.SIGNED)
    issuer = pki.make_issuing(pki.make_root(NOW), NOW)
    await revocation.publish(revocation.ISSUING, issuer, NOW)
    before_it = NOW - timedelta(seconds=1)
    await SealKey.filter(id=row.key_id).update(
        serial=SERIAL, revoked_at=before_it, revoked_for=RevokedFor.SUPERSEDED
    )
    for _ in range(2):
        await revocation.publish(revocation.ISSUING, issuer, NOW + timedelta(seconds=1))
    newest = await revocation.newest_crl(revocation.ISSUING)
    assert newest is not None
    (entry,) = x509.load_der_x509_crl(newest)
    assert entry.serial_number == int(SERIAL, 16)
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert reason is x509.ReasonFlags.superseded
    assert await Crl.all().count() == 2, "made again without a cause"


async def test_no_answer_of_before_stays() -> None:
    row = await signing(SigningState.SIGNED)
    serial = (await SealKey.get(id=row.key_id)).serial
    later = NOW + timedelta(hours=1)
    await OcspAnswer.create(serial=serial, wanted_at=later, produced_at=later, der="AAAA")
    await rekeyed(row)
    assert await statuses.newest(serial) is None
    assert (await OcspAnswer.get(serial=serial)).wanted_at == NOW


class Approving:
    """An authority that approves; what happens elsewhere before it says so."""

    def __init__(self, application: str, moments: list[datetime]) -> None:
        self.application = application
        self.moments = moments

    async def submit(self, application: PinResetApplication) -> str:
        raise NotImplementedError

    async def result(self, reference: str) -> PinResetDecision:
        self.moments.append(NOW + timedelta(seconds=20))
        return PinResetDecision(self.application, DecisionState.APPROVED)


async def test_a_reset_revokes_when_it_is_done_not_when_the_authority_was_asked() -> None:
    row = await signing(SigningState.SIGNED)
    keeper = (await Company.get(id=row.company_id)).representative_id
    reset = await PinReset.create(
        person_id=keeper,
        open=keeper,
        companies=[],
        state=PinResetState.SENT,
        reference="r",
        created_at=NOW,
    )
    moments = [NOW]
    desk = Approving(reset.id, moments)
    assert await resetting.advance(reset, lambda: moments[-1], RecordsKey(bytes(32)), desk)
    assert (await SealKey.get(id=row.key_id)).revoked_at == moments[-1] != NOW
