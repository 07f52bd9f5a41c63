"""Founding: the registrar's approval becomes company, licence and set of seals, in one transaction.

R1-R5, R27, R28: with the licence, free, without application or further material, exactly one set,
each with its number and imprint. No key exists yet: keys are made when the owner collects.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from tortoise.expressions import F, Q

from auth import applying, events, licences
from auth.china import CHINA
from auth.engine import transaction
from auth.errors import Unavailable
from auth.licences import Representative
from auth.login import person_by_mobile
from auth.models import Application, ApplicationState, Company, CompanyState, Licence, LicenceState
from auth.people import set_identity
from auth.ports import DecisionState, RegisteredCompany, Registrar, RegistrarApplication, RegistrarDecision
from auth.privacy import RecordsKey
from auth.succession_models import ChangeState, RepresentativeChange
from auth.tokens import new_id
from seals import duplicates, holders, imprint, numbers
from seals.design import Design
from seals.forms import company_form, of_form
from seals.kinds import CompanyForm, SealKind, spec
from seals.likeness import Look, look
from seals.models import Seal, SealState
from seals.policies import Policy
from seals.registered import licence_data

__all__ = ["Drawn", "advance_application", "decide", "give_back", "issue", "sole", "take"]

LEASE = timedelta(seconds=20)
ASK_AGAIN = timedelta(milliseconds=250)  # less than the sealer's pause between two looks
REASON_LENGTH = 500


@dataclass(frozen=True)
class Drawn:
    """A seal that is not issued yet."""

    design: Design
    imprint: imprint.Imprint
    look: Look


async def take(owner: str, now: datetime) -> Application | None:
    """Claim the open application that waits longest; None when each was looked at just now."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = [ApplicationState.SUBMITTED, ApplicationState.SENT]
    for row in await Application.filter(free, state__in=waiting).order_by("lease_until").limit(5):
        claimed = await Application.filter(free, id=row.id, state=row.state, fence=row.fence).update(
            lease_owner=owner, lease_until=now + LEASE, fence=F("fence") + 1
        )
        if claimed:
            return await Application.get(id=row.id)
    return None


async def give_back(row: Application, now: datetime) -> None:
    """The application may be taken again soon, by any sealer."""
    await Application.filter(id=row.id, fence=row.fence).update(lease_until=now + ASK_AGAIN)


async def advance_application(
    row: Application, now: datetime, records: RecordsKey, registrar: Registrar, policy: Policy
) -> bool:
    """Take one application a step on: hand it in, or ask for the decision. True when something moved.

    Raises Unavailable when the registrar does not answer; the row stays and is tried again.
    """
    form = applying.opened(row, records)
    if row.registrar_reference is None:
        return await _sent(row, await registrar.submit(form), now)
    decision = await registrar.result(row.registrar_reference)
    if decision.state is DecisionState.PENDING:
        return False
    await decide(row.id, form, decision, now, records, policy)
    return True


async def _sent(row: Application, reference: str, now: datetime) -> bool:
    async with transaction():
        moved = await Application.filter(id=row.id, state=ApplicationState.SUBMITTED).update(
            state=ApplicationState.SENT, registrar_reference=reference
        )
        if moved:
            await events.append(
                events.person_stream(row.applicant_id),
                "application.sent",
                actor="sealer",
                subject=f"application:{row.id}",
                now=now,
                facts={"reference": reference},
            )
    return bool(moved)


async def decide(
    application_id: str,
    form: RegistrarApplication,
    decision: RegistrarDecision,
    now: datetime,
    records: RecordsKey,
    policy: Policy,
) -> None:
    """Carry out the registrar's decision, once; a second call changes nothing."""
    if decision.state is DecisionState.REJECTED:
        await _reject(application_id, decision.reason or "", now)
        return
    registered = decision.company
    if registered is None or registered.company_name != form.company_name or registered.region != form.region:
        raise Unavailable(
            "registrar.unavailable",
            "登记机关的答复与申请不符，稍后重试。",
            "The registrar's answer does not fit the application; it will be asked again.",
        )
    shaped = company_form(form.company_type)
    kinds = of_form(policy.seal_set(registered.region), shaped)
    reserved = await numbers.reserve(registered.region, len(kinds))
    drawn = _draw(form, registered, shaped, list(zip(kinds, reserved, strict=True)))
    async with transaction():
        await _found(application_id, form, registered, drawn, now, records)


