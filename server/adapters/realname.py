"""Identity checks over HTTP.

`POST api/realname/checks {name, id_number, mobile, return_url, reference, way:
face|bank|counter}` → {id, url};
`GET api/realname/checks/ID` → {id, state: pending|passed|refused, name, id_number, mobile, reference,
way, decided_at: ISO 8601 with offset or null, reason}.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from pydantic import AwareDatetime, BaseModel, Field

from auth.ports import Check, IdentityResult, IdentityState, IdentityWay
from server.adapters.http import HttpService

__all__ = ["HttpRealName"]


class _Started(BaseModel):
    id: Annotated[str, Field(min_length=1, max_length=80)]
    url: Annotated[str, Field(pattern=r"^https?://[^\s\\]+$", max_length=500)]


class _Result(BaseModel):
    id: str
    state: IdentityState
    name: Annotated[str, Field(min_length=1, max_length=50)]
    id_number: Annotated[str, Field(min_length=1, max_length=18)]
    mobile: Annotated[str, Field(min_length=1, max_length=20)]
    reference: Annotated[str, Field(max_length=80)]
    way: IdentityWay
    decided_at: AwareDatetime | None
    reason: Annotated[str, Field(max_length=500)] | None = None


class HttpRealName(HttpService):
    """The port `auth.ports.RealName`."""

    service = "realname"
    zh = "实名核验服务"
    en = "The identity check service"

    async def start(
        self, name: str, id_number: str, mobile: str, return_url: str, reference: str, way: IdentityWay
    ) -> Check:
        """Begin a check; its page leads back to return_url."""
        body = {
            "name": name,
            "id_number": id_number,
            "mobile": mobile,
            "return_url": return_url,
            "reference": reference,
            "way": way.value,
        }
        started = await self._ask("POST", "api/realname/checks", _Started, body=body, idempotent=False)
        if not self._allow_stand_in and not started.url.startswith("https://"):
            raise self._unavailable("page without TLS")
        return Check(started.id, started.url)

    async def result(self, check_id: str) -> IdentityResult:
        """How the check stands."""
        path = f"api/realname/checks/{quote(check_id, safe='')}"
        found = await self._ask("GET", path, _Result, idempotent=True)
        if found.id != check_id:
            raise self._unavailable("answer about another check")
        return IdentityResult(
            found.state,
            found.name,
            found.id_number,
            found.mobile,
            found.reference,
            found.way,
            found.decided_at,
            found.reason,
        )
