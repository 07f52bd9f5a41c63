"""Whatever is typed, an imprint is drawn as it reads, or refused in words that name what is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auth.errors import DomainError, Invalid
from seals.design import Design
from seals.imprint import Imprint, draw, parts
from seals.kinds import CompanyForm, SealClass, SealKind, spec
from tests.seals.measuring import NUMBER, SIXTY, TWELVE, USCC, design

BAD = {
    "control": "\x07",
    "newline": "\n",
    "emoji": "😀",
    "emoji of the basic plane": "☎",
    "right-to-left override": "\u202e",
    "left-to-right isolate": "\u2066",
    "zero-width space": "\u200b",
    "byte-order mark": "\ufeff",
    "private use": "\ue000",
    "private plane": "\U000f0000",
    "unassigned": "\u0378",
    "noncharacter": "\ufffe",
    "surrogate": "\ud800",
    "combining mark": "\u0301",
    "variation selector": "\ufe0f",
    "ideographic variation": "\U000e0101",
    "tag": "\U000e0041",
    "Arabic": "\u0628",
    "kana": "の",
    "Greek": "α",
}


@pytest.mark.parametrize("char", BAD.values(), ids=BAD)
@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (SealKind.LEGAL_NAME, "company_name"),
        (SealKind.INVOICE, "company_name"),
        (SealKind.BRANCH, "unit"),
        (SealKind.REPRESENTATIVE, "person_name"),
    ],
)
def test_a_character_that_may_not_stand_in_an_imprint_is_named(kind: SealKind, field: str, char: str) -> None:
    words = {"company_name": TWELVE, "unit": "人力资源部", "person_name": "李小明"}
    words[field] = f"{words[field][:2]}{char}{words[field][2:]}"
    with pytest.raises(Invalid) as raised:
        draw(Design(kind, uscc=USCC, seal_number=NUMBER, **words))
    point = f"U+{ord(char):04X}"
    assert raised.value.code == "imprint.character"
    assert raised.value.field == field
    assert raised.value.facts == {"code_point": point}
    assert point in raised.value.zh
    assert point in raised.value.en
    if not char.isprintable():
        assert char not in raised.value.zh + raised.value.en


def test_a_heap_of_marks_is_refused_in_a_second_script_too() -> None:
    with pytest.raises(Invalid) as raised:
        draw(design(SealKind.LEGAL_NAME, foreign_text="ཧ" + "\u0f72" * 6 + "ཞིན"))
    assert raised.value.code == "imprint.character"
    assert raised.value.facts == {"code_point": "U+0F72"}


@pytest.mark.parametrize("char", [char for char in BAD.values() if char not in "\u0301\u0628α"])
def test_bad_characters_are_refused_in_a_second_script(char: str) -> None:
    with pytest.raises(Invalid) as raised:
        draw(design(SealKind.LEGAL_NAME, foreign_text=f"Heng{char}xin"))
    assert raised.value.code in ("imprint.character", "imprint.foreign_text")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"company": "国" * 200}, "imprint.company_name"),
        ({"company": "国" * 100_000}, "imprint.company_name"),
        ({"company": "\u202e" * 100_000}, "imprint.company_name"),
        ({"company": "恒信厂"}, "imprint.company_name"),
        ({"kind": SealKind.BRANCH, "unit": "部"}, "imprint.unit"),
        ({"kind": SealKind.BRANCH, "unit": "部" * 25}, "imprint.unit"),
        ({"kind": SealKind.BRANCH, "unit": ""}, "imprint.unit"),
        ({"kind": SealKind.REPRESENTATIVE, "person_name": "张" * 31}, "imprint.person_name"),
        ({"kind": SealKind.REPRESENTATIVE, "person_name": " · "}, "imprint.person_name"),
        ({"foreign_text": "A"}, "imprint.foreign_text"),
        ({"foreign_text": "A" * 101}, "imprint.foreign_text"),
        ({"foreign_text": "W" * 100}, "imprint.foreign_text"),
        ({"foreign_text": "2026 - 11"}, "imprint.foreign_text"),
        ({"foreign_text": "Hengxin خېڭشىن"}, "imprint.foreign_text"),
        ({"foreign_text": "北京恒信"}, "imprint.character"),
        ({"ordinal": 2}, "imprint.ordinal"),
        ({"kind": SealKind.FINANCE, "ordinal": 0}, "imprint.ordinal"),
        ({"kind": SealKind.FINANCE, "ordinal": -1}, "imprint.ordinal"),
        ({"kind": SealKind.FINANCE, "ordinal": 100}, "imprint.ordinal"),
    ],
)
def test_what_cannot_be_set_is_refused(change: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as raised:
        draw(design(**({"kind": SealKind.LEGAL_NAME} | change)))  # type: ignore[arg-type]
    assert raised.value.code == code


# One spelling


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("恒信(中国)有限公司", "恒信（中国）有限公司"),
        ("恒信ＡＢｃ１２３有限公司", "恒信ABc123有限公司"),
        ("　恒信科技有限公司 ", "恒信科技有限公司"),
        ("Cafe\u0301咖啡有限公司", "Caf\u00e9咖啡有限公司"),
        ("恒信•远大有限公司", "恒信·远大有限公司"),
    ],
)
def test_two_spellings_of_a_name_are_one_imprint(typed: str, meant: str) -> None:
    assert draw(design(SealKind.LEGAL_NAME, typed)) == draw(design(SealKind.LEGAL_NAME, meant))


@pytest.mark.parametrize("typed", ["阿·买", "阿 · 买", "阿··买", "·阿·买·", "阿.买", "阿 买·"])
def test_a_persons_separators_never_stand_alone(typed: str) -> None:
    imprint = draw(design(SealKind.REPRESENTATIVE, person_name=typed))
    meant = "阿买" if typed == "阿 买·" else "阿·买"
    assert imprint == draw(design(SealKind.REPRESENTATIVE, person_name=meant))


@pytest.mark.parametrize("char", "（）A1z·&-《》、々〇")
def test_marks_of_names_are_drawn(char: str) -> None:
    assert len(parts(design(SealKind.LEGAL_NAME, f"恒信{char}科技有限公司"))["name"]) == 9


@pytest.mark.parametrize("count", range(2, 31))
def test_every_length_of_a_persons_name_is_drawn(count: int) -> None:
    for name in (
        "买" * count,
        ("阿卜·" * count)[: count - 1] + "木",
        ("JOHN SMITH " * count)[: count - 1] + "E",
    ):
        if len(name.strip("·")) >= 2:
            assert len(parts(design(SealKind.REPRESENTATIVE, person_name=name))["name"]) >= count // 2


# Any text at all

ANY = st.text(max_size=70) | st.text(st.sampled_from(SIXTY + "ABc 12（）()·&.-𰀀\u202e\u0301"), max_size=70)
SECOND = ANY | st.text(st.sampled_from("Aa1 .,()ئۇيغۇرཀ་ི྾ᠮᠣᠩᠭᠣᠯ\u180e\u202f한국ꆈꌠЖғ"), max_size=110)


def refusal(of: Design) -> DomainError | None:
    """Draws it; every other error fails the test."""
    try:
        imprint = draw(of)
    except DomainError as refused:
        return refused
    assert isinstance(imprint, Imprint)
    assert set(imprint.d) <= set("MLCZ0123456789. -")
    return None


@settings(max_examples=300, deadline=None)
@given(
    kind=st.sampled_from(SealKind),
    form=st.sampled_from(CompanyForm),
    company=ANY | st.just(TWELVE),
    person=ANY,
    unit=ANY | st.just("人力资源部"),
    second=st.just("") | SECOND,
    ordinal=st.integers(-5, 120) | st.just(1),
    number=st.just(NUMBER) | ANY,
)
def test_any_text_is_drawn_or_refused(
    kind: SealKind,
    form: CompanyForm,
    company: str,
    person: str,
    unit: str,
    second: str,
    ordinal: int,
    number: str,
) -> None:
    words = {"person_name": person, "unit": unit, "foreign_text": second}
    refused = refusal(Design(kind, company, USCC, number, ordinal=ordinal, form=form, **words))
    assert refused is None or (refused.code.startswith("imprint.") and refused.zh and refused.en)


@settings(max_examples=300, deadline=None)
@given(text=SECOND)
def test_any_second_text_is_drawn_or_refused(text: str) -> None:
    of = design(SealKind.LEGAL_NAME, foreign_text=text)
    refused = refusal(of)
    if refused:
        assert refused.code in ("imprint.foreign_text", "imprint.character", "imprint.no_glyph")
    else:
        assert not text or parts(of)["second"]


@settings(max_examples=200, deadline=None)
@given(name=st.text(st.characters(min_codepoint=0x20, max_codepoint=0x323AF), min_size=2, max_size=30))
def test_any_person_is_drawn_or_refused(name: str) -> None:
    refused = refusal(design(SealKind.REPRESENTATIVE, person_name=name))
    codes = ("imprint.person_name", "imprint.character", "imprint.no_glyph")
    assert refused is None or refused.code in codes


def test_every_name_kind_shows_the_person_only() -> None:
    kinds = [kind for kind in SealKind if spec(kind).seal_class is SealClass.NAME]
    assert len(kinds) == 5
    drawn = {draw(design(kind, ordinal=1 if spec(kind).single else 3)).d for kind in kinds}
    assert len(drawn) == 1
