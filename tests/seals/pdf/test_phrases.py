"""Where a document asks for a seal, found in its text."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
import typst

from seals.pdf.phrases import MAX_FOUND, find_phrases
from server.demo_contract import demo_contract
from tests.seals.pdf.samples import contract, save

NAME = "北京晨曦精密仪器有限公司"


def written(text: str) -> bytes:
    """Lines of text on A4, set in a Chinese font."""
    source = '#set page(paper: "a4", margin: 20mm)\n#set text(font: "Noto Serif CJK SC", size: 12pt)\n'
    made = typst.compile((source + text.replace("\n", "\n\n")).encode())
    assert isinstance(made, bytes)
    return made


def words_of(text: str, name: str = "") -> list[str]:
    return [found.words for found in find_phrases(written(text), name)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("甲方（盖章）：", "甲方（盖章）"),
        ("乙 方 （ 签 字 盖 章 ） ：", "乙方（签字盖章）"),
        ("（公章）", "（公章）"),
        ("【盖章处】", "盖章处"),
        ("投标人加盖公章处", "加盖公章处"),
        ("出租方: (盖章)", "出租方:(盖章)"),
        ("甲方盖章：", "甲方盖章"),
        ("Company: (Seal)", "(Seal)"),
        ("Seal here", "Sealhere"),
    ],
)
def test_words_that_ask_are_found(text: str, words: str) -> None:
    assert [one.strip("【】") for one in words_of(text)] == [words]


@pytest.mark.parametrize(
    "text",
    [
        "本合同经双方盖章后生效。",
        "甲方应当在五日内盖章并寄回。",
        "公章由乙方保管（见附件）。",
        "甲方（采购方）：某公司",
        "甲方\n（见下页盖过的章）",
    ],
)
def test_words_that_only_speak_of_seals_are_not(text: str) -> None:
    assert words_of(text) == []


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_the_place_is_that_on_the_page_as_shown(rotate: int) -> None:
    with pikepdf.open(BytesIO(written("#v(100mm) #h(80mm) （公章）"))) as pdf:
        pdf.pages[0].obj.Rotate = rotate
        (found,) = find_phrases(save(pdf))
    upright = (0.517, 0.41)  # 20 + 80 + 8.5 mm of 210; 20 + 100 + 2 mm of 297
    turned = {
        0: upright,
        90: (1 - upright[1], upright[0]),
        180: (1 - upright[0], 1 - upright[1]),
        270: (upright[1], 1 - upright[0]),
    }[rotate]
    assert (found.across, found.down) == pytest.approx(turned, abs=0.01)


def test_ones_own_side_is_told_by_the_text() -> None:
    own = {found.words: found.own for found in find_phrases(demo_contract(NAME), NAME)}
    assert own == {"甲方（盖章）": True, "乙方（盖章）": False}
    assert not any(found.own for found in find_phrases(demo_contract(NAME), "某公司"))


def test_a_long_name_is_found_over_two_lines_and_however_its_dot_is_written() -> None:
    long = "上海迪丽热巴·买买提与欧阳震华国际文化交流艺术品进出口贸易投资管理咨询有限公司"
    for written_so in (long, long.replace("·", "・")):
        own = [found.own for found in find_phrases(demo_contract(written_so), long)]
        assert own == [True, False]


def test_without_sides_the_nearest_to_the_name_is_ones_own() -> None:
    text = f"某公司 #h(1fr) {NAME}\n（公章） #h(1fr) （公章）"
    assert [found.own for found in find_phrases(written(text), NAME)] == [False, True]


def test_what_cannot_be_read_has_none_and_there_is_an_end() -> None:
    assert find_phrases(b"%PDF-1.7 nothing") == ()
    assert find_phrases(contract(), NAME) == ()
    assert len(find_phrases(written("（公章）\n" * (MAX_FOUND + 5)))) == MAX_FOUND
