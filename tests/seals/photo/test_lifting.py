"""Imprints that are known, photographed under damage, taken out again: how far they are from what they were.

`make bench` prints the same figures for more cases.
"""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from PIL import Image

from seals.imprint import Imprint, to_pdf_operators, to_png
from seals.kinds import CompanyForm, SealKind
from seals.photo.figures import Figure, wanted
from seals.photo.lifting import lift
from seals.photo.results import DPI, Lifted
from tests.seals.photo.photos import Damage, difference, known, photo, shape_of, to_jpeg

CLEAN = Damage(uneven=0, shade=0, noise=0, blur=0.3, quality=95, text=False)
USUAL = Damage(tilt=6, turn=10)
TILTED = Damage(tilt=20, turn=-35)
HARD = Damage(tilt=14, turn=160, uneven=0.3, shade=0.5, noise=6, blur=1.5, quality=60)


@cache
def taken(kind: SealKind, damage: Damage, **how: object) -> Lifted:
    picture = photo(known(kind), damage, **how)  # type: ignore[arg-type]
    return lift(to_jpeg(picture, damage.quality), shape_of(kind))


def imprint_in(lifted: Lifted) -> Imprint:
    return Imprint(lifted.width_mm, lifted.height_mm, lifted.trace)


# least overlap (ink in common to ink in either), most mean distance of edges, mm; measured figures are
# 0.95-0.98 and 0.01 clean, 0.87-0.97 and 0.01-0.03 usual, 0.83-0.97 and 0.01-0.04 tilted,
# 0.71-0.91 and 0.03-0.08 hard
@pytest.mark.parametrize(
    ("kind", "damage", "overlap", "edge_mm"),
    [
        (SealKind.LEGAL_NAME, CLEAN, 0.92, 0.03),
        (SealKind.LEGAL_NAME, USUAL, 0.88, 0.05),
        (SealKind.LEGAL_NAME, TILTED, 0.86, 0.05),
        (SealKind.LEGAL_NAME, HARD, 0.72, 0.12),
        (SealKind.FINANCE, TILTED, 0.82, 0.06),
        (SealKind.FINANCE, HARD, 0.60, 0.13),
        (SealKind.INVOICE, USUAL, 0.78, 0.06),
        (SealKind.INVOICE, TILTED, 0.72, 0.08),
        (SealKind.INVOICE, HARD, 0.58, 0.13),
        (SealKind.REPRESENTATIVE, TILTED, 0.90, 0.04),
        (SealKind.REPRESENTATIVE, replace(HARD, turn=12), 0.82, 0.08),
    ],
)
def test_what_comes_out_is_what_was_stamped(
    kind: SealKind, damage: Damage, overlap: float, edge_mm: float
) -> None:
    lifted = taken(kind, damage)
    found, distance = difference(imprint_in(lifted), known(kind))
    assert found > overlap, f"overlap {found:.3f}"
    assert distance < edge_mm, f"edges {distance:.3f} mm apart"
    assert abs(lifted.quality.tilt_degrees - damage.tilt) < 4
    assert len(lifted.trace) < 150_000


@pytest.fixture(scope="module")
def usual() -> Lifted:
    return taken(SealKind.LEGAL_NAME, USUAL)


def test_the_picture_is_red_ink_on_nothing_in_true_size(usual: Lifted) -> None:
    with Image.open(io.BytesIO(usual.png)) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGBA")
        assert picture.info["dpi"] == pytest.approx((DPI, DPI), rel=1e-3)
        assert picture.size == (round(40 / 25.4 * DPI),) * 2
        pixels = np.asarray(picture).astype(int)
    alpha = pixels[:, :, 3]
    assert alpha[0, 0] == 0, "the corner outside the circle is bare"
    assert 0.1 < (alpha > 127).mean() < 0.4
    assert (alpha == 0).mean() > 0.6, "the paper is gone"
    assert (pixels[alpha > 0][:, :3] == (0xE6, 0x00, 0x12)).all()
    assert ((alpha > 0) & (alpha < 255)).sum() > 1000, "edges are smooth"


