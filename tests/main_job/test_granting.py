"""Seals granted to members, through the real sealer: what a grant opens, how far, and what its end closes."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from auth.engine import transaction
from auth.member_models import Grant, GrantEnd, GrantState
from auth.models import Event
from seals import custody, grant_endings, living
from seals.life import Change
from seals.models import Holder, Offer, OfferState, Seal, SealKey, SealWrap, Signing, SigningState
from server import keys, secret_files
from server.client import ApiError, Client
from server.demo import PIN
from tests.main_job.members import Json, Member, Server, contract, refused, token_of
from tests.main_job.stage import Stage, until
from tests.main_job.test_rotation import rotate

# Locks and races are of both engines' transactions; what the tests here ask is the same code on either.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")

OWN_PIN = "48207163"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Hand:
    """A member of the owner's company with a PIN of his own."""

    owner: Member
    member: Member
    id: str

    def granted(self, kind: str = "contract", role: str = "user", **scope: Any) -> Json:
        """A seal granted to him by the owner's PIN."""
        self.owner.server.forget_limits()
        return self.owner.phone.grant(self.owner.seal_of(kind), self.id, PIN, role, **scope)

    def collected(self, kind: str = "contract", role: str = "user", **scope: Any) -> Json:
        """The same, collected with his own PIN where he has none yet."""
        grant = self.granted(kind, role, **scope)
        return self.collect(grant["id"]) if grant["state"] == "waiting" else grant

    def collect(self, grant: str, outcome: str = "pass") -> Json:
        check = self.member.phone.begin_joining(grant)
        httpx.post(check["url"], data={"outcome": outcome}, trust_env=False)
        return self.member.phone.join(grant, OWN_PIN)

    def ask(self, kind: str = "contract", **about: Any) -> str:
        """He asks for a seal on a contract of his own."""
        self.owner.server.forget_limits()
        document = self.member.phone.upload("合同.pdf", contract(), company=self.owner.company)["id"]
        place = {"page": 0, "x_mm": 40.0, "y_mm": 205.0}
        signing = self.member.phone.request_signing(document, self.owner.seal_of(kind), **place, **about)
        return str(signing["id"])

    def confirm(self, signing: str, pin: str = OWN_PIN) -> Json:
        """He confirms on his own phone."""
        claim = self.member.phone.open_here(signing)
        return self.member.phone.confirm(claim["id"], pin)

    def seal(self, kind: str = "contract", **about: Any) -> Json:
        """He asks and seals, alone."""
        signing = self.ask(kind, **about)
        self.confirm(signing)
        return self.member.ended(signing)


@contextmanager
def hand_of(owner: Member, human: Member | None = None, **scope: Any) -> Iterator[Hand]:
    """human: whose ID number he has, with another mobile; None for somebody of his own."""
    with owner.server.member() as member:
        member.id_number = member.id_number if human is None else human.id_number
        invitation = owner.phone.invite(
            owner.company, "agent", "李泽宇", member.id_number, member.mobile, **scope
        )
        member.phone.accept_invitation(invitation["id"])
        yield Hand(owner, member, invitation["id"])


@pytest.fixture
def hand(owner: Member) -> Iterator[Hand]:
    with hand_of(owner) as hand:
        yield hand


def test_a_granted_seal_is_collected_with_an_own_pin_and_seals(hand: Hand) -> None:
    grant = hand.granted()
    assert grant["state"] == "waiting"
    ends = datetime.fromisoformat(grant["ends_at"]) - datetime.fromisoformat(grant["granted_at"])
    assert ends == timedelta(days=30)
    signing = hand.ask()
    assert refused(lambda: hand.confirm(signing)).code == "access.denied", "not collected yet"
    assert hand.collect(grant["id"])["state"] == "active"
    hand.confirm(signing)
    assert hand.member.ended(signing)["state"] == "signed"
    assert refused(lambda: hand.seal("finance")).code == "access.denied", "the other seals stay closed"
    kinds = [card["kind"] for card in hand.member.phone.thread()["cards"]]
    assert [kind for kind in kinds if kind.startswith("grant.")] == ["grant.made", "grant.collected"]
    assert "signing.signed" in kinds
    told = [card["kind"] for card in hand.owner.phone.thread()["cards"]]
    assert [kind for kind in told if kind.startswith("grant.")] == ["grant.made", "grant.collected"]


