"""Quick replies: what the reader can do at this moment, as buttons above the message field."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from tortoise.expressions import Q

from auth.authority import Act, Standing, standings
from h5 import words
from h5.thread.cards import Action, Link, Say
from h5.thread.rows import Reader
from seals.models import Seal, SealState, Signing, SigningState

__all__ = ["MAX_QUICK", "quick_replies"]

MAX_QUICK = 6


async def quick_replies(reader: Reader, now: datetime, company_id: str | None) -> tuple[Action, ...]:
    """What waits for him first, then what is done most; company_id: for that company only."""
    his = await standings(reader.person_id, now)
    if company_id is not None:
        his = {each: stands for each, stands in his.items() if each == company_id}
    found = [*await _waiting(reader, his, now), *await _of_seals(reader, his)]
    if not his:
        found += [_link(reader, "register", "/m/register"), _link(reader, "apply", "/m/apply")]
    elif not found:
        found.append(_say(reader, "licence"))
    found += [_link(reader, "verify", "/verify"), *([_say(reader, "records")] if his else [])]
    return (*found, _say(reader, "help"))[:MAX_QUICK]


def _link(reader: Reader, key: str, href: str, **facts: object) -> Link:
    return Link(words.text(f"quick.{key}", reader.language, **facts), href)


def _say(reader: Reader, key: str) -> Say:
    said = words.text(f"quick.{key}", reader.language)
    return Say(said, said)


async def _waiting(reader: Reader, his: Mapping[str, Standing], now: datetime) -> list[Action]:
    """The newest signing that he asked for, or that his company asks of him; with how many there are."""
    owned = [each for each, stands in his.items() if stands.may(Act.SEE_DOCUMENTS)]
    mine = Q(company_id__in=owned) | Q(company_id__in=list(his), asker__person_id=reader.person_id)
    if not his:
        return []
    rows = Signing.filter(mine, state=SigningState.PENDING, expires_at__gt=now).order_by("-created_at")
    ids = [str(row) for row in await rows.limit(MOST_WAITING).values_list("id", flat=True)]
    if not ids:
        return []
    return [_link(reader, "confirm", f"/m/seal?signing={ids[0]}", count=len(ids))]


MOST_WAITING = 99


async def _of_seals(reader: Reader, his: Mapping[str, Standing]) -> list[Action]:
    seals = await Seal.filter(company_id__in=list(his)).only("id", "company_id", "state") if his else []
    able = _companies(seals, SealState.COLLECTED, his, Act.ASK_SIGNING)
    collecting = _companies(seals, SealState.ISSUED, his, Act.COLLECT)
    found: list[Action] = []
    if len(collecting) == 1:
        found.append(_link(reader, "collect", f"/m/collect/{collecting[0]}"))
    if able:
        found += [_link(reader, "seal", "/m/seal"), _say(reader, "seals")]
    if any(stands.may(Act.MANAGE_AGENTS) for stands in his.values()):
        found.append(_say(reader, "people"))
    return found


def _companies(seals: Collection[Seal], state: SealState, his: Mapping[str, Standing], act: Act) -> list[str]:
    return sorted(
        {seal.company_id for seal in seals if seal.state is state and his[seal.company_id].may(act)}
    )
