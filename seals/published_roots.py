"""Daily roots as everybody may read them: which there are, and their files."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from auth.errors import Invalid, NotFound
from seals.root_models import Root, RootState

__all__ = ["PAGE", "RootPage", "RootView", "file", "find", "newest"]

PAGE = 30
_MAX_NUMBER = 2**31 - 1
_FILE = re.compile(r"([1-9]\d{0,9})\.(txt|sig|tst)")
_FILES: dict[str, Callable[[Root], bytes]] = {
    "txt": lambda row: row.text.encode(),
    "sig": lambda row: base64.b64decode(row.signature),
    "tst": lambda row: base64.b64decode(row.token or ""),
}


@dataclass(frozen=True)
class RootView:
    """One root. day: the China day that it closes; chains: how many grew; sha256: of the text, which the
    next root names; stamped_at: by the time-stamping service. The addresses give the text, the sealer's
    signature of it (Ed25519) and its timestamp (RFC 3161 token, DER).
    """

    number: int
    day: str
    chains: int
    sha256: str
    stamped_at: datetime
    text: str
    text_url: str
    signature_url: str
    timestamp_url: str


@dataclass(frozen=True)
class RootPage:
    """Roots, the newest first. before: the number to ask with for older ones, None when there are none."""

    roots: tuple[RootView, ...]
    before: int | None


async def newest(before: str | None) -> RootPage:
    """The newest roots, or those before a number. Raises Invalid `root.number`."""
    rows = Root.filter(state=RootState.PUBLISHED)
    if before:
        number = _number(before)
        if number is None:
            raise Invalid("root.number", "编号应为正整数。", "It must be a whole number.", field="before")
        rows = rows.filter(number__lt=number)
    found = await rows.order_by("-number").limit(PAGE + 1)
    shown = tuple(_view(row) for row in found[:PAGE])
    return RootPage(shown, shown[-1].number if len(found) > PAGE else None)


async def find(number: str) -> RootView:
    """One root. Raises NotFound `root.unknown`."""
    return _view(await _published(number))


async def file(name: str) -> bytes:
    """`<number>.txt`, `<number>.sig` or `<number>.tst`. Raises NotFound `root.unknown`."""
    asked = _FILE.fullmatch(name)
    row = await _published(asked[1] if asked else "")
    assert asked
    return _FILES[asked[2]](row)


def _number(text: str) -> int | None:
    number = int(text) if re.fullmatch(r"[0-9]{1,10}", text) else _MAX_NUMBER + 1
    return number if number <= _MAX_NUMBER else None


async def _published(text: str) -> Root:
    number = _number(text)
    row = await Root.get_or_none(number=number, state=RootState.PUBLISHED) if number is not None else None
    if row is None:
        raise NotFound("root.unknown", "没有这个每日根。", "There is no such daily root.")
    return row


def _view(row: Root) -> RootView:
    assert row.stamped_at is not None
    own = f"/roots/{row.number}"
    return RootView(
        row.number,
        row.day,
        row.chains,
        row.sha256,
        row.stamped_at,
        row.text,
        f"{own}.txt",
        f"{own}.sig",
        f"{own}.tst",
    )
