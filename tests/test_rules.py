"""docs/rules.md has every rule once, a known status, and names only tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| ([RN]\d+) \| (\w[\w/-]*) \| ([^|]*) \| ?([^|]*?) ?\|$", re.M)
ROWS = ROW.findall((ROOT / "docs" / "rules.md").read_text())
STATUSES = {"done", "page", "organisational", "n/a", "open"}


@cache
def _tests_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_rule_has_one_row() -> None:
    rules = [*(f"R{number}" for number in range(1, 168)), *(f"N{number}" for number in range(1, 13))]
    assert [number for number, *_ in ROWS] == rules


def test_every_status_is_known_and_says_what_serves_it() -> None:
    for number, status, serves, test in ROWS:
        assert status in STATUSES, number
        assert serves.strip(), number
        assert bool(test) == (status == "done"), number


def test_every_named_test_exists() -> None:
    for number, _, _, test in ROWS:
        if test:
            path, _, name = test.partition("::")
            assert name in _tests_in(ROOT / path), f"{number}: {test}"
