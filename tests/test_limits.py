"""docs/limits.md has every limit of the program, with its numbers, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from auth.members import MAX_MANAGERS
from auth.passkeys import MOST_PASSKEYS
from auth.push import MAX_BROWSERS
from seals.adding import MAX_SEALS
from seals.devices import DEVICES_MOST
from seals.offers import STRETCHES_AT_ONCE
from seals.pdf import opening, verdicts
from seals.photo import limits
from seals.ses import der, reading
from seals.tries import MAX_TRIES
from server.app import REQUEST_MAX_BYTES
from server.inspector.pool import MAX_EACH, MAX_WAITING

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "limits.md").read_text()
MIB = 2**20
WORDS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def _constants() -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for top in ("auth", "seals", "h5", "server"):
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
                    call = node.value
                    if ast.unparse(call.func) == "Limit" and isinstance(call.args[0], ast.Constant):
                        name, most, window = (ast.literal_eval(each) for each in call.args)
                        assert name not in found, name
                        found[name] = most, window
    return found


def test_every_limit_is_listed_with_its_numbers() -> None:
    rows = re.findall(r"^\| `([a-z_.]+)` \| (\d+) \| (\d+) s \|", TEXT, re.M)
    listed = {name: (int(most), int(window)) for name, most, window in rows}
    assert len(listed) == len(rows)
    assert listed == _constants()


def test_the_other_numbers_are_those_of_the_program() -> None:
    for said in (
        f"{MAX_SEALS} seals a company",
        f"{MAX_WAITING} requests in line, {MAX_EACH} of one asker".replace(
            "requests in", "requests stand in"
        ),
        f"{opening.MAX_BYTES // MIB} MiB | {opening.MAX_PAGES} pages, {opening.MAX_OBJECTS:,} objects, "
        f"{opening.MAX_DECODED_BYTES // MIB} MiB decoded",
        f"{verdicts.MAX_BYTES // MIB} MiB; over http {REQUEST_MAX_BYTES // MIB} MiB with its envelope | "
        f"{verdicts.MAX_SIGNATURES} signatures",
        f"{reading.MAX_STRUCTURE_BYTES // MIB} MiB | {der.MAX_VALUES:,} values, {der.MAX_DEPTH} deep",
        f"{limits.MAX_BYTES // MIB} MiB | {limits.MAX_PIXELS // 10**6} million pixels, "
        f"{limits.MIN_SIDE_PX} pixels a side",
    ):
        assert said in TEXT, said


def test_the_numbers_in_words_are_those_of_the_program() -> None:
    """Every one that the text has: none is told that nobody checks."""
    told = re.findall(rf"\b({'|'.join(WORDS)}) ((?:wrong )?\w+)", TEXT)
    assert sorted((what, WORDS.index(word) + 2) for word, what in told) == sorted(
        [
            ("browsers", MAX_BROWSERS),
            ("devices", DEVICES_MOST),
            ("managers", MAX_MANAGERS),
            ("passkeys", MOST_PASSKEYS),
            ("PINs", STRETCHES_AT_ONCE),
            ("wrong tries", MAX_TRIES),
        ]
    )
