"""Judge one event of a chain, and a signature of the sealer's. Pure."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth.events import commitment_bytes, is_emptied, link_bytes, sha256
from auth.models import Event
from seals.audit.findings import Code

__all__ = ["is_sealers", "judge"]


def judge(row: Event, before: str | None, after: str | None, *, erased: bool = False) -> Code | None:
    """What is wrong with an event, None when nothing is.

    before: the hash of the event before, None where that is not known; after: what the next event (the
    chain's head for the last) names as this one's hash. erased: the register says that it was emptied; what
    is left of it is compared there (`erasures.py`).
    """
    try:
        content = row.commitment if erased and is_emptied(row) else sha256(commitment_bytes(row))
    except (TypeError, ValueError):  # a salt that is no hex
        content = ""
    link = sha256(link_bytes(row))
    if link == row.hash:
        if content != row.commitment:
            return Code.CONTENT
        return Code.UNLINKED if before is not None and row.prev != before else None
    if before is not None and sha256(link_bytes(row, prev=before)) == row.hash:
        return Code.PREV
    if content and sha256(link_bytes(row, commitment=content)) == row.hash:
        return Code.COMMITMENT
    return Code.HASH if link == after else Code.HEADER


def is_sealers(signature: str, text: bytes, identity: Ed25519PublicKey) -> bool:
    """Whether the sealer signed this. signature: base64."""
    try:
        identity.verify(base64.b64decode(signature, validate=True), text)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
