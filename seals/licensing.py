"""The sealer signs issued licences, so that a licence row changed in the database is noticed."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from auth import events
from auth.engine import transaction
from auth.models import Licence, LicenceState
from auth.ports import IdentityResult
from auth.privacy import RecordsKey
from seals.founding import representative_ref

__all__ = ["Approved", "is_genuine", "represents", "sign_issued_licences"]

Approved = Callable[[Licence], Awaitable[bool]]


def _signed_bytes(row: Licence) -> bytes:
    content = [row.company_id, row.number, row.representative_ref, row.data]
    return (
        b"ezhang/licence/1\n"
        + json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    )


def is_genuine(row: Licence, identity: Ed25519PublicKey) -> bool:
    """Whether the sealer signed exactly this licence of this company and this representative."""
    try:
        identity.verify(base64.b64decode(row.signature or ""), _signed_bytes(row))
    except (InvalidSignature, ValueError):
        return False
    return True


def represents(row: Licence, result: IdentityResult, identity: Ed25519PublicKey, records: RecordsKey) -> bool:
    """Whether an identity check was about the representative whom the sealer's own signature names.

    A row is not believed: a swapped representative or identity does not fit the signature.
    """
    return (
        row.state is LicenceState.VALID
        and is_genuine(row, identity)
        and result.name == row.data["representative_name"]
        and representative_ref(result.id_number, records) == row.representative_ref
    )


async def sign_issued_licences(identity: Ed25519PrivateKey, now: datetime, approved: Approved) -> int:
    """Sign every licence that is ISSUED and make it VALID; returns how many.

    approved: whether the registrar said what a row says, for a row alone proves nothing; one of which that
    is not so, or cannot be asked now, waits.
    """
    rows = [row for row in await Licence.filter(state=LicenceState.ISSUED).limit(50) if await approved(row)]
    for row in rows:
        signature = base64.b64encode(identity.sign(_signed_bytes(row)))
        async with transaction():
            moved = await Licence.filter(id=row.id, state=LicenceState.ISSUED).update(
                state=LicenceState.VALID, signature=signature.decode(), signed_at=now
            )
            if moved:
                await events.append(
                    events.company_stream(row.company_id),
                    "licence.signed",
                    actor="sealer",
                    subject=f"company:{row.company_id}",
                    now=now,
                    on_behalf=row.company_id,
                )
    return len(rows)
