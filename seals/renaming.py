"""Another name of a company (R42, R43), as the registrar says: every seal stands for the old one, so each is
cancelled and another made in its place, with the new name and a new number, to be collected.

It goes by the way of a change of representative (`seals/succeeding.py`), in one transaction with the licence
that carries the new name. All is drawn before: a name that cannot be drawn, or for which no seal may be made
now, changes nothing, and waits for the operator. What was sealed before stays good, under the name that it
was sealed with.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from auth import events
from auth.errors import Conflict, DomainError
from auth.models import Application, Company, Licence
from seals import imprint, living, numbers, remaking
from seals.design import Design
from seals.establishing import Drawn
from seals.filing import makers
from seals.kinds import SealKind
from seals.life import Change, remade
from seals.likeness import look
from seals.living import Moved
from seals.models import GIVEN_UP, Seal
from seals.registered import Registered

__all__ = ["COMPANY_RENAMED", "Renamed", "Renaming", "apply", "draw", "is_due", "tell", "under_the_old"]

COMPANY_RENAMED = "登记机关已变更企业名称，原印章已注销，本次领取已终止。"

_log = logging.getLogger("sealer")


@dataclass(frozen=True)
class Renaming:
    """What is made before the transaction. drawn: by the seal whose place it takes. apart: the kind of name
    seals, where the representative's are made anew for a reason of their own.
    """

    before: str
    after: str
    drawn: Mapping[str, Drawn]
    apart: SealKind | None


@dataclass(frozen=True)
class Renamed:
    """What the transaction did: seals that ended, and which takes whose place."""

    moved: Moved
    fresh: tuple[tuple[Seal, Seal], ...]


def is_due(before: Licence, said: Registered) -> bool:
    """Whether the register calls the company otherwise than its licence."""
    return said.company_name != str(before.data["company_name"])


def under_the_old(before: Licence, said: Registered, *, same_person: bool) -> Registered:
    """What the register says but for the name, which is held. With another number only for another person."""
    name, number = str(before.data["company_name"]), before.number if same_person else said.licence_number
    data = {**said.data, "company_name": name, "licence_number": number}
    return replace(said, company_name=name, licence_number=number, data=data)


async def draw(company: Company, said: Registered, apart: SealKind | None, now: datetime) -> Renaming | None:
    """All seals with the new name; None where it cannot be drawn, or none may be made now (`makers.require`):
    the name is held then, which the operator is told in the log, and what else was registered goes its way.

    Raises Conflict `seal.numbers_used_up`.
    """
    living_ones = Seal.filter(company_id=company.id).exclude(state__in=GIVEN_UP).order_by("id")
    seals = [each for each in await living_ones if _made_again(each, apart)]
    drawn = {}
    try:
        if seals:
            await makers.require(now)
        designs = [replace(Design.from_json(each.design), company_name=said.company_name) for each in seals]
        for design in designs:
            imprint.draw(design)  # before any number is taken for it
        taken = await numbers.reserve(company.region, len(seals)) if seals else []
        for seal, design, number in zip(seals, designs, taken, strict=True):
            made = replace(design, seal_number=number)
            picture = imprint.draw(made)
            drawn[seal.id] = Drawn(made, picture, look(picture))
    except Conflict:
        raise
    except DomainError as error:
        _log.error("the new name of company %s is held, no seal is made of it: %s", company.id, error.code)
        return None
    return Renaming(company.name, said.company_name, drawn, apart)


def _made_again(seal: Seal, apart: SealKind | None) -> bool:
    return remade(Change.RENAME, seal) and (apart is None or seal.kind != apart.value)


async def apply(company: Company, made: Renaming, now: datetime) -> Renamed:
    """Inside the transaction that holds the company's lock. Raises Conflict where another company of ours has
    the name still, or a seal came to be since it was drawn: it is tried again then.
    """
    if await Company.filter(name=made.after).exclude(id=company.id).exists():
        raise Conflict(
            "company.name_taken",
            "另一企业在本系统仍使用该名称，待其变更后办理。",
            "Another company still has this name here; this waits until it has changed.",
        )
    await Company.filter(id=company.id).update(name=made.after)
    await Application.filter(company_id=company.id).update(live_name=None)  # the old name is free
    moved = await living.move(Change.RENAME, company.id, None, now)
    fresh = []
    for each in moved.seals:
        if not _made_again(each.seal, made.apart):
            continue
        if each.seal.id not in made.drawn:
            raise Conflict("company.changed", "企业的印章刚有变化。", "The company's seals changed just now.")
        issued = await remaking.put_in_place(each.seal, made.drawn[each.seal.id], now)
        assert issued is not None, "it was drawn"
        fresh.append((each.seal, issued))
    return Renamed(moved, tuple(fresh))


async def tell(company: Company, made: Renaming, done: Renamed, said: Registered, now: datetime) -> None:
    """That it is called otherwise, and which seals wait; with the other events, at the end."""
    await events.append(
        events.company_stream(company.id),
        "company.renamed",
        actor="registrar",
        subject=f"company:{company.id}",
        now=now,
        on_behalf=company.id,
        facts={"before": made.before, "after": made.after, "since": said.since.isoformat()},
    )
    for before, fresh in done.fresh:
        await remaking.tell(before, fresh, "registrar", now, ruled=before.id in done.moved.ruled)
