"""Approval before a signing is confirmed, through the real sealer (R81)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from auth.engine import transaction
from auth.models import Event
from seals import living
from seals.approval_models import Approval, ApprovalRule, ApprovalState, RuleState
from seals.life import Change
from seals.models import Holder, Offer, OfferPurpose, OfferState, SealKey, Signing, SigningState
from server.client import ApiError
from server.demo import PIN
from tests.main_job.members import Json, Member, refused, token_of
from tests.main_job.stage import Stage, until
from tests.main_job.test_granting import OWN_PIN, Hand, hand_of
from tests.seals.papers.test_setting import texts as pages_of

# Locks and races are of both engines' transactions; what the tests here ask is the same code on either.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")


def texts(report: bytes) -> str:
    """What a report says, without spaces."""
    return "".join(pages_of(report))


@dataclass
class Office:
    """An owner, a user of his contract seal, and a user of his finance seal who may approve."""

    owner: Member
    user: Hand
    boss: Hand
    seal: str = field(init=False)

    def __post_init__(self) -> None:
        self.seal = self.owner.seal_of("contract")
        self.user.collected("contract")
        self.boss.collected("finance")

    def rule(self, approvers: list[str] | None = None, **rule: Any) -> Json:
        """The owner sets the contract seal's rule."""
        self.owner.server.forget_limits()
        named = [self.boss.id] if approvers is None else approvers
        return self.owner.phone.set_approval_rule(self.seal, PIN, named, **rule)

    def approve(self, signing: str) -> Json:
        return self.boss.member.phone.approve(signing, OWN_PIN)

    def kinds(self, person: Member) -> list[str]:
        cards = [card["kind"] for card in person.phone.thread()["cards"]]
        return [kind for kind in cards if kind.startswith(("approval.", "rule."))]


@pytest.fixture
def office(owner: Member) -> Iterator[Office]:
    with hand_of(owner) as user, hand_of(owner) as boss:
        yield Office(owner, user, boss)


def test_what_needs_an_approval_is_confirmed_only_after_it(office: Office) -> None:
    rule = office.rule(amount="10000")
    assert (rule["version"], rule["amount"], len(rule["approvers"])) == (1, "10000.00", 1)
    signing = office.user.ask(amount="10000.01", document_kind="contract")
    told = {
        seal["id"]: seal["approval"] for seal in office.owner.phone.company(office.owner.company)["seals"]
    }
    assert told.pop(office.seal) == "some"
    assert set(told.values()) == {""}
    assert office.user.member.phone.signing(signing)["may_confirm"]
    assert not office.boss.member.phone.signing(signing)["may_confirm"]
    waiting = office.user.member.phone.signing(signing)["approval"]
    assert (waiting["given"], waiting["by_masked"], len(waiting["approvers_masked"])) == (False, None, 1)
    assert refused(lambda: office.user.confirm(signing)).code == "approval.missing"
    approved = office.approve(signing)["approval"]
    assert (approved["given"], approved["by_masked"]) == (True, waiting["approvers_masked"][0])
    assert refused(lambda: office.approve(signing)).code == "approval.not_waiting", "it has one"
    office.user.confirm(signing)
    assert office.user.member.ended(signing)["state"] == "signed"
    assert office.kinds(office.boss.member) == ["rule.set", "approval.asked", "approval.given"]
    assert office.kinds(office.user.member) == ["approval.given"]
    assert office.kinds(office.owner) == ["rule.set", "approval.given"]
    run = office.owner.server.database.run
    event = run(lambda: Event.get(kind="signing.confirmed", subject=f"signing:{signing}"))
    assert event.facts["approval"] == run(lambda: Approval.get(signing_id=signing)).id
    told = next(c for c in office.owner.phone.thread()["cards"] if c["kind"] == "signing.signed")
    done = " ".join(told["lines"])
    assert all(words in done for words in ("发起：", "审批：", "确认：", "¥10,000.01"))
    report = texts(office.user.member.phone.evidence_report(signing))
    for words in ("被授权的用印人", "审批人", "审批规则第1版", "授权编号", "平台复核:签名成立", "领取授权"):
        assert words in report, words


CASES: list[tuple[Json, Json, bool]] = [
    ({"amount": "10000"}, {"amount": "10000"}, False),
    ({"amount": "10000"}, {"amount": "10000.01"}, True),
    ({"amount": "10000"}, {}, True),
    ({"kinds": ["contract"]}, {"document_kind": "contract"}, True),
    ({"kinds": ["contract"]}, {"document_kind": "bid"}, False),
    ({"kinds": ["contract"]}, {}, True),
    ({"kinds": ["contract"], "amount": "5"}, {"document_kind": "bid", "amount": "6"}, True),
    ({"kinds": ["contract"], "amount": "5"}, {"document_kind": "bid", "amount": "5"}, False),
    ({}, {"document_kind": "bid", "amount": "1"}, True),
]


