"""The company registrar over HTTP.

`PUT api/registrar/applications/ID {company_name, …}` → {reference};
`GET api/registrar/decisions/REFERENCE` → {reference, state: pending|approved|rejected, reason, company};
`GET api/registrar/companies/USCC` → {uscc, licence_number, company_name, region, authority, established_on,
valid_from, valid_until, company_type, address, capital_wan, business_scope};
`GET api/registrar/representative-changes?after=NUMBER` → {changes: [{number, uscc}]}, ascending;
`GET api/registrar/representatives/USCC` → {uscc, name, id_number, mobile, licence_number, since,
dissolved_on, company_name, company_type}: dissolved_on null while the company exists, name and type as now.
Its end and its changes of name stand in the list of changes too.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Self
from urllib.parse import quote

from pydantic import AfterValidator, BaseModel, Field, model_validator

from auth.china import CHINA
from auth.identifiers import company_name, mobile, person_name, region, resident_id, uscc
from auth.ports import (
    DecisionState,
    ListedCompany,
    RegisteredChange,
    RegisteredCompany,
    RegisteredRepresentative,
    RegistrarApplication,
    RegistrarDecision,
)
from server.adapters.http import HttpService

__all__ = ["HttpRegistrar"]


class _Taken(BaseModel):
    reference: Annotated[str, Field(min_length=1, max_length=80)]


class _Company(BaseModel):
    uscc: Annotated[str, AfterValidator(uscc)]
    licence_number: Annotated[str, Field(min_length=1, max_length=80)]
    company_name: Annotated[str, AfterValidator(company_name)]
    region: Annotated[str, AfterValidator(region)]
    authority: Annotated[str, Field(min_length=1, max_length=100)]
    established_on: date
    valid_from: date
    valid_until: date | None

    @model_validator(mode="after")
    def _term_runs_forward(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("the term ends before it begins")
        return self


class _Listed(_Company):
    company_type: Annotated[str, Field(min_length=1, max_length=100)]
    address: Annotated[str, Field(min_length=1, max_length=2000)]
    capital_wan: Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=6)]
    business_scope: Annotated[str, Field(min_length=1, max_length=2000)]


class _Decision(BaseModel):
    reference: str
    state: DecisionState
    reason: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    company: _Company | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if (self.state is DecisionState.APPROVED) != (self.company is not None):
            raise ValueError("an approval, and only an approval, has a company")
        if self.state is DecisionState.REJECTED and self.reason is None:
            raise ValueError("a rejection has a reason")
        return self


class _Change(BaseModel):
    number: Annotated[int, Field(gt=0, lt=2**63)]
    uscc: Annotated[str, AfterValidator(uscc)]


class _Changes(BaseModel):
    changes: list[_Change]


def _id_number(value: str) -> str:
    return resident_id(value, datetime.now(CHINA).date())


_name = company_name  # a field of this name with a default hides it


class _Representative(BaseModel):
    uscc: Annotated[str, AfterValidator(uscc)]
    name: Annotated[str, AfterValidator(person_name)]
    id_number: Annotated[str, AfterValidator(_id_number)]
    mobile: Annotated[str, AfterValidator(mobile)]
    licence_number: Annotated[str, Field(min_length=1, max_length=80)]
    since: date
    dissolved_on: date | None = None
    company_name: Annotated[str, AfterValidator(_name)] | None = None
    company_type: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class HttpRegistrar(HttpService):
    """The port `auth.ports.Registrar`."""

    service = "registrar"
    zh = "登记机关系统"
    en = "The company registrar"

    async def submit(self, application: RegistrarApplication) -> str:
        """Hand in an application; returns the registrar's reference. Safe to repeat."""
        body = asdict(application) | {"capital_wan": str(application.capital_wan)}
        path = f"api/registrar/applications/{quote(body.pop('application_id'), safe='')}"
        taken = await self._ask("PUT", path, _Taken, body=body, idempotent=True)
        return taken.reference

    async def result(self, reference: str) -> RegistrarDecision:
        """How the application stands."""
        path = f"api/registrar/decisions/{quote(reference, safe='')}"
        found = await self._ask("GET", path, _Decision, idempotent=True)
        if found.reference != reference:
            raise self._unavailable("answer about another application")
        company = RegisteredCompany(**found.company.model_dump()) if found.company else None
        return RegistrarDecision(found.state, found.reason, company)

    async def company(self, uscc: str) -> ListedCompany:
        """What the register says of a company."""
        path = f"api/registrar/companies/{quote(uscc, safe='')}"
        found = await self._ask("GET", path, _Listed, idempotent=True)
        if found.uscc != uscc:
            raise self._unavailable("answer about another company")
        return ListedCompany(**found.model_dump())

    async def changes(self, after: int) -> tuple[RegisteredChange, ...]:
        """Registered changes of representatives with greater numbers, ascending, some at a time."""
        path = f"api/registrar/representative-changes?after={after:d}"
        found = await self._ask("GET", path, _Changes, idempotent=True)
        numbers = [after, *(each.number for each in found.changes)]
        if any(number <= before for before, number in pairwise(numbers)):
            raise self._unavailable("changes out of order")
        return tuple(RegisteredChange(each.number, each.uscc) for each in found.changes)

    async def representative(self, uscc: str) -> RegisteredRepresentative:
        """Who represents a company."""
        path = f"api/registrar/representatives/{quote(uscc, safe='')}"
        found = await self._ask("GET", path, _Representative, idempotent=True)
        if found.uscc != uscc:
            raise self._unavailable("answer about another company")
        return RegisteredRepresentative(**found.model_dump())
