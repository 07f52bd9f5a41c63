"""Make a seal anew after its loss or damage (R42, R43): the same words, another number, to be collected."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from auth import events
from auth.models import Company
from seals import imprint, numbers
from seals.design import Design
from seals.establishing import Drawn, issue
from seals.filing import makers
from seals.life import Change, remade
from seals.likeness import look
from seals.models import Seal

__all__ = ["draw", "makes_another", "put_in_place", "tell"]


async def makes_another(change: Change, seal: Seal, now: datetime) -> bool:
    """Whether a change makes another seal in its place.

    A lost one has to end at once, whoever can make another: without a maker's licence in force it is
    cancelled with none in its place, and its company adds that later. What is only damaged waits for the
    licence.
    """
    if change is Change.LOSS and not await makers.licensed(now):
        return False
    return remade(change, seal)


async def draw(seal: Seal, now: datetime) -> Drawn:
    """What takes a seal's place; before the transaction. Only of one that `life.remade` says is made anew.

    Raises Unavailable `maker.unlicensed`, Conflict `seal.numbers_used_up`.
    """
    await makers.require(now)  # before any number is taken
    company = await Company.get(id=seal.company_id)
    (number,) = await numbers.reserve(company.region, 1)
    design = replace(Design.from_json(seal.design), seal_number=number)
    drawn = imprint.draw(design)
    return Drawn(design, drawn, look(drawn))


async def put_in_place(before: Seal, made: Drawn | None, now: datetime) -> Seal | None:
    """Issue it, in the transaction that cancelled the one before: its ordinal and place are free."""
    return None if made is None else await issue(before.company_id, made, now)


async def tell(before: Seal, made: Seal | None, actor: str, now: datetime, *, ruled: bool) -> None:
    """That it waits to be collected; with the other events, at the end of the transaction.

    ruled: the one before asked for approvals.
    """
    if made is None:
        return
    facts = {"kind": made.kind, "number": made.number, "instead_of": before.number}
    if ruled:
        facts["rule"] = "ended"  # what takes its place asks nobody until a rule is set for it
    await events.append(
        events.company_stream(made.company_id),
        "seal.issued",
        actor=actor,
        subject=f"seal:{made.id}",
        now=now,
        on_behalf=made.company_id,
        facts=facts,
    )