def test_amount_and_kind_say_what_needs_one(office: Office) -> None:
    for rule, about, needed in CASES:
        office.rule(**rule)
        signing = office.user.ask(**about)
        view = office.user.member.phone.signing(signing)["approval"]
        assert (view is not None) is needed, (rule, about)
        if needed:
            assert refused(lambda signing=signing: office.user.confirm(signing)).code == "approval.missing"
        else:
            office.user.confirm(signing)
    office.rule([])
    assert office.user.seal()["state"] == "signed", "the rule was taken back"


def test_the_representative_needs_none_but_with_four_eyes(office: Office) -> None:
    office.rule()
    office.owner.sealed()
    office.rule(["representative", office.boss.id], four_eyes=True)
    signing = office.owner.ask_for()["id"]
    claim = office.owner.phone.open_here(signing)["id"]
    assert refused(lambda: office.owner.phone.confirm(claim, PIN)).code == "approval.missing"
    office.approve(signing)
    office.owner.phone.confirm(claim, PIN)
    assert office.owner.ended(signing)["state"] == "signed"
    told = refused(lambda: office.rule(["representative"], four_eyes=True))
    assert (told.code, told.field) == ("rule.four_eyes", "four_eyes")


def test_nobody_confirms_what_he_approved(office: Office) -> None:
    office.rule(["representative", office.user.id, office.boss.id], four_eyes=True)
    signing = office.user.ask()
    office.user.member.phone.approve(signing, OWN_PIN)
    assert refused(lambda: office.user.confirm(signing)).code == "approval.own"
    claim, digits = office.owner.claimed(signing)
    office.owner.phone.confirm(claim["id"], PIN, digits, claim["intent"])
    assert office.owner.ended(signing)["state"] == "signed"
    own = office.owner.ask_for()["id"]
    office.owner.phone.approve(own, PIN)
    here = office.owner.phone.open_here(own)["id"]
    assert refused(lambda: office.owner.phone.confirm(here, PIN)).code == "approval.own"


def test_a_second_mobile_is_no_second_human(office: Office) -> None:
    """Neither does he confirm by one what he approved by the other, nor do his two make four eyes."""
    with hand_of(office.owner, office.user.member) as twin, hand_of(office.owner, office.owner) as own_twin:
        twin.collected("finance")
        own_twin.collected("finance")
        office.rule([twin.id, office.boss.id])
        signing = office.user.ask()
        twin.member.phone.approve(signing, OWN_PIN)
        assert refused(lambda: office.user.confirm(signing)).code == "approval.own"
        told = refused(lambda: office.rule(["representative", own_twin.id], four_eyes=True))
        assert (told.code, told.field) == ("rule.four_eyes", "four_eyes")
        office.rule(["representative", own_twin.id, office.boss.id], four_eyes=True)
        own = office.owner.ask_for()["id"]
        own_twin.member.phone.approve(own, OWN_PIN)
        here = office.owner.phone.open_here(own)["id"]
        assert refused(lambda: office.owner.phone.confirm(here, PIN)).code == "approval.own"


def test_who_was_removed_sees_no_more_what_he_approved(office: Office) -> None:
    office.rule()
    signing = office.user.ask()
    office.approve(signing)
    phone = office.boss.member.phone
    assert phone.signing(signing)["id"] == signing
    office.owner.phone.remove_member(office.boss.id)
    assert refused(lambda: phone.signing(signing)).code == "signing.not_found"


def test_a_refusal_ends_it_and_the_asker_is_told_why(office: Office) -> None:
    office.rule()
    signing = office.user.ask()
    phone = office.boss.member.phone
    assert refused(lambda: phone.refuse_approval(signing, " ")).code == "reject.reason"
    assert phone.refuse_approval(signing, "金额与合同不符")["state"] == "rejected"
    view = office.user.member.phone.signing(signing)
    assert (view["state"], view["reason"]) == ("rejected", "金额与合同不符")
    assert office.kinds(office.user.member) == ["approval.refused"]
    assert refused(lambda: office.approve(signing)).code == "approval.not_waiting"


