"""The sealer signs issued licences, so that a licence row changed in the database is noticed."""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from auth import events, licences
from auth.engine import transaction
from auth.errors import Refused
from auth.models import Licence, LicenceState
from auth.ports import IdentityResult
from auth.privacy import RecordsKey
from seals import holders
from seals.keyring import Keyring
from seals.models import Holder

__all__ = [
    "Approved",
    "is_current",
    "is_genuine",
    "represents",
    "require_representative",
    "sign_issued_licences",
    "signature_of",
]

Approved = Callable[[Licence], Awaitable[bool]]


def _signed_bytes(row: Licence) -> bytes:
    content = [row.company_id, row.version, row.number, row.representative_ref, row.data]
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


def _names(row: Licence, ref: str, identity: Ed25519PublicKey) -> bool:
    """Whether a valid licence that the sealer signed names him. ref: of his ID number, as in a `Holder`."""
    return row.state is LicenceState.VALID and is_genuine(row, identity) and row.representative_ref == ref


def represents(row: Licence, result: IdentityResult, identity: Ed25519PublicKey, records: RecordsKey) -> bool:
    """Whether an identity check was about the representative whom the sealer's own signature names.

    A row is not believed: a swapped representative or identity does not fit the signature.
    """
    ref = holders.identity_ref(result.id_number, records)
    return _names(row, ref, identity) and result.name == row.data["representative_name"]


async def require_representative(company_id: str, holder: Holder, keyring: Keyring) -> Licence:
    """The holder is whom the licence in force names, which the sealer signed: he owns the company's seals.
    Returns the licence.

    Raises Refused `holder.not_representative`, `custody.not_attested`.
    """
    holders.attested_public(holder, keyring)
    row = await licences.in_force(company_id)
    if not _names(row, holder.identity_ref, keyring.identity.public_key()):
        raise Refused(
            "holder.not_representative",
            "印章持有人已不是电子执照上的法定代表人，不能用印。如已变更，请新的法定代表人重新领取印章。",
            "The seal's holder is not the representative on the licence, so it seals nothing. "
            "After a change, the new representative collects the seals anew.",
        )
    return row


async def is_current(row: Licence) -> bool:
    """Whether a licence that was judged is still the one in force.

    Asked behind the company's lock, which keeps a change of the representative out.
    """
    return await Licence.exists(id=row.id, current=row.company_id)


def signature_of(row: Licence, identity: Ed25519PrivateKey) -> str:
    """The sealer's signature over a licence, base64; the caller has asked the registrar."""
    return base64.b64encode(identity.sign(_signed_bytes(row))).decode()


async def sign_issued_licences(identity: Ed25519PrivateKey, now: datetime, approved: Approved) -> int:
    """Sign every licence that is ISSUED and make it VALID; returns how many.

    approved: whether the registrar said what a row says, for a row alone proves nothing; one of which that
    is not so, or cannot be asked now, waits.
    """
    rows = [row for row in await Licence.filter(state=LicenceState.ISSUED).limit(50) if await approved(row)]
    for row in rows:
        signature = signature_of(row, identity)
        async with transaction():
            moved = await Licence.filter(id=row.id, state=LicenceState.ISSUED).update(
                state=LicenceState.VALID, signature=signature, signed_at=now
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
