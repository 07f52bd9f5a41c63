"""The rows that an evidence report is about, read once."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime

from auth import events
from auth.china import second
from auth.member_models import Grant
from auth.models import Challenge, Company, Event, Licence, Person
from auth.people import masked_name
from auth.privacy import RecordsKey
from seals.approval_models import Approval
from seals.device_models import DeviceKey
from seals.evidence.proofs import events_of
from seals.evidence.structures import unreadable
from seals.models import Document, Offer, OfferPurpose, OfferState, Seal, SealKey, Signing, Version
from seals.signing.pictures import require_signed

__all__ = ["Case", "load", "moment"]

UNTOLD = "signing.exported"
"""What was taken out later is no part of how the file came to be."""


@dataclass(frozen=True)
class Case:
    """A signing that made a file, with all that led to it. told: the events of document and signing.

    device: None where a code by text message stood for one. licence: the one in force at that time.
    """

    row: Signing
    version: Version
    document: Document
    company: Company
    licence: Licence
    seal: Seal
    key: SealKey
    offer: Offer
    challenge: Challenge
    confirmed: Event
    signed: Event
    told: tuple[Event, ...]
    device: DeviceKey | None
    grant: Grant | None
    approval: Approval | None
    records: RecordsKey = field(repr=False)

    async def name(self, person_id: str) -> str:
        """A person as this report shows him: masked."""
        return masked_name(await Person.get(id=person_id), self.records) or "（未登记姓名）"

    def event(self, kind: str) -> Event | None:
        """The last one of a kind before the confirmation, or the only one after it."""
        found = [each for each in self.told if each.kind == kind]
        before = [each for each in found if each.seq <= self.confirmed.seq]
        return (before or found)[-1] if found else None

    @property
    def ses(self) -> bytes:
        """The SES_Signature, DER."""
        return base64.b64decode(self.version.ses)


def moment(at: datetime | None) -> str | None:
    """A time as its row has it, or None."""
    return None if at is None else second(at)


async def load(signing_id: str, records: RecordsKey) -> Case:
    """Raises Conflict `signing.not_signed`, `evidence.unreadable` where rows of it are gone."""
    row = await Signing.get(id=signing_id)
    version = await require_signed(row)
    document = await Document.get(id=row.document_id)
    stream = events.company_stream(row.company_id)
    signed = await Event.get_or_none(stream=stream, kind="signing.signed", subject=f"signing:{row.id}")
    offer = await Offer.get_or_none(subject=row.id, purpose=OfferPurpose.CONFIRM, state=OfferState.DONE)
    if signed is None or offer is None or offer.challenge_id is None:
        raise unreadable()
    subjects = [f"document:{document.id}", f"signing:{row.id}"]
    told = [e for e in await events_of(stream, subjects, document.created_at, signed.seq) if e.kind != UNTOLD]
    confirmed = next((each for each in told if each.kind == "signing.confirmed"), None)
    if confirmed is None:
        raise unreadable()
    device = None
    if offer.device is not None:
        device = await DeviceKey.get_or_none(id=offer.device.get("id", ""), person_id=offer.person_id)
    return Case(
        row=row,
        version=version,
        document=document,
        company=await Company.get(id=row.company_id),
        licence=await _licence(row.company_id, confirmed.at),
        seal=await Seal.get(id=row.seal_id),
        key=await SealKey.get(id=row.key_id),
        offer=offer,
        challenge=await Challenge.get(id=offer.challenge_id),
        confirmed=confirmed,
        signed=signed,
        told=tuple(told),
        device=device,
        grant=await Grant.get_or_none(id=row.grant) if row.grant else None,
        approval=await Approval.get_or_none(id=row.approval) if row.approval else None,
        records=records,
    )


async def _licence(company_id: str, at: datetime) -> Licence:
    for row in await Licence.filter(company_id=company_id).order_by("version"):
        if row.replaced_at is None or row.replaced_at > at:
            return row
    raise unreadable()
