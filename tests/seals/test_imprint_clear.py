"""Nothing in an imprint touches anything else, whatever its kind, form, length of name and script."""

from __future__ import annotations

from itertools import combinations

import pytest

from seals.design import Design
from seals.imprint import draw
from seals.kinds import CompanyForm, SealClass, SealKind, spec
from tests.seals.measuring import SIXTY, clearance, design, mask, parts_drawn

# One kind of each layout: size, star, length of legend, unit. The sheet in the docs has them all.
KINDS = list(
    {
        (spec(kind).shape, len(spec(kind).legend or ""), spec(kind).names_unit): kind
        for kind in SealKind
        if spec(kind).seal_class is not SealClass.NAME
    }.values()
)
LENGTHS = (4, 7, 12, 24, 36, 60)
LEAST = 0.3  # mm; a pixel of the ruler is 0.083, and ink is rounded up to it
ENGLISH = "Beijing Hengxin Technology Development Co., Ltd."
SCRIPTS = {
    "latin": ENGLISH,
    "short": "HENGXIN",
    "long": "Xinjiang Hengxin Yuanda International Warehousing and Supply Chain Co., Ltd.",
    "uyghur": "خېڭشىن تەرەققىيات چەكلىك شىركىتى",
    "tibetan": "ལྷ་ས་ཧེང་ཞིན་ཚན་རྩལ་འཕེལ་རྒྱས་ཚད་ཡོད་ཀུང་སི།",
    "mongolian": "ᠬᠥᠬᠡᠬᠣᠲᠠ ᠶᠢᠨ ᠰᠢᠨᠵᠢᠯᠡᠬᠦ ᠤᠬᠠᠭᠠᠨ ᠲᠧᠬᠨᠢᠭ ᠦᠨ ᠬᠢᠵᠠᠭᠠᠷᠲᠤ ᠺᠣᠮᠫᠠᠨᠢ",
    "korean": "연변 항신과학기술발전유한회사",
    "yi": "ꆈꌠꉙꈨ ꁱꂷꇬꌠ",
    "kazakh": "Хэнсинь ғылым-техника дамыту шектеулі серіктестігі",
}


def least_clearance(of: Design) -> dict[tuple[str, str], float]:
    imprint = draw(of)
    masks = {
        name: mask(shapes, imprint.width_mm, imprint.height_mm) for name, shapes in parts_drawn(of).items()
    }
    return {(one, other): clearance(masks[one], masks[other]) for one, other in combinations(masks, 2)}


@pytest.mark.parametrize("count", LENGTHS)
@pytest.mark.parametrize("kind", KINDS)
def test_no_part_touches_another(kind: SealKind, count: int) -> None:
    found = least_clearance(design(kind, SIXTY[:count]))
    assert min(found.values()) > LEAST, found


@pytest.mark.parametrize("count", LENGTHS)
@pytest.mark.parametrize("form", CompanyForm)
def test_no_part_of_a_legal_name_seal_touches_another(form: CompanyForm, count: int) -> None:
    found = least_clearance(design(SealKind.LEGAL_NAME, SIXTY[:count], form=form))
    assert min(found.values()) > LEAST, found


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.parametrize("count", [4, 24, 60])
@pytest.mark.parametrize("form", CompanyForm)
def test_a_second_script_keeps_clear_in_every_form(form: CompanyForm, count: int, text: str) -> None:
    of = design(SealKind.LEGAL_NAME, SIXTY[:count], form=form, foreign_text=text)
    found = least_clearance(of)
    assert any("second" in pair for pair in found)
    assert min(found.values()) > LEAST, found


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if kind not in (SealKind.LEGAL_NAME, SealKind.INVOICE)]
)
def test_a_second_script_keeps_clear_in_every_kind(kind: SealKind, text: str) -> None:
    found = least_clearance(design(kind, SIXTY[:24], foreign_text=text, ordinal=88))
    assert any("second" in pair for pair in found)
    assert min(found.values()) > LEAST, found


@pytest.mark.parametrize("ordinal", [2, 10, 99])
@pytest.mark.parametrize("count", [4, 24, 60])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if not spec(kind).single])
def test_an_ordinal_keeps_clear(kind: SealKind, count: int, ordinal: int) -> None:
    found = least_clearance(design(kind, SIXTY[:count], ordinal=ordinal))
    assert any("ordinal" in pair for pair in found)
    assert min(found.values()) > LEAST, found


@pytest.mark.parametrize("count", [2, 3, 5, 8, 9, 12, 18, 24])
@pytest.mark.parametrize("kind", [kind for kind in KINDS if spec(kind).names_unit])
def test_a_unit_keeps_clear(kind: SealKind, count: int) -> None:
    found = least_clearance(design(kind, SIXTY[:24], unit=SIXTY[20 : 20 + count], ordinal=12))
    assert min(found.values()) > LEAST, found