def test_the_owner_scans_nothing_he_needs_no_grant_and_the_user_can_claim_what_others_ask(hand: Hand) -> None:
    hand.collected()
    signing = hand.owner.ask_for()["id"]
    shown = hand.owner.phone.open_challenge(signing)
    claim = hand.member.phone.claim(token=token_of(shown))
    hand.member.phone.confirm(claim["id"], OWN_PIN, shown["digits"], claim["intent"])
    assert hand.owner.ended(signing)["state"] == "signed"
    hand.owner.sealed()


def test_his_pin_and_the_owners_are_not_each_others(hand: Hand) -> None:
    hand.collected()
    signing = hand.ask()
    assert refused(lambda: hand.confirm(signing, PIN)).code == "pin.wrong"
    hand.confirm(signing)


def test_only_the_person_named_collects(hand: Hand) -> None:
    grant = hand.granted()["id"]
    assert refused(lambda: hand.owner.phone.begin_joining(grant)).code == "grant.not_found"
    assert refused(lambda: hand.member.phone.join(grant, OWN_PIN)).code == "grant.check"
    assert refused(lambda: hand.collect(grant, "fail")).code == "grant.check"
    weak = refused(lambda: (_passed(hand, grant), hand.member.phone.join(grant, "123456")))
    assert weak.code.startswith("pin.")
    assert hand.member.phone.join(grant, OWN_PIN)["state"] == "active"


def _passed(hand: Hand, grant: str) -> None:
    httpx.post(hand.member.phone.begin_joining(grant)["url"], data={"outcome": "pass"}, trust_env=False)


def test_a_second_seal_needs_no_second_collection(hand: Hand) -> None:
    hand.collected()
    assert hand.granted("finance")["state"] == "active"
    assert hand.seal("finance")["state"] == "signed"
    already = refused(lambda: hand.granted("finance"))
    assert already.code == "grant.already"


def test_the_grantors_pin_must_be_right_and_a_refused_grant_leaves_nothing(hand: Hand) -> None:
    wrong = refused(
        lambda: hand.owner.phone.grant(hand.owner.seal_of("contract"), hand.id, "90817263", "user")
    )
    assert wrong.code == "pin.wrong"
    assert hand.owner.phone.grants(hand.owner.company) == []
    hand.granted()


SCOPES: list[tuple[Json, Json, Json, str]] = [
    ({"kinds": ["contract"]}, {"document_kind": "contract"}, {"document_kind": "bid"}, "document_kind"),
    ({"kinds": ["contract"]}, {"document_kind": "contract"}, {}, "document_kind"),
    ({"amount": "10000"}, {"amount": "10000.00"}, {"amount": "10000.01"}, "amount"),
    ({"amount": "10000"}, {"amount": "0"}, {}, "amount"),
    ({"counterparties": ["甲公司"]}, {"counterparty": "甲公司"}, {"counterparty": "乙公司"}, "counterparty"),
]


@pytest.mark.parametrize(("scope", "fits", "beyond", "field"), SCOPES)
def test_beyond_the_scope_nothing_is_claimed_or_confirmed(
    hand: Hand, scope: Json, fits: Json, beyond: Json, field: str
) -> None:
    hand.collected(**scope)
    signing = hand.ask(**beyond)
    told = refused(lambda: hand.confirm(signing))
    assert (told.code, told.field) == ("grant.scope", field)
    shown = hand.member.phone.open_challenge(signing)
    assert refused(lambda: hand.member.phone.claim(token=token_of(shown))).code == "challenge.not_found"
    assert hand.owner.phone.claim(token=token_of(shown))["id"], "nothing was consumed"
    hand.confirm(hand.ask(**fits))


def test_who_may_ask_by_his_grant_alone_is_told_when_he_asks(owner: Member) -> None:
    with hand_of(owner, matters=["present"]) as hand:
        hand.collected(kinds=["contract"])
        assert refused(lambda: hand.ask(document_kind="bid")).code == "grant.scope"
        assert refused(lambda: hand.ask("finance")).code == "access.denied"
        assert hand.seal(document_kind="contract")["state"] == "signed"


