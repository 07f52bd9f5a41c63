"""How a reader wants pages to look: light, dark or as the device is; letters as they are or larger.

Kept in a cookie of this browser, not with the person: a phone at night is not the desk by day. The server
reads it, so a page is right from its first byte, without a script and without a flash.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast, get_args

from sanic import Request

__all__ = ["LOOKS", "TEXTS", "Display", "display_of"]

Look = Literal["auto", "light", "dark"]
Text = Literal["normal", "large", "larger"]
LOOKS: tuple[Look, ...] = get_args(Look)
TEXTS: tuple[Text, ...] = get_args(Text)


@dataclass(frozen=True)
class Display:
    """look: auto = as the device is. text: the size of letters. asked: just now, so it is to be kept."""

    look: Look = "auto"
    text: Text = "normal"
    asked: bool = False

    @property
    def kept(self) -> str:
        """The value of the cookie."""
        return f"{self.look}-{self.text}"


def display_of(request: Request, cookie: str) -> Display:
    """?look= and ?text= first, each for itself, then the cookie, then as the device is."""
    kept_look, _, kept_text = (request.cookies.get(cookie) or "").partition("-")
    looks = (request.args.get("look"), kept_look)
    texts = (request.args.get("text"), kept_text)
    look = next((each for each in looks if each in LOOKS), "auto")
    text = next((each for each in texts if each in TEXTS), "normal")
    asked = looks[0] in LOOKS or texts[0] in TEXTS
    return Display(cast("Look", look), cast("Text", text), asked)
