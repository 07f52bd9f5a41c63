"""Bind the heads of all chains of events, once a China day, into one published root (ADR 30).

A root's leaves are the chains that grew since they were bound last; one that did not is bound by an earlier
root, and each root names the one before. So whoever keeps a root keeps everything up to it.

    leaf text  stream \n first \n last \n hash of the head \n root over the hashes of events first..last \n
    root text  see `root_text`; its SHA-256 is what the next root names, and what the timestamp is of

Gathering goes on in short transactions and may be killed anywhere: the next to claim the row goes on behind
the last leaf, and a fence keeps the one before from adding any. A timestamp that cannot be had is asked for
again; later roots do not wait for it.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyhanko.sign.timestamps import TimeStamper
from tortoise.expressions import F, Q
from tortoise.functions import Max

from auth.china import CHINA
from auth.engine import transaction
from auth.models import Event, StreamHead
from seals import merkle
from seals.pdf.finishing import TIMESTAMP_FAILURES, no_timestamp
from seals.pdf.trust import Trust
from seals.root_models import Root, RootLeaf, RootState
from seals.ses.stamping import Found, judge

__all__ = ["bind", "bound_hashes", "leaf_text", "leaves_of", "root_signed_bytes", "root_text", "tree_of"]

AT_ONCE = 500
LEASE = timedelta(minutes=2)
PAUSE = timedelta(minutes=1)
"""Until a timestamp that could not be had is asked for again."""


def leaf_text(row: RootLeaf) -> str:
    """What a leaf is the hash of."""
    return f"{row.stream}\n{row.from_seq}\n{row.to_seq}\n{row.hash}\n{row.events}\n"


def root_text(number: int, day: str, previous: str, chains: int, heads: str) -> str:
    """A root as it is published. previous: the SHA-256 of the one before, zeros for the first."""
    return (
        f"ezhang root 1\nnumber: {number}\nday: {day}\n"
        f"previous: {previous}\nchains: {chains}\nheads: {heads}\n"
    )


def root_signed_bytes(text: str) -> bytes:
    """What the sealer signs of a root: its text, which begins as nothing else that it signs."""
    return text.encode()


async def bind(
    identity: Ed25519PrivateKey, timestamper: TimeStamper, trust: Trust, owner: str, now: datetime
) -> bool:
    """Take one root a step on: begin the one that is due, gather, sign, stamp; True when there was one.

    Raises Unavailable `timestamp.unavailable`; the root waits `PAUSE` then.
    """
    await _begin(now)
    row = await _take(owner, now)
    if row is None:
        return False
    if row.state is RootState.GATHERING:
        if not await _gather(row, now) or not await _sign(row, identity, now):
            return True
        row = await Root.get(number=row.number)
    await _stamp(row, timestamper, trust, now)
    return True


async def _begin(now: datetime) -> None:
    """The root of yesterday, when there is none and somebody has done anything yet."""
    day = (now.astimezone(CHINA) - timedelta(days=1)).date().isoformat()
    newest = await Root.all().order_by("-number").first()
    if newest is not None and (newest.day >= day or newest.state is RootState.GATHERING):
        return
    if newest is None and not await StreamHead.exists():
        return
    number = newest.number + 1 if newest is not None else 1
    fresh = Root(number=number, day=day, state=RootState.GATHERING, begun_at=now)
    await Root.bulk_create([fresh], ignore_conflicts=True)


async def _take(owner: str, now: datetime) -> Root | None:
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    # First what is yet to be bound: it must not wait behind timestamps that cannot be had.
    for state in (RootState.GATHERING, RootState.BOUND):
        row = await Root.filter(free, state=state).order_by("number").first()
        if row is not None and await Root.filter(
            free, number=row.number, state=state, fence=row.fence
        ).update(lease_owner=owner, lease_until=now + LEASE, fence=F("fence") + 1):
            return await Root.get(number=row.number)
    return None


async def _gather(row: Root, now: datetime) -> bool:
    """Add a leaf for each chain that grew; False when another one has taken over."""
    last = await RootLeaf.filter(root=row.number).order_by("-place").first()
    behind, place = (last.stream, last.place + 1) if last is not None else ("", 0)
    while heads := await StreamHead.filter(stream__gt=behind).order_by("stream").limit(AT_ONCE):
        bound = await _bound([head.stream for head in heads])
        grown = [
            await _grown(row, head, first)
            for head in heads
            if head.seq >= (first := bound.get(head.stream, 0) + 1)
        ]
        for leaf in grown:
            leaf.place, place = place, place + 1
        async with transaction():
            # The lease lasts as long as it is worked on: a batch is far quicker than it.
            if not await Root.filter(number=row.number, state=RootState.GATHERING, fence=row.fence).update(
                chains=place, lease_until=now + LEASE
            ):
                return False
            if grown:
                await RootLeaf.bulk_create(grown)
        behind = heads[-1].stream
    return True


async def _bound(streams: Sequence[str]) -> dict[str, int]:
    """How far each chain is bound; without those that no root binds."""
    leaves = RootLeaf.filter(stream__in=streams).annotate(last=Max("to_seq")).group_by("stream")
    return dict(await leaves.values_list("stream", "last"))


async def _grown(row: Root, head: StreamHead, first: int) -> RootLeaf:
    tree = merkle.Tree()
    async for one in bound_hashes(head.stream, first, head.seq):
        tree.add(merkle.leaf(f"{one}\n"))
    return RootLeaf(
        root=row.number,
        stream=head.stream,
        from_seq=first,
        to_seq=head.seq,
        hash=head.hash,
        events=tree.root(),
    )


async def bound_hashes(stream: str, first: int, last: int) -> AsyncIterator[str]:
    """The hashes of events first..last of a stream."""
    after = first - 1
    while True:
        found = Event.filter(stream=stream, seq__gt=after, seq__lte=last).order_by("seq").limit(AT_ONCE)
        rows: Sequence[tuple[int, str]] = await found.values_list("seq", "hash")
        if not rows:
            return
        for _, one in rows:
            yield one
        after = rows[-1][0]


async def leaves_of(number: int) -> AsyncIterator[RootLeaf]:
    """A root's leaves in the order of its tree."""
    after = -1
    while rows := await RootLeaf.filter(root=number, place__gt=after).order_by("place").limit(AT_ONCE):
        for row in rows:
            yield row
        after = rows[-1].place


