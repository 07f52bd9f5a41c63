"""Imprints that are too like those of other companies (R79), among all that live.

A drawn imprint is compared when it is made, with those that share a band. A photo-made one waits for a
person in any case; what it is most like is looked up for him, among all of its outline, when he asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from seals.likeness import RESEMBLES, SAME, Look, bands, resemblance, rough, sameness
from seals.models import Likeness, SealState

__all__ = ["Alike", "copy_among_all", "drawn_copy", "kept", "remember"]

LIVING = (SealState.HELD, SealState.ISSUED, SealState.COLLECTED, SealState.FROZEN)
CANDIDATES = 500  # of those that share a band; what is compared of them:
COMPARED = 20
BATCH = 1000


@dataclass(frozen=True)
class Alike:
    """Another company's seal and how like it is, up to 1."""

    seal_id: str
    score: float


async def remember(seal_id: str, seen: Look) -> None:
    """Keep how a seal looks, in the transaction that makes it."""
    one, two, three, four = bands(seen)
    await Likeness.create(seal_id=seal_id, band1=one, band2=two, band3=three, band4=four, ink=seen.ink)


async def kept(seal_id: str) -> Look:
    """How a seal looks, as it was remembered."""
    row = await Likeness.get(seal_id=seal_id)
    outline, _, _ = row.band1.partition(":")
    return Look.of(outline, row.ink)


def _others(company_id: str) -> QuerySet[Likeness]:
    return Likeness.filter(seal__state__in=LIVING).exclude(seal__company_id=company_id)


async def drawn_copy(seen: Look, company_id: str) -> Alike | None:
    """The living seal of another company that a drawn imprint is the same as, or None."""
    one, two, three, four = bands(seen)
    shared = Q(band1=one) | Q(band2=two) | Q(band3=three) | Q(band4=four)
    rows = await _others(company_id).filter(shared).limit(CANDIDATES).values_list("seal_id", "ink")
    found = max((_exact(seen, row, sameness) for row in _best(seen, rows)), key=_score, default=None)
    return found if found is not None and found.score >= SAME else None


async def copy_among_all(seen: Look, company_id: str) -> Alike | None:
    """The living seal of another company that a photo-made imprint is most like, or None.

    Reads every row of the same outline, 2 KB each, in batches: some 50 µs a row, for a desk, not a page.
    """
    best: list[tuple[str, str]] = []
    after = ""
    while True:
        batch = _others(company_id).filter(seal_id__gt=after, band1__startswith=f"{seen.outline}:")
        rows = await batch.order_by("seal_id").limit(BATCH).values_list("seal_id", "ink")
        if not rows:
            break
        best = _best(seen, [*best, *rows])
        after = str(rows[-1][0])
    found = max((_exact(seen, row, resemblance) for row in best), key=_score, default=None)
    return found if found is not None and found.score >= RESEMBLES else None


def _best(seen: Look, rows: Any) -> list[tuple[str, str]]:
    """The rows that fit best as a whole."""
    if len(rows) <= COMPARED:
        return list(rows)
    fit = rough(seen, [Look.of(seen.outline, ink) for _, ink in rows])
    return [rows[place] for place in np.argsort(fit)[-COMPARED:]]


def _exact(seen: Look, row: tuple[str, str], measure: Any) -> Alike:
    return Alike(row[0], measure(seen, Look.of(seen.outline, row[1])))


def _score(alike: Alike) -> float:
    return alike.score
