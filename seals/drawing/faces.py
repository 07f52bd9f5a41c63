"""The system's font files: which face draws what, and where it is found.

Chinese is set in Noto Serif CJK SC (宋体); the characters it lacks come, one by one, from HanaMin
and BabelStone Han, which reach to extension H. Latin letters and digits are Liberation Sans, which has the
metrics of Arial. Coverage by block: docs/adr/0014-faces-and-coverage.md.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path

import uharfbuzz as hb

from auth.errors import Unavailable
from seals.drawing.outline import Outline, Point

__all__ = ["FONTS_VARIABLE", "Face", "chain", "folder", "folders", "font", "outline"]

FONTS_VARIABLE = "EZHANG_FONTS"  # names a folder that is looked into before the system's
_SYSTEM_FOLDERS = tuple(
    Path("/usr/share/fonts") / each
    for each in (
        "opentype/noto",
        "truetype/noto",
        "truetype/liberation",
        "truetype/liberation2",
        "truetype/hanazono",
        "truetype/babelstone",
    )
)
_OTHER_SCRIPTS = Path("/usr/share/fonts/truetype/noto")
_CHINESE = ("noto", "hanazono", "babelstone")


@dataclass(frozen=True, slots=True)
class _Source:
    """Font file, family within it, the Debian package that brings it; strength in shares of the em."""

    file: str
    family: str
    package: str
    strength: tuple[float, float] = (0.0, 0.0)


class Face(Enum):
    # An engraved 宋体 is sturdier than one for books: its hairlines must print at 2 mm, and setting a
    # name narrow thins its stems, so these are strengthened more than the hairlines.
    SONG = _Source("NotoSerifCJK-Regular.ttc", "Noto Serif CJK SC", "fonts-noto-cjk", strength=(0.03, 0.02))
    SONG_BOLD = _Source("NotoSerifCJK-Bold.ttc", "Noto Serif CJK SC", "fonts-noto-cjk")
    HEI = _Source("NotoSansCJK-Regular.ttc", "Noto Sans CJK SC", "fonts-noto-cjk")
    ARIAL = _Source("LiberationSans-Regular.ttf", "Liberation Sans", "fonts-liberation")
    # Rare characters, as strong as the face they stand in for: HanaMin to extension F, BabelStone to H.
    HANA_A = _Source("HanaMinA.ttf", "HanaMinA", "fonts-hanazono", strength=(0.035, 0.03))
    HANA_B = _Source("HanaMinB.ttf", "HanaMinB", "fonts-hanazono", strength=(0.035, 0.03))
    BABEL = _Source("BabelStoneHan.ttf", "BabelStone Han", "fonts-babelstone-han", strength=(0.02, 0.02))
    HANA_A_BOLD = _Source("HanaMinA.ttf", "HanaMinA", "fonts-hanazono", strength=(0.08, 0.045))
    HANA_B_BOLD = _Source("HanaMinB.ttf", "HanaMinB", "fonts-hanazono", strength=(0.08, 0.045))
    BABEL_BOLD = _Source(
        "BabelStoneHan.ttf", "BabelStone Han", "fonts-babelstone-han", strength=(0.06, 0.035)
    )
    # Second scripts
    NASKH = _Source("NotoNaskhArabic-Bold.ttf", "Noto Naskh Arabic", "fonts-noto-core")
    TIBETAN = _Source("NotoSerifTibetan-Bold.ttf", "Noto Serif Tibetan", "fonts-noto-core")
    MONGOLIAN = _Source(
        "NotoSansMongolian-Regular.ttf", "Noto Sans Mongolian", "fonts-noto-core", (0.04, 0.04)
    )
    SANS = _Source("NotoSans-Regular.ttf", "Noto Sans", "fonts-noto-core")  # Cyrillic with all its letters
    YI = _Source("NotoSansYi-Regular.ttf", "Noto Sans Yi", "fonts-noto-core")


_FALLBACKS = {
    Face.SONG: (Face.HANA_A, Face.HANA_B, Face.BABEL),
    Face.SONG_BOLD: (Face.HANA_A_BOLD, Face.HANA_B_BOLD, Face.BABEL_BOLD),
}


def folder() -> str | None:
    """The folder that is looked into first, if one is named."""
    return os.environ.get(FONTS_VARIABLE)


def folders() -> list[Path]:
    """Where whole texts find their faces: the folder that is named, then those of the Chinese ones."""
    named = [Path(place)] if (place := folder()) else []
    system = [each for each in _SYSTEM_FOLDERS if each.name in _CHINESE and each != _OTHER_SCRIPTS]
    return [each for each in (*named, *system) if each.is_dir()]


def chain(face: Face, place: str | None) -> Iterator[hb.Font]:
    """The face, then those that stand in for it and are installed.

    Raises Unavailable("imprint.no_font") if the face itself is missing; one that stands in may be.
    """
    yield font(face, place)
    for other in _FALLBACKS.get(face, ()):
        found = _found(other, place)
        if found:
            yield found


def font(face: Face, place: str | None) -> hb.Font:
    """A face from the folder named, else the system's.

    Raises Unavailable("imprint.no_font") naming the Debian package.
    """
    found = _found(face, place)
    if found:
        return found
    source = face.value
    raise Unavailable(
        "imprint.no_font",
        f"服务器缺少字体文件 {source.file}：请安装 Debian 软件包 {source.package}，"
        f"或用环境变量 {FONTS_VARIABLE} 指定字体所在目录。",
        f"The font file {source.file} is missing: install the Debian package {source.package}, "
        f"or name the folder that holds it in {FONTS_VARIABLE}.",
        file=source.file,
        package=source.package,
    )


@lru_cache(maxsize=4 * len(Face))
def _found(face: Face, place: str | None) -> hb.Font | None:
    source = face.value
    for where in (*((Path(place),) if place else ()), *_SYSTEM_FOLDERS):
        path = where / source.file
        member = _member(path, source.family) if path.is_file() else None
        if member:
            found = hb.Font(member)
            found.synthetic_bold = (*source.strength, True)
            return found
    return None


def _member(path: Path, family: str) -> hb.Face | None:
    """The face of that family in a font file; a .ttc holds one for each region."""
    blob = hb.Blob.from_file_path(str(path))
    faces = (hb.Face(blob, index) for index in range(hb.Face(blob).count))
    return next((face for face in faces if face.get_name(hb.OTNameIdPredefined.FONT_FAMILY) == family), None)


def outline(of: hb.Font, glyph_id: int | None) -> Outline | None:
    """A glyph in font units; None if there is none, or one without ink (an invisible character)."""
    pen = _OutlinePen()
    if glyph_id:
        of.draw_glyph_with_pen(glyph_id, pen)
    return Outline("".join(pen.commands), tuple(pen.points)) if pen.points else None


class _OutlinePen:
    """The calls of the fontTools pen protocol, kept as commands and points."""

    def __init__(self) -> None:
        self.commands: list[str] = []
        self.points: list[Point] = []

    def _add(self, command: str, *points: Point) -> None:
        self.commands.append(command)
        self.points.extend(points)

    def moveTo(self, p: Point) -> None:
        self._add("M", p)

    def lineTo(self, p: Point) -> None:
        self._add("L", p)

    def qCurveTo(self, c: Point, p: Point) -> None:
        # raised to the cubic that is the same curve: PDF has no other
        start = self.points[-1]
        first, second = ((q[0] + (c[0] - q[0]) * 2 / 3, q[1] + (c[1] - q[1]) * 2 / 3) for q in (start, p))
        self._add("C", first, second, p)

    def curveTo(self, c1: Point, c2: Point, p: Point) -> None:
        self._add("C", c1, c2, p)

    def closePath(self) -> None:
        self._add("Z")
