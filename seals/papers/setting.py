"""Set a paper by Typst: its template and its data as JSON in, PDF out. Runs in the inspector.

What people typed is data and never markup: the template reads it out of one JSON text, and nothing of it is
evaluated. A template reaches its own folder alone; there are no packages, no network and no other fonts.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typst

from auth.errors import Invalid, Unavailable
from seals.drawing import faces
from seals.papers.kinds import PAPERS

__all__ = ["MAX_DATA", "set_paper", "warm_up"]

MAX_DATA = 12 * 2**20
"""Characters of a paper's data, its pictures in it."""

_compile: Callable[..., object] = typst.compile  # its stub cannot be resolved
_TEMPLATES = Path(__file__).with_name("templates")
_FIRST = b'#set page(paper: "a5")\n1 #pagebreak() 2'


def set_paper(paper: str, data: str) -> bytes:
    """A PDF, not sealed. paper: of `PaperKind`; data: a JSON object, as the template wants it.

    Raises Invalid `paper.kind`, `paper.data`; Unavailable `paper.not_set` where it cannot be set.
    """
    template = PAPERS.get(paper)
    if template is None:
        raise Invalid("paper.kind", "没有这种文书。", "There is no such paper.")
    if len(data) > MAX_DATA or not _is_object(data):
        raise Invalid("paper.data", "文书数据不正确。", "The data of the paper are not right.")
    source = (_TEMPLATES / template.template).read_bytes()
    try:
        made = _compile(
            source,
            root=str(_TEMPLATES),
            font_paths=list(faces.folders()),
            ignore_system_fonts=True,
            sys_inputs={"data": data},
        )
    except (RuntimeError, ValueError) as error:
        raise Unavailable(
            "paper.not_set",
            "文书暂时无法排版，系统会自动重试。",
            "The paper could not be set; the system tries again by itself.",
        ) from error
    assert isinstance(made, bytes), "a PDF is one file"
    return made


def warm_up() -> None:
    """Start the one thread of Typst, before a process gives up its right to start any."""
    os.environ["RAYON_NUM_THREADS"] = "1"
    _compile(_FIRST, root=str(_TEMPLATES), ignore_system_fonts=True)


def _is_object(data: str) -> bool:
    try:
        read: Any = json.loads(data)
    except ValueError:
        return False
    return isinstance(read, dict)
