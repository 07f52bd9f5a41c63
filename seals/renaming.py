"""Another name of a company, or a type that has its seals look otherwise (R42, R43), as the registrar says:
every seal stands for what was registered, so each is cancelled and another made in its place, with the new
name and form and a new number, to be collected. Filings end with their seals; the new ones are to be filed.

It goes by the way of a change of representative (`seals/succeeding.py`), in one transaction with the licence
that carries the new ones. All is drawn before: a name that cannot be drawn, or for which no seal may be made
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
from seals.filing_models import CompanyFiling, CompanyFilingState
from seals.forms import company_form, owners_name_seal, shape_changes
from seals.kinds import SealKind
from seals.life import Change, remade
from seals.likeness import look
from seals.living import Moved
from seals.models import GIVEN_UP, Seal
from seals.registered import Registered

__all__ = [
    "COMPANY_RENAMED",
    "COMPANY_RETYPED",
    "Renamed",
    "Renaming",
    "apply",
    "draw",
    "is_due",
    "tell",
    "under_the_old",
]

COMPANY_RENAMED = "登记机关已变更企业名称，原印章已注销，本次领取已终止。"
COMPANY_RETYPED = "登记机关已变更企业类型，原印章已注销，本次领取已终止。"

_log = logging.getLogger("sealer")


@dataclass(frozen=True)
class Renaming:
    """What is made before the transaction. change: RENAME, or RETYPE where only the type is another.

    before, after: name, or type. drawn: by the seal whose place it takes. apart: name seals that are not
    made anew here, for the representative's is for a reason of its own.
    """

    change: Change
    before: str
    after: str
    name: str
    drawn: Mapping[str, Drawn]
    apart: frozenset[str]


@dataclass(frozen=True)
class Renamed:
    """What the transaction did: seals that ended, which takes whose place, how many filings stood (R134)."""

    moved: Moved
    fresh: tuple[tuple[Seal, Seal], ...]
    filings: int


def is_due(before: Licence, said: Registered) -> bool:
    """Whether the register says what has the seals made anew: another name, a type of another form."""
    return _other_name(before, said) or shape_changes(_type(before.data), _type(said.data))


def _other_name(before: Licence, said: Registered) -> bool:
    return said.company_name != str(before.data["company_name"])


def _type(data: Mapping[str, object]) -> str:
    return str(data["company_type"])


def under_the_old(before: Licence, said: Registered, *, same_person: bool) -> Registered:
    """What the register says but for name and type, which are held. With another number only for another
    person.
    """
    name, number = str(before.data["company_name"]), before.number if same_person else said.licence_number
    kept = {"company_name": name, "company_type": before.data["company_type"], "licence_number": number}
    data = {**said.data, **kept}
    return replace(said, company_name=name, licence_number=number, data=data)


async def draw(
    company: Company, before: Licence, said: Registered, apart: SealKind | None, now: datetime
) -> Renaming | None:
    """All seals with what is new; None where it cannot be drawn, or none may be made now (`makers.require`):
    it is held then, which the operator is told in the log, and what else was registered goes its way.

    Raises Conflict `seal.numbers_used_up`.
    """
    change = Change.RENAME if _other_name(before, said) else Change.RETYPE
    living_ones = Seal.filter(company_id=company.id).exclude(state__in=GIVEN_UP).order_by("id")
    redesigned = [(each, _redesigned(each, before, said)) for each in await living_ones]
    his = frozenset(each.id for each, made in redesigned if made.kind is apart)
    again = [(each, made) for each, made in redesigned if remade(change, each) and each.id not in his]
    seals, designs = [each for each, _ in again], [made for _, made in again]
    drawn = {}
    try:
        if seals:
            await makers.require(now)
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
    names = (company.name, said.company_name)
    told = names if change is Change.RENAME else (_type(before.data), _type(said.data))
    return Renaming(change, *told, said.company_name, drawn, his)


def _redesigned(seal: Seal, before: Licence, said: Registered) -> Design:
    """With the new name and form; of a company that is no sole trader any more the other name seal."""
    design, form = Design.from_json(seal.design), company_form(_type(said.data))
    kind = design.kind
    if kind is owners_name_seal(company_form(_type(before.data))):
        kind = owners_name_seal(form)
    return replace(design, kind=kind, company_name=said.company_name, form=form)


async def apply(company: Company, made: Renaming, now: datetime) -> Renamed:
    """Inside the transaction that holds the company's lock. Raises Conflict where another company of ours has
    the name still, or a seal came to be since it was drawn: it is tried again then.
    """
    if await Company.filter(name=made.name).exclude(id=company.id).exists():
        raise Conflict(
            "company.name_taken",
            "另一企业在本系统仍使用该名称，待其变更后办理。",
            "Another company still has this name here; this waits until it has changed.",
        )
    await Company.filter(id=company.id).update(name=made.name)
    await Application.filter(company_id=company.id).update(live_name=None)  # the old name is free
    filings = await CompanyFiling.filter(company_id=company.id, state=CompanyFilingState.APPROVED).count()
    moved = await living.move(made.change, company.id, None, now)
    fresh = []
    for each in moved.seals:
        if not remade(made.change, each.seal) or each.seal.id in made.apart:
            continue
        if each.seal.id not in made.drawn:
            raise Conflict("company.changed", "企业的印章刚有变化。", "The company's seals changed just now.")
        issued = await remaking.put_in_place(each.seal, made.drawn[each.seal.id], now)
        assert issued is not None, "it was drawn"
        fresh.append((each.seal, issued))
    return Renamed(moved, tuple(fresh), filings)


async def tell(company: Company, made: Renaming, done: Renamed, said: Registered, now: datetime) -> None:
    """What is registered now, and which seals wait; with the other events, at the end."""
    await events.append(
        events.company_stream(company.id),
        "company.renamed" if made.change is Change.RENAME else "company.retyped",
        actor="registrar",
        subject=f"company:{company.id}",
        now=now,
        on_behalf=company.id,
        facts={
            "before": made.before,
            "after": made.after,
            "since": said.since.isoformat(),
            "filings": done.filings,
        },
    )
    for before, fresh in done.fresh:
        await remaking.tell(before, fresh, "registrar", now, ruled=before.id in done.moved.ruled)