def test_of_many_confirms_at_once_as_many_as_there_are_uses(hand: Hand) -> None:
    hand.collected(uses=3)
    signings = [hand.ask() for _ in range(10)]
    claims = [hand.member.phone.open_here(signing)["id"] for signing in signings]
    hand.owner.server.forget_limits()

    def confirm(claim: str) -> str:
        try:
            hand.member.same_session().confirm(claim, OWN_PIN)
        except ApiError as error:
            return error.code
        return "confirmed"

    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(confirm, claims))
    assert outcomes.count("confirmed") == 3, outcomes
    assert set(outcomes) == {"confirmed", "grant.used_up"}
    rows = hand.owner.server.database.run(
        lambda: Signing.filter(id__in=signings, state=SigningState.PENDING).count()
    )
    assert rows == 7


def test_a_grant_that_ended_by_the_clock_opens_nothing(hand: Hand) -> None:
    grant = hand.collected()["id"]
    signing = hand.ask()
    claim = hand.member.phone.open_here(signing)["id"]
    hand.owner.server.database.run(lambda: Grant.filter(id=grant).update(ends_at=LONG_AGO))
    assert refused(lambda: hand.member.phone.confirm(claim, OWN_PIN)).code == "access.denied"
    run = hand.owner.server.database.run
    until(lambda: run(lambda: Grant.get(id=grant)).state is GrantState.ENDED)
    assert run(lambda: SealWrap.filter(grant=grant).count()) == 0


def test_what_nobody_collects_in_time_is_kept_no_longer(hand: Hand) -> None:
    grant = hand.granted()["id"]
    run = hand.owner.server.database.run
    assert run(lambda: Grant.get(id=grant)).kept is not None
    run(lambda: Grant.filter(id=grant).update(created_at=LONG_AGO))
    until(lambda: run(lambda: Grant.get(id=grant)).kept is None)
    assert refused(lambda: hand.collect(grant)).code == "grant.not_waiting"


@dataclass
class Backup:
    """What somebody who reads the database keeps: a wrap, a grant."""

    wrap: SealWrap
    grant: Grant


def kept_by(server: Server, grant: str) -> Backup:
    async def read() -> Backup:
        return Backup(await SealWrap.get(grant=grant), await Grant.get(id=grant))

    return server.database.run(read)


def put_back(server: Server, backup: Backup) -> None:
    """The wrap and the grant as they were, in the database again."""

    async def write() -> None:
        await SealWrap.filter(seal_id=backup.wrap.seal_id, holder_id=backup.wrap.holder_id).delete()
        await SealWrap.bulk_create([backup.wrap])
        await Grant.filter(id=backup.grant.id).update(
            state=backup.grant.state, live=backup.grant.live, ended_by=None, ended_at=None
        )

    server.database.run(write)


def test_after_revocation_his_pin_opens_nothing_and_after_rotation_his_old_wrap_neither(hand: Hand) -> None:
    server = hand.owner.server
    grant = hand.collected()["id"]
    assert hand.seal()["state"] == "signed"
    # The first confirm after the collection has changed what was kept until then.
    seal_id = hand.owner.seal_of("contract")
    until(lambda: not server.database.run(lambda: Seal.get(id=seal_id)).rotation_due)
    claimed = hand.member.phone.open_here(hand.ask())["id"]
    backup = kept_by(server, grant)
    old = server.database.run(lambda: SealKey.get(seal_id=backup.wrap.seal_id, algorithm="P-256"))
    hand.owner.phone.revoke(grant)
    assert refused(lambda: hand.member.phone.confirm(claimed, OWN_PIN)).code == "access.denied"
    assert server.database.run(lambda: Seal.get(id=backup.wrap.seal_id)).rotation_due
    hand.owner.sealed()  # the owner remains: his confirm changes the secret
    until(lambda: not server.database.run(lambda: Seal.get(id=backup.wrap.seal_id)).rotation_due)
    new = server.database.run(lambda: SealKey.get(seal_id=backup.wrap.seal_id, algorithm="P-256"))
    assert (new.epoch, new.certificate, new.generation) == (old.epoch + 1, old.certificate, old.generation)
    assert new.sealed_private != old.sealed_private
    put_back(server, backup)
    assert refused(lambda: hand.confirm(hand.ask())).code == "custody.wrap"
    # Also past the sealer, with every secret of the installation: what he kept is the secret of before.
    assert_opens_only_the_old(hand, backup, old, new)
    hand.owner.sealed()


