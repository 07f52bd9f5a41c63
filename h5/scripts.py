"""A page's script and all that it imports, packed into one: one journey instead of thirty on a slow network.

The modules keep to one way of writing (tests/h5/test_scripts.py): imports are single lines of names, exports
are declarations. So each becomes a function that gives what it exports, after those that it needs; comments
and indentation stay behind.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator

__all__ = ["IMPORT", "modules", "packed"]

IMPORT = re.compile(r"""^(?:import|export)\b[^"';]*["'](\.{1,2}/[^"']+)["'];""", re.MULTILINE)
_IMPORT_LINE = re.compile(r'^import \{ ([^}]+) \} from "(\.[^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:const|async function|function|class) ([\w$]+))", re.MULTILINE)
_BLOCK_COMMENT = re.compile(r"^[ \t]*/\*.*?\*/[ \t]*$", re.MULTILINE | re.DOTALL)
_LINE_COMMENT = re.compile(r"^[ \t]*//.*$", re.MULTILINE)
_SPACE = re.compile(r"\n\s*")

Source = Callable[[str], str]


def _joined(path: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


def modules(path: str, source: Source) -> tuple[str, ...]:
    """A script with all that it needs, each once, after what it needs itself. source: the text of a path."""
    done: dict[str, None] = {}

    def walk(at: str, above: tuple[str, ...]) -> None:
        if at in above:
            raise ValueError(f"scripts import each other in a circle: {' → '.join((*above, at))}")
        if at in done:
            return
        for name in IMPORT.findall(source(at)):
            walk(_joined(at, name), (*above, at))
        done[at] = None

    walk(path, ())
    return tuple(done)


def packed(path: str, source: Source) -> str:
    """The script that a page loads."""
    order = modules(path, source)
    names = {at: f"$m{number}" for number, at in enumerate(order)}
    return "\n".join(_wrapped(at, source(at), names) for at in order)


def _wrapped(path: str, text: str, names: dict[str, str]) -> str:
    exports = ", ".join(_EXPORT.findall(text))
    body = "\n".join([*_imports(path, text, names), _bare(_IMPORT_LINE.sub("", text))])
    given = f"\nreturn {{ {exports} }};" if exports else ""
    return f"const {names[path]} = (() => {{\n{body}{given}\n}})();"


def _imports(path: str, text: str, names: dict[str, str]) -> Iterator[str]:
    for wanted, name in _IMPORT_LINE.findall(text):
        yield f"const {{ {wanted.replace(' as ', ': ')} }} = {names[_joined(path, name)]};"


def _bare(text: str) -> str:
    """Without comments of their own lines, indentation and the word `export`."""
    without = _LINE_COMMENT.sub("", _BLOCK_COMMENT.sub("", text))
    return _SPACE.sub("\n", _EXPORT.sub("", without)).strip()
