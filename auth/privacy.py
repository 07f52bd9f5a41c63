"""Personal data at rest: encrypted in its row, found again by a keyed index.

A stolen database shows neither names nor numbers. The records key is held by the web and sealer
processes, not by the database. Associated data binds a value to its row and column, so that a
value moved to another row does not open.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

__all__ = ["RecordsKey"]

NONCE_BYTES = 12


@dataclass(frozen=True)
class RecordsKey:
    """The 256-bit key of personal data; `place` in the methods is `table.column:row id`."""

    key: bytes = field(repr=False)

    def _derive(self, label: str) -> bytes:
        return HKDF(SHA256(), 32, None, f"ezhang/records/{label}".encode()).derive(self.key)

    def seal(self, text: str, place: str) -> bytes:
        """Encrypt a text for one place (AES-256-GCM)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._derive("seal")).encrypt(nonce, text.encode(), place.encode())

    def open(self, sealed: bytes, place: str) -> str:
        """Decrypt; raises cryptography's InvalidTag when the value is not of this place.

        What was emptied, as the archive's rules have it, says nothing: "".
        """
        if not sealed:
            return ""
        plain = AESGCM(self._derive("seal")).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode()
        )
        return plain.decode()

    def seal_file(self, data: bytes, place: str) -> bytes:
        """Encrypt a file's bytes for one place (AES-256-GCM)."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self._derive("file")).encrypt(nonce, data, place.encode())

    def open_file(self, sealed: bytes, place: str) -> bytes:
        """Decrypt; raises InvalidTag when the bytes are not of this place."""
        return AESGCM(self._derive("file")).decrypt(
            sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode()
        )

    def index(self, text: str, column: str) -> str:
        """A keyed hash to find a row by value; equal values of one column give equal indexes."""
        return hmac.new(self._derive(f"index/{column}"), text.encode(), hashlib.sha256).hexdigest()