def test_only_who_is_named_sees_and_decides_and_only_that(office: Office) -> None:
    office.rule()
    signing = office.user.ask()
    phone = office.boss.member.phone
    assert phone.signing(signing)["id"] == signing
    for act in (phone.open_challenge, phone.open_here, phone.cancel, phone.open_approver_code):
        assert refused(lambda act=act: act(signing)).code == "access.denied"
    office.rule(["representative"])
    assert refused(lambda: phone.signing(signing)).code == "access.denied"
    assert refused(lambda: office.approve(signing)).code == "access.denied"
    assert refused(lambda: phone.refuse_approval(signing, "不同意")).code == "access.denied"
    assert refused(lambda: office.user.member.phone.approve(signing, OWN_PIN)).code == "approval.not_waiting"


def test_only_the_representative_sets_a_rule_and_names_who_holds_keys(office: Office) -> None:
    phone = office.user.member.phone
    for act in (
        lambda: phone.set_approval_rule(office.seal, OWN_PIN, []),
        lambda: phone.approval_rule(office.seal),
    ):
        assert refused(act).code == "access.denied"
    assert (
        refused(lambda: office.owner.phone.set_approval_rule(office.seal, "90817263", [])).code == "pin.wrong"
    )
    draft = office.owner.phone.draft_rule(office.seal, [office.boss.id])
    assert refused(lambda: phone.confirm_rule(draft, OWN_PIN)).code == "rule.not_found"
    with hand_of(office.owner) as bare:
        assert refused(lambda: office.rule([bare.id])).code == "rule.approver"
    named = {
        each["id"]: each["mobile_masked"]
        for each in office.owner.phone.approval_rule(office.seal)["candidates"]
    }
    assert named.keys() == {"representative", office.user.id, office.boss.id}
    assert len(set(named.values())) == 3, "people of one surname are told apart"
    assert office.owner.phone.approval_rule(office.seal)["version"] == 0


def test_an_approval_counts_while_its_approver_may(office: Office) -> None:
    office.rule()
    signing = office.user.ask()
    office.approve(signing)
    claim = office.user.member.phone.open_here(signing)["id"]
    office.rule(["representative"])
    assert refused(lambda: office.user.member.phone.confirm(claim, OWN_PIN)).code == "approval.missing"
    assert office.kinds(office.owner).count("approval.asked") == 1, "who may now is told that it waits again"
    office.rule()
    assert office.user.member.phone.signing(signing)["approval"]["given"], "named again, it counts again"
    assert office.kinds(office.boss.member).count("approval.asked") == 1, "it does not wait"
    office.owner.phone.remove_member(office.boss.id)
    assert not office.user.member.phone.signing(signing)["approval"]["given"]
    assert refused(lambda: office.user.member.phone.confirm(claim, OWN_PIN)).code == "approval.missing"
    office.rule(["representative"])
    office.owner.phone.approve(signing, PIN)
    office.user.member.phone.confirm(claim, OWN_PIN)
    assert office.user.member.ended(signing)["state"] == "signed"


def test_a_rule_set_under_way_is_judged_at_confirm(office: Office) -> None:
    signing = office.user.ask()
    claim = office.user.member.phone.open_here(signing)["id"]
    office.rule()
    assert office.kinds(office.boss.member) == ["rule.set", "approval.asked"], "what waits is told"
    assert refused(lambda: office.user.member.phone.confirm(claim, OWN_PIN)).code == "approval.missing"
    office.rule([])
    office.user.member.phone.confirm(claim, OWN_PIN)
    assert office.user.member.ended(signing)["state"] == "signed"


def test_of_approve_and_refuse_at_once_one_wins(office: Office) -> None:
    office.rule(["representative", office.boss.id])
    for _ in range(3):
        signing = office.user.ask()

        def approve(signing: str = signing) -> str:
            return said(lambda: office.boss.member.same_session().approve(signing, OWN_PIN))

        def refuse(signing: str = signing) -> str:
            return said(lambda: office.owner.same_session().refuse_approval(signing, "不同意"))

        with ThreadPoolExecutor(2) as pool:
            outcomes = [each.result() for each in (pool.submit(approve), pool.submit(refuse))]
        rows = office.owner.server.database.run(
            lambda signing=signing: Approval.filter(signing_id=signing).all()
        )
        assert len(rows) == 1, outcomes
        assert outcomes.count("approval.not_waiting") == 1, outcomes
        state = office.user.member.phone.signing(signing)["state"]
        assert (state == "rejected") is (rows[0].state is ApprovalState.REFUSED)


