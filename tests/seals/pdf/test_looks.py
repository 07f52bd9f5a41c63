"""Fields and comments without a look of their own: drawn for certain, or refused; never gone unseen."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from auth.errors import Invalid
from seals.pdf.cleaning import clean
from tests.seals.pdf import damage, samples
from tests.seals.pdf.checkers import page_picture, pictures_differ

Rectangle = tuple[int, int, int, int]
BAR = (60, 60, 260, 90)
"""Where the page has a black bar."""
BLANK = (300, 300, 500, 330)
CHECKED = "/FT/Btn/V/Yes/AS/Yes"


def page_with(*items: str, redrawn: bool = False, rotate: int = 0) -> bytes:
    """A page with a bar and these annotations; LOOK stands for an appearance that is black all over."""
    pdf = samples.contract_pdf(rotate=rotate, tail=b"\nq 0 g 60 60 200 30 re f Q")
    look = pdf.make_stream(b"0 g 0 0 200 30 re f", Subtype=Name.Form, BBox=[0, 0, 200, 30])
    made = []
    for item in items:
        annotation = pikepdf.Object.parse(item.replace("LOOK", "").encode())
        if "LOOK" in item:
            annotation.AP = Dictionary(N=look)
        made.append(pdf.make_indirect(annotation))
    pdf.pages[0].Annots = Array(made)
    fields = [item for item in made if item.Subtype == Name.Widget]
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    resources = Dictionary(Font=Dictionary(Helv=pdf.make_indirect(font)))
    if fields:
        pdf.Root.AcroForm = Dictionary(Fields=Array(fields), DR=resources, NeedAppearances=redrawn)
    return samples.save(pdf)


def comment(kind: str, more: str = "", at: Rectangle = BAR) -> str:
    x1, y1, x2, y2 = at
    corners = f"{x1} {y2} {x2} {y2} {x1} {y1} {x2} {y1}"
    return f"<</Subtype/{kind}/Rect[{x1} {y1} {x2} {y2}]/QuadPoints[{corners}]/C[1 0 0]{more}>>"


def field(more: str, at: Rectangle = BLANK, name: str = "a") -> str:
    place = " ".join(map(str, at))
    return f"<</Subtype/Widget/T({name})/DA(/Helv 12 Tf 0 g)/Rect[{place}]{more}>>"


def refusal(data: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        clean(data, remove_active=True)
    return refused.value


# ---------------------------------------------------------------- comments


@pytest.mark.parametrize(
    ("item", "seen"),
    [
        (comment("StrikeOut"), True),
        (comment("Square", "/IC[1 1 1]"), True),  # covers
        (comment("Underline", "/AP<<>>"), True),
        (comment("Squiggly", "/AS/Off/AP<</N<</On<<>>>>>>"), False),
        (comment("FreeText", "/Contents(CNY 5)/DA(/Helv 12 Tf)"), True),
        (comment("Line", "/L[60 60 260 90]"), False),  # drawn by other readers than pdfium
        (comment("Stamp", "/Name/Void"), False),
        (comment("Stamp", "/F 1LOOK", BLANK), True),
    ],
)
def test_a_comment_that_would_vanish_is_refused_with_both_pictures(item: str, seen: bool) -> None:
    refused = refusal(page_with(item))
    assert (refused.code, refused.facts["page"]) == ("pdf.shown_differently", 1)
    before, after = (refused.facts[name] for name in ("before", "after"))
    assert None not in (before, after)
    assert (before != after) is seen


def test_a_comment_with_a_look_and_one_that_is_not_shown_hinder_nothing() -> None:
    data = page_with(comment("StrikeOut", "LOOK", BLANK), comment("Square", "/F 2"))
    cleaned = clean(data, remove_active=False)
    assert cleaned.removed == ("comments",)
    assert pictures_differ(data, cleaned.data, 0) is None


def test_a_note_excuses_its_icon_and_nothing_beside_it() -> None:
    note = comment("Text", at=(300, 300, 500, 500))
    assert clean(page_with(note), remove_active=False).removed == ("comments",)
    checked = field(CHECKED, (420, 420, 440, 440))
    assert refusal(page_with(note, checked)).code == "pdf.shown_differently"


@pytest.mark.parametrize("rotate", [90, 180, 270])
def test_a_note_that_stays_upright_on_a_turned_page_has_its_icon_elsewhere(rotate: int) -> None:
    data = page_with(comment("Text", "/F 28", BLANK), rotate=rotate)
    assert clean(data, remove_active=False).removed == ("comments",)


# ---------------------------------------------------------------- fields


def test_many_small_places_do_not_keep_a_page_from_being_compared() -> None:
    """Five empty fields, each far below a quarter of the page, and below one of them a field is checked."""
    checked = field(CHECKED, (100, 120, 120, 140), "checked")
    row = [field("/FT/Tx", (60, 100 + 80 * at, 560, 160 + 80 * at), f"f{at}") for at in range(5)]
    assert refusal(page_with(checked, *row)).code == "pdf.shown_differently"


@pytest.mark.parametrize("says", [CHECKED, "/FT/Btn/Ff 65536/MK<</CA(Pay)>>"])
def test_a_button_that_says_something_is_no_frame(says: str) -> None:
    assert refusal(page_with(field(says))).code == "pdf.shown_differently"


def test_an_empty_field_covers_what_its_ground_covered() -> None:
    data = page_with(field("/FT/Tx/MK<</BG[1 1 1]>>", BAR))
    cleaned = clean(data, remove_active=False)
    left, top, right, bottom = (round(value * 100 / 72) for value in (70, 842 - 85, 250, 842 - 65))
    for each in (data, cleaned.data):
        assert page_picture(each).crop((left, top, right, bottom)).getextrema() == ((255, 255),) * 3


def test_where_readers_draw_anew_the_value_counts_and_not_the_look() -> None:
    data = page_with(field("/FT/Tx/V(CNY 5)LOOK"), redrawn=True)
    with pikepdf.open(BytesIO(clean(data, remove_active=False).data)) as pdf:
        (look,) = pdf.pages[0].Resources.XObject.values()
        assert b"CNY 5" in look.read_bytes()
    chinese = page_with(field("/FT/Tx/V<FEFF4E945143>LOOK"), redrawn=True)
    assert refusal(chinese).code == "pdf.shown_differently"


@pytest.mark.parametrize(
    "more",
    [
        "/FT/Tx/V(%s)" % ("CNY 5 " * 30),  # longer than the field
        "/FT/Tx/V(12345)/Ff 16777216/MaxLen 9",  # a box for each character
        "/FT/Ch/V(a)/Ff 131072/Opt[[(a)(b)]]",  # shown by another name
        "/FT/Ch/V[(a)]/Opt[(a)(b)]",  # a list
        "/FT/Tx/V(a)/MK<</R 90>>",  # turned
    ],
)
def test_a_value_that_cannot_be_drawn_for_certain_is_refused(more: str) -> None:
    assert refusal(page_with(field(more))).code == "pdf.form_not_drawn"


def test_of_a_damaged_file_no_place_is_left_out() -> None:
    """Empty fields over both contents would hide that readers choose differently."""
    fields = "".join(field("/FT/Tx", (45, y - 5, 550, y + 35), str(y)) for y in (750, 100)).encode()
    data = damage.two_contents().replace(b"/Resources<<>>", b"/Resources<<>>/Annots[%s]" % fields)
    data = data.replace(b"/Catalog", b"/Catalog/AcroForm<</Fields[]>>")
    assert refusal(data).code == "pdf.shown_differently"
