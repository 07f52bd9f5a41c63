"""What a message on a locked screen says of an event: that something waits, of nobody and of no document."""

from __future__ import annotations

from h5 import words

__all__ = ["body", "title"]


def title(kind: str, language: words.Language) -> str:
    """kind: one of `auth.events.TOLD_AT_ONCE`."""
    return words.text(f"push.{kind}", language)


def body(language: words.Language) -> str:
    """The second line, the same of all."""
    return words.text("push.body", language)