def assert_opens_only_the_old(hand: Hand, backup: Backup, old: SealKey, new: SealKey) -> None:
    settings = hand.owner.server.settings
    pepper, web = keys.sealer_pepper(settings), secret_files.web_secrets(settings)
    holder = hand.owner.server.database.run(lambda: Holder.get(person_id=hand.member.id))
    stretched = custody.stretch_pin(OWN_PIN, bytes.fromhex(holder.salt), web.web_pepper)
    private = custody.open_holder(bytes.fromhex(holder.sealed_private), stretched, pepper, hand.member.id)
    wrap = backup.wrap
    secret = custody.unwrap_secret(
        base64.b64decode(wrap.wrapped),
        private,
        wrap.seal_id,
        1,
        hand.member.id,
        epoch=old.epoch,
        grant=wrap.grant,
    )
    vault = keys.kek_store(settings)
    opening = partial(_open, secret, vault, wrap.seal_id)
    assert opening(old, old.epoch)
    for epoch in (old.epoch, new.epoch):
        with pytest.raises(Exception, match=r"custody\.key"):
            opening(new, epoch)


@pytest.mark.parametrize("end", ["revoked", "too late", "collected"])
def test_a_copy_of_what_was_kept_opens_nothing_after_the_next_confirm(hand: Hand, end: str) -> None:
    """A grant that waits keeps the seal's secret under the KEK: whoever has both copied it."""
    run, vault = hand.owner.server.database.run, keys.kek_store(hand.owner.server.settings)
    grant = hand.granted()["id"]
    row = run(lambda: Grant.get(id=grant))
    kept, version = base64.b64decode(row.kept or ""), row.kek_version or 0
    secret = custody.kept_secret(kept, vault, version, row.seal, 1, 0, grant)
    opening = partial(_open, secret, vault, row.seal)
    old = run(lambda: SealKey.get(seal_id=row.seal, algorithm="P-256"))
    assert opening(old, 0)
    if end == "collected":
        hand.collect(grant)
    elif end == "revoked":
        hand.owner.phone.revoke(grant)
    else:
        run(lambda: Grant.filter(id=grant).update(created_at=LONG_AGO))
        until(lambda: run(lambda: Grant.get(id=grant)).kept is None)
    assert run(lambda: Seal.get(id=row.seal)).rotation_due
    hand.owner.sealed()
    until(lambda: not run(lambda: Seal.get(id=row.seal)).rotation_due)
    new = run(lambda: SealKey.get(seal_id=row.seal, algorithm="P-256"))
    for epoch in (old.epoch, new.epoch):
        with pytest.raises(Exception, match=r"custody\.key"):
            opening(new, epoch)
    if end == "collected":
        assert hand.seal()["state"] == "signed", "what is his stays his"


def _open(secret: bytes, vault: custody.KeyVault, seal: str, key: SealKey, epoch: int) -> bytes:
    locked = base64.b64decode(key.sealed_private)
    return custody.open_private(locked, secret, vault, 1, seal, 1, key.id, epoch=epoch)


def test_rotation_keeps_those_who_remain(owner: Member) -> None:
    with hand_of(owner) as stays, hand_of(owner) as goes, hand_of(owner) as waits:
        stays.collected()
        waiting = waits.granted()["id"]
        gone = goes.collected()["id"]
        owner.phone.revoke(gone)
        assert stays.seal()["state"] == "signed"  # a grantee's confirm changes the secret too
        seal = owner.seal_of("contract")
        until(lambda: not owner.server.database.run(lambda: Seal.get(id=seal)).rotation_due)
        owner.sealed()
        assert stays.seal()["state"] == "signed"
        assert waits.collect(waiting)["state"] == "active"
        assert waits.seal()["state"] == "signed"
        assert refused(lambda: goes.seal()).code == "access.denied"


