"""The events of a document, and for each the way from its hash to a published daily root."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from auth.models import Event
from seals import merkle
from seals.evidence.structures import unreadable
from seals.root_models import Root, RootLeaf, RootState
from seals.roots import bound_hashes, leaf_text, leaves_of

__all__ = ["Proof", "events_of", "prove"]


@dataclass(frozen=True)
class Proof:
    """root: the daily root that binds the event. leaf: the text of its chain's leaf there. events, heads: the
    paths to the last line of that text, and from the leaf to the root's line `heads`.
    """

    root: Root
    leaf: str
    events: Sequence[tuple[str, str]]
    heads: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class _Bound:
    """A chain's leaf in a published root, the leaves of its events' tree, and the path from it to that root's
    line `heads`.
    """

    root: Root
    leaf: str
    events: Sequence[str]
    heads: Sequence[tuple[str, str]]


async def prove(told: Sequence[Event]) -> dict[int, Proof | None]:
    """The way of each event, by its seq; None while no published root binds it.

    What a root binds, of their chain and of all, is read once for all events that it binds.
    Raises Conflict `evidence.unreadable` where rows are missing: `ezhang audit check` names them.
    """
    bound: dict[str, _Bound | None] = {}
    return {event.seq: await _prove(event, bound) for event in told}


async def _prove(event: Event, bound: dict[str, _Bound | None]) -> Proof | None:
    leaf = await RootLeaf.filter(stream=event.stream, to_seq__gte=event.seq).order_by("to_seq").first()
    if leaf is None:
        return None
    if leaf.from_seq > event.seq:
        raise unreadable()
    if leaf.id not in bound:
        bound[leaf.id] = await _bound(leaf)
    found = bound[leaf.id]
    if found is None:
        return None
    path = await merkle.path(_each(found.events), len(found.events), event.seq - leaf.from_seq)
    return Proof(found.root, found.leaf, path, found.heads)


async def _bound(leaf: RootLeaf) -> _Bound | None:
    root = await Root.get_or_none(number=leaf.root)
    if root is None:
        raise unreadable()
    if root.state is not RootState.PUBLISHED:
        return None
    hashes = bound_hashes(leaf.stream, leaf.from_seq, leaf.to_seq)
    events = [merkle.leaf(f"{one}\n") async for one in hashes]
    if len(events) != leaf.to_seq - leaf.from_seq + 1:
        raise unreadable()
    try:
        heads = await merkle.path(_leaves(root.number), root.chains, leaf.place)
    except ValueError as error:
        raise unreadable() from error
    return _Bound(root, leaf_text(leaf), events, heads)


async def _each(leaves: Sequence[str]) -> AsyncIterator[str]:
    for one in leaves:
        yield one


async def _leaves(number: int) -> AsyncIterator[str]:
    async for leaf in leaves_of(number):
        yield merkle.leaf(leaf_text(leaf))


async def events_of(stream: str, subjects: Sequence[str], since: datetime, until: int) -> list[Event]:
    """What was written about these subjects, up to a seq."""
    rows = Event.filter(stream=stream, at__gte=since, seq__lte=until, subject__in=list(subjects))
    return await rows.order_by("seq")
