"""What the registrar says of a company, asked by the sealer itself: no row is believed (architecture §6).

The application's form opens only where it was sealed; its reference is asked for by handing the very same
application in once more, which is safe to repeat, so that no row can lead to another's approval. Who
represents the company is asked by the code that this approval names. Of a company that existed already its
form names the code, by which the register itself is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from auth import applying
from auth.errors import NotFound, Refused, Unavailable
from auth.licences import Representative
from auth.models import Application, ApplicationState, Company, Licence
from auth.ports import RegisteredCompany, RegisteredRepresentative, Registrar, RegistrarApplication
from auth.privacy import RecordsKey
from seals import holders
from seals.entry.models import EntryApplication, EntryState
from seals.entry.seeing import opened

__all__ = ["Registered", "approved", "licence_data", "listed", "registered"]


@dataclass(frozen=True)
class Registered:
    """A company as registered now, and so the licence that it must have.

    representative_ref: his ID number as `Holder.identity_ref`; since, dissolved_on: see `auth.ports`.
    """

    company_name: str
    uscc: str
    licence_number: str
    representative: Representative
    representative_ref: str
    since: date
    data: dict[str, str | None]
    dissolved_on: date | None = None


async def registered(company_id: str, records: RecordsKey, registrar: Registrar) -> Registered:
    """Ask. Raises Refused, NotFound or Unavailable where the registrar, or our form, does not say."""
    entry = await EntryApplication.get_or_none(company_id=company_id, state=EntryState.APPROVED)
    if entry is not None:
        if not entry.form_sealed:
            raise _no_form()
        uscc = opened(entry, records).uscc
        return _as_registered(*await listed(uscc, registrar), records)
    row = await Application.get_or_none(company_id=company_id, state=ApplicationState.APPROVED)
    if row is None or not row.form_sealed:
        raise _no_form()
    form = applying.opened(row, records)
    company = (await registrar.result(await registrar.submit(form))).company
    if company is None:
        raise Unavailable(
            "registrar.unavailable",
            "登记机关没有确认该企业的登记，稍后重试。",
            "The registrar does not confirm the company; it will be asked again.",
        )
    return _as_registered(form, company, await registrar.representative(company.uscc), records)


def _no_form() -> NotFound:
    """There is none, or it was erased after its time in the archive."""
    return NotFound(
        "application.not_found", "没有找到该企业的登记申请。", "The company's application is not there."
    )


async def listed(
    uscc: str, registrar: Registrar
) -> tuple[RegistrarApplication, RegisteredCompany, RegisteredRepresentative]:
    """What the register says of a company that exists, in the same words as of one that was founded here.

    Raises NotFound, Refused, Unavailable.
    """
    found = await registrar.company(uscc)
    named = await registrar.representative(uscc)
    form = RegistrarApplication(
        application_id="-",
        company_name=found.company_name,
        company_type=found.company_type,
        region=found.region,
        address=found.address,
        capital_wan=found.capital_wan,
        business_scope=found.business_scope,
        representative_name=named.name,
        representative_id_number=named.id_number,
        representative_mobile=named.mobile,
        term_years=None,
    )
    return form, replace(found, licence_number=named.licence_number), named


def _as_registered(
    form: RegistrarApplication,
    company: RegisteredCompany,
    named: RegisteredRepresentative,
    records: RecordsKey,
) -> Registered:
    name = named.company_name or company.company_name
    kind = named.company_type or form.company_type
    data = {**licence_data(form, company), "company_name": name, "company_type": kind}
    return Registered(
        name,
        company.uscc,
        named.licence_number,
        Representative(named.name, named.id_number, named.mobile),
        holders.identity_ref(named.id_number, records),
        named.since,
        {**data, "representative_name": named.name, "licence_number": named.licence_number},
        named.dissolved_on,
    )


async def approved(licence: Licence, records: RecordsKey, registrar: Registrar) -> bool:
    """Whether the registrar says now what this licence says, for this company, and that it still is one."""
    company = await Company.get(id=licence.company_id)
    try:
        said = await registered(company.id, records, registrar)
    except (NotFound, Refused, Unavailable):
        return False
    if said.dissolved_on is not None:
        return False
    return (company.name, company.uscc, licence.number, licence.representative_ref, licence.data) == (
        said.company_name,
        said.uscc,
        said.licence_number,
        said.representative_ref,
        said.data,
    )


def licence_data(form: RegistrarApplication, registered: RegisteredCompany) -> dict[str, str | None]:
    """The registered data as the first licence states them; public by law (企业信息公示)."""
    return {
        "company_name": registered.company_name,
        "uscc": registered.uscc,
        "company_type": form.company_type,
        "representative_name": form.representative_name,
        "address": form.address,
        "capital_wan": str(form.capital_wan),
        "business_scope": form.business_scope,
        "established_on": registered.established_on.isoformat(),
        "valid_from": registered.valid_from.isoformat(),
        "valid_until": registered.valid_until.isoformat() if registered.valid_until else None,
        "authority": registered.authority,
        "licence_number": registered.licence_number,
    }
