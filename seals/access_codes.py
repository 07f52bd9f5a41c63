"""The access code printed for who holds the paper: computed, so that nothing keeps it (ADR 34)."""

from __future__ import annotations

from auth.privacy import RecordsKey
from auth.tokens import CODE_ALPHABET

__all__ = ["access_code", "as_typed", "group_access"]

CHARACTERS = 8  # 40 bits, tried on line only


def access_code(code: str, records: RecordsKey) -> str:
    """The access code of a document by its verification code, as it is typed: eight characters."""
    number = int(records.index(code, "record.access"), 16)
    return "".join(CODE_ALPHABET[number >> 5 * place & 31] for place in range(CHARACTERS))


def group_access(access: str) -> str:
    """As it is printed."""
    return f"{access[:4]}-{access[4:]}"


def as_typed(text: str) -> str:
    """Case, spaces and dashes are forgiven, and letters that look like digits, as for verification codes."""
    return text.upper().translate(str.maketrans("ILO", "110", " -–—\u3000"))
