"""What was measured, as a table to read and as JSON to keep."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO
from unicodedata import east_asian_width

__all__ = ["Row", "by_part", "save", "show"]

HEADINGS = ("what", "figure", "unit", "target", "met?")


@dataclass(frozen=True)
class Row:
    """One figure. at_most: the target, if there is one, in the same unit; part: the section it stands in."""

    part: str
    what: str
    figure: float
    unit: str
    at_most: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none."""
        return None if self.at_most is None else self.figure <= self.at_most


def by_part(rows: Iterable[Row]) -> list[Row]:
    """Section by section, in the order in which they began."""
    sections: dict[str, list[Row]] = {}
    for row in rows:
        sections.setdefault(row.part, []).append(row)
    return [row for section in sections.values() for row in section]


def show(rows: Sequence[Row], out: TextIO) -> None:
    """The table."""
    cells = [_cells(row) for row in rows]
    widths = [max(_width(line[column]) for line in (HEADINGS, *cells)) for column in range(len(HEADINGS))]
    print(_line(HEADINGS, widths), file=out)
    part = None
    for row, line in zip(rows, cells, strict=True):
        if row.part != part:
            part = row.part
            print(f"-- {part} {'-' * max(0, sum(widths) + 2 * len(widths) - len(part) - 6)}", file=out)
        print(_line(line, widths), file=out)
    out.flush()


def save(rows: Iterable[Row], notes: Sequence[str], path: Path, seconds: float) -> None:
    """The figures with what they were measured on. seconds: how long it took; notes: how to read them."""
    measured = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
        "seconds": round(seconds, 1),
        "notes": list(notes),
        "rows": [{**asdict(row), "met": row.met} for row in rows],
    }
    path.write_text(json.dumps(measured, ensure_ascii=False, indent=2) + "\n")


def _cells(row: Row) -> tuple[str, str, str, str, str]:
    target = "" if row.at_most is None else f"≤ {row.at_most:g}"
    met = {None: "", True: "yes", False: "NO"}[row.met]
    return row.what, _number(row.figure), row.unit, target, met


def _number(value: float) -> str:
    """Three significant digits."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _line(line: Sequence[str], widths: Sequence[int]) -> str:
    padded = []
    for column, (text, width) in enumerate(zip(line, widths, strict=True)):
        space = " " * (width - _width(text))
        padded.append(space + text if column == 1 else text + space)
    return "  ".join(padded).rstrip()


def _width(text: str) -> int:
    return sum(2 if east_asian_width(char) in "WF" else 1 for char in text)