def test_a_rule_outlives_the_keys(office: Office) -> None:
    """A forgotten PIN: new keys, collected anew under the same rule; grants, and who had them, are void."""
    office.rule(["representative", office.boss.id], four_eyes=True)
    run = office.owner.server.database.run

    async def rekey() -> None:
        now = datetime.now(UTC)
        async with transaction():
            done = await living.move(Change.FORGOTTEN, office.owner.company, None, now)
            await living.tell(done, "sealer", now)

    run(rekey)
    office.owner.collect(office.owner.company, PIN)
    signing = office.owner.ask_for()["id"]
    here = office.owner.phone.open_here(signing)["id"]
    assert refused(lambda: office.owner.phone.confirm(here, PIN)).code == "approval.missing"
    assert refused(lambda: office.approve(signing)).code == "access.denied", "his grant is void"
    office.boss.granted("finance")
    office.approve(signing)
    office.owner.phone.confirm(here, PIN)
    assert office.owner.ended(signing)["state"] == "signed"


@pytest.fixture
def staged_office(stage: Stage) -> Iterator[Office]:
    """An office on the stage, where the sealer comes and goes."""
    with stage.server.owner() as owner, hand_of(owner) as user, hand_of(owner) as boss:
        yield Office(owner, user, boss)


def approve_while_nobody_looks(
    stage: Stage, office: Office, signing: str, tamper: Callable[[], None]
) -> ApiError | Json:
    """The PIN is given while no sealer runs; rows are changed; then the sealer looks."""
    run = stage.server.database.run
    stage.stop_sealer()
    with ThreadPoolExecutor(1) as pool:
        approving = pool.submit(office.boss.member.same_session().approve, signing, OWN_PIN)
        until(lambda: run(lambda: Offer.filter(subject=signing, purpose=OfferPurpose.APPROVE).exists()))
        tamper()
        stage.start_sealer()
        error = approving.exception()
    assert error is None or isinstance(error, ApiError)
    return error or approving.result()


def test_the_pin_of_an_approval_is_for_this_signing_as_it_is(stage: Stage, staged_office: Office) -> None:
    office, run = staged_office, stage.server.database.run
    office.rule()
    other = office.user.ask(amount="9")

    async def redirect(signing: str) -> None:
        await Offer.filter(subject=signing).update(subject=other)

    async def restate(signing: str) -> None:
        row = await Signing.get(id=signing)
        await Signing.filter(id=signing).update(request={**row.request, "amount": "9.00"})

    async def rename(signing: str) -> None:
        mine = await Offer.get(subject=signing)
        await Offer.filter(id=mine.id).update(person_id=office.user.member.id)

    for change, code in (
        (redirect, "offer.changed"),
        (restate, "offer.changed"),
        (rename, "approval.not_waiting"),
    ):
        signing = office.user.ask(amount="1")
        told = approve_while_nobody_looks(
            stage, office, signing, lambda change=change, signing=signing: run(lambda: change(signing))
        )
        assert isinstance(told, ApiError), told
        assert told.code == code
        assert run(lambda: Approval.all().count()) == 0


def test_an_offer_to_approve_is_good_once(stage: Stage, staged_office: Office) -> None:
    office, run = staged_office, stage.server.database.run
    office.rule()
    signing = office.user.ask()
    copied: dict[str, Any] = {}

    def copy() -> None:
        row = run(lambda: Offer.get(subject=signing))
        copied.update({name: getattr(row, name) for name in Offer._meta.db_fields if name != "id"})

    approve_while_nobody_looks(stage, office, signing, copy)
    given = run(lambda: Approval.get(signing_id=signing))
    again = run(lambda: Offer.create(**{**copied, "lease_until": None}))
    until(lambda: run(lambda: Offer.get(id=again.id)).state is not OfferState.OFFERED)
    assert run(lambda: Offer.get(id=again.id)).outcome["code"] == "approval.not_waiting"
    assert run(lambda: Approval.get(signing_id=signing)).id == given.id
    office.owner.phone.set_approval_rule(office.seal, PIN, [])
    office.owner.phone.set_approval_rule(office.seal, PIN, [office.boss.id])
    office.user.confirm(signing)


def test_a_signing_made_confirmed_in_the_database_is_not_keyed(stage: Stage, staged_office: Office) -> None:
    """Whoever writes the database skips the act that judges; what makes the signature judges again."""
    office, run = staged_office, stage.server.database.run
    office.rule()
    signing = office.user.ask()
    claim = office.user.member.phone.open_here(signing)["id"]

    async def invent() -> None:
        made = await Approval.create(
            signing_id=signing,
            person_id=office.boss.member.id,
            rule=1,
            state=ApprovalState.APPROVED,
            created_at=datetime.now(UTC),
        )
        await Signing.filter(id=signing).update(approval=made.id)

    async def skip() -> None:
        await Offer.filter(subject=signing).update(state=OfferState.DONE, outcome={"state": "confirmed"})
        await Signing.filter(id=signing).update(state=SigningState.CONFIRMED)

    run(invent)
    stage.stop_sealer()
    with ThreadPoolExecutor(1) as pool:
        confirming = pool.submit(office.user.member.same_session().confirm, claim, OWN_PIN)
        until(lambda: run(lambda: Offer.filter(subject=signing).exists()))
        run(skip)
        confirming.result()
    stage.start_sealer()
    assert office.user.member.ended(signing)["state"] == "failed"
    assert run(lambda: Event.filter(kind="signing.keyed", subject=f"signing:{signing}").count()) == 0
    failed = run(lambda: Event.get(kind="signing.failed", subject=f"signing:{signing}"))
    assert failed.facts["code"] == "custody.not_attested"


