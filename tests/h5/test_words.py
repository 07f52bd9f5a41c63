"""Every word a page or its script asks for exists, in both languages, and reaches the browser."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from h5 import words

HERE = Path(words.__file__).parent
TEMPLATES = {
    path.relative_to(HERE / "templates").as_posix(): path.read_text()
    for path in (HERE / "templates").rglob("*.html")
}
SCRIPTS = {path: path.read_text() for path in (HERE / "static" / "js").rglob("*.js")}

ASKED_IN_TEMPLATE = re.compile(r"""\bw\(\s*(["'])([\w.]+)\1(\s*~)?""")
ASKED_IN_SCRIPT = re.compile(r"""\bt(?:Or)?\(\s*(["'`])([\w.]+)(\$\{)?""")
# Keys also reach t() by a table or a choice: any quoted text that has a known group before its dot.
QUOTED = re.compile(r"""["'`]([a-z]+\.[a-z_]+)["'`]""")
JOINED_IN_PROGRAM = re.compile(r"""\bf"([a-z]+\.[\w.]*)\{""")
GROUPS = {key.partition(".")[0] for key in words.WORDS}
IMPORT = re.compile(r'(?:^import [^;]*?from |await import\()"(\.[^"]+)"', re.MULTILINE)
PAGE_SCRIPT = re.compile(r'page_script\("([\w./]+)", \[([^\]]*)\]')


def known(key: str, is_prefix: bool) -> bool:
    return any(word.startswith(key) for word in words.WORDS) if is_prefix else key in words.WORDS


def imported_by(script: Path, seen: set[Path] | None = None) -> set[Path]:
    """A script and everything it imports."""
    seen = set() if seen is None else seen
    if script not in seen:
        seen.add(script)
        for target in IMPORT.findall(SCRIPTS[script]):
            imported_by((script.parent / target).resolve(), seen)
    return seen


def asked_by(script: Path) -> set[tuple[str, bool]]:
    """The keys, or beginnings of keys, that a script may ask for."""
    text = SCRIPTS[script]
    asked = {(key, bool(more)) for _, key, more in ASKED_IN_SCRIPT.findall(text)}
    quoted = {(key, False) for key in QUOTED.findall(text) if key in words.WORDS}
    return asked | quoted


PAGES = [
    (name, HERE / "static" / "js" / script, set(re.findall(r"\w+", names)))
    for name, text in TEMPLATES.items()
    for script, names in PAGE_SCRIPT.findall(text)
]


def test_each_word_is_there_in_both_languages() -> None:
    empty = [key for key, pair in words.WORDS.items() if len(pair) != 2 or not all(map(str.strip, pair))]
    assert empty == []


def test_both_languages_take_the_same_facts() -> None:
    def facts(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    assert [key for key, (zh, en) in words.WORDS.items() if facts(zh) != facts(en)] == []


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_templates_use_only_words_that_exist(name: str) -> None:
    asked = [(key, bool(joined)) for _, key, joined in ASKED_IN_TEMPLATE.findall(TEMPLATES[name])]
    assert [key for key, is_prefix in asked if not known(key, is_prefix)] == []


@pytest.mark.parametrize(("name", "script", "groups"), PAGES, ids=[page[0] for page in PAGES])
def test_scripts_are_given_the_words_they_use(name: str, script: Path, groups: set[str]) -> None:
    assert groups <= GROUPS
    asked = {pair for module in imported_by(script) for pair in asked_by(module)}
    assert sorted(key for key, is_prefix in asked if not known(key, is_prefix)) == []
    assert sorted(key for key, _ in asked if key.partition(".")[0] not in groups) == []


def test_every_script_belongs_to_a_page() -> None:
    used = {module for _, script, _ in PAGES for module in imported_by(script)}
    shell = HERE / "static" / "js" / "shell"
    by_themselves = {shell / "worker.js", shell / "share.js"}  # of h5/installed.py, of page.html
    assert set(SCRIPTS) - used == by_themselves


def test_no_words_lie_about_unused() -> None:
    programs = [path.read_text() for path in HERE.rglob("*.py") if path.parent.name != "wording"]
    sources = [*TEMPLATES.values(), *SCRIPTS.values(), *programs]
    text = "\n".join(sources)
    beginnings = {key for source in sources for _, key, more in ASKED_IN_TEMPLATE.findall(source) if more}
    beginnings |= {key for source in sources for _, key, more in ASKED_IN_SCRIPT.findall(source) if more}
    beginnings |= {start for program in programs for start in JOINED_IN_PROGRAM.findall(program)}
    # checking/answer.js joins the group to a row's name.
    rows = {f"verdict.{name}" for name in re.findall(r'\brow\("(\w+)"', text)}
    used = {
        key
        for key in words.WORDS
        if f'"{key}"' in text or f"'{key}'" in text or any(key.startswith(start) for start in beginnings)
    }
    assert set(words.WORDS) - used - rows == set()


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "expected"),
    [
        ("en", "zh", "zh-CN", "en"),
        ("fr", "en", "zh-CN", "en"),
        (None, None, "en-GB,en;q=0.9", "en"),
        (None, None, "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (None, None, "fr-FR, en;q=0.5, zh;q=0.7", "zh"),
        (None, None, "en;q=0, zh;q=0.1", "zh"),
        (None, None, "en;q=0", "zh"),
        (None, None, "fr", "zh"),
        (None, "", "en;q=much", "zh"),
        (None, None, None, "zh"),
    ],
)
def test_language_is_chosen_by_wish_then_cookie_then_browser(
    asked: str | None, kept: str | None, accepted: str | None, expected: str
) -> None:
    assert words.choose(asked, kept, accepted) == expected


def test_facts_are_filled_in() -> None:
    assert words.text("record.count_value", "zh", count=5) == "5 枚"
    with pytest.raises(KeyError):
        words.text("record.no_such_word", "zh")
