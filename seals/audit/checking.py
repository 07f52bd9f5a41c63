"""Check the whole log: every chain, every head, every root. Reads some hundred rows at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tortoise.queryset import QuerySet

from auth.models import Event, HeadSignature, StreamHead
from seals.audit.chains import check_chain
from seals.audit.erasures import check_erasures
from seals.audit.findings import Code, Counts, Finding
from seals.audit.paging import AT_ONCE, paged
from seals.audit.published import check_roots
from seals.pdf.trust import Trust
from seals.root_models import RootLeaf

__all__ = ["check"]

_Table = type[StreamHead] | type[HeadSignature] | type[RootLeaf] | type[Event]
_SEQ: dict[_Table, str] = {StreamHead: "seq", HeadSignature: "seq", RootLeaf: "to_seq"}


async def check(
    identity: Ed25519PublicKey, trust: Trust, kept: Mapping[int, str], now: datetime, counts: Counts
) -> AsyncIterator[Finding]:
    """Everything that is wrong, chain by chain, then the roots; counts go on while it is read.

    identity: the sealer's; trust: of timestamps; kept: texts of roots that somebody kept, by number.
    """
    async for stream in _streams(Event):
        counts.streams += 1
        async for finding in check_chain(stream, identity, now, counts):
            yield finding
    async for finding in _emptied():
        yield finding
    async for finding in check_erasures():
        yield finding
    async for finding in check_roots(identity, trust, kept, now, counts):
        yield finding


async def _streams(table: _Table) -> AsyncIterator[str]:
    """The names of streams in a table. By the database's own order, which no other must agree with."""

    async def page(last: str | None) -> Sequence[str]:
        rows: QuerySet[Event] = table.all()  # type: ignore[assignment]
        rows = rows if last is None else rows.filter(stream__gt=last)
        return await rows.distinct().order_by("stream").limit(AT_ONCE).values_list("stream", flat=True)  # type: ignore[return-value]

    async for name in paged(page, lambda name: name):
        yield name


async def _emptied() -> AsyncIterator[Finding]:
    """Chains that are named somewhere and have no event left; each is found once."""
    earlier: list[_Table] = [Event]
    for table, column in _SEQ.items():
        async for stream in _streams(table):
            if not any([await other.filter(stream=stream).exists() for other in earlier]):
                last = await table.filter(stream=stream).order_by(f"-{column}").first()  # type: ignore[attr-defined]
                yield Finding(Code.STREAM, stream, 1, to=getattr(last, column))
        earlier.append(table)
