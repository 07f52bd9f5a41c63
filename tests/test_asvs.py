"""docs/asvs.md answers every requirement of ASVS 5.0.0, levels 1 and 2, once, and names only what exists."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections import Counter
from functools import cache
from pathlib import Path

from server.settings import Settings

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "asvs.md").read_text()
ROWS = re.findall(r"^\| (V[0-9.V, ]+) \| ([12, ]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", TEXT, re.M)
ANSWERS = ("yes", "partly", "no", "n/a")

# Section → the last number of each run of requirements at levels 1 and 2 (all runs begin at 1).
SECTIONS = {
    **{"V1.1": 2, "V1.2": 9, "V1.3": 11, "V1.4": 3, "V1.5": 2},
    **{"V2.1": 3, "V2.2": 3, "V2.3": 4, "V2.4": 1},
    **{"V3.2": 2, "V3.3": 4, "V3.4": 6, "V3.5": 5, "V3.7": 2},
    **{"V4.1": 3, "V4.2": 1, "V4.3": 2, "V4.4": 4},
    **{"V5.1": 1, "V5.2": 3, "V5.3": 2, "V5.4": 3},
    **{"V6.1": 3, "V6.2": 12, "V6.3": 4, "V6.4": 4, "V6.5": 5, "V6.6": 3, "V6.8": 4},
    **{"V7.1": 3, "V7.2": 4, "V7.3": 2, "V7.4": 5, "V7.5": 2, "V7.6": 2},
    **{"V8.1": 2, "V8.2": 3, "V8.3": 1, "V8.4": 1},
    **{"V9.1": 3, "V9.2": 4},
    **{"V10.1": 2, "V10.2": 2, "V10.3": 4, "V10.4": 11, "V10.5": 5, "V10.6": 2, "V10.7": 3},
    **{"V11.1": 2, "V11.2": 3, "V11.3": 3, "V11.4": 4, "V11.5": 1, "V11.6": 1},
    **{"V12.1": 3, "V12.2": 2, "V12.3": 4},
    **{"V13.1": 1, "V13.2": 5, "V13.3": 2, "V13.4": 5},
    **{"V14.1": 2, "V14.2": 4, "V14.3": 3},
    **{"V15.1": 3, "V15.2": 3, "V15.3": 7},
    **{"V16.1": 1, "V16.2": 5, "V16.3": 4, "V16.4": 3, "V16.5": 3},
    **{"V17.1": 1, "V17.2": 4, "V17.3": 2},
}
REQUIREMENTS = [f"{section}.{number + 1}" for section, most in SECTIONS.items() for number in range(most)]


LEVEL_1 = {
    *("V1.2.1", "V1.2.2", "V1.2.3", "V1.2.4", "V1.2.5", "V1.3.1", "V1.3.2", "V1.5.1"),
    *("V2.1.1", "V2.2.1", "V2.2.2", "V2.3.1"),
    *("V3.2.1", "V3.2.2", "V3.3.1", "V3.4.1", "V3.4.2", "V3.5.1", "V3.5.2", "V3.5.3"),
    *("V4.1.1", "V4.4.1", "V5.2.1", "V5.2.2", "V5.3.1", "V5.3.2"),
    *("V6.1.1", *(f"V6.2.{number}" for number in range(1, 9)), "V6.3.1", "V6.3.2", "V6.4.1", "V6.4.2"),
    *("V7.2.1", "V7.2.2", "V7.2.3", "V7.2.4", "V7.4.1", "V7.4.2", "V8.1.1", "V8.2.1", "V8.2.2", "V8.3.1"),
    *("V9.1.1", "V9.1.2", "V9.1.3", "V9.2.1", "V10.4.1", "V10.4.2", "V10.4.3", "V10.4.4", "V10.4.5"),
    *("V11.3.1", "V11.3.2", "V11.4.1", "V12.1.1", "V12.2.1", "V12.2.2", "V13.4.1", "V14.2.1", "V14.3.1"),
    *("V15.1.1", "V15.2.1", "V15.3.1"),
}


def _covered(row: str) -> list[str]:
    named = row.split(", ")
    return [
        each for each in REQUIREMENTS if any(each == name or each.startswith(f"{name}.") for name in named)
    ]


def test_every_requirement_is_answered_once() -> None:
    assert [each for row, *_ in ROWS for each in _covered(row)] == REQUIREMENTS
    lines = [line for line in TEXT.splitlines() if line.startswith("| V")]
    assert len(lines) == len(ROWS), "a row that is not read would not be checked"


def test_every_answer_is_one_of_four_and_has_its_reason() -> None:
    for row, level, asks, answer, why in ROWS:
        assert answer in ANSWERS, row
        levels = {"1" if each in LEVEL_1 else "2" for each in _covered(row)}
        assert level == ", ".join(sorted(levels)), row
        assert asks.strip(), row
        assert len(why) > 3, row


def test_the_counts_are_those_of_the_rows() -> None:
    counts = Counter(answer for row, _, _, answer, _ in ROWS for _ in _covered(row))
    said = "; ".join(f"{answer} {counts[answer]}" for answer in ANSWERS)
    assert f"{len(REQUIREMENTS)} requirements: {said}." in TEXT


@cache
def _names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def test_every_module_test_and_setting_that_is_named_exists() -> None:
    settings = {field.metadata["variable"] for field in dataclasses.fields(Settings)}
    for row, *_, why in ROWS:
        for named in re.findall(r"`([^`]+)`", why):
            path, _, name = named.partition("::")
            if re.fullmatch(r"(auth|seals|h5|server|docs|docker|tests|pyproject\.toml)(/\S+)?", path):
                assert (ROOT / path).exists(), f"{row}: {named}"
                assert not name or name in _names(ROOT / path), f"{row}: {named}"
            if re.fullmatch(r"[A-Z][A-Z0-9_]+", named):
                assert named in settings, f"{row}: {named}"


def test_decisions_that_are_named_exist() -> None:
    there = {int(path.name[:4]) for path in (ROOT / "docs" / "adr").glob("*.md")}
    assert {int(number) for number in re.findall(r"ADR (\d+)", TEXT)} <= there
