"""A company comes to be here, with its licence and its seals: founded, or as one that exists already.

No key exists yet: keys are made when the owner collects. Everything here belongs inside the transaction of
the decision that it carries out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from auth import events, licences
from auth.china import CHINA
from auth.licences import Representative
from auth.login import person_by_mobile
from auth.models import Company, CompanyState, Licence, LicenceState
from auth.people import set_identity
from auth.ports import RegisteredCompany, RegistrarApplication
from auth.privacy import RecordsKey
from auth.succession_models import ChangeState, RepresentativeChange
from auth.tokens import new_id
from seals import duplicates, holders, imprint
from seals.design import Design
from seals.kinds import SealKind, spec
from seals.likeness import Look
from seals.models import Seal, SealPhoto, SealState
from seals.registered import licence_data

__all__ = ["Drawn", "Scan", "establish", "issue", "sole", "tell"]


@dataclass(frozen=True)
class Scan:
    """That an imprint was taken off a picture: the blob of what came out, its quality, who gave it."""

    person_id: str
    blob: str
    quality: dict[str, object]


@dataclass(frozen=True)
class Drawn:
    """A seal that is not issued yet. scan: of one that is not drawn. held: why a person looks first."""

    design: Design
    imprint: imprint.Imprint
    look: Look
    scan: Scan | None = field(default=None)
    held: str | None = None


async def establish(
    form: RegistrarApplication,
    registered: RegisteredCompany,
    drawn: Sequence[Drawn],
    now: datetime,
    records: RecordsKey,
) -> tuple[Company, list[Seal]]:
    """Company, licence and seals. Raises IntegrityError where the name or the code is taken."""
    owner = await person_by_mobile(form.representative_mobile, now, records)
    await set_identity(owner.id, form.representative_name, form.representative_id_number, records)
    company = await Company.create(
        name=registered.company_name,
        uscc=registered.uscc,
        region=registered.region,
        state=CompanyState.ACTIVE,
        representative_id=owner.id,
        created_at=now,
    )
    licence_id = new_id()
    await Licence.create(
        id=licence_id,
        company_id=company.id,
        current=company.id,
        number=registered.licence_number,
        representative_ref=holders.identity_ref(form.representative_id_number, records),
        representative_sealed=licences.sealed(licence_id, _representative(form), records),
        data=licence_data(form, registered),
        state=LicenceState.ISSUED,
        valid_from=_start_of(registered.valid_from),
        valid_until=_end_of(registered.valid_until) if registered.valid_until else None,
    )
    seals = [await issue(company.id, each, now) for each in drawn]
    # A change may have been registered before there was a company here to hear of it.
    await RepresentativeChange.create(
        company_id=company.id, state=ChangeState.REPORTED, created_at=now, lease_until=now
    )
    return company, seals


async def issue(company_id: str, made: Drawn, now: datetime) -> Seal:
    """A seal as it was drawn, ISSUED, to be collected; HELD where a person looks first."""
    photo = await _photo(company_id, made, now)
    seal = await Seal.create(
        company_id=company_id,
        kind=made.design.kind.value,
        bearer=made.design.bearer,
        ordinal=made.design.ordinal,
        name=made.design.name,
        number=made.design.seal_number,
        design=made.design.to_json(),
        sole=sole(company_id, made.design.kind),
        photo_id=photo.id if photo is not None else None,
        reason=made.held,
        width_mm=made.imprint.width_mm,
        height_mm=made.imprint.height_mm,
        imprint=made.imprint.d,
        state=SealState.HELD if made.held else SealState.ISSUED,
        created_at=now,
    )
    await duplicates.remember(seal.id, made.look)
    return seal


async def _photo(company_id: str, made: Drawn, now: datetime) -> SealPhoto | None:
    if made.scan is None:
        return None
    return await SealPhoto.create(
        company_id=company_id,
        person_id=made.scan.person_id,
        blob=made.scan.blob,
        width_mm=made.imprint.width_mm,
        height_mm=made.imprint.height_mm,
        trace=made.imprint.d,
        quality={"kind": made.design.kind.value, **made.scan.quality},
        created_at=now,
    )


def sole(company_id: str, kind: SealKind) -> str | None:
    """The value of `Seal.sole` of a living seal; None for kinds of which a company may have several."""
    return f"{company_id}:{kind.value}" if spec(kind).single else None


async def tell(company: Company, seals: Sequence[Seal], now: datetime) -> None:
    """The events of a company that came to be, in its own stream."""
    stream = events.company_stream(company.id)
    await events.append(
        stream,
        "licence.issued",
        actor="registrar",
        subject=f"company:{company.id}",
        now=now,
        on_behalf=company.id,
        facts={"uscc": company.uscc},
    )
    for seal in seals:
        await events.append(
            stream,
            "seal.held" if seal.state is SealState.HELD else "seal.issued",
            actor="sealer",
            subject=f"seal:{seal.id}",
            now=now,
            on_behalf=company.id,
            facts={"kind": seal.kind, "number": seal.number},
        )


def _representative(form: RegistrarApplication) -> Representative:
    return Representative(form.representative_name, form.representative_id_number, form.representative_mobile)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, CHINA).astimezone(UTC)


def _end_of(day: date) -> datetime:
    return _start_of(day + timedelta(days=1))