def test_the_sealer_itself_looks_who_a_second_mobile_is(stage: Stage, staged_office: Office) -> None:
    """Web is deceived by a row, which is put right before the sealer looks."""
    office, run = staged_office, stage.server.database.run
    user = office.user.member
    with hand_of(office.owner, user) as twin:
        twin.collected("finance")
        office.rule([twin.id])
        signing = office.user.ask()
        twin.member.phone.approve(signing, OWN_PIN)
        claim = user.phone.open_here(signing)["id"]
        truth = user.holder().identity_ref
        run(lambda: Holder.filter(person_id=user.id).update(identity_ref="0" * 64))
        stage.stop_sealer()
        with ThreadPoolExecutor(1) as pool:
            confirming = pool.submit(user.same_session().confirm, claim, OWN_PIN)
            until(lambda: run(lambda: Offer.filter(subject=signing, purpose=OfferPurpose.CONFIRM).exists()))
            run(lambda: Holder.filter(person_id=user.id).update(identity_ref=truth))
            stage.start_sealer()
            error = confirming.exception()
        assert isinstance(error, ApiError), error
        assert error.code == "approval.own"
        assert user.phone.signing(signing)["state"] == "pending"


def said(act: Any) -> str:
    try:
        return str(act()["state"])
    except ApiError as error:
        return error.code


def test_the_code_for_an_approver_leads_him_to_the_signing_and_nothing_else(office: Office) -> None:
    office.rule()
    signing = office.user.ask()
    asker, boss = office.user.member.phone, office.boss.member.phone
    token = token_of(asker.open_approver_code(signing))
    assert refused(lambda: boss.claim(token=token)).code == "challenge.not_found", "it confirms nothing"
    assert refused(lambda: asker.claim_approval(token)).code == "challenge.not_found", "he is no approver"
    assert boss.claim_approval(token)["id"] == signing
    assert refused(lambda: boss.claim_approval(token)).code == "challenge.not_found", "it is good once"
    older, newer = (token_of(asker.open_approver_code(signing)) for _ in range(2))
    confirm = token_of(asker.open_challenge(signing))
    assert refused(lambda: boss.claim_approval(older)).code == "challenge.not_found"
    assert refused(lambda: boss.claim_approval(confirm)).code == "challenge.not_found"
    assert boss.claim_approval(newer)["id"] == signing
    office.approve(signing)
    assert refused(lambda: asker.open_approver_code(signing)).code == "approval.not_waiting"


def test_the_bytes_may_be_prepared_anew_and_a_second_seal_be_put_on(office: Office) -> None:
    office.rule()
    office.user.granted("finance")
    first = office.user.ask()
    document = office.user.member.phone.signing(first)["document"]["id"]
    office.approve(first)
    place = {"page": 0, "x_mm": 90.0, "y_mm": 205.0}
    other = office.user.member.phone.request_signing(
        document, office.owner.seal_of("finance"), **place, others="unknown"
    )["id"]
    office.user.confirm(other)
    assert office.user.member.ended(other)["state"] == "signed"
    office.user.confirm(first)
    assert office.user.member.ended(first)["state"] == "signed"


def test_each_rule_changes_the_secret_and_all_wraps(office: Office) -> None:
    run = office.owner.server.database.run
    office.rule()
    office.rule(["representative"])
    key = run(lambda: SealKey.get(seal_id=office.seal, algorithm="P-256"))
    rows = run(lambda: ApprovalRule.filter(seal=office.seal).order_by("version"))
    assert key.epoch == 2
    assert [(row.version, row.state) for row in rows] == [(1, RuleState.REPLACED), (2, RuleState.IN_FORCE)]
    with hand_of(office.owner) as late:
        grant = late.granted()
        office.rule([])
        assert late.collect(grant["id"])["state"] == "active"
        assert late.seal()["state"] == "signed"
    assert office.user.seal()["state"] == SigningState.SIGNED.value
