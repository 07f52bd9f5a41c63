"""Confirm a drafted grant, in web: the PIN, with the grantor's device or a code, is offered to the sealer.

Session and PIN alone grant nothing (architecture §6): the device signs what the draft says, and the sealer
builds the same from the row that it is about to sign.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from auth import throttling
from auth.authority import Act, require_active
from auth.china import signed_second
from auth.member_models import Grant, GrantState
from auth.models import Company
from auth.privacy import RecordsKey
from seals import confirm_codes, offers
from seals.confirm_codes import ConfirmCodeSent
from seals.freezing import own_seal
from seals.grant_endings import OFFERED_FOR, no_such
from seals.grant_views import GrantView, grant_view
from seals.granting import grant_info
from seals.models import Holder, OfferPurpose
from seals.offers import PINS_PER_PERSON, PinDesk
from seals.proofs import Proof, require_offered
from seals.signing.preparing import require_collected

__all__ = ["ask_code", "confirm", "is_draft", "listed", "values"]


def values(row: Grant) -> dict[str, str]:
    """What the grantor's device signs, besides its own id; both sides build it.

    Lists as JSON without spaces; no limit is empty; ends, expires: UTC, to the second.
    """
    scope = row.scope
    return {
        "purpose": OfferPurpose.GRANT.value,
        "grant": row.id,
        "seal": row.seal,
        "member": row.member_id,
        "identity": row.identity,
        "role": row.role.value,
        "kinds": listed(scope["kinds"]),
        "amount": scope["amount"] or "",
        "counterparties": listed(scope["counterparties"]),
        "uses": "" if scope["uses"] is None else str(scope["uses"]),
        "ends": signed_second(row.ends_at),
        "expires": signed_second(row.created_at + OFFERED_FOR),
    }


def listed(texts: Sequence[str]) -> str:
    """A list as a device signs it."""
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))


def is_draft(row: Grant, grantor: str, now: datetime) -> bool:
    """Whether a grant is this person's to confirm, and in time."""
    return (
        row.state is GrantState.OFFERED
        and row.grantor_id == grantor
        and now < min(row.created_at + OFFERED_FOR, row.ends_at)
    )


async def _own_draft(grant_id: str, person_id: str, now: datetime) -> Grant:
    row = await Grant.get_or_none(id=grant_id)
    if row is None or not is_draft(row, person_id, now):
        raise no_such()
    require_collected(await own_seal(row.seal, person_id, Act.GRANT_SEAL, now))
    require_active(await Company.get(id=row.company_id))
    return row


async def ask_code(grant_id: str, person_id: str, now: datetime) -> ConfirmCodeSent:
    """Have a code sent for one's own draft, where the browser is no enrolled device.

    Raises NotFound `grant.not_found`; Refused `access.denied`; and what `confirm_codes.ask` does.
    """
    row = await _own_draft(grant_id, person_id, now)
    return await confirm_codes.ask(OfferPurpose.GRANT, row.id, person_id, now)


async def confirm(
    grant_id: str, person_id: str, pin: str, proof: Proof, now: datetime, records: RecordsKey, desk: PinDesk
) -> GrantView:
    """Confirm one's own draft; returns once the sealer has acted: ACTIVE, or WAITING to be collected.

    What was refused can be confirmed again while the draft lives. Raises NotFound `grant.not_found`; Refused
    `access.denied`, `device.…`, `code.…`, `pin.wrong` …; Conflict `grant.state`, `seal.…`, `company.closed`;
    Invalid `code.format`; TooMany; Unavailable.
    """
    row = await _own_draft(grant_id, person_id, now)
    await throttling.count(PINS_PER_PERSON, person_id, now)
    await require_offered(proof, person_id)
    info = grant_info(row, await _grantee_key(row))
    offer = await offers.make(
        desk,
        OfferPurpose.GRANT,
        row.id,
        person_id,
        pin,
        info,
        now,
        device=proof.signed,
        code=proof.code or "",
    )
    await offers.outcome(offer)
    return await grant_view(await Grant.get(id=row.id), person_id, records)


async def _grantee_key(row: Grant) -> str | None:
    known = await Holder.get_or_none(person_id=row.person_id, identity_ref=row.identity)
    return None if known is None else known.public_key
