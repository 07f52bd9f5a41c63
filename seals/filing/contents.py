"""What a filing holds: the unit, its representative and agent, the maker, the seal (R30, R32, R33).

It goes to the authority only, in full; at rest it is encrypted, and no view has it. It has no pictures: for a
face the identity service's own record of the check stands. Scans of identity cards that an existing company
handed in lie with its application (`seals/entry/`) and are not filed.
"""

from __future__ import annotations

import json
from typing import Any

from auth import licences
from auth.models import Company, Licence, Person
from auth.people import identity
from auth.privacy import RecordsKey
from seals.filing import makers
from seals.filing_models import CompanyFiling, FilingKind, MakerFiling
from seals.models import Seal

__all__ = ["of_application", "of_fact", "opened", "sealed"]

_UNIT = ("company_type", "address", "capital_wan", "business_scope", "authority")


async def of_fact(row: MakerFiling, records: RecordsKey) -> dict[str, Any]:
    """Of one fact about a seal, as things stood then."""
    seal = await Seal.get(id=row.seal_id)
    made_by = await makers.maker()
    licence = await Licence.get(id=row.licence_id)
    return {
        "kind": row.kind.value,
        "change": row.change,
        "occurred_at": row.occurred_at.isoformat(),
        "maker": {"name": made_by.name, "licence": made_by.number},
        "unit": await _unit(row.company_id, licence),
        "representative": _representative(licence, records),
        "agent": await _agent(row.agent_id, records),
        "seal": {"number": seal.number, "district": row.district, **row.facts},
    }


async def of_application(row: CompanyFiling, records: RecordsKey) -> dict[str, Any]:
    """Of a company's own filing: what the form says, and the materials that are here already (R120)."""
    seal = await Seal.get(id=row.seal_id)
    licence = await Licence.get(id=row.licence_id)
    return {
        "kind": row.kind.value,
        "name": row.name,
        "kind_of_seal": row.kind_of_seal,
        "scope": row.scope,
        "note": row.note,
        "declared_at": row.declared_at.isoformat(),
        "instead_of": await _receipt_of(row.instead_of),
        "unit": await _unit(row.company_id, licence),
        "representative": _representative(licence, records),
        "agent": await _agent(row.person_id, records),
        "seal": {
            "number": seal.number,
            "name": seal.name,
            "maker_filing": f"{seal.number}-001",
            "identity": await _identity(seal.id),
        },
    }


async def _unit(company_id: str, licence: Licence) -> dict[str, Any]:
    company = await Company.get(id=company_id)
    data = {name: licence.data.get(name) for name in _UNIT}
    return {
        "name": licence.data.get("company_name") or company.name,
        "uscc": company.uscc,
        "region": company.region,
        "licence": licence.number,
        **data,
    }


def _representative(licence: Licence, records: RecordsKey) -> dict[str, str]:
    named = licences.representative(licence, records)
    return {"name": named.name, "id_number": named.id_number, "mobile": named.mobile}


async def _agent(person_id: str | None, records: RecordsKey) -> dict[str, str] | None:
    person = await Person.get_or_none(id=person_id) if person_id is not None else None
    if person is None:
        return None
    who = identity(person, records)
    return {"name": who.name or "", "id_number": who.id_number or "", "mobile": who.mobile}


async def _identity(seal_id: str) -> Any:
    """The identity check by which its certificates were given; None before that."""
    rows = MakerFiling.filter(seal_id=seal_id, kind=FilingKind.CERTIFIED).order_by("-place")
    row = await rows.first()
    return row.facts.get("identity") if row is not None else None


async def _receipt_of(filing_id: str | None) -> str | None:
    row = await CompanyFiling.get_or_none(id=filing_id) if filing_id is not None else None
    return row.receipt_number if row is not None else None


def sealed(table: str, row_id: str, content: dict[str, Any], records: RecordsKey) -> bytes:
    """The content for a row's column `sealed`. table: of the row."""
    return records.seal(json.dumps(content, ensure_ascii=False, sort_keys=True), f"{table}.sealed:{row_id}")


def opened(table: str, row_id: str, kept: bytes, records: RecordsKey) -> dict[str, Any]:
    """The content again. Raises cryptography's InvalidTag where it was moved or changed."""
    found: dict[str, Any] = json.loads(records.open(bytes(kept), f"{table}.sealed:{row_id}"))
    return found
