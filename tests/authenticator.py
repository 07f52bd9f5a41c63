"""An authenticator in software, for tests: what a device with passkeys does, and what a hostile one might."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from server.client import Json

__all__ = ["Authenticator", "b64"]

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Authenticator:
    """One ES256 credential. flags: what it says of the person; count: of its answers, 0 where it has none."""

    origin: str
    rp_id: str
    count: int = 0
    flags: int = PRESENT | VERIFIED
    identifier: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    @property
    def cose(self) -> bytes:
        """The public key (RFC 9053 §7.1.1)."""
        numbers = self.key.public_key().public_numbers()
        x, y = (each.to_bytes(32, "big") for each in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def client_data(self, kind: str, challenge: str, **more: Any) -> bytes:
        """What the browser says the credential was asked for."""
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False, **more}
        return json.dumps(said).encode()

    def make(self, options: Json, **more: Any) -> Json:
        """Answer `navigator.credentials.create`, without a statement (`none`)."""
        attested = bytes(16) + len(self.identifier).to_bytes(2, "big") + self.identifier + self.cose
        statement = {"fmt": "none", "attStmt": {}, "authData": self._data(self.flags | ATTESTED) + attested}
        client = self.client_data("webauthn.create", options["public_key"]["challenge"], **more)
        return {
            "id": b64(self.identifier),
            "client_data": b64(client),
            "attestation": b64(cbor2.dumps(statement)),
        }

    def answer(self, options: Json, **more: Any) -> Json:
        """Answer `navigator.credentials.get`."""
        data = self._data(self.flags)
        client = self.client_data(
            more.pop("kind", "webauthn.get"), options["public_key"]["challenge"], **more
        )
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return {
            "id": b64(self.identifier),
            "client_data": b64(client),
            "authenticator_data": b64(data),
            "signature": b64(signature),
        }