async def tree_of(number: int) -> merkle.Tree:
    """A root's tree, over its leaves."""
    tree = merkle.Tree()
    async for row in leaves_of(number):
        tree.add(merkle.leaf(leaf_text(row)))
    return tree


async def _sign(row: Root, identity: Ed25519PrivateKey, now: datetime) -> bool:
    """GATHERING → BOUND; False when another one has taken over."""
    before = await Root.filter(number__lt=row.number).order_by("-number").first()
    previous = before.sha256 if before is not None else merkle.EMPTY
    tree = await tree_of(row.number)
    text = root_text(row.number, row.day, previous, tree.count, tree.root())
    moved = await Root.filter(number=row.number, state=RootState.GATHERING, fence=row.fence).update(
        state=RootState.BOUND,
        chains=tree.count,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        signature=base64.b64encode(identity.sign(root_signed_bytes(text))).decode(),
        lease_until=now + LEASE,
    )
    return bool(moved)


async def _stamp(row: Root, timestamper: TimeStamper, trust: Trust, now: datetime) -> None:
    """BOUND → PUBLISHED, with a timestamp that was checked as `ezhang audit check` checks it."""
    await Root.filter(number=row.number, fence=row.fence).update(lease_until=now + PAUSE)
    text = row.text.encode()
    try:
        token = (await timestamper.async_timestamp(hashlib.sha256(text).digest(), "sha256")).dump()
    except TIMESTAMP_FAILURES as error:
        raise no_timestamp() from error
    stamp = judge(token, (text,), trust, now)
    if stamp.found is not Found.GOOD:
        raise no_timestamp()
    await Root.filter(number=row.number, state=RootState.BOUND, token=None).update(
        state=RootState.PUBLISHED, token=base64.b64encode(token).decode(), stamped_at=stamp.time
    )
