"""Hash trees over texts, so that anybody can follow a path with `printf` and `sha256sum`. Pure.

    leaf = SHA-256("leaf\n" || text)        node = SHA-256("node\n" || left || "\n" || right || "\n")

with hashes in lower-case hex. The tree's shape is that of RFC 6962 §2.1: the left half is the largest
power of two that is smaller than the number of leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterable
from dataclasses import dataclass, field

__all__ = ["EMPTY", "Tree", "follow", "leaf", "node", "path"]

EMPTY = "0" * 64
"""The root of a tree without leaves."""

Step = tuple[str, str]
"""`left` or `right`: on which side the other hash stands; and that hash."""


def leaf(text: str) -> str:
    """The leaf of a text."""
    return hashlib.sha256(f"leaf\n{text}".encode()).hexdigest()


def node(left: str, right: str) -> str:
    """The node over two hashes."""
    return hashlib.sha256(f"node\n{left}\n{right}\n".encode()).hexdigest()


@dataclass
class Tree:
    """The root over leaves that come one by one; holds one hash for each level."""

    count: int = 0
    _whole: list[tuple[int, str]] = field(default_factory=list)

    def add(self, one: str) -> None:
        """Take the next leaf."""
        level = 0
        while self._whole and self._whole[-1][0] == level:
            one, level = node(self._whole.pop()[1], one), level + 1
        self._whole.append((level, one))
        self.count += 1

    def root(self) -> str:
        """The root over all leaves so far."""
        if not self._whole:
            return EMPTY
        found = self._whole[-1][1]
        for _, left in reversed(self._whole[:-1]):
            found = node(left, found)
        return found


async def path(leaves: AsyncIterable[str], count: int, place: int) -> list[Step]:
    """From the leaf at `place` (from 0) of `count` to the root: what to join with, from the leaf upward.

    Reads the leaves once. Raises ValueError when there are others than `count`.
    """
    spans = _beside(count, place)
    trees = [Tree() for _ in spans]
    seen = 0
    async for one in leaves:
        for (_, first, end), tree in zip(spans, trees, strict=True):
            if first <= seen < end:
                tree.add(one)
        seen += 1
    if seen != count:
        raise ValueError(f"{seen} leaves instead of {count}")
    return [(side, tree.root()) for (side, _, _), tree in zip(spans, trees, strict=True)]


def _beside(count: int, place: int) -> list[tuple[str, int, int]]:
    """The subtrees beside the way to a leaf, from it upward: side, first leaf, the one after the last."""
    first, end, found = 0, count, []
    while end - first > 1:
        half = first + (1 << (end - first - 1).bit_length() - 1)
        if place < half:
            found.append(("right", half, end))
            end = half
        else:
            found.append(("left", first, half))
            first = half
    return found[::-1]


def follow(one: str, steps: list[Step]) -> str:
    """The root that a leaf and its path lead to."""
    for side, other in steps:
        one = node(other, one) if side == "left" else node(one, other)
    return one
