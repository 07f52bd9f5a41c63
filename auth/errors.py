"""The errors of the domain, each with a stable code and words in Chinese and English.

A class says what sort of refusal it is; `server/errors.py` is the one place that turns the sort into
an HTTP status. Every message says what happened and what to do next. Text of a message never holds
secrets or personal data, because it is shown, logged and counted.
"""

from __future__ import annotations

__all__ = [
    "Conflict",
    "DomainError",
    "Gone",
    "Invalid",
    "NotFound",
    "Refused",
    "TooLarge",
    "TooMany",
    "Unauthenticated",
    "Unavailable",
]


class DomainError(Exception):
    """Something the domain refuses.

    code: stable, dotted, for programs (`pdf.encrypted`); zh, en: for people; field: the form field
    it belongs to, or None; facts: further machine-readable values (`tries_left`, `limit`).
    """

    def __init__(self, code: str, zh: str, en: str, *, field: str | None = None, **facts: object) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.field = field
        self.facts = facts


class Invalid(DomainError):
    """The input itself is wrong; the same input will never be accepted."""


class TooLarge(Invalid):
    """The input is over a named limit of size."""


class NotFound(DomainError):
    """There is no such thing for this asker; another tenant's thing is answered the same."""


class Unauthenticated(DomainError):
    """Nobody is logged in, or the session has ended."""


class Refused(DomainError):
    """The asker is known, and may not."""


class Conflict(DomainError):
    """The state does not allow it now: somebody was faster, or the thing moved on."""


class Gone(DomainError):
    """A token, code or page that lived and has ended."""


class TooMany(DomainError):
    """A limit of rate; facts hold `retry_after_s`."""


class Unavailable(DomainError):
    """A part that is needed does not answer now; nothing was lost, trying again later is right."""
