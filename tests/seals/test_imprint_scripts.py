"""Second scripts: joined and stacked as they are written, in the right order, unbroken along the arc."""

from __future__ import annotations

from itertools import pairwise
from math import atan2

import pytest
import uharfbuzz as hb

from auth.errors import Invalid
from seals.drawing.faces import Face, font
from seals.drawing.outline import Matrix, Outline, path_data
from seals.drawing.second_script import Shaped, shaped
from seals.imprint import draw, parts
from seals.kinds import CompanyForm, SealKind
from tests.seals.measuring import (
    centre,
    contours,
    design,
    drawn,
    groups,
    islands,
    mask,
    parts_drawn,
    radii,
    size,
)
from tests.seals.test_imprint_clear import SCRIPTS


def straight(text: Shaped, em: float) -> list[list[tuple[float, float]]]:
    """The line as it would stand on a ruler."""
    down = Matrix(em, 0, 0, -em, 1, 1 + text.top * em)
    return contours(path_data(piece.outline.placed(down) for piece in text.pieces))


def glyph_ids(text: str, face: Face, script: str, direction: str) -> list[int]:
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.script, buffer.direction = script, direction
    hb.shape(font(face, None), buffer)
    return [info.codepoint for info in buffer.glyph_infos]


# Shaping


@pytest.mark.parametrize(
    ("text", "face", "script", "direction"),
    [("شىركىتى", Face.NASKH, "Arab", "rtl"), ("ᠮᠣᠩᠭᠣᠯ", Face.MONGOLIAN, "Mong", "ltr")],
)
def test_letters_take_other_forms_in_a_word_than_alone(
    text: str, face: Face, script: str, direction: str
) -> None:
    alone = [glyph_ids(char, face, script, direction)[0] for char in text]
    together = glyph_ids(text, face, script, direction)
    together = together[::-1] if direction == "rtl" else together
    assert sum(one != other for one, other in zip(alone, together, strict=False)) >= len(text) - 2
    of_word = {piece.outline.commands for piece in shaped(text).pieces}
    of_letters = {piece.outline.commands for char in text for piece in shaped(f"{char} {char}").pieces}
    assert not of_word <= of_letters  # and it is the joined forms that are drawn


def test_uyghur_letters_of_a_word_touch() -> None:
    def islands_of(text: str) -> int:
        line = shaped(text)
        return islands(mask(straight(line, 10), line.length * 10 + 2, (line.top - line.bottom) * 10 + 2, 50))

    assert islands_of("سسس") == 1
    assert islands_of("س س س") == 3
    assert islands_of("ددد") == 3  # dal joins to no letter after it


def test_uyghur_is_read_from_the_right_and_its_numbers_from_the_left() -> None:
    first, *_rest, last = shaped("س دد").pieces
    assert (
        size(*contours_of(first.outline))[0] < size(*contours_of(last.outline))[0]
    )  # sin, the wider, is rightmost
    one, two = (shaped(f"شىركىتى {number}") for number in ("12", "21"))
    assert one.pieces[0].outline.commands == two.pieces[1].outline.commands
    assert one.pieces[0].outline.commands != two.pieces[0].outline.commands


def contours_of(outline: Outline) -> list[list[tuple[float, float]]]:
    return contours(path_data([outline.placed(Matrix(10, 0, 0, 10, 100, 100))]))


def test_tibetan_letters_stack() -> None:
    flat, stacked = shaped("རར"), shaped("རྒྱར")
    assert stacked.length == pytest.approx(flat.length, abs=0.3)
    assert stacked.bottom < flat.bottom - 0.1
    assert len(stacked.pieces) == 2  # a stack is turned as one


@pytest.mark.parametrize("text", ["\u0f72ཀཀ", "ཀ \u0f72ཀ", "\u0650\u0650س", "س \u064eس"])
def test_a_mark_without_a_letter_is_refused_and_never_shown_on_a_dotted_circle(text: str) -> None:
    with pytest.raises(Invalid) as raised:
        shaped(text)
    assert raised.value.code == "imprint.character"
    assert raised.value.facts["code_point"] in ("U+0F72", "U+0650", "U+064E")


