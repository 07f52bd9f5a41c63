"""Check the daily roots: each against its chains, the one before, signature, timestamp and kept copies."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth.events import sha256
from seals import merkle
from seals.audit.findings import Code, Counts, Finding
from seals.audit.links import is_sealers
from seals.audit.paging import AT_ONCE, Ahead, paged
from seals.pdf.trust import Trust
from seals.root_models import Root, RootLeaf, RootState
from seals.roots import root_signed_bytes, root_text, tree_of
from seals.ses.stamping import Found, judge

__all__ = ["check_roots", "number_of"]

_FORM = re.compile(
    r"ezhang root 1\nnumber: ([1-9]\d{0,8})\nday: \d{4}-\d\d-\d\d\nprevious: [0-9a-f]{64}\n"
    r"chains: \d+\nheads: [0-9a-f]{64}\n"
)


def number_of(text: str) -> int | None:
    """The number of a published root, None for what is no root."""
    found = _FORM.fullmatch(text)
    return int(found[1]) if found else None


@dataclass
class _Roots:
    identity: Ed25519PublicKey
    trust: Trust
    now: datetime
    kept: Mapping[int, str]
    expected: int = 1
    previous: str = merkle.EMPTY


async def check_roots(
    identity: Ed25519PublicKey, trust: Trust, kept: Mapping[int, str], now: datetime, counts: Counts
) -> AsyncIterator[Finding]:
    """Everything that is wrong with the roots. kept: texts that somebody kept, by number."""

    async def page(last: int | None) -> Sequence[Root]:
        rows = Root.all() if last is None else Root.filter(number__gt=last)
        return await rows.order_by("number").limit(AT_ONCE)

    roots, seen = _Roots(identity, trust, now, kept), set[int]()
    rows = Ahead(paged(page, lambda row: row.number))
    while (row := await rows.take()) is not None:
        counts.roots += 1
        if row.number > roots.expected:
            yield Finding(Code.ROOT_MISSING, root=roots.expected)
        if row.state is not RootState.GATHERING:
            seen.add(row.number)
        async for finding in _root(roots, row, is_last=await rows.peek() is None):
            yield finding
        roots.expected = row.number + 1
        roots.previous = sha256(row.text.encode())
    # The newest may be gone while its leaves are left. One begun meanwhile is there before its own.
    left = await RootLeaf.filter(root__gte=roots.expected).order_by("root").first()
    if left is not None and not await Root.filter(number=left.root).exists():
        yield Finding(Code.ROOT_MISSING, root=left.root)
    for number in sorted(kept.keys() - seen):
        yield Finding(Code.ROOT_CUT, root=number)


async def _root(roots: _Roots, row: Root, *, is_last: bool) -> AsyncIterator[Finding]:
    if row.state is RootState.GATHERING:
        if row.text or not is_last:
            yield Finding(Code.ROOT_STATE, root=row.number)
        return
    tree = await tree_of(row.number)
    lines = row.text.split("\n")
    if (wrong := _text(roots, row, tree, lines)) is not None:
        yield Finding(wrong, root=row.number)
    if not is_sealers(row.signature, root_signed_bytes(row.text), roots.identity):
        yield Finding(Code.ROOT_SIGNATURE, root=row.number)
    if not _is_stamped(row, roots):
        yield Finding(Code.ROOT_TIMESTAMP, root=row.number)
    if row.number in roots.kept and roots.kept[row.number] != row.text:
        yield Finding(Code.ROOT_KEPT, root=row.number)


def _text(roots: _Roots, row: Root, tree: merkle.Tree, lines: Sequence[str]) -> Code | None:
    made = root_text(row.number, row.day, roots.previous, tree.count, tree.root())
    if made == row.text and (row.chains, row.sha256) == (tree.count, sha256(made.encode())):
        return None
    own = made.split("\n")
    # The first root that is there behind a missing one is not to blame for what it names.
    if len(lines) == len(own) and lines[4:] != own[4:]:
        return Code.ROOT_LEAVES
    return Code.ROOT_PREVIOUS if lines[:3] == own[:3] and lines[3:4] != own[3:4] else Code.ROOT_TEXT


def _is_stamped(row: Root, roots: _Roots) -> bool:
    """Whether a published root has a good timestamp, and one that waits for it has none."""
    if row.state is RootState.BOUND:
        return row.token is None and row.stamped_at is None
    try:
        token = base64.b64decode(row.token or "", validate=True)
    except binascii.Error:
        return False
    stamp = judge(token, (row.text.encode(),), roots.trust, roots.now)
    return stamp.found is Found.GOOD and stamp.time == row.stamped_at
