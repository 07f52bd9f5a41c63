"""Founding: the registrar's approval becomes company, licence and set of seals, in one transaction.

R1-R5, R27, R28: with the licence, free, without application or further material, exactly one set,
each with its number and imprint. No key exists yet: keys are made when the owner collects.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tortoise.expressions import F, Q

from auth import applying, events
from auth.engine import transaction
from auth.errors import Conflict, Unavailable
from auth.models import Application, ApplicationState, Company
from auth.ports import DecisionState, RegisteredCompany, Registrar, RegistrarApplication, RegistrarDecision
from auth.privacy import RecordsKey
from seals import imprint, numbers
from seals.design import Design
from seals.establishing import Drawn, establish, tell
from seals.filing import makers
from seals.forms import company_form, of_form
from seals.kinds import CompanyForm, SealKind
from seals.likeness import look
from seals.policies import Policy

__all__ = ["advance_application", "decide", "give_back", "take"]

LEASE = timedelta(seconds=20)
ASK_AGAIN = timedelta(milliseconds=250)  # less than the sealer's pause between two looks
REASON_LENGTH = 500


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

    Raises Unavailable when the registrar does not answer, and as `decide`; the row stays and is tried again.
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
    """Carry out the registrar's decision, once; a second call changes nothing.

    Raises Unavailable `registrar.unavailable`, `maker.unlicensed`; Conflict `company.known`,
    `seal.numbers_used_up`; IntegrityError where the name or the code was taken just now.
    """
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
    # Before any number is taken: they are never given twice.
    await makers.require(now)
    await _require_new(application_id, registered)
    reserved = await numbers.reserve(registered.region, len(kinds))
    drawn = _draw(form, registered, shaped, list(zip(kinds, reserved, strict=True)))
    async with transaction():
        await _found(application_id, form, registered, drawn, now, records)


async def _require_new(application_id: str, registered: RegisteredCompany) -> None:
    """Raises Conflict `company.known` where another company here has the name or the code."""
    if not await Application.exists(id=application_id, state=ApplicationState.SENT):
        return  # it was decided: the company may be its own
    if await Company.exists(Q(name=registered.company_name) | Q(uscc=registered.uscc)):
        raise Conflict(
            "company.known",
            "本系统已有同名或同一统一社会信用代码的企业，待核对后办理。",
            "A company with this name or code is here already; this waits until somebody has looked at it.",
        )


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
    row = await Application.get(id=application_id)
    company, seals = await establish(form, registered, drawn, now, records, row.applicant_id)
    await Application.filter(id=application_id).update(company_id=company.id)
    await _tell(application_id, company, len(seals), now)
    await tell(company, seals, now)


async def _tell(application_id: str, company: Company, seals: int, now: datetime) -> None:
    row = await Application.get(id=application_id)
    for person in sorted({row.applicant_id, company.representative_id}):
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
                "seals": seals,
            },
        )