def test_removing_the_member_ends_his_grants(hand: Hand) -> None:
    grant = hand.collected()["id"]
    claimed = hand.member.phone.open_here(hand.ask())["id"]
    hand.owner.phone.remove_member(hand.id)
    assert refused(lambda: hand.member.phone.confirm(claimed, OWN_PIN)).code == "access.denied"
    run = hand.owner.server.database.run
    assert run(lambda: Grant.get(id=grant)).state is GrantState.ENDED
    assert run(lambda: SealWrap.filter(grant=grant).count()) == 0


def test_with_the_representative_all_is_void(hand: Hand) -> None:
    grant = hand.collected()["id"]
    claimed = hand.member.phone.open_here(hand.ask())["id"]

    async def void() -> None:
        async with transaction():
            await grant_endings.void_all(hand.owner.company, "sealer", datetime.now(UTC))

    run = hand.owner.server.database.run
    run(void)
    assert refused(lambda: hand.member.phone.confirm(claimed, OWN_PIN)).code == "access.denied"
    assert refused(lambda: hand.member.phone.company(hand.owner.company)).code == "company.not_found"
    assert run(lambda: SealWrap.filter(grant=grant).count()) == 0
    kinds = [card["kind"] for card in hand.member.phone.thread()["cards"]]
    assert kinds[-2:] == ["grant.voided", "member.voided"]


def test_with_the_keys_of_a_seal_its_grants_end(hand: Hand) -> None:
    grant = hand.collected()["id"]

    async def rekey() -> None:
        now = datetime.now(UTC)
        async with transaction():
            done = await living.move(Change.FORGOTTEN, hand.owner.company, None, now)
            await living.tell(done, "sealer", now)

    run = hand.owner.server.database.run
    run(rekey)
    assert run(lambda: Grant.get(id=grant)).ended_by is GrantEnd.VOIDED
    hand.owner.collect(hand.owner.company, PIN)
    assert refused(lambda: hand.confirm(hand.ask())).code == "access.denied"
    hand.owner.sealed()


def test_a_keeper_freezes_lets_others_use_and_reaches_no_further(owner: Member) -> None:
    with hand_of(owner) as keeper, hand_of(owner) as user:
        keeper.collected(role="keeper", amount="5000", days=10)
        seal = owner.seal_of("contract")
        grant = partial(keeper.member.phone.grant, seal, user.id, OWN_PIN)
        assert refused(lambda: grant("keeper", amount="1", days=5)).code == "access.denied"
        assert refused(lambda: grant("user", amount="5000.01", days=5)).code == "grant.beyond"
        assert refused(lambda: grant("user", days=5)).code == "grant.beyond"
        assert refused(lambda: grant("user", amount="1", days=11)).code == "grant.beyond"
        made = grant("user", amount="4000", days=5)
        assert user.collect(made["id"])["state"] == "active"
        assert user.seal(amount="4000")["state"] == "signed"
        asked = user.ask(amount="4000")
        assert keeper.member.phone.signing(asked)["amount"] == "4000.00"
        assert refused(lambda: user.member.phone.freeze(seal)).code == "access.denied"
        keeper.member.phone.revoke(made["id"])
        assert refused(lambda: user.confirm(asked)).code == "access.denied"
        assert keeper.member.phone.freeze(seal)["state"] == "frozen"


# ---------------------------------------------------------------- whoever writes the database


async def _widen(grant: Grant) -> None:
    await Grant.filter(id=grant.id).update(scope={**grant.scope, "amount": None})


async def _longer(grant: Grant) -> None:
    await Grant.filter(id=grant.id).update(ends_at=grant.ends_at + timedelta(days=300))


async def _keeper(grant: Grant) -> None:
    await Grant.filter(id=grant.id).update(role="keeper")


async def _unsigned(grant: Grant) -> None:
    await Grant.filter(id=grant.id).update(signature=None)


async def _as_owner(grant: Grant) -> None:
    await SealWrap.filter(grant=grant.id).update(grant="")


WRITES: list[tuple[Callable[[Grant], Any], str]] = [
    (_widen, "custody.not_attested"),
    (_longer, "custody.not_attested"),
    (_keeper, "custody.not_attested"),
    (_unsigned, "custody.not_attested"),
]


