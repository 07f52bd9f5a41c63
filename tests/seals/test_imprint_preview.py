"""The watermarked picture: a picture of a seal, which is no seal (R61)."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import pytest
from PIL import Image

from auth.errors import Invalid
from seals.imprint import to_png, to_preview_png, to_preview_svg, to_svg
from seals.kinds import FIVE, SealKind
from tests.seals.measuring import box, centre, contours, drawn

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("kind", FIVE)
def test_preview_svg_is_the_imprint_under_grey_outlines_in_true_size(kind: SealKind) -> None:
    imprint = drawn(kind)
    plain, marked = (ElementTree.fromstring(each) for each in (to_svg(imprint), to_preview_svg(imprint)))  # noqa: S314 - our own output
    assert marked.attrib == plain.attrib
    red, grey = marked
    assert (red.tag, grey.tag) == (f"{SVG}path", f"{SVG}path")
    assert red.attrib == plain[0].attrib
    assert grey.get("fill") == "#606060"
    assert 0.3 < float(grey.get("fill-opacity", "1")) < 0.8
    assert not "".join(marked.itertext()).strip()


@pytest.mark.parametrize("kind", FIVE)
def test_the_words_run_through_every_part_of_the_imprint(kind: SealKind) -> None:
    """Whatever square of half the smaller side is cut out of the middle or an edge, words are in it."""
    imprint = drawn(kind)
    words = contours(ElementTree.fromstring(to_preview_svg(imprint))[1].get("d", ""))  # noqa: S314
    side = min(imprint.width_mm, imprint.height_mm) / 2
    steps = [share / 6 for share in range(7)]
    for x in (share * (imprint.width_mm - side) for share in steps):
        for y in (share * (imprint.height_mm - side) for share in steps):
            at = [p for shape in words for p in shape if x < p[0] < x + side and y < p[1] < y + side]
            assert at, (x, y)
    limits = box(*words)
    assert limits.left >= -0.01
    assert limits.right <= imprint.width_mm + 0.01
    assert centre(*words) == pytest.approx((imprint.width_mm / 2, imprint.height_mm / 2), abs=1)


def test_preview_png_is_the_png_with_grey_over_it() -> None:
    imprint = drawn(SealKind.LEGAL_NAME)
    plain, marked = (
        Image.open(io.BytesIO(each)) for each in (to_png(imprint, 200), to_preview_png(imprint, 200))
    )
    assert marked.size == plain.size
    assert marked.info["dpi"] == pytest.approx((200, 200), abs=0.5)
    pairs = list(zip(plain.get_flattened_data(), marked.get_flattened_data(), strict=True))
    over_ground = [after for before, after in pairs if before[3] == 0 and after[3]]
    over_ink = [after for before, after in pairs if before[3] == 255 and after != before]
    assert len(over_ground) > 0.05 * len(pairs)
    assert len(over_ink) > 0.01 * len(pairs)
    assert all(max(pixel[:3]) - min(pixel[:3]) < 12 for pixel in over_ground if pixel[3] > 60)
    assert all(pixel[0] > pixel[1] for pixel in over_ink)  # the red shines through


def test_preview_png_has_the_same_limit_of_resolution() -> None:
    with pytest.raises(Invalid, match=r"imprint\.dpi"):
        to_preview_png(drawn(SealKind.LEGAL_NAME), 5000)
