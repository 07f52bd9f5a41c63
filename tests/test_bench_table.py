"""The bench: its figures become a table and JSON, and what it compares with is the same signature."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path

from seals.pdf.verdicts import Trust, Verdict, verify
from tests.bench.bare import BareSigner
from tests.bench.material import COMPANY, contract, material
from tests.bench.parts import Engine, OwnClock, prepare_and_finish
from tests.bench.table import Row, by_part, save, show


def test_figures_become_a_table_and_json(tmp_path: Path) -> None:
    rows = by_part([Row("一", "a", 0.5, "ms", 1), Row("二", "b", 7, "x"), Row("一", "c", 1234.5, "KB", 12)])
    out = io.StringIO()
    show(rows, out)
    lines = out.getvalue().splitlines()
    assert [line.split() for line in lines if not line.startswith("--")] == [
        ["what", "figure", "unit", "target", "met?"],
        ["a", "0.50", "ms", "≤", "1", "yes"],
        ["c", "1234", "KB", "≤", "12", "NO"],
        ["b", "7.00", "x"],
    ]
    save(rows, ["how"], tmp_path / "bench.json", 1.25)
    saved = json.loads((tmp_path / "bench.json").read_text())
    assert {"measured_at", "python", "machine", "cpus", "seconds", "notes", "rows"} == set(saved)
    assert [(row["what"], row["at_most"], row["met"]) for row in saved["rows"]] == [
        ("a", 1, True),
        ("c", 12, False),
        ("b", None, None),
    ]


def test_a_measurement_on_few_rounds_has_figures() -> None:
    rows = prepare_and_finish(5)
    assert all(row.figure > 0 for row in rows)
    assert {row.unit for row in rows} == {"ms", "x"}


async def test_bare_pyhanko_makes_the_same_signature() -> None:
    made = material()
    clock = OwnClock(made.tsa)
    trust = Trust((made.root.der,), (made.issuing.der,), ())
    theirs = await BareSigner(made, clock).sign(contract())
    ours = await Engine(made, clock).seal(contract(), mark=False)
    said = [verify(data, trust, datetime.now(UTC)) for data in (theirs, ours)]
    assert [report.verdict for report in said] == [Verdict.VALID] * 2
    for report in said:
        (signature,) = report.signatures
        assert (signature.company, signature.level) == (COMPANY, "B-T")
        assert signature.covers_whole_file
    for data in (theirs, ours):
        assert b"/DocMDP" in data
        assert b"/Multiply" in data
