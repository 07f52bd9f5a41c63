"""Fonts: where they are found, what stands in for the first, and what a missing one breaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auth.errors import Invalid, Unavailable
from seals.drawing import faces
from seals.glyphs import FONTS_VARIABLE, Face, glyph
from seals.imprint import draw, parts
from seals.kinds import FIVE, SealKind
from tests.seals.coverage import BLOCKS, coverage, table
from tests.seals.measuring import design, drawn

RARE = {  # one of each block, beyond Noto Serif CJK
    "A": "㐀",
    "B": "𠀌",
    "C": "𪜁",
    "D": "𫝁",
    "E": "𫠢",
    "F": "𬺡",
    "G": "𰀀",
    "H": "𱍐",
}
OPTIONAL = ("HanaMinA.ttf", "HanaMinB.ttf", "BabelStoneHan.ttf", "NotoNaskhArabic-Bold.ttf")
ADR = Path(__file__).parents[2] / "docs" / "adr" / "0014-faces-and-coverage.md"


def undrawn() -> str:
    """An ideograph that no installed font draws."""
    for point in range(0x31350, 0x323B0):
        try:
            glyph(chr(point))
        except Invalid:
            return chr(point)
    raise AssertionError("every ideograph of extension H is drawn: take another block")


@pytest.fixture
def only_the_first_faces(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder with the fonts every imprint needs, and no other font anywhere."""
    for folder in faces._SYSTEM_FOLDERS:
        for file in folder.glob("*.tt?"):
            if file.name not in OPTIONAL and not (tmp_path / file.name).exists():
                (tmp_path / file.name).symlink_to(file)
    monkeypatch.setattr(faces, "_SYSTEM_FOLDERS", ())
    monkeypatch.setenv(FONTS_VARIABLE, str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("char", RARE.values(), ids=RARE)
@pytest.mark.parametrize("face", [Face.SONG, Face.SONG_BOLD])
def test_rare_characters_are_drawn_in_the_same_cell(char: str, face: Face) -> None:
    drawn_glyph = glyph(char, face)
    ink = drawn_glyph.outline.box()
    assert drawn_glyph.width == 1
    assert -0.031 < ink.left < ink.right < 1.031
    assert -0.031 < ink.top < ink.bottom < 1.031
    assert max(ink.right - ink.left, ink.bottom - ink.top) > 0.75


@pytest.mark.parametrize("kind", FIVE)
def test_rare_characters_stand_in_every_seal(kind: SealKind) -> None:
    of = design(kind, f"北京{''.join(RARE.values())}有限公司", person_name="王𰀀𱍐")
    assert all(outline.points for outline in parts(of)["name"])


@pytest.mark.parametrize("kind", FIVE)
def test_a_character_no_font_draws_is_named(kind: SealKind) -> None:
    char = undrawn()
    point = f"U+{ord(char):04X}"
    with pytest.raises(Invalid) as raised:
        drawn(kind, company=f"北京{char}科技有限公司", person=f"王{char}")
    assert raised.value.code == "imprint.no_glyph"
    assert raised.value.facts == {"char": char, "code_point": point}
    assert point in raised.value.zh
    assert point in raised.value.en


def test_a_missing_optional_font_refuses_only_the_character_that_needs_it(only_the_first_faces: Path) -> None:
    assert drawn(SealKind.LEGAL_NAME)
    assert draw(design(SealKind.LEGAL_NAME, "北京𬭎泰科技公司"))  # Noto has this one of extension E itself
    with pytest.raises(Invalid) as raised:
        drawn(SealKind.LEGAL_NAME, company=f"北京{RARE['G']}科技公司")
    assert raised.value.facts["code_point"] == "U+30000"
    with pytest.raises(Unavailable) as missing:
        draw(design(SealKind.LEGAL_NAME, foreign_text="خېڭشىن"))
    assert missing.value.facts["package"] == "fonts-noto-core"


def test_an_optional_font_in_the_named_folder_is_used(only_the_first_faces: Path, tmp_path: Path) -> None:
    named = tmp_path / "more"
    named.mkdir()
    for file in [
        *only_the_first_faces.glob("*.tt?"),
        Path("/usr/share/fonts/truetype/babelstone/BabelStoneHan.ttf"),
    ]:
        (named / file.name).symlink_to(file.resolve())
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(FONTS_VARIABLE, str(named))
        assert drawn(SealKind.LEGAL_NAME, company=f"北京{RARE['G']}科技公司")


def test_a_missing_font_names_its_debian_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(faces, "_SYSTEM_FOLDERS", ())
    monkeypatch.setenv(FONTS_VARIABLE, str(tmp_path))
    with pytest.raises(Unavailable) as raised:
        drawn(SealKind.LEGAL_NAME)
    assert raised.value.facts["package"] == "fonts-noto-cjk"
    assert "fonts-noto-cjk" in raised.value.zh


def test_fonts_are_found_in_the_named_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    usual = drawn(SealKind.LEGAL_NAME)
    for folder in faces._SYSTEM_FOLDERS:
        for file in folder.glob("*.tt?"):
            if not (tmp_path / file.name).exists():
                (tmp_path / file.name).symlink_to(file)
    monkeypatch.setattr(faces, "_SYSTEM_FOLDERS", ())
    monkeypatch.setenv(FONTS_VARIABLE, str(tmp_path))
    assert drawn(SealKind.LEGAL_NAME) == usual


def test_the_coverage_written_down_is_the_coverage_of_the_fonts() -> None:
    """As a floor: newer fonts may draw more, and none may draw less than the ADR says."""
    rows = re.findall(r"^\| (.+?) \|.*\| (\d+) / \d+ \|$", ADR.read_text("utf-8"), re.MULTILINE)
    written = {block: int(count) for block, count in rows}
    measured = {block: sum(counts) for block, counts in coverage().items()}
    assert set(written) == set(BLOCKS)
    assert all(measured[block] >= count for block, count in written.items()), table()
