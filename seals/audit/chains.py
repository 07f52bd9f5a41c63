"""Check one chain of events against itself, its head, its countersigned heads and what roots bind of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tortoise.exceptions import BaseORMException

from auth.events import GENESIS
from auth.models import Event, HeadSignature, StreamHead
from seals import merkle
from seals.archiving.register import named
from seals.audit.findings import Code, Counts, Finding
from seals.audit.links import is_sealers, judge
from seals.audit.paging import AT_ONCE, Ahead, paged
from seals.heads import head_bytes
from seals.root_models import RootLeaf

__all__ = ["OVERDUE", "check_chain"]

OVERDUE = timedelta(days=2)
"""A root is made each day; what is in none after this long was left out."""

_UNREADABLE = (BaseORMException, ValueError, TypeError, KeyError, AttributeError)
"""What reading a row raises whose columns hold what their types do not allow."""


@dataclass
class _Chain:
    """How far a chain has been followed."""

    stream: str
    identity: Ed25519PublicKey
    now: datetime
    counts: Counts
    head: StreamHead | None = None
    signatures: Ahead[HeadSignature] = field(init=False)
    leaves: Ahead[RootLeaf] = field(init=False)
    expected: int = 1
    before: str | None = GENESIS
    id: int = 0
    bound: int = 0
    tree: merkle.Tree = field(default_factory=merkle.Tree)
    unbound: bool = False
    erased: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        self.signatures = Ahead(paged(self._signatures, lambda row: row.seq))
        self.leaves = Ahead(paged(self._leaves, lambda row: row.to_seq))

    async def _signatures(self, last: int | None) -> Sequence[HeadSignature]:
        rows = HeadSignature.filter(stream=self.stream)
        return await (rows if last is None else rows.filter(seq__gt=last)).order_by("seq").limit(AT_ONCE)

    async def _leaves(self, last: int | None) -> Sequence[RootLeaf]:
        rows = RootLeaf.filter(stream=self.stream)
        return (
            await (rows if last is None else rows.filter(to_seq__gt=last)).order_by("to_seq").limit(AT_ONCE)
        )

    def found(self, code: Code, row: Event | None = None, **where: int | None) -> Finding:
        """A finding in this chain."""
        own = {"seq": row.seq, "kind": row.kind} if row is not None else {}
        return Finding(code, self.stream, **{**own, **where})  # type: ignore[arg-type]


async def check_chain(
    stream: str, identity: Ed25519PublicKey, now: datetime, counts: Counts
) -> AsyncIterator[Finding]:
    """Everything that is wrong with a chain that has events."""
    # The head first: whatever it names was written before, so it must be met below.
    chain = _Chain(stream, identity, now, counts, await StreamHead.get_or_none(stream=stream))
    chain.erased = await named(stream)
    await chain.signatures.peek()
    await chain.leaves.peek()
    if chain.head is None:
        yield chain.found(Code.HEAD_MISSING)
    rows = Ahead(_events(chain))
    while (row := await rows.take()) is not None:
        counts.events += 1
        if isinstance(row, Finding):
            chain.before, chain.expected = None, (row.seq or 0) + 1
            yield row
            continue
        async for finding in _event(chain, row, await rows.peek()):
            yield finding
    async for finding in _end(chain):
        yield finding


async def _events(chain: _Chain) -> AsyncIterator[Event | Finding]:
    """The events in order; a finding in place of one that cannot be read."""

    async def page(last: int | None) -> list[Event | Finding]:
        rows = Event.filter(stream=chain.stream)
        rows = (rows if last is None else rows.filter(seq__gt=last)).order_by("seq").limit(AT_ONCE)
        try:
            return list(await rows)
        except _UNREADABLE:
            names = await rows.values_list("id", "seq", "kind")
        return [await _one(chain, *name) for name in names]

    async for row in paged(page, lambda row: row.seq):
        yield row


async def _one(chain: _Chain, row_id: int, seq: int, kind: str) -> Event | Finding:
    try:
        return await Event.get(id=row_id)
    except _UNREADABLE:
        return Finding(Code.UNREADABLE, chain.stream, seq, kind)


async def _event(chain: _Chain, row: Event, following: Event | Finding | None) -> AsyncIterator[Finding]:
    if row.seq != chain.expected:
        if row.seq < chain.expected or await _beyond(chain, row):
            yield chain.found(Code.MOVED, row)
            return
        yield chain.found(Code.REMOVED, seq=chain.expected, to=row.seq - 1)
        chain.before = None
    after = _named_after(chain, row, following)
    wrong = judge(row, chain.before, after, erased=row.seq in chain.erased)
    if wrong is not None:
        yield chain.found(wrong, row)
    if row.id <= chain.id:
        yield chain.found(Code.ORDER, row)
    if chain.head is not None and row.seq == chain.head.seq and row.hash != chain.head.hash:
        yield chain.found(Code.HEAD, row)
    async for finding in _countersigned(chain, row):
        yield finding
    async for finding in _bound(chain, row):
        yield finding
    chain.id, chain.expected = row.id, row.seq + 1
    # What follows a wrong event is judged by its own hash alone, so that just the wrong one is named.
    chain.before = None if wrong in {Code.HASH, Code.HEADER} else row.hash


def _named_after(chain: _Chain, row: Event, following: Event | Finding | None) -> str | None:
    if isinstance(following, Event):
        return following.prev
    return chain.head.hash if chain.head is not None and chain.head.seq == row.seq else None


async def _beyond(chain: _Chain, row: Event) -> bool:
    """Whether a number lies behind the head as it is now: the chain may grow while it is read."""
    head = await StreamHead.get_or_none(stream=chain.stream)
    return head is not None and row.seq > head.seq


async def _countersigned(chain: _Chain, row: Event) -> AsyncIterator[Finding]:
    while (signed := await chain.signatures.peek()) is not None and signed.seq <= row.seq:
        await chain.signatures.take()
        chain.counts.countersigned += 1
        if not _is_sealers(signed, chain.identity):
            yield chain.found(Code.SIGNATURE, seq=signed.seq)
        elif signed.seq == row.seq and signed.hash != row.hash:
            yield chain.found(Code.SIGNED_HEAD, row)


def _is_sealers(signed: HeadSignature, identity: Ed25519PublicKey) -> bool:
    text = head_bytes(signed.stream, signed.seq, signed.hash)
    return is_sealers(signed.signature, text, identity)


async def _bound(chain: _Chain, row: Event) -> AsyncIterator[Finding]:
    while (leaf := await chain.leaves.peek()) is not None and leaf.to_seq < row.seq:
        # Its last event is missing, which was said where that is.
        await chain.leaves.take()
        chain.bound, chain.tree = leaf.to_seq, merkle.Tree()
    if leaf is None:
        if row.at < chain.now - OVERDUE and not chain.unbound:
            chain.unbound = True
            yield chain.found(Code.UNBOUND, row)
        return
    chain.tree.add(merkle.leaf(f"{row.hash}\n"))
    if row.seq < leaf.to_seq:
        return
    await chain.leaves.take()
    chain.counts.bound += 1
    if leaf.from_seq != chain.bound + 1:
        yield chain.found(Code.LEAF_RANGE, row, root=leaf.root)
    elif leaf.hash != row.hash or leaf.events != chain.tree.root():
        yield chain.found(Code.LEAF, row, root=leaf.root)
    chain.bound, chain.tree = leaf.to_seq, merkle.Tree()


async def _end(chain: _Chain) -> AsyncIterator[Finding]:
    """What names events behind the last one."""
    last, gone = chain.expected - 1, 0
    head = await StreamHead.get_or_none(stream=chain.stream)
    if head is not None and head.seq < last:
        yield chain.found(Code.HEAD, seq=last)
    if chain.head is not None:
        gone = chain.head.seq
    while (signed := await chain.signatures.take()) is not None:
        if not _is_sealers(signed, chain.identity):
            yield chain.found(Code.SIGNATURE, seq=signed.seq)
        elif not await Event.filter(stream=chain.stream, seq=signed.seq).exists():
            gone = max(gone, signed.seq)
    root = None
    while (leaf := await chain.leaves.take()) is not None:
        if not await Event.filter(stream=chain.stream, seq=leaf.to_seq).exists():
            gone, root = max(gone, leaf.to_seq), leaf.root
    if gone > last:
        yield chain.found(Code.TAIL, seq=last + 1, to=gone, root=root)
