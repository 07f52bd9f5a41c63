"""Several RFC 3161 services, asked in order: the first whose token is good now is the one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
from asn1crypto import cms
from pyhanko.sign.timestamps import TimeStamper

from auth.errors import Unavailable
from seals.pdf.finishing import TIMESTAMP_FAILURES, no_timestamp
from seals.pdf.trust import Trust, judge_token
from server.adapters.timestamper import ATTEMPTS, HttpTimeStamper

__all__ = ["MAX_OFF", "RESTS", "Service", "TimeServices", "services"]

RESTS = timedelta(seconds=30)
"""After a failure a service is asked after the others, for so long: nobody waits for it at each timestamp."""

MAX_OFF = timedelta(minutes=5)
"""How far the time in a token of somebody else's may be from ours."""

log = logging.getLogger(__name__)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Service:
    """asked: how; trust: what its tokens are judged by, None where it is our own unit beside us."""

    name: str
    asked: TimeStamper
    trust: Trust | None


class TimeServices(TimeStamper):
    """clock: UTC."""

    def __init__(self, services: Sequence[Service], clock: Callable[[], datetime] = _now) -> None:
        super().__init__(include_nonce=True)
        self._services = tuple(services)
        self._clock = clock
        self._failed: dict[str, datetime] = {}

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        """A token of the first that gives a good one. Raises Unavailable `timestamp.unavailable`."""
        failure: Unavailable | None = None
        for service in self._in_order():
            try:
                token = await service.asked.async_timestamp(message_digest, md_algorithm)
                await self._check(service, token, message_digest)
            except Unavailable as error:
                failure = error
            except TIMESTAMP_FAILURES as error:
                failure = no_timestamp()
                failure.__cause__ = error
            else:
                self._failed.pop(service.name, None)
                return token
            log.warning("no timestamp from %s: %s", service.name, failure.facts.get("reason", "broken"))
            self._failed[service.name] = self._clock()
        raise failure or no_timestamp()

    def _in_order(self) -> list[Service]:
        since = self._clock() - RESTS
        return sorted(
            self._services, key=lambda one: one.name in self._failed and self._failed[one.name] > since
        )

    async def _check(self, service: Service, token: cms.ContentInfo, digest: bytes) -> None:
        """Signed, by a time-stamping unit of a trusted root whose certificate is valid, and of just now."""
        if service.trust is None:
            return
        now = self._clock()
        judged = await judge_token(token["content"], lambda _: digest, service.trust, now)
        if judged.time is None:
            raise _refused("untrusted" if judged.intact else "not_signed")
        if abs(judged.time - now) > MAX_OFF:
            raise _refused("time")


def _refused(reason: str) -> Unavailable:
    plain = no_timestamp()
    return Unavailable(plain.code, plain.zh, plain.en, reason=reason)


def services(urls: Sequence[str], own: str, trust: Trust, client: httpx.AsyncClient) -> TimeStamper:
    """The services of these addresses. own: the address of the built-in one; trust: own roots and others'.

    Of several each is asked once, and the next is asked instead of the same again.
    """
    attempts = ATTEMPTS if len(urls) == 1 else 1
    each = [
        Service(url, HttpTimeStamper(url, client, attempts=attempts), None if url == own else trust)
        for url in urls
    ]
    return each[0].asked if len(each) == 1 and each[0].trust is None else TimeServices(each)