async def _reject(application_id: str, reason: str, now: datetime) -> None:
    async with transaction():
        moved = await Application.filter(id=application_id, state=ApplicationState.SENT).update(
            state=ApplicationState.REJECTED, reason=reason[:REASON_LENGTH], live_name=None, decided_at=now
        )
        if moved:
            row = await Application.get(id=application_id)
            await events.append(
                events.person_stream(row.applicant_id),
                "application.rejected",
                actor="registrar",
                subject=f"application:{row.id}",
                now=now,
                facts={"company_name": row.company_name},
            )


def _draw(
    form: RegistrarApplication,
    registered: RegisteredCompany,
    shaped: CompanyForm,
    numbered: list[tuple[SealKind, str]],
) -> list[Drawn]:
    designs = [
        Design(
            kind,
            company_name=registered.company_name,
            uscc=registered.uscc,
            seal_number=number,
            person_name=form.representative_name,
            form=shaped,
        )
        for kind, number in numbered
    ]
    return [Drawn(design, drawn := imprint.draw(design), look(drawn)) for design in designs]


async def _found(
    application_id: str,
    form: RegistrarApplication,
    registered: RegisteredCompany,
    drawn: list[Drawn],
    now: datetime,
    records: RecordsKey,
) -> None:
    if not await Application.filter(id=application_id, state=ApplicationState.SENT).update(
        state=ApplicationState.APPROVED, decided_at=now
    ):
        return
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
    await Application.filter(id=application_id).update(company_id=company.id)
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
    for each in drawn:
        await issue(company.id, each, now)
    # A change may have been registered before there was a company here to hear of it.
    await RepresentativeChange.create(
        company_id=company.id, state=ChangeState.REPORTED, created_at=now, lease_until=now
    )
    await _tell(application_id, company, drawn, owner.id, now)


async def issue(company_id: str, made: Drawn, now: datetime) -> Seal:
    """A seal as it was drawn, ISSUED: number and imprint, to be collected."""
    seal = await Seal.create(
        company_id=company_id,
        kind=made.design.kind.value,
        bearer=made.design.bearer,
        ordinal=made.design.ordinal,
        name=made.design.name,
        number=made.design.seal_number,
        design=made.design.to_json(),
        sole=sole(company_id, made.design.kind),
        width_mm=made.imprint.width_mm,
        height_mm=made.imprint.height_mm,
        imprint=made.imprint.d,
        state=SealState.ISSUED,
        created_at=now,
    )
    await duplicates.remember(seal.id, made.look)
    return seal


def sole(company_id: str, kind: SealKind) -> str | None:
    """The value of `Seal.sole` of a living seal; None for kinds of which a company may have several."""
    return f"{company_id}:{kind.value}" if spec(kind).single else None


async def _tell(
    application_id: str, company: Company, drawn: list[Drawn], owner_id: str, now: datetime
) -> None:
    row = await Application.get(id=application_id)
    for person in sorted({row.applicant_id, owner_id}):
        await events.append(
            events.person_stream(person),
            "application.approved",
            actor="registrar",
            subject=f"application:{application_id}",
            now=now,
            on_behalf=company.id,
            facts={
                "company_name": company.name,
                "company": company.id,
                "uscc": company.uscc,
                "seals": len(drawn),
            },
        )
    stream = events.company_stream(company.id)
    seals = {seal.kind: seal for seal in await Seal.filter(company_id=company.id)}
    await events.append(
        stream,
        "licence.issued",
        actor="registrar",
        subject=f"company:{company.id}",
        now=now,
        on_behalf=company.id,
        facts={"uscc": company.uscc},
    )
    for each in drawn:
        await events.append(
            stream,
            "seal.issued",
            actor="sealer",
            subject=f"seal:{seals[each.design.kind.value].id}",
            now=now,
            on_behalf=company.id,
            facts={"kind": each.design.kind.value, "number": each.design.seal_number},
        )


def _representative(form: RegistrarApplication) -> Representative:
    return Representative(form.representative_name, form.representative_id_number, form.representative_mobile)


def _start_of(day: date) -> datetime:
    return datetime.combine(day, time.min, CHINA).astimezone(UTC)


def _end_of(day: date) -> datetime:
    return _start_of(day + timedelta(days=1))