def test_outlines_and_picture_show_the_same(usual: Lifted) -> None:
    drawn = np.asarray(Image.open(io.BytesIO(to_png(imprint_in(usual), DPI))))[:, :, 3] > 127
    lifted = np.asarray(Image.open(io.BytesIO(usual.png)))[:, :, 3] > 127
    height, width = min(drawn.shape[0], lifted.shape[0]), min(drawn.shape[1], lifted.shape[1])
    one, other = drawn[:height, :width], lifted[:height, :width]
    assert (one & other).sum() / (one | other).sum() > 0.97
    assert to_pdf_operators(imprint_in(usual)).count(b" h") > 10


def test_ink_over_black_print_is_kept() -> None:
    """A line of print runs right across the star: without it there is as much ink as with it."""
    bare = taken(SealKind.LEGAL_NAME, replace(USUAL, text=False))
    printed = taken(SealKind.LEGAL_NAME, USUAL)
    ink = [(np.asarray(Image.open(io.BytesIO(each.png)))[:, :, 3] > 127) for each in (bare, printed)]
    assert (ink[0] & ink[1]).sum() / ink[0].sum() > 0.95
    assert (ink[1] & ~ink[0]).sum() / ink[0].sum() < 0.05, "and no print is taken for ink"


@pytest.mark.parametrize(
    ("kind", "turn"),
    [
        (SealKind.LEGAL_NAME, 75),
        (SealKind.LEGAL_NAME, 290),
        (SealKind.CONTRACT, 180),
        (SealKind.CONTRACT, 260),
    ],
)
def test_it_is_set_upright(kind: SealKind, turn: float) -> None:
    lifted = taken(kind, Damage(turn=turn, text=False), size=(1200, 900))
    off = (lifted.quality.turned_degrees + turn + 180) % 360 - 180
    assert abs(off) < 1.0
    assert "which_way_up" not in lifted.quality.weak


def test_a_sheet_in_full_view_is_a_ruler() -> None:
    bare = Damage(tilt=12, fill=0.22, text=False)
    seen = photo(known(SealKind.FINANCE), bare, (2000, 1500), (210, 148), desk=True)
    lifted = lift(to_jpeg(seen), shape_of(SealKind.FINANCE))
    assert lifted.quality.sheet
    assert lifted.quality.measured_mm == pytest.approx(38, abs=0.5)
    assert difference(imprint_in(lifted), known(SealKind.FINANCE))[1] < 0.1
    other = lift(to_jpeg(seen), wanted(SealKind.FINANCE, width_mm=42))
    assert "size" in other.quality.weak
    assert other.width_mm == 42
    assert abs(other.quality.turned_degrees) < 1, "a wrong size does not turn it"


def test_a_photo_that_could_be_better_says_how() -> None:
    small = taken(SealKind.LEGAL_NAME, replace(USUAL, fill=0.3))
    assert "small" in small.quality.weak
    assert small.quality.px_per_mm == pytest.approx(9, abs=0.5)
    dim = (photo(known(SealKind.LEGAL_NAME), USUAL) * 0.35).astype(np.uint8)
    assert "dim" in lift(to_jpeg(dim), shape_of(SealKind.LEGAL_NAME)).quality.weak


@pytest.mark.parametrize(
    ("kind", "form", "figure", "size"),
    [
        (SealKind.LEGAL_NAME, CompanyForm.LIMITED, Figure.CIRCLE, (40, 40)),
        (SealKind.LEGAL_NAME, CompanyForm.FOREIGN_INVESTED, Figure.ELLIPSE, (45, 30)),
        (SealKind.INVOICE, CompanyForm.LIMITED, Figure.ELLIPSE, (40, 30)),
        (SealKind.AUTHORISED, CompanyForm.LIMITED, Figure.SQUARE, (20, 20)),
    ],
)
def test_the_border_looked_for_is_that_of_the_kind(
    kind: SealKind, form: CompanyForm, figure: Figure, size: tuple[float, float]
) -> None:
    usual = wanted(kind, form)
    assert (usual.figure, (usual.width_mm, usual.height_mm)) == (figure, size)
    measured = wanted(kind, form, width_mm=size[0] * 0.9)
    assert (measured.width_mm, measured.height_mm) == pytest.approx((size[0] * 0.9, size[1] * 0.9))
