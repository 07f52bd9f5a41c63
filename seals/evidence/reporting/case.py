"""The rows that an evidence report is about, read once."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth import events, licences
from auth.errors import Refused
from auth.events import commitment_bytes, link_bytes, sha256
from auth.member_models import Grant, Member
from auth.members import member_name
from auth.models import Challenge, Company, Event, Licence, Person
from auth.names import mask_name
from auth.people import masked_name
from auth.privacy import RecordsKey
from seals import approved, devices, mandates, rules
from seals.approval_models import Approval, ApprovalRule
from seals.device_models import DeviceKey
from seals.evidence.proofs import events_of
from seals.evidence.structures import UNTOLD, unreadable
from seals.models import Document, Offer, OfferPurpose, OfferState, Seal, SealKey, Signing, Version
from seals.signing.pictures import require_signed

__all__ = ["Case", "load"]


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
        """A person as this report shows him: masked. Who has closed his account since is named as the archive
        of the company names him: as its member, or else as its representative then.
        """
        person = await Person.get(id=person_id)
        if person.mobile_sealed:
            return masked_name(person, self.records) or "（未登记姓名）"
        members = Member.filter(company_id=self.row.company_id, person_id=person_id)
        member = await members.order_by("-created_at").first()
        if member is not None:
            return member_name(member, self.records)
        return mask_name(licences.representative(self.licence, self.records).name)

    def event(self, kind: str) -> Event | None:
        """The last one of a kind before the confirmation, or the only one after it."""
        found = [each for each in self.told if each.kind == kind]
        before = [each for each in found if each.seq <= self.confirmed.seq]
        return (before or found)[-1] if found else None

    @property
    def ses(self) -> bytes:
        """The SES_Signature, DER."""
        return base64.b64decode(self.version.ses)


async def load(signing_id: str, records: RecordsKey, identity: Ed25519PublicKey) -> Case:
    """Raises Conflict `signing.not_signed`, `evidence.unreadable` where rows of it are gone or do not agree.

    identity: the sealer's. A report is sealed, so its rows are held to what the sealer signed and the chain.
    """
    case = await _gathered(signing_id, records)
    if not (_agrees(case) and await _attested(case, identity)):
        raise unreadable()
    return case


def _agrees(case: Case) -> bool:
    """The events are as they were written, and the rows say what they say."""
    row, said = case.row, case.confirmed.facts
    whole = all(
        sha256(commitment_bytes(each)) == each.commitment and sha256(link_bytes(each)) == each.hash
        for each in case.told
    )
    return (
        whole
        and case.confirmed.actor == f"person:{case.offer.person_id}"
        and (said["digest_sha256"], said["digest_sm3"]) == (row.digest_sha256, row.digest_sm3)
        and (said["grant"] or "") == row.grant
        and said["approval"] == (None if case.approval is None else case.approval.id)
        and said.get("device") == (None if case.device is None else case.device.id)
        and case.signed.facts["sha256"] == case.version.sha256
    )


async def _attested(case: Case, identity: Ed25519PublicKey) -> bool:
    """Device, grant and approval stand under the sealer's signature."""
    if case.device is not None and not devices.is_attested(case.device, identity):
        return False
    if case.grant is not None:
        try:
            mandates.verified(case.grant, identity)
        except Refused:
            return False
    if case.approval is None:
        return True
    rule = await ApprovalRule.get_or_none(seal=case.row.seal_id, version=case.approval.rule)
    named = None if rule is None else rules.read(rule).of(case.approval.person_id)
    if named is None:
        return False
    return approved.is_attested(case.approval, case.row, case.document.original, named, identity)


async def _gathered(signing_id: str, records: RecordsKey) -> Case:
    row = await Signing.get(id=signing_id)
    version = await require_signed(row)
    document = await Document.get(id=row.document_id)
    stream = events.company_stream(row.company_id)
    signed = await Event.get_or_none(stream=stream, kind="signing.signed", subject=f"signing:{row.id}")
    offer = await Offer.get_or_none(subject=row.id, purpose=OfferPurpose.CONFIRM, state=OfferState.DONE)
    if signed is None or offer is None or offer.challenge_id is None:
        raise unreadable()
    subjects = [f"document:{document.id}", f"signing:{row.id}"]
    told = [
        e for e in await events_of(stream, subjects, document.created_at, signed.seq) if e.kind not in UNTOLD
    ]
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
        approval=await Approval.get_or_none(id=confirmed.facts.get("approval") or "", signing_id=row.id),
        records=records,
    )


async def _licence(company_id: str, at: datetime) -> Licence:
    for row in await Licence.filter(company_id=company_id).order_by("version"):
        if row.replaced_at is None or row.replaced_at > at:
            return row
    raise unreadable()
