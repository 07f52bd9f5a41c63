"""What the log's lines look like, and that nobody outside writes one of his own."""

from __future__ import annotations

import logging
import re

from server.logs import FORM, Entries

LINE = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (WARNING|ERROR) web .*")


def written(message: str, *facts: object, error: BaseException | None = None) -> list[str]:
    told = (type(error), error, error.__traceback__) if error is not None else None
    record = logging.LogRecord("web", logging.WARNING, "web.py", 1, message, facts, told)
    record.created = 1_795_964_127.25  # 2026-11-29T14:55:27Z
    record.msecs = 250.0
    return Entries(FORM).format(record).splitlines()


def test_an_entry_says_when_in_utc() -> None:
    assert written("refused %s", "x") == ["2026-11-29T14:55:27.250Z WARNING web refused x"]


def test_what_a_stranger_wrote_makes_no_entry() -> None:
    forged = "x\r\n2026-11-29T14:55:27.250Z ERROR web all is lost\x1b[2J\u2028y"
    (line,) = written("refused %s", forged)
    assert "x\\r\\n2026" in line
    assert line.isprintable()


def test_nor_does_the_text_of_an_error() -> None:
    try:
        raise ValueError("x\n2026-11-29T14:55:27.250Z ERROR web all is lost")
    except ValueError as error:
        first, *others = written("unexpected", error=error)
    assert LINE.fullmatch(first)
    assert len(others) >= 4
    assert not any(LINE.match(other) for other in others)
