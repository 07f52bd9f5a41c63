"""The sheet of seals in the docs: it shows everything, as it is drawn now, and nothing on it touches."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image

from seals.design import Design
from seals.imprint import draw
from seals.kinds import CompanyForm, SealKind
from tests.pictures.sheet import COLUMNS, PICTURE, designs, sheet
from tests.seals.measuring import clearance, mask, parts_drawn

GUIDE = Path(__file__).parents[2] / "docs" / "guide" / "seals.md"


def test_the_sheet_shows_every_kind_form_and_length() -> None:
    known = designs()
    assert len(known) >= 40
    assert len({design.company_name for design in known}) >= 40
    assert {design.kind for design in known} == set(SealKind)
    assert {design.form for design in known} == set(CompanyForm)
    lengths = {len(design.company_name) for design in known}
    assert {4, 5, 7} <= lengths
    assert max(lengths) >= 55
    assert sum(bool(design.foreign_text) for design in known) >= 8


@pytest.mark.parametrize("of", designs(), ids=lambda of: f"{of.kind}-{of.seal_number[-2:]}")
def test_nothing_on_the_sheet_touches(of: Design) -> None:
    imprint = draw(of)
    masks = [mask(shapes, imprint.width_mm, imprint.height_mm) for shapes in parts_drawn(of).values()]
    assert min(clearance(one, other) for one, other in combinations(masks, 2)) > 0.3


def test_the_picture_in_the_docs_is_what_is_drawn_now() -> None:
    """Compared small, so that another version of the renderer is not another picture."""
    assert PICTURE.stat().st_size < 1_500_000
    assert f"pictures/{PICTURE.name}" in GUIDE.read_text("utf-8")
    with Image.open(PICTURE) as kept:
        assert kept.mode == "P"
        small = (kept.width // 12, kept.height // 12)
        old, new = (each.convert("L").resize(small) for each in (kept, sheet()))
    apart = [abs(a - b) for a, b in zip(old.get_flattened_data(), new.get_flattened_data(), strict=True)]
    assert max(apart) < 60, "python -m tests.pictures.sheet writes it anew"
    assert sum(apart) / len(apart) < 1
    assert len(designs()) % COLUMNS == 0
