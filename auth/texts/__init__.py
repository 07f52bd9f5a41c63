"""The terms of service and the privacy policy, as files: `<name>-<version>.<language>.txt`.

A text that somebody accepted is never edited: a change is a new version, with a line of its own below. Its
digest is what a consent records. A line `# …` is a heading, paragraphs are apart by an empty line.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["NAMES", "VERSIONS", "Part", "Text", "current", "digest_of", "parts", "version_of"]

HERE = Path(__file__).parent
LANGUAGES = ("zh", "en")


@dataclass(frozen=True)
class Text:
    """One version of a text. since: the day it is in force from, China's; digest: of both languages."""

    name: str
    version: int
    since: str
    digest: str


@dataclass(frozen=True)
class Part:
    """A heading and the paragraphs below it."""

    heading: str
    paragraphs: tuple[str, ...]


# Oldest first. tests/auth/test_consents.py holds the digests to the files.
VERSIONS = (
    Text("terms", 1, "2026-11-30", "9d0b82bd56baa00cce4d38f3529063ceaeb44960598ea4db1459086e6c12e531"),
    Text("privacy", 1, "2026-11-30", "55c247b4f021e7a56587fa734bb74d7756f64687161e60586a74aa2a19d05b41"),
)
NAMES = tuple(dict.fromkeys(each.name for each in VERSIONS))


def current(name: str) -> Text:
    """The version in force; KeyError for a text that is none."""
    return {each.name: each for each in VERSIONS}[name]


def version_of(name: str, version: str | None) -> Text | None:
    """The named version, the current one for None; None where there is no such."""
    known = [each for each in VERSIONS if each.name == name]
    wanted = [each for each in known if version is None or str(each.version) == version]
    return wanted[-1] if wanted else None


def _read(text: Text, language: str) -> str:
    return (HERE / f"{text.name}-{text.version}.{language}.txt").read_text(encoding="utf-8")


def digest_of(text: Text) -> str:
    """SHA-256 over the files of both languages, Chinese first, a zero byte between."""
    return hashlib.sha256("\0".join(_read(text, each) for each in LANGUAGES).encode()).hexdigest()


@cache
def parts(text: Text, language: str) -> tuple[Part, ...]:
    """The text as it is shown."""
    found = []
    for block in _read(text, language).split("# ")[1:]:
        heading, _, rest = block.partition("\n")
        found.append(Part(heading.strip(), tuple(p.strip() for p in rest.split("\n\n") if p.strip())))
    return tuple(found)
