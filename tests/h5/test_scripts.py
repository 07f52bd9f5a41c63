"""Scripts keep to the way of writing by which they are packed, and what is packed is what was written."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from h5.rendering import PAGE_SCRIPTS
from h5.scripts import modules, packed

JS = Path(__file__).parents[2] / "h5" / "static" / "js"
SCRIPTS = sorted(JS.rglob("*.js"))
PAGES = sorted(PAGE_SCRIPTS)
IMPORT = re.compile(r'import \{ [^{}]+ \} from "\.{1,2}/[\w./-]+\.js";')
EXPORT = re.compile(r"export (const|async function|function|class) [\w$]+")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(JS)))
def test_imports_are_lines_of_names_and_exports_are_declarations(path: Path) -> None:
    lines = path.read_text().splitlines()
    said = [line for line in lines if re.match(r"\s*(import|export)\b", line)]
    assert [line for line in said if not (IMPORT.fullmatch(line) or EXPORT.match(line))] == []
    assert [line for line in lines if line.count("`") % 2] == []  # lines within a text keep their spaces
    assert [line for line in lines if re.search(r"\bimport\(|^await\b|\$m\d", line)] == []


def test_who_asked_for_less_motion_is_scrolled_at_once() -> None:
    """`gliding` asks the device; a script that says "smooth" by itself does not."""
    asking = [str(path.relative_to(JS)) for path in SCRIPTS if '"smooth"' in path.read_text()]
    assert asking == ["lib/feel.js"]
    assert "prefers-reduced-motion" in (JS / "lib" / "feel.js").read_text()


def test_what_is_packed_stands_after_what_it_needs() -> None:
    files = {
        "a/page.js": (
            "// A page.\n\n"
            'import { one, two as second } from "./b.js";\n'
            'import { $ } from "../dom.js";\n\n'
            "/** Shows it. */\nfunction show() {\n  $(one + second); // now\n}\nshow();\n"
        ),
        "a/b.js": 'import { $ } from "../dom.js";\nexport const one = 1;\n'
        "export function two() {}\n$(one);\n",
        "dom.js": "export const $ = (id) => id;\n",
    }
    assert modules("a/page.js", files.__getitem__) == ("dom.js", "a/b.js", "a/page.js")
    assert packed("a/page.js", files.__getitem__).split("\n") == [
        *("const $m0 = (() => {", "const $ = (id) => id;", "return { $ };", "})();"),
        *("const $m1 = (() => {", "const { $ } = $m0;", "const one = 1;", "function two() {}", "$(one);"),
        *("return { one, two };", "})();"),
        *("const $m2 = (() => {", "const { one, two: second } = $m1;", "const { $ } = $m0;"),
        *("function show() {", "$(one + second); // now", "}", "show();", "})();"),
    ]


def test_a_circle_is_refused() -> None:
    files = {"a.js": 'import { b } from "./b.js";', "b.js": 'import { a } from "./a.js";'}
    with pytest.raises(ValueError, match=r"a\.js → b\.js → a\.js"):
        modules("a.js", files.__getitem__)


@pytest.mark.skipif(shutil.which("node") is None, reason="the browser tests run every page")
def test_every_packed_script_is_one(tmp_path: Path) -> None:
    made = []
    for page in PAGES:
        made.append(tmp_path / f"{page.replace('/', '-')}.mjs")
        made[-1].write_text(packed(page, lambda path: (JS / path).read_text()))
    for path in made:
        subprocess.run(["node", "--check", path], check=True, capture_output=True)
