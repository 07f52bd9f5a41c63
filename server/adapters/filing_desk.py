"""The public-security authority's desk for filings (备案) over HTTP.

`PUT api/public-security/seal-filings/NUMBER {content}` (of the maker) and
`PUT api/public-security/company-filings/NUMBER {content}` (a company's own), `GET` of both, all →
{number, reference, state: pending|approved|rejected, reason, receipt}; receipt: of an approved company's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Self
from urllib.parse import quote

from pydantic import BaseModel, Field, model_validator

from auth.ports import DecisionState
from seals.ports import FilingAnswer
from server.adapters.http import HttpService

__all__ = ["HttpFilingDesk"]

_MAKERS, _COMPANIES = "seal-filings", "company-filings"


class _Answer(BaseModel):
    number: Annotated[str, Field(min_length=1, max_length=24)]
    reference: Annotated[str, Field(min_length=1, max_length=80)]
    state: DecisionState
    reason: Annotated[str, Field(min_length=1, max_length=500)] | None = None
    receipt: Annotated[str, Field(min_length=1, max_length=80)] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.state is DecisionState.REJECTED and self.reason is None:
            raise ValueError("a rejection has a reason")
        return self


class _Receipt(_Answer):
    @model_validator(mode="after")
    def _has_receipt(self) -> Self:
        if self.state is DecisionState.APPROVED and self.receipt is None:
            raise ValueError("an approval has a receipt")
        return self


class HttpFilingDesk(HttpService):
    """The port `seals.ports.FilingDesk`."""

    service = "filing_desk"
    zh = "公安机关备案系统"
    en = "The authority's filing desk"

    async def file_seal(self, number: str, content: Mapping[str, Any]) -> FilingAnswer:
        """Hand in a fact about a seal. Safe to repeat."""
        return await self._said("PUT", _MAKERS, number, _Answer, dict(content))

    async def seal_filing(self, number: str) -> FilingAnswer:
        """How it stands."""
        return await self._said("GET", _MAKERS, number, _Answer)

    async def apply(self, number: str, content: Mapping[str, Any]) -> FilingAnswer:
        """Hand in a company's own filing. Safe to repeat."""
        return await self._said("PUT", _COMPANIES, number, _Receipt, dict(content))

    async def application(self, number: str) -> FilingAnswer:
        """How it stands."""
        return await self._said("GET", _COMPANIES, number, _Receipt)

    async def _said(
        self, method: str, kind: str, number: str, answer: type[_Answer], body: dict[str, Any] | None = None
    ) -> FilingAnswer:
        path = f"api/public-security/{kind}/{quote(number, safe='')}"
        found = await self._ask(method, path, answer, body=body, idempotent=True)
        if found.number != number:
            raise self._unavailable("answer about another filing")
        return FilingAnswer(found.number, found.reference, found.state, found.reason, found.receipt)
