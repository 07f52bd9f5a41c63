"""Random ids, bearer tokens and verification codes, and the hashes by which tokens are stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from stdnum import luhn

from auth.errors import Invalid

__all__ = ["check_code", "group_code", "hash_token", "new_code", "new_id", "new_token", "same"]

TOKEN_BYTES = 32
ID_BYTES = 12

# Crockford's base 32: no I, L, O, U, so that a printed code can be read aloud and typed.
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_RANDOM_CHARACTERS = 15  # 75 bits, asked only on line and rate-limited (ADR 0007)
CODE_LENGTH = CODE_RANDOM_CHARACTERS + 1


def new_id() -> str:
    """A row's identifier: 96 random bits in hex, so that ids can be shown and not guessed."""
    return secrets.token_hex(ID_BYTES)


def new_token() -> str:
    """A bearer token of 256 random bits, URL-safe. Only `hash_token` of it is ever stored."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_token(token: str, purpose: str) -> str:
    """SHA-256 over purpose and token, in hex: a token of one purpose is nothing for another."""
    # A token comes from a cookie or an address, where a stranger may have put bytes that are no text.
    return hashlib.sha256(f"ezhang/{purpose}\0{token}".encode(errors="surrogatepass")).hexdigest()


def same(left: str, right: str) -> bool:
    """Compare two secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())


def new_code() -> str:
    """A document's verification code: 15 random characters and a check character (Luhn mod 32)."""
    body = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_RANDOM_CHARACTERS))
    return body + luhn.calc_check_digit(body, CODE_ALPHABET)


def check_code(typed: str) -> str:
    """Read a typed verification code: case, spaces, dashes and I/L/O are forgiven.

    Returns the 16 characters; raises Invalid `code.malformed` when it cannot be a code of ours.
    """
    code = typed.upper().translate(str.maketrans("ILO", "110", " -–—\u3000"))
    if len(code) != CODE_LENGTH or set(code) - set(CODE_ALPHABET) or not luhn.is_valid(code, CODE_ALPHABET):
        raise Invalid(
            "code.malformed",
            "验真码应为 16 位字母数字，请对照文件上的验真码重新输入。",
            "A verification code has 16 letters and digits; compare it with the document and retype it.",
            field="code",
        )
    return code


def group_code(code: str) -> str:
    """The code as printed: four groups of four."""
    return "-".join(code[i : i + 4] for i in range(0, len(code), 4))
