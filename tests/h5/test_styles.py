"""Colours are tokens, legible by day and by night; what moves is short and can be stopped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[2] / "h5" / "static" / "css"
TOKEN = re.compile(r"--([a-z-]+):\s*(#[0-9a-f]{3,6});")
TEXT, SHAPE = 4.5, 3.0  # WCAG 2.2 §1.4.3, §1.4.11

# Text, and the grounds on which it stands somewhere.
LEGIBLE = {
    "ink": (
        "ground",
        "surface",
        "raised",
        "hover",
        "quiet",
        "well",
        "field",
        "bubble",
        "red-wash",
        "warn-wash",
    ),
    "ink-soft": ("ground", "surface", "raised", "hover", "quiet", "well"),
    "hint": ("field",),
    "off": ("quiet",),
    "red-deep": ("ground", "surface", "raised", "red-wash", "field"),
    "good": ("surface", "good-wash"),
    "warn": ("surface", "warn-wash"),
    "surface": ("ink",),
    "on-mark": ("good", "warn"),
}
SEEN = {
    "edge": ("surface", "ground", "field"),
    "red": ("surface", "ground"),
    "focus": ("surface", "ground", "raised"),
}
WHITE_ON = ("red", "red-press")
# Colours beside the tokens, by day as by night: of paper, of what is stamped on it, of people's signs.
FIXED = {
    *("#3a352e", "#ffd98a", "#fffdf8", "#fff8ee", "#e9e6df", "#e60012", "#1257b0", "#0d3f80"),
    *("#c9a24a", "#fdf8ea", "#4a443b", "#a49c90", "#1e1b18", "#fff"),
    *("#8a4b2d", "#2f6a4f", "#2c5c8a", "#6b4a86", "#7a5a12", "#8a3352"),
}


def tokens(name: str) -> dict[str, str]:
    return dict(TOKEN.findall((CSS / name).read_text()))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def looks() -> dict[str, dict[str, str]]:
    """dark.css begins with its tokens; what stands below them is paper's."""
    light = tokens("base.css")
    night = (CSS / "dark.css").read_text().partition("}")[0]
    return {"light": light, "dark": {**light, **dict(TOKEN.findall(night))}}


@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_text_is_legible_and_every_edge_seen(look: str) -> None:
    of = looks()[look]
    pairs = [(one, ground, TEXT) for one, grounds in LEGIBLE.items() for ground in grounds]
    pairs += [(one, ground, SHAPE) for one, grounds in SEEN.items() for ground in grounds]
    weak = [(a, b, contrast(of[a], of[b])) for a, b, least in pairs if contrast(of[a], of[b]) < least]
    weak += [("#fff", each, 0.0) for each in WHITE_ON if contrast("#fff", of[each]) < TEXT]
    assert weak == []


def test_the_night_has_every_colour_of_the_day() -> None:
    day, night = tokens("base.css"), (CSS / "dark.css").read_text().partition("}")[0]
    assert set(day) - set(dict(TOKEN.findall(night))) == {"paper"}


def test_no_colour_stands_outside_the_tokens() -> None:
    found = {
        f"{path.name}: {colour}"
        for path in sorted(CSS.glob("*.css"))
        if path.name != "dark.css"
        for colour in re.findall(r"#[0-9a-f]{3,6}\b(?![^{};]*\{)", re.sub(TOKEN, "", path.read_text()))
        if colour not in FIXED
    }
    assert found == set()


def test_the_stamp_takes_less_than_600_ms_and_nothing_moves_where_motion_is_reduced() -> None:
    (seconds,) = re.findall(r"animation: stamp ([\d.]+)s", (CSS / "confirm.css").read_text())
    assert float(seconds) < 0.6
    base = (CSS / "base.css").read_text()
    assert re.search(r"prefers-reduced-motion: reduce\) \{\s*\*[^}]*animation: none !important", base)


def test_sizes_of_letters_follow_the_readers() -> None:
    """In rem, em or per cent: a size in px would stay where everything else grows."""
    fixed = [
        f"{path.name}: {size}"
        for path in sorted(CSS.glob("*.css"))
        for size in re.findall(r"font(?:-size)?:[^;]*?\d(?:px|pt|vw|vh)\b", path.read_text())
    ]
    assert fixed == []