def test_brackets_of_a_right_to_left_name_face_inward() -> None:
    opening, *_middle, closing = shaped("(س)").pieces
    bend = [
        max(x for x, _ in each.outline.points) + min(x for x, _ in each.outline.points)
        for each in (opening, closing)
    ]
    assert bend[0] < bend[1]
    alone = shaped("A(B)").pieces
    assert opening.outline.commands == alone[1].outline.commands


# On the arc


@pytest.mark.parametrize("form", [CompanyForm.LIMITED, CompanyForm.FOREIGN_INVESTED])
@pytest.mark.parametrize("script", ["latin", "uyghur", "tibetan", "mongolian", "kazakh", "yi"])
def test_bending_opens_no_join_and_letters_do_not_run_together(script: str, form: CompanyForm) -> None:
    """As many separate pieces of ink on the arc as on a ruler."""
    line = shaped(SCRIPTS[script])
    of = design(SealKind.LEGAL_NAME, form=form, foreign_text=SCRIPTS[script])
    imprint = draw(of)
    on_arc = islands(mask(parts_drawn(of)["second"], imprint.width_mm, imprint.height_mm, density=160))
    on_ruler = islands(mask(straight(line, 10), line.length * 10 + 2, (line.top - line.bottom) * 10 + 2, 50))
    assert on_arc == on_ruler


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_a_second_name_is_symmetric_about_12_or_6_o_clock(text: str) -> None:
    for form, below in ((CompanyForm.LIMITED, False), (CompanyForm.FOREIGN_INVESTED, True)):
        of = design(SealKind.LEGAL_NAME, form=form, foreign_text=text)
        imprint, second = draw(of), parts_drawn(of)["second"]
        x, y = imprint.width_mm / 2, imprint.height_mm / 2
        angles = [atan2(px - x, (py - y) if below else (y - py)) for shape in second for px, py in shape]
        assert max(angles) == pytest.approx(-min(angles), abs=0.06)
        assert (centre(*second)[1] > y) == below


@pytest.mark.parametrize("text", [SCRIPTS["latin"], SCRIPTS["tibetan"]])
def test_letters_run_clockwise_above_and_counter_clockwise_below(text: str) -> None:
    for form, below in ((CompanyForm.LIMITED, False), (CompanyForm.FOREIGN_INVESTED, True)):
        of = design(SealKind.LEGAL_NAME, form=form, foreign_text=text)
        x, y = draw(of).width_mm / 2, draw(of).height_mm / 2
        letters = [centre(*each) for each in groups(parts_drawn(of)["second"], parts(of)["second"])]
        angles = [atan2(px - x, (py - y) if below else (y - py)) for px, py in letters]
        assert all(right > left for left, right in pairwise(angles))


def test_a_second_name_stands_inside_the_chinese_one_on_a_round_seal() -> None:
    of = design(SealKind.LEGAL_NAME, foreign_text=SCRIPTS["uyghur"])
    drawn_parts = parts_drawn(of)
    assert radii(drawn_parts["second"], (20, 20))[1] < radii(drawn_parts["name"], (20, 20))[0]
    assert radii(drawn_parts["second"], (20, 20))[0] > radii(drawn_parts["star"], (20, 20))[1]


def test_a_longer_name_is_set_narrower_then_smaller_then_refused() -> None:
    def letter(count: int) -> tuple[float, float]:
        of = design(SealKind.LEGAL_NAME, foreign_text="I" * count)
        [bar] = groups(parts_drawn(of)["second"], parts(of)["second"])[count // 2]
        return size(bar)

    assert letter(11)[1] == pytest.approx(letter(31)[1], abs=0.02)
    assert letter(81)[0] < letter(31)[0] - 0.02
    assert letter(99)[1] < letter(31)[1]
    with pytest.raises(Invalid, match=r"imprint\.foreign_text"):
        draw(design(SealKind.LEGAL_NAME, foreign_text="M" * 90))


def test_without_a_second_name_a_round_seal_is_unchanged() -> None:
    assert draw(design(SealKind.LEGAL_NAME)) == drawn(SealKind.LEGAL_NAME)
