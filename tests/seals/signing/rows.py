"""Rows of a signing with everything it refers to, without bytes and keys, for tests of queue and states."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from auth.models import Challenge, ChallengePurpose, ChallengeState, Company, CompanyState, Person, Session
from auth.tokens import new_code
from seals.models import (
    Document,
    Holder,
    Offer,
    OfferPurpose,
    OfferState,
    Record,
    Seal,
    SealKey,
    SealState,
    Signing,
    SigningState,
)

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
PREPARED = {"page": 0, "x_mm": 40.0, "y_mm": 205.0, "field_name": "Seal1"}


def some(length: int = 24) -> str:
    """Random hexadecimal text."""
    return secrets.token_hex(length)[:length]


async def person() -> Person:
    """Somebody with a holder's row."""
    row = await Person.create(mobile_index=some(64), mobile_sealed=b"", created_at=NOW)
    await Holder.create(
        person_id=row.id,
        public_key="",
        sealed_private="",
        salt="",
        identity_ref="",
        mobile_ref="",
        attestation="",
        pin_set_at=NOW,
    )
    return row


async def signing(state: SigningState, **columns: Any) -> Signing:
    """A signing in a state."""
    owner = await person()
    session = await Session.create(
        token_hash=some(64),
        person_id=owner.id,
        user_agent="",
        address="",
        created_at=NOW,
        seen_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    company = await Company.create(
        name=f"北京{some(8)}有限公司",
        uscc=some(18),
        region="110105",
        state=CompanyState.ACTIVE,
        representative_id=owner.id,
        created_at=NOW,
    )
    seal = await Seal.create(
        company_id=company.id,
        kind="contract",
        bearer="",
        ordinal=1,
        name="合同专用章",
        number=some(13),
        width_mm=40,
        height_mm=40,
        imprint="",
        design={},
        state=SealState.COLLECTED,
        generation=1,
        created_at=NOW,
    )
    key = await SealKey.create(
        seal_id=seal.id,
        generation=1,
        algorithm="P-256",
        sealed_private="",
        kek_version=1,
        certificate="",
        serial=some(),
        not_before=NOW,
        not_after=NOW + timedelta(days=365),
    )
    record = await Record.create(code=new_code(), created_at=NOW)
    document = await Document.create(
        company_id=company.id,
        uploader_id=owner.id,
        record_id=record.code,
        name="合同.pdf",
        blob=(blob := some(64)),
        original=blob,
        inspection={
            "pages": [{}],
            "signatures": 0,
            "certification": None,
            "open_fields": [],
            "seal_places": [],
        },
        removed=[],
        created_at=NOW,
    )
    values = {
        "company_id": company.id,
        "seal_id": seal.id,
        "document_id": document.id,
        "asker_id": session.id,
        "request_id": some(),
        "state": state,
        "request": {},
        "base_blob": document.blob,
        "base_version": 0,
        "prepared_blob": some(64),
        "prepared": PREPARED,
        "digest_sha256": some(64),
        "digest_sm3": some(64),
        "key_id": key.id,
        "claimed_at": NOW,
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=1),
        "signed_attributes": "AAAA" if state is SigningState.KEYED else None,
        "signature_value": "AAAA" if state is SigningState.KEYED else None,
    }
    return await Signing.create(**{**values, **columns})


async def challenge(row: Signing, state: ChallengeState = ChallengeState.CLAIMED) -> Challenge:
    """A challenge of a signing."""
    return await Challenge.create(
        purpose=ChallengePurpose.SIGNING,
        subject=row.id,
        intent=some(64),
        token_hash=some(64),
        digits="42",
        state=state,
        opener_id=row.asker_id,
        claimed_by_id=row.asker_id,
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=15),
    )


async def offer(person_id: str, subject: str = "nothing", **columns: Any) -> Offer:
    """A PIN offer that waits."""
    values = {
        "purpose": OfferPurpose.CONFIRM,
        "subject": subject,
        "person_id": person_id,
        "key_day": "2026-11-21",
        "salt": "",
        "sealed": "AAAA",
        "state": OfferState.OFFERED,
        "created_at": NOW,
        "expires_at": NOW + timedelta(minutes=1),
    }
    return await Offer.create(**{**values, **columns})
