"""Timestamps from an RFC 3161 service over HTTP, as pyHanko asks for them.

A single service's signature is not judged here: whoever finishes a document validates the whole of it. What
is checked is that the answer is one, and the answer to this request. Of several, or of others' services, each
is judged at once (`time_services`), so that the next can be asked.
"""

from __future__ import annotations

import asyncio
import logging

import httpx
from asn1crypto import cms, tsp
from pyhanko.sign.timestamps import TimeStamper

from auth.errors import Unavailable
from seals.timestamps import QUERY_TYPE, REPLY_TYPE, TimeStampResponse

__all__ = ["ATTEMPTS", "BACKOFF_S", "MAX_RESPONSE_BYTES", "TIMEOUT_S", "HttpTimeStamper"]

TIMEOUT_S = 5.0
"""For one attempt as a whole, from connecting to the last byte."""

ATTEMPTS = 3
BACKOFF_S = 0.2
"""Before the second attempt; doubled before each further one."""

MAX_RESPONSE_BYTES = 64 * 1024
"""A token with a long chain of RSA certificates has some 8 KB."""

_PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_PASSING_FAILURES = frozenset({"time_not_available", "system_failure", "add_info_not_available"})

log = logging.getLogger(__name__)


class _Failed(Exception):
    """One attempt gave no token. `reason`: a short code; `passing`: the same request may yet succeed."""

    def __init__(self, reason: str, *, passing: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.passing = passing


class HttpTimeStamper(TimeStamper):
    """Asks one service, over a client that its owner holds open and closes.

    Keep one for the whole process. pyHanko asks for a trial token where it has to guess a size; the first
    real token serves as that from then on, so no signature costs a second request.
    """

    def __init__(
        self,
        url: str,
        client: httpx.AsyncClient,
        *,
        timeout_s: float = TIMEOUT_S,
        attempts: int = ATTEMPTS,
        backoff_s: float = BACKOFF_S,
    ) -> None:
        super().__init__(include_nonce=True)
        self._url = url
        self._client = client
        self._timeout_s = timeout_s
        self._attempts = attempts
        self._backoff_s = backoff_s

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A fresh token over the digest. Raises Unavailable `timestamp.unavailable`."""
        token = await super().async_timestamp(message_digest, md_algorithm)
        if md_algorithm not in self._dummy_response_cache:
            self._register_dummy(md_algorithm, token)
        return token

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The service's answer to `req`, a granted one, tried at most `attempts` times.

        Raises Unavailable `timestamp.unavailable`; facts: `reason`, that of the last attempt: `timeout`,
        `connection`, `http_503`, `content_type`, `too_large`, `broken`, `refused_bad_alg`, `nonce` or
        `imprint`.
        """
        reason = ""
        for attempt in range(self._attempts):
            if attempt:
                await asyncio.sleep(self._backoff_s * 2 ** (attempt - 1))
            try:
                return _read(await self._post(req.dump()), req)
            except _Failed as failure:
                reason = failure.reason
                log.warning("timestamp attempt %d of %d failed: %s", attempt + 1, self._attempts, reason)
                if not failure.passing:
                    break
        raise Unavailable(
            "timestamp.unavailable",
            "时间戳服务暂时不可用，系统会自动重试；若持续如此，请联系管理员检查时间戳服务。",
            "No timestamp can be had now. It is tried again by itself; if this lasts, have the time-stamping "
            "service checked.",
            reason=reason,
        )

    async def _post(self, body: bytes) -> bytes:
        headers = {"Content-Type": QUERY_TYPE, "Accept": REPLY_TYPE}
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._client.stream("POST", self._url, content=body, headers=headers) as response,
            ):
                return await _body(response)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise _Failed("timeout", passing=True) from error
        except httpx.HTTPError as error:
            raise _Failed("connection", passing=True) from error


async def _body(response: httpx.Response) -> bytes:
    if response.status_code != 200:
        passing = response.status_code in _PASSING_STATUS
        raise _Failed(f"http_{response.status_code}", passing=passing)
    if response.headers.get("content-type", "").partition(";")[0].strip().lower() != REPLY_TYPE:
        raise _Failed("content_type", passing=False)
    body = bytearray()
    async for piece in response.aiter_bytes():
        body += piece
        if len(body) > MAX_RESPONSE_BYTES:
            raise _Failed("too_large", passing=False)
    return bytes(body)


def _read(der: bytes, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
    """The parsed response, if it grants exactly what was asked (RFC 3161 §2.2).

    The nonce is compared here although pyHanko does so again: on a mismatch it fails with
    AttributeError or TypeError instead of its own error (`handle_tsp_response`, 0.38).
    """
    try:
        response = TimeStampResponse.load(der, strict=True)
        status = response["status"]["status"].native
        failures = sorted(response["status"]["fail_info"].native or ())
        if status == "granted":
            info = response["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
            nonce = info["nonce"].native
            imprint = info["message_imprint"].native
            granted = tsp.TimeStampResp.load(der, strict=True)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _Failed("broken", passing=False) from error
    if status != "granted":
        passing = bool(failures) and _PASSING_FAILURES.issuperset(failures)
        raise _Failed("_".join(["refused", *failures]), passing=passing)
    if nonce != request["nonce"].native:
        raise _Failed("nonce", passing=False)
    if imprint != request["message_imprint"].native:
        raise _Failed("imprint", passing=False)
    return granted
