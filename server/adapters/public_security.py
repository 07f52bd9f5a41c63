"""The public-security authority's desk for PIN resets over HTTP.

`PUT api/public-security/pin-resets/ID {name, id_number, mobile, companies: [{name, uscc, seals}],
applied_at}` → {reference};
`GET api/public-security/pin-reset-decisions/REFERENCE` → {reference, application, state:
pending|approved|rejected, reason}; application: the ID.
"""

from __future__ import annotations

from typing import Annotated, Self
from urllib.parse import quote

from pydantic import BaseModel, Field, model_validator

from auth.ports import DecisionState
from seals.ports import PinResetApplication, PinResetDecision
from server.adapters.http import HttpService

__all__ = ["HttpPublicSecurity"]


class _Taken(BaseModel):
    reference: Annotated[str, Field(min_length=1, max_length=80)]


class _Decision(BaseModel):
    reference: str
    application: Annotated[str, Field(min_length=1, max_length=80)]
    state: DecisionState
    reason: Annotated[str, Field(min_length=1, max_length=500)] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.state is DecisionState.REJECTED and self.reason is None:
            raise ValueError("a rejection has a reason")
        return self


class HttpPublicSecurity(HttpService):
    """The port `seals.ports.PinResets`."""

    service = "public_security"
    zh = "公安机关系统"
    en = "The public-security authority"

    async def submit(self, application: PinResetApplication) -> str:
        """Hand in an application; returns the authority's reference. Safe to repeat."""
        body = {
            "name": application.name,
            "id_number": application.id_number,
            "mobile": application.mobile,
            "companies": [
                {"name": each.name, "uscc": each.uscc, "seals": list(each.seals)}
                for each in application.companies
            ],
            "applied_at": application.applied_at.isoformat(),
        }
        path = f"api/public-security/pin-resets/{quote(application.application_id, safe='')}"
        taken = await self._ask("PUT", path, _Taken, body=body, idempotent=True)
        return taken.reference

    async def result(self, reference: str) -> PinResetDecision:
        """How the application stands."""
        path = f"api/public-security/pin-reset-decisions/{quote(reference, safe='')}"
        found = await self._ask("GET", path, _Decision, idempotent=True)
        if found.reference != reference:
            raise self._unavailable("answer about another application")
        return PinResetDecision(found.application, found.state, found.reason)
