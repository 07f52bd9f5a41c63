"""The texts that are accepted are those of the list: an edited text needs a version of its own."""

from __future__ import annotations

import re

import pytest

from auth import texts
from auth.texts import HERE, LANGUAGES, VERSIONS


@pytest.mark.parametrize("text", VERSIONS, ids=lambda text: f"{text.name}-{text.version}")
def test_a_text_is_as_it_was_when_it_was_listed(text: texts.Text) -> None:
    assert texts.digest_of(text) == text.digest, "a change is a new version: leave this file as it was"


def test_every_file_is_listed_and_versions_go_up_by_one() -> None:
    listed = {f"{each.name}-{each.version}.{language}.txt" for each in VERSIONS for language in LANGUAGES}
    assert {path.name for path in HERE.glob("*.txt")} == listed
    for name in texts.NAMES:
        mine = [each for each in VERSIONS if each.name == name]
        assert [each.version for each in mine] == list(range(1, len(mine) + 1))
        assert sorted(each.since for each in mine) == [each.since for each in mine]


def test_both_languages_have_the_same_parts() -> None:
    for text in VERSIONS:
        chinese, english = (texts.parts(text, language) for language in LANGUAGES)
        assert len(chinese) == len(english) > 4
        assert not re.search("[\u3400-\u9fff]", repr(english))
        assert all(part.paragraphs for part in (*chinese, *english))
