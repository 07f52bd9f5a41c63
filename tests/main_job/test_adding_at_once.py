"""Further seals asked for by many requests at once, of a real server: no number twice, none left out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from seals.models import Seal, SealState
from server.client import ApiError
from tests.main_job.members import Member, Server

AT_ONCE = 8


def test_seals_of_one_kind_asked_for_at_once_are_numbered_without_a_gap(owner: Member) -> None:
    phones = [owner.same_session() for _ in range(AT_ONCE)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        made = list(pool.map(lambda phone: phone.add_seal(owner.company, "contract"), phones))
    assert sorted(seal["ordinal"] for seal in made) == list(range(2, AT_ONCE + 2))
    assert len({seal["number"] for seal in made}) == AT_ONCE


def test_of_legal_name_seals_asked_for_at_once_one_is_made(server: Server, owner: Member) -> None:
    async def free_the_place() -> None:
        # As after the old one was declined: the place is free, and its ordinal with it.
        await Seal.filter(company_id=owner.company, kind="legal_name").update(
            sole=None, ordinal=-1, state=SealState.DECLINED
        )

    server.database.run(free_the_place)
    phones = [owner.same_session() for _ in range(AT_ONCE)]

    def ask(phone: Any) -> str:
        try:
            return str(phone.add_seal(owner.company, "legal_name")["state"])
        except ApiError as refusal:
            return refusal.code

    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = sorted(pool.map(ask, phones))
    assert answers == ["issued", *["seal.only_one"] * (AT_ONCE - 1)]
