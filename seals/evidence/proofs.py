"""The events of a document, and for each the way from its hash to a published daily root.

No row is believed: a way is followed up to the text that the sealer signed, and what no root binds yet along
its chain to a head that the sealer countersigned.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth.errors import Unavailable
from auth.events import link_bytes, sha256
from auth.models import Event, HeadSignature
from seals import merkle
from seals.audit.links import is_sealers
from seals.audit.paging import AT_ONCE, paged
from seals.evidence.structures import unreadable
from seals.heads import head_bytes
from seals.root_models import Root, RootLeaf, RootState
from seals.roots import bound_hashes, leaf_text, leaves_of, root_signed_bytes, root_text

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
    """A chain's leaf in a published root, the tree of its events (`over`: its root), and the path from that
    leaf to the root's line `heads`.
    """

    root: Root
    leaf: str
    over: str
    events: Sequence[str]
    heads: Sequence[tuple[str, str]]


async def prove(told: Sequence[Event], identity: Ed25519PublicKey) -> dict[int, Proof | None]:
    """The way of each event of one chain, by its seq; None while no published root binds it.

    What a root binds, of their chain and of all, is read once for all events that it binds.
    identity: the sealer's. Raises Conflict `evidence.unreadable` where rows are missing or lead elsewhere:
    `ezhang audit check` names them; Unavailable `evidence.not_yet` before the sealer has signed a head.
    """
    bound: dict[str, _Bound | None] = {}
    found = {event.seq: await _prove(event, bound, identity) for event in told}
    await _follow_to_head([event for event in told if found[event.seq] is None], identity)
    return found


async def _prove(event: Event, bound: dict[str, _Bound | None], identity: Ed25519PublicKey) -> Proof | None:
    leaf = await RootLeaf.filter(stream=event.stream, to_seq__gte=event.seq).order_by("to_seq").first()
    if leaf is None:
        return None
    if leaf.from_seq > event.seq:
        raise unreadable()
    if leaf.id not in bound:
        bound[leaf.id] = await _bound(leaf, identity)
    found = bound[leaf.id]
    if found is None:
        return None
    path = await merkle.path(_each(found.events), len(found.events), event.seq - leaf.from_seq)
    if not _is_whole(event) or merkle.follow(_leaf(event.hash), path) != found.over:
        raise unreadable()
    return Proof(found.root, found.leaf, path, found.heads)


def _is_whole(event: Event) -> bool:
    return sha256(link_bytes(event)) == event.hash


def _leaf(link: str) -> str:
    return merkle.leaf(f"{link}\n")


async def _bound(leaf: RootLeaf, identity: Ed25519PublicKey) -> _Bound | None:
    root = await Root.get_or_none(number=leaf.root)
    if root is None:
        raise unreadable()
    if root.state is not RootState.PUBLISHED:
        return None
    hashes = bound_hashes(leaf.stream, leaf.from_seq, leaf.to_seq)
    events = [_leaf(one) async for one in hashes]
    if len(events) != leaf.to_seq - leaf.from_seq + 1:
        raise unreadable()
    try:
        heads = await merkle.path(_leaves(root.number), root.chains, leaf.place)
    except ValueError as error:
        raise unreadable() from error
    if not _is_signed(root, merkle.follow(merkle.leaf(leaf_text(leaf)), heads), identity):
        raise unreadable()
    return _Bound(root, leaf_text(leaf), leaf.events, events, heads)


def _is_signed(root: Root, heads: str, identity: Ed25519PublicKey) -> bool:
    """Whether the sealer signed this root, and over these heads."""
    previous = root.text.partition("\nprevious: ")[2].partition("\n")[0]
    return (
        root.text == root_text(root.number, root.day, previous, root.chains, heads)
        and root.sha256 == sha256(root.text.encode())
        and is_sealers(root.signature, root_signed_bytes(root.text), identity)
    )


async def _follow_to_head(waiting: Sequence[Event], identity: Ed25519PublicKey) -> None:
    """From the first of them, each event names the one before, up to a head that the sealer countersigned."""
    if not waiting:
        return
    stream, first, last = waiting[0].stream, waiting[0].seq, waiting[-1].seq
    head = await HeadSignature.filter(stream=stream, seq__gte=last).order_by("seq").first()
    if head is None:
        raise _not_yet()
    if not is_sealers(head.signature, head_bytes(stream, head.seq, head.hash), identity):
        raise unreadable()
    links = {event.seq: event.hash for event in waiting}
    before, expected = waiting[0].prev, first
    async for row in _events(stream, first, head.seq):
        told = links.get(row.seq, row.hash)
        if (row.seq, row.prev, row.hash) != (expected, before, told) or not _is_whole(row):
            raise unreadable()
        before, expected = row.hash, expected + 1
    if (before, expected) != (head.hash, head.seq + 1):
        raise unreadable()


def _events(stream: str, first: int, last: int) -> AsyncIterator[Event]:
    async def page(after: int | None) -> Sequence[Event]:
        rows = Event.filter(stream=stream, seq__gte=first if after is None else after + 1, seq__lte=last)
        return await rows.order_by("seq").limit(AT_ONCE)

    return paged(page, lambda row: row.seq)


def _not_yet() -> Unavailable:
    return Unavailable(
        "evidence.not_yet",
        "该签署的记录尚待平台签名固定，请稍后再试。",
        "The platform has yet to sign the records of this signing. Try again shortly.",
        retry_after_s=5,
    )


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
