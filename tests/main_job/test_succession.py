"""A change of the legal representative while the sealer works, on both engines: at whatever instant it comes,
nothing of the one before remains; and a sealer that is killed with it leaves it whole or undone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from auth.member_models import Grant, GrantState
from auth.models import Event, Licence
from auth.succession_models import ChangeState, RepresentativeChange
from seals.models import (
    Collection,
    CollectionState,
    Seal,
    SealKey,
    SealState,
    SealWrap,
    Signing,
    SigningState,
)
from seals.models import Version as SealedVersion
from server.client import Client
from server.demo import PIN
from tests.main_job.members import Member, refused
from tests.main_job.stage import Stage, until
from tests.main_job.test_granting import OWN_PIN, Hand, hand_of
from tests.registering import register

NEW_PIN = "58203917"


@pytest.fixture
def owner(stage: Stage) -> Iterator[Member]:
    """An owner with collected seals, for one test alone."""
    with stage.server.owner() as owner:
        yield owner


@pytest.fixture
def successor(stage: Stage) -> Iterator[Member]:
    """Who is to be registered in his place."""
    with stage.server.member() as member:
        member.name = "苏明哲"
        yield member


def change(owner: Member, to: Member) -> None:
    uscc = owner.phone.company(owner.company)["uscc"]
    register(owner.sandbox, uscc, to.name, to.id_number, to.mobile)


def versions(stage: Stage, owner: Member) -> list[int]:
    async def rows() -> list[int]:
        found = Licence.filter(company_id=owner.company).order_by("version")
        return [row.version for row in await found]

    return stage.server.database.run(rows)


def is_applied(stage: Stage, owner: Member) -> bool:
    return versions(stage, owner) == [1, 2]


@contextmanager
def changed_at(
    stage: Stage, step: str, owner: Member, to: Member, folder: Path, act: Callable[[], object]
) -> Iterator[Any]:
    """`act` makes the sealer come to a step; there it waits until another represents the company."""
    here = folder / "here"
    stage.stop_sealer()
    stage.start_sealer(step, changed=(here, owner.company))
    try:
        with ThreadPoolExecutor(1) as pool:
            acting = pool.submit(act)
            until(here.exists)
            change(owner, to)
            until(lambda: is_applied(stage, owner))
            yield acting
    finally:
        stage.stop_sealer()
        stage.start_sealer()


def nothing_is_left(stage: Stage, owner: Member) -> None:
    """No key, no wrap, no grant and no open signing or collection of the one before."""

    async def rows() -> None:
        seals = [seal.id for seal in await Seal.filter(company_id=owner.company)]
        assert not await SealWrap.exists(seal_id__in=seals)
        assert not await SealKey.filter(seal_id__in=seals).exclude(sealed_private="").exists()
        assert not await SealKey.exists(seal_id__in=seals, revoked_at=None)
        assert not await Grant.filter(company_id=owner.company).exclude(state=GrantState.ENDED).exists()
        states = {seal.state for seal in await Seal.filter(company_id=owner.company)}
        assert states == {SealState.ISSUED, SealState.CANCELLED}
        under_way = [SigningState.PENDING, SigningState.CONFIRMED, SigningState.KEYED]
        assert not await Signing.exists(company_id=owner.company, state__in=under_way)
        assert not await SealedVersion.exists(signing__company_id=owner.company)
        done = [CollectionState.COLLECTED, CollectionState.FAILED]
        assert not await Collection.filter(company_id=owner.company).exclude(state__in=done).exists()

    stage.server.database.run(rows)


INSTANTS = ["key opened", "key opened again", "timestamped"]


@pytest.mark.parametrize("instant", INSTANTS)
def test_changed_while_a_signing_is_confirmed(
    stage: Stage, owner: Member, successor: Member, tmp_path: Path, instant: str
) -> None:
    asked = owner.ask_for()["id"]
    claim, digits = owner.claimed(asked)

    def confirm() -> object:
        return owner.same_session().confirm(claim["id"], PIN, digits)

    with changed_at(stage, instant, owner, successor, tmp_path, confirm) as confirming:
        if instant == INSTANTS[0]:
            assert refused(confirming.result).code in {"seal.not_collected", "signing.not_pending"}
        else:
            confirming.exception()  # confirmed before the change came
        until(lambda: stage.server.database.run(lambda: Signing.get(id=asked)).state is SigningState.FAILED)
    nothing_is_left(stage, owner)
    assert refused(lambda: owner.phone.signing(asked)).code == "signing.not_found"


def test_changed_while_a_seals_secret_changes_writes_no_key_back(
    stage: Stage, owner: Member, successor: Member, tmp_path: Path
) -> None:
    seal, asked = owner.seal_of("contract"), owner.ask_for()["id"]
    stage.server.database.run(lambda: Seal.filter(id=seal).update(rotation_due=True))
    claim, digits = owner.claimed(asked)

    def confirm() -> object:
        return owner.same_session().confirm(claim["id"], PIN, digits)

    with changed_at(stage, "new secret made", owner, successor, tmp_path, confirm) as confirming:
        confirming.exception()
    nothing_is_left(stage, owner)


def test_changed_while_a_collection_makes_keys(stage: Stage, successor: Member, tmp_path: Path) -> None:
    with stage.server.member() as owner:
        owner.found_company()
        begun = owner.phone.begin_collection(owner.company)
        httpx.post(begun["check_url"], data={"outcome": "pass"}, trust_env=False)

        def collect() -> object:
            return owner.phone.set_pin(begun["id"], PIN)

        with changed_at(stage, "certificates issued", owner, successor, tmp_path, collect) as collecting:
            assert refused(collecting.result).code == "collection.state"
        nothing_is_left(stage, owner)


def test_changed_while_a_seal_is_granted(
    stage: Stage, owner: Member, successor: Member, tmp_path: Path
) -> None:
    with hand_of(owner) as hand:
        with changed_at(stage, "grant opened", owner, successor, tmp_path, hand.granted) as granting:
            assert refused(granting.result).code in {"grant.state", "seal.not_collected"}
        nothing_is_left(stage, owner)


def test_changed_while_a_grant_is_collected(
    stage: Stage, owner: Member, successor: Member, tmp_path: Path
) -> None:
    with hand_of(owner) as hand:
        grant = hand.granted()["id"]
        check = hand.member.phone.begin_joining(grant)
        httpx.post(check["url"], data={"outcome": "pass"}, trust_env=False)

        def join() -> object:
            return hand.member.phone.join(grant, OWN_PIN)

        with changed_at(stage, "kept secret opened", owner, successor, tmp_path, join) as joining:
            assert refused(joining.result).code in {"grant.state", "seal.not_collected"}
        nothing_is_left(stage, owner)


def test_changed_while_a_suspended_seal_is_cancelled(
    stage: Stage, owner: Member, successor: Member, tmp_path: Path
) -> None:
    """The change leaves it as it was found: suspended, of the same keys."""
    seal = owner.seal_of("contract")
    owner.phone.freeze(seal)
    draft = owner.phone.draft_change(seal, "cancel")

    def cancel() -> object:
        return owner.same_session().confirm_change(draft, PIN)

    with changed_at(stage, "right asked", owner, successor, tmp_path, cancel) as cancelling:
        assert refused(cancelling.result).code == "seal.state"
    assert stage.server.database.run(lambda: Seal.get(id=seal)).state is SealState.FROZEN


@pytest.mark.parametrize("step", ["change taken", "change not committed", "change applied"])
def test_a_sealer_killed_with_a_change_applies_it_exactly_once(
    stage: Stage, owner: Member, successor: Member, step: str
) -> None:
    stage.stop_sealer()
    change(owner, successor)
    stage.start_sealer(step)
    stage.wait_for_crash()
    assert is_applied(stage, owner) == (step == "change applied")
    assert (owner.phone.me()["companies"] == []) == (step == "change applied")
    stage.end_leases()
    stage.start_sealer()
    until(lambda: is_applied(stage, owner))
    nothing_is_left(stage, owner)

    async def rows() -> tuple[list[str], list[RepresentativeChange]]:
        told = Event.filter(on_behalf=owner.company, kind__startswith="representative.")
        changes = RepresentativeChange.filter(company_id=owner.company, number__isnull=False)
        return [str(each.kind) for each in await told], await changes

    kinds, changes = stage.server.database.run(rows)
    assert sorted(kinds) == ["representative.ended", "representative.registered"]
    assert [row.state for row in changes] == [ChangeState.APPLIED]


def test_the_new_one_collects_grants_and_seals(stage: Stage, owner: Member, successor: Member) -> None:
    with hand_of(owner) as before:
        before.collected()
        change(owner, successor)
        until(lambda: is_applied(stage, owner))
        successor.company = owner.company
        assert refused(lambda: before.ask()).code == "company.not_found"
        successor.collect(owner.company, NEW_PIN)
        asked = successor.ask_for(kind="representative")["id"]
        assert successor.scan_and_confirm(asked, NEW_PIN)["state"] == "signed"

        invited = successor.phone.invite(
            owner.company, "agent", "李泽宇", before.member.id_number, before.member.mobile
        )
        before.member.phone.accept_invitation(invited["id"])
        again = Hand(successor, before.member, invited["id"])
        stage.server.forget_limits()
        grant = successor.phone.grant(successor.seal_of("contract"), again.id, NEW_PIN)
        assert grant["state"] == "active", "he has keys already"
        assert again.seal()["state"] == "signed"
        state = Client.until(lambda: successor.phone.company(owner.company)["licence"], "valid")
        assert state["data"]["representative_name"] == "苏明哲"
