"""One way of asking an outside service over HTTP: held connections, limits, typed failures.

Whatever goes wrong out there ends as one of our errors: `Unavailable` when there is no usable answer
(silence, 5xx, nonsense), `Refused` when the service says no, `NotFound` where that is an answer.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from auth.errors import Invalid, NotFound, Refused, Unavailable
from server.tls import trusted

__all__ = ["ATTEMPTS", "STAND_IN_HEADER", "HttpService"]

STAND_IN_HEADER = "X-Ezhang-Stand-In"
TIMEOUT_S = 10.0  # one attempt, from connecting to the last byte
ATTEMPTS = 3
BACK_OFF_S = (0.2, 0.8)
ANSWER_MAX_BYTES = 64 * 1024
REASON_MAX = 200
DECLINED = frozenset({400, 409, 422})

Answer = TypeVar("Answer", bound=BaseModel)
log = logging.getLogger("ezhang.adapters")
# What httpx says of each request is its whole address, and WeChat's interface wants a secret in there.
logging.getLogger("httpx").setLevel(logging.WARNING)


class _Failed(Exception):
    """One attempt without a usable answer. again: whether the request can be sent once more."""

    def __init__(self, cause: str, again: bool) -> None:
        super().__init__(cause)
        self.cause = cause
        self.again = again


class _Refusal(BaseModel):
    """The part of a 4xx answer that is for people."""

    class Error(BaseModel):
        reason: str

    error: Error


class HttpService:
    """Base of the adapters; `service` starts the error codes, zh and en name the service in messages.

    base_url: the service's address, before the `api/…` of its interface.
    bearer: a token for the Authorization header.
    allow_stand_in: whether a sandbox may answer; production says False.
    The environment's proxy variables are not read: calls go where the settings say.
    """

    service = "service"
    zh = "外部服务"
    en = "The outside service"

    def __init__(
        self,
        base_url: str,
        *,
        allow_stand_in: bool,
        bearer: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._allow_stand_in = allow_stand_in
        self._timeout_s = timeout_s
        self._client = httpx.AsyncClient(
            base_url=base_url.rstrip("/") + "/",
            headers={"Authorization": f"Bearer {bearer}"} if bearer else {},
            timeout=timeout_s,
            verify=trusted(),
            trust_env=False,
        )

    async def aclose(self) -> None:
        """Close the held connections."""
        await self._client.aclose()

    async def _ask(
        self,
        method: str,
        path: str,
        answer: type[Answer],
        *,
        body: dict[str, Any] | None = None,
        idempotent: bool,
    ) -> Answer:
        """Send a request and read its answer as the given model.

        A request that never left is sent again; one that left only when it is idempotent and the
        connection broke or the answer was 5xx. A slow service is not asked twice.
        """
        for attempt in range(ATTEMPTS):
            try:
                status, content = await self._once(method, path, body, idempotent)
            except _Failed as failed:
                if failed.again and attempt < ATTEMPTS - 1:
                    await asyncio.sleep(BACK_OFF_S[attempt])
                    continue
                raise self._unavailable(failed.cause) from failed
            return self._read(method, status, content, answer)
        raise AssertionError("the last attempt returns or raises")

    async def _once(
        self, method: str, path: str, body: dict[str, Any] | None, idempotent: bool
    ) -> tuple[int, bytes]:
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._client.stream(method, path, json=body) as response,
            ):
                # Before anything else: a stand-in's word must not count, not even as an error.
                if STAND_IN_HEADER in response.headers and not self._allow_stand_in:
                    raise _Failed("stand_in", again=False)
                if response.status_code >= 500:
                    raise _Failed(f"status {response.status_code}", again=idempotent)
                content = b""
                async for chunk in response.aiter_bytes():
                    content += chunk
                    if len(content) > ANSWER_MAX_BYTES:
                        raise _Failed("too long", again=False)
                return response.status_code, content
        except (TimeoutError, httpx.TimeoutException) as error:
            raise _Failed("timeout", again=isinstance(error, httpx.ConnectTimeout)) from error
        except httpx.HTTPError as error:
            never_left = isinstance(error, httpx.ConnectError)
            broke = isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError)
            raise _Failed(type(error).__name__, again=never_left or (idempotent and broke)) from error

    def _read(self, method: str, status: int, content: bytes, answer: type[Answer]) -> Answer:
        if status == 404 and method == "GET":
            raise NotFound(
                f"{self.service}.not_found",
                f"{self.zh}没有这条记录，请重新发起。",
                f"{self.en} has no such record; please start again.",
            )
        if status in DECLINED:
            raise self._refused(content)
        if not 200 <= status < 300:
            raise self._unavailable(f"status {status}")
        try:
            return answer.model_validate_json(content)
        except (ValidationError, Invalid) as error:
            raise self._unavailable("nonsense") from error

    def _refused(self, content: bytes) -> Refused:
        try:
            reason = _Refusal.model_validate_json(content).error.reason
        except ValidationError:
            reason = ""
        reason = "".join(char for char in reason if char.isprintable())[:REASON_MAX]
        return Refused(
            f"{self.service}.refused",
            f"{self.zh}未受理：{reason or '未说明原因'}。请核对所填内容后重试。",
            f"{self.en} declined: {reason or 'no reason given'}."
            " Please check what was entered and try again.",
            reason=reason,
        )

    def _unavailable(self, cause: str) -> Unavailable:
        log.warning("%s unavailable: %s", self.service, cause)
        return Unavailable(
            f"{self.service}.unavailable",
            f"{self.zh}暂时不可用，请稍后再试。",
            f"{self.en} is not available now; please try again later.",
            cause=cause,
        )
