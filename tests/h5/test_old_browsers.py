"""Scripts and styles use nothing that phones of two years ago do not know.

The floor is below all of those: Chromium 111, which the web views of apps lag behind with, and Safari 16.4.
What is newer is refused by name; at-rules, functions, pseudo-classes and units of styles must be on a list.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[2] / "h5" / "static"
SCRIPTS = sorted((STATIC / "js").rglob("*.js"))
STYLES = sorted((STATIC / "css").rglob("*.css"))

# What came after the floor: pattern, and a line that has it.
TOO_NEW = {
    r"\busing\s+\w+\s*=": "using file = open();",
    r"^\s*@\w+": "@decorated class A {}",
    r"\bimport\b[^;]*\bwith\s*\{": 'import a from "./a.json" with { type: "json" };',
    r"\bimport\s+defer\b": 'import defer * as a from "./a.js";',
    r"/[dgimsuy]*v[dgimsuy]*(?=[.,;)\s])": r"const letters = /[\p{L}--[a-z]]/v;",
    r"\.(?:toSorted|toReversed|toSpliced)\(": "list.toSorted();",
    r"\b(?:Object|Map)\.groupBy\(": "Object.groupBy(list, by);",
    r"\bArray\.fromAsync\(": "await Array.fromAsync(lines);",
    r"\bPromise\.(?:withResolvers|try)\(": "Promise.withResolvers();",
    r"\bURL\.(?:canParse|parse)\(": "URL.canParse(text);",
    r"\bAbortSignal\.any\(": "AbortSignal.any([one, other]);",
    r"\bIterator\.|\.(?:values|keys|entries)\(\)\.(?:map|filter|take|drop|toArray|some|every)\(": (
        "map.values().filter(good);"
    ),
    r"\.(?:isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference|intersection)\(": "a.isSubsetOf(b);",
    r"\b(?:RegExp\.escape|Math\.sumPrecise|Error\.isError)\(": "RegExp.escape(a);",
    r"\bUint8Array\.from(?:Base64|Hex)\(": "Uint8Array.fromHex(text);",
    r"\.(?:toBase64|toHex|setFromBase64)\(": "bytes.toBase64();",
    r"\.(?:isWellFormed|toWellFormed)\(": "text.isWellFormed();",
    r"\.checkVisibility\(": "element.checkVisibility();",
    r"\.(?:showPopover|togglePopover|requestClose|setHTMLUnsafe|moveBefore)\(": "drawer.requestClose();",
    r"\brequestIdleCallback\(|\bscheduler\.": "requestIdleCallback(work);",
    r"\bstartViewTransition\(|\bnavigation\.": "document.startViewTransition(draw);",
    r"\bTemporal\.": "Temporal.Now.instant();",
    r"\bscrollend\b": 'port.addEventListener("scrollend", look);',
}
AT_RULES = {"@container", "@font-face", "@keyframes", "@layer", "@media", "@page", "@supports"}
FUNCTIONS = {
    *(
        "blur",
        "calc",
        "clamp",
        "counter",
        "cubic-bezier",
        "env",
        "grayscale",
        "inset",
        "max",
        "min",
        "minmax",
    ),
    *("linear-gradient", "radial-gradient", "repeating-conic-gradient", "repeating-radial-gradient"),
    *("repeat", "rgb", "rotate", "scale", "translate", "translateX", "translateY", "url", "var"),
    *("color-mix", "drop-shadow", "fit-content", "hsl", "steps"),
}
PSEUDOS = {
    *(":active", ":checked", ":disabled", ":empty", ":first-child", ":first-of-type", ":focus"),
    *(":focus-visible", ":focus-within", ":has", ":hover", ":invalid", ":is", ":lang", ":last-child", ":not"),
    *(":nth-child", ":root", ":target", ":where", "::after", "::backdrop", "::before", "::placeholder"),
    "::-webkit-scrollbar",
}
UNITS = {"%", "ch", "deg", "dvh", "em", "fr", "mm", "ms", "px", "rem", "s", "turn", "vh", "vw"}
# Declarations that the floor lacks and that the lists above do not show.
NEWER_PROPERTIES = (
    r"(?:^|[;{\s])(text-wrap|field-sizing|interpolate-size|position-anchor|anchor-name|zoom|reading-flow)\s*:"
)


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/|(?<![:\"'`\\/])//[^\n]*", "", text, flags=re.DOTALL)


def too_new(script: str) -> list[str]:
    text = without_comments(script)
    return [found[0] for pattern in TOO_NEW for found in re.finditer(pattern, text, re.MULTILINE)]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(STATIC)))
def test_scripts_are_of_the_floor(path: Path) -> None:
    assert too_new(path.read_text()) == []


def test_what_is_newer_is_seen() -> None:
    assert [line for line in TOO_NEW.values() if not too_new(line)] == []


def unknown(style: str) -> set[str]:
    """What of a style is on no list; nested rules are seen by their `&`."""
    text = re.sub(r'"[^"]*"', '""', without_comments(style))
    text = re.sub(r"url\([^)]*\)|#[0-9a-fA-F]{3,8}\b", "", text)
    heads = re.findall(r"(?:^|[{}])([^{};]*)(?=\{)", text)
    selectors = " ".join(head for head in heads if "@" not in head)
    return {
        *(set(re.findall(r"@[a-z-]+", text)) - AT_RULES),
        *(set(re.findall(r"(?<![\w:-])([a-zA-Z-]+)\(", text)) - FUNCTIONS - {"and"}),
        *(set(re.findall(r"::?[a-z-]+", selectors)) - PSEUDOS),
        *(set(re.findall(r"(?<![\w#.-])-?[0-9]*\.?[0-9]+([a-z%]+)\b", text)) - UNITS),
        *re.findall(NEWER_PROPERTIES, text),
        *(["&"] if re.search(r"(?:^|[\s{;])&", text) else []),
    }


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_are_of_the_floor(path: Path) -> None:
    assert unknown(path.read_text()) == set()


@pytest.mark.parametrize(
    ("style", "found"),
    [
        ("@starting-style { a { color: red } }", "@starting-style"),
        (".a { color: light-dark(#fff, #000); }", "light-dark"),
        (".a:user-invalid { color: red; }", ":user-invalid"),
        (".a { height: 3cqw; }", "cqw"),
        (".a { text-wrap: balance; }", "text-wrap"),
        (".a { & b { color: red; } }", "&"),
    ],
)
def test_what_is_on_no_list_is_seen(style: str, found: str) -> None:
    assert found in unknown(style)