@pytest.mark.parametrize(("write", "code"), WRITES, ids=lambda value: getattr(value, "__name__", ""))
def test_a_grant_that_was_rewritten_is_not_believed(hand: Hand, write: Any, code: str) -> None:
    grant = hand.collected(amount="100")["id"]
    run = hand.owner.server.database.run
    row = run(lambda: Grant.get(id=grant))
    run(lambda: write(row))
    signing = hand.ask(amount="100")
    assert refused(lambda: hand.confirm(signing)).code == code
    assert run(lambda: Signing.get(id=signing)).state is SigningState.PENDING


def test_a_grantees_wrap_is_no_owners_wrap(hand: Hand) -> None:
    """Neither with the row of the wrap changed, nor with the company handed to him."""
    grant = hand.collected(amount="100")["id"]
    run = hand.owner.server.database.run
    row = run(lambda: Grant.get(id=grant))
    signing = hand.ask(amount="100")
    run(lambda: _as_owner(row))
    assert refused(lambda: hand.confirm(signing)).code in {"offer.changed", "custody.wrap"}
    assert run(lambda: Signing.get(id=signing)).state is SigningState.PENDING


def test_a_swapped_grant_is_refused_while_it_is_offered(stage: Stage, stage_owner: Member) -> None:
    """The grantor's PIN is given for this grant: another member, seal or scope in the row opens nothing."""
    with hand_of(stage_owner) as named, hand_of(stage_owner) as thief:
        run = stage.server.database.run
        wraps = run(lambda: SealWrap.exclude(grant="").count())
        finance = stage_owner.seal_of("finance")
        thief_row = run(lambda: _member_of(thief.id))
        for change in (
            {"member_id": thief.id, "person_id": thief_row},
            {"seal": finance},
            {"scope": {"kinds": [], "amount": None, "counterparties": [], "uses": None}},
            {"ends_at": datetime(2099, 1, 1, tzinfo=UTC)},
            {"role": "keeper"},
        ):
            answer = _granted_while_nobody_looks(stage, named, change)
            assert answer.code in {"offer.changed", "grant.state"}, change
            run(
                lambda: Holder.filter(person_id=stage_owner.id).update(
                    tries=0, locked_at=None, wait_until=None
                )
            )
        assert run(lambda: SealWrap.exclude(grant="").count()) == wraps


async def _member_of(member: str) -> str:
    from auth.member_models import Member as Row

    return (await Row.get(id=member)).person_id


def _granted_while_nobody_looks(stage: Stage, hand: Hand, change: Json) -> ApiError:
    run = stage.server.database.run
    stage.stop_sealer()
    with ThreadPoolExecutor(1) as pool:
        phone: Client = hand.owner.same_session()
        seal = hand.owner.seal_of("contract")
        granting = pool.submit(phone.grant, seal, hand.id, PIN, "user", amount="100")
        until(lambda: run(lambda: Offer.filter(purpose="grant", state=OfferState.OFFERED).exists()))
        run(lambda: Grant.filter(state=GrantState.OFFERED).update(**change))
        stage.start_sealer()
        answer = granting.exception()
    assert isinstance(answer, ApiError)
    return answer


def test_revoked_between_confirm_and_key_nothing_is_signed(stage: Stage, stage_owner: Member) -> None:
    with hand_of(stage_owner) as hand:
        grant = hand.collected()["id"]
        signing = hand.ask()
        claim = hand.member.phone.open_here(signing)["id"]
        stage.stop_sealer()
        stage.start_sealer("confirmed")
        with ThreadPoolExecutor(1) as pool:
            confirming = pool.submit(hand.member.same_session().confirm, claim, OWN_PIN)
            stage.wait_for_crash()
            confirming.result()
        hand.owner.phone.revoke(grant)
        stage.end_leases()
        stage.start_sealer()
        done = hand.owner.ended(signing)
        assert done["state"] == "failed"
        run = stage.server.database.run
        kinds = run(
            lambda: Event.filter(subject=f"signing:{signing}").order_by("seq").values_list("kind", flat=True)
        )
        assert list(kinds)[-1] == "signing.failed"  # type: ignore[call-overload]


def test_what_is_kept_for_a_grantee_outlives_a_rotation_of_the_kek(stage: Stage, stage_owner: Member) -> None:
    with hand_of(stage_owner) as hand:
        grant = hand.granted()["id"]
        rotate(stage)
        assert hand.collect(grant)["state"] == "active"
        assert hand.seal()["state"] == "signed"
