"""A line of JSON for a terminal: what a stranger's file says must not steer it."""

from __future__ import annotations

import json
import re
from typing import Any

__all__ = ["json_line"]

_HIDDEN = re.compile(r"[^\x20-\x7e]")


def json_line(value: Any) -> str:
    """The value on one line, Chinese as it is. What cannot be printed is escaped as JSON has it: control
    characters that move the cursor (U+009B), overrides of direction, halves of surrogate pairs.
    """
    text = json.dumps(value, ensure_ascii=False, default=str)
    # Outside strings JSON is plain ASCII, so whatever is found here stands in one.
    return _HIDDEN.sub(lambda found: found[0] if found[0].isprintable() else json.dumps(found[0])[1:-1], text)
