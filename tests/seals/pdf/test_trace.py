"""The micro text around a seal: it names the document, and leaves the imprint as it is."""

from __future__ import annotations

import re
from math import hypot

import pytest
from PIL import ImageChops

from auth.tokens import CODE_ALPHABET
from seals.drawing.output import RED, to_pdf_operators
from seals.kinds import SealKind
from seals.pdf.preparing import Place, Protection
from seals.trace import TEXT_HEIGHT_MM, TRACE_MM, draw_trace
from tests.seals.pdf import samples
from tests.seals.pdf.checkers import page_picture, widget
from tests.seals.pdf.parties import company, prepared, sealed

CODE = "7K2M9QXA4TRW8HCN"
BLANK = samples.unreferenced_secret()
DPI = 600
PLACE = Place(0, 80, 100)
MM = 72 / 25.4


def traced(place: Place = PLACE, code: str = CODE) -> bytes:
    imprint = company().imprint
    trace = draw_trace(imprint.width_mm, imprint.height_mm, code, is_round=True)
    return prepared(BLANK, place, protection=Protection.OPEN, trace=trace).data


def test_the_imprint_stays_the_seals_own_to_the_last_point() -> None:
    look = widget(traced()).AP.N.read_bytes()
    assert look.count(to_pdf_operators(company().imprint, RED)) == 1
    with_it, without = (
        page_picture(traced(), dpi=DPI),
        page_picture(prepared(BLANK, PLACE).data, dpi=DPI),
    )
    changed = ImageChops.difference(with_it, without).convert("L").point(lambda value: 255 * (value > 24))
    assert changed.getbbox() is not None
    middle, radius = (100 * DPI / 25.4, 120 * DPI / 25.4), 20 * DPI / 25.4
    width, mask = changed.width, changed.tobytes()
    near = {round(hypot(at % width - middle[0], at // width - middle[1])) for at, on in enumerate(mask) if on}
    assert min(near) > radius, "inside the seal nothing is another pixel"
    assert max(near) < radius + TRACE_MM * DPI / 25.4


def test_the_field_grows_by_the_margin_and_never_beyond_the_page() -> None:
    left, bottom, right, _ = (float(value) for value in widget(traced()).Rect)
    assert (right - left) / MM == pytest.approx(40 + 2 * TRACE_MM, abs=0.01)
    assert left / MM == pytest.approx(80 - TRACE_MM, abs=0.01)
    ready = traced(Place(0, 169.9, 257))
    left, bottom, right, _ = (float(value) for value in widget(ready).Rect)
    assert right <= 595.3
    assert bottom >= -0.01
    assert (right - left) / MM == pytest.approx(40 + TRACE_MM, abs=0.2)


def test_another_document_is_named_by_another_text() -> None:
    assert len({draw_trace(40, 40, f"{CODE[:-1]}{last}", is_round=True).d for last in CODE_ALPHABET}) == 32


@pytest.mark.parametrize(
    ("size", "is_round"), [((42.0, 42.0), True), ((45.0, 30.0), True), ((20.0, 20.0), False)]
)
def test_the_text_stands_between_imprint_and_margin(size: tuple[float, float], is_round: bool) -> None:
    width, height = size
    trace = draw_trace(width, height, CODE, is_round=is_round)
    assert (trace.width_mm, trace.height_mm) == (width + 2 * TRACE_MM, height + 2 * TRACE_MM)
    points = [
        (float(x) - TRACE_MM, float(y) - TRACE_MM) for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", trace.d)
    ]
    assert len(points) > 400
    for x, y in points:
        across, down = x - width / 2, y - height / 2
        if is_round:
            assert hypot(across / (width / 2 + 0.02), down / (height / 2 + 0.02)) > 1
        else:
            assert max(abs(across) - width / 2, abs(down) - height / 2) > 0.02
        assert max(abs(across) - width / 2, abs(down) - height / 2) < TEXT_HEIGHT_MM + 0.3


def test_a_name_seal_and_a_sealed_document_verify() -> None:
    imprint = company(1, SealKind.REPRESENTATIVE).imprint
    trace = draw_trace(imprint.width_mm, imprint.height_mm, CODE, is_round=False)
    assert sealed(BLANK, Place(0, 20, 20), trace=trace).startswith(b"%PDF")
