"""OCSP answers about the certificates of the built-in CA: asked for by a row, made by the issuing role.

Whoever asks from outside reads what is there; that writes nothing. Answers are made anew well before they
end; a revocation deletes the one that is there. A signing asks for one that is not older than its timestamp,
and goes before what merely grows old: the newest wish is answered first.
"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from tortoise.expressions import F, Q, Subquery

from auth.errors import Unavailable
from seals.keyring import P256
from seals.models import SealKey
from seals.ocsp import ANSWER_LIFE, make_answer
from seals.pki import Authority, Revoked
from seals.revocation import entry_of
from seals.status_models import OcspAnswer

__all__ = ["Responder", "forget", "fresh", "newest", "serial_of", "want"]

RENEW_BEFORE = ANSWER_LIFE / 2
WAIT = timedelta(seconds=5)
POLL_S = 0.03
AT_ONCE = 50
RENEWED_AT_ONCE = 200
FAILED_AGAIN = timedelta(minutes=1)
"""Until a row that cannot be answered is looked at again."""

_log = logging.getLogger("sealer")


def serial_of(certificate: x509.Certificate) -> str:
    """As the rows name it."""
    return f"{certificate.serial_number:x}"


async def want(serials: Iterable[str], moment: datetime) -> None:
    """Ask for answers from `moment` or later."""
    rows = [OcspAnswer(serial=serial, wanted_at=moment) for serial in serials]
    await OcspAnswer.bulk_create(rows, ignore_conflicts=True)
    await OcspAnswer.filter(serial__in=[row.serial for row in rows], wanted_at__lt=moment).update(
        wanted_at=moment
    )


async def forget(serials: Iterable[str], now: datetime) -> None:
    """Of these, no answer of before stays: they are revoked `now`, in the same transaction."""
    named = list(serials)
    await want(named, now)
    await OcspAnswer.filter(serial__in=named).update(produced_at=None, der=None, wanted_at=now)


async def fresh(serial: str, since: datetime) -> bytes:
    """An answer that was produced at `since` or later, waited for. Raises Unavailable `ocsp.unavailable`."""
    loop = asyncio.get_running_loop()
    end = loop.time() + WAIT.total_seconds()
    await want([serial], since)
    while loop.time() < end:
        row = await OcspAnswer.get_or_none(serial=serial)
        if row is None:
            break  # of none of ours
        if row.der is not None and row.produced_at is not None and row.produced_at >= since:
            return base64.b64decode(row.der)
        await asyncio.sleep(POLL_S)
    raise Unavailable(
        "ocsp.unavailable",
        "证书状态服务繁忙，系统会自动重试。",
        "The certificate status service is busy; the system tries again by itself.",
    )


async def newest(serial: str) -> tuple[bytes, datetime] | None:
    """The answer that is there, and when it was produced; None for a certificate that nobody asked about."""
    row = await OcspAnswer.get_or_none(serial=serial)
    if row is None or row.der is None or row.produced_at is None:
        return None
    return base64.b64decode(row.der), row.produced_at


@dataclass(frozen=True)
class Responder:
    """Role `issue`: the issuers with their keys; others: what the root issued beside the issuing one;
    papers: what the issuing one issued that is no seal's; revoked: of the others, those that are.
    """

    root: Authority = field(repr=False)
    issuing: Authority = field(repr=False)
    others: Sequence[x509.Certificate] = ()
    papers: Sequence[x509.Certificate] = ()
    revoked: Sequence[Revoked] = ()

    async def forget_revoked(self, now: datetime) -> None:
        """No answer stays that was made before this process knew of these."""
        if self.revoked:
            await forget([f"{one.serial:x}" for one in self.revoked], now)

    async def answer(self, now: datetime) -> bool:
        """Make the answers that are wanted; True when there were some."""
        waiting = Q(produced_at=None) | Q(produced_at__lt=F("wanted_at"))
        wanted = OcspAnswer.filter(waiting, wanted_at__lte=now).order_by("-wanted_at").limit(AT_ONCE)
        serials = [str(each) for each in await wanted.values_list("serial", flat=True)]
        for serial in serials:
            await self._answer(serial, now)
        return bool(serials)

    async def _answer(self, serial: str, now: datetime) -> None:
        """Make one. One that fails never stops the others: it waits."""
        row = await OcspAnswer.get_or_none(serial=serial)
        if row is None:
            return
        # What was made from keys as they were before a revocation must not be written after it.
        as_read = OcspAnswer.filter(serial=serial, wanted_at=row.wanted_at, produced_at=row.produced_at)
        try:
            der = await self._about(serial, now)
        except Exception:
            _log.exception("no answer about certificate %s can be made", serial)
            await as_read.update(wanted_at=now + FAILED_AGAIN)
            return
        if der is None:
            await as_read.delete()  # of none of ours
        else:
            await as_read.update(der=base64.b64encode(der).decode(), produced_at=now)

    async def renew(self, now: datetime) -> None:
        """Want what is there no more, or not for long: of every certificate that is not over, some at a time.

        Wanted from the past: every signing that waits is before them.
        """
        since = now - RENEW_BEFORE
        live = SealKey.filter(algorithm=P256, not_after__gt=now)
        aging = OcspAnswer.filter(produced_at__lt=since, serial__in=Subquery(live.values("serial")))
        old = aging.order_by("produced_at").limit(RENEWED_AT_ONCE).values_list("serial", flat=True)
        missing = live.exclude(serial__in=Subquery(OcspAnswer.all().values("serial")))
        without = missing.limit(AT_ONCE).values_list("serial", flat=True)
        own = [serial_of(each) for each in (self.issuing.certificate, *self.others, *self.papers)]
        await want([*own, *map(str, await old), *map(str, await without)], since)

    async def _about(self, serial: str, now: datetime) -> bytes | None:
        for certificate in (self.issuing.certificate, *self.others):
            if serial_of(certificate) == serial:
                entries = (one for one in self.revoked if one.serial == certificate.serial_number)
                return make_answer(self.root, certificate, next(entries, None), now)
        for certificate in self.papers:
            if serial_of(certificate) == serial:
                return make_answer(self.issuing, certificate, None, now)
        row = await SealKey.get_or_none(serial=serial, algorithm=P256)
        if row is None:
            return None
        certificate = x509.load_der_x509_certificate(base64.b64decode(row.certificate))
        try:
            certificate.verify_directly_issued_by(self.issuing.certificate)
        except (ValueError, TypeError, InvalidSignature):
            return None
        return make_answer(self.issuing, certificate, entry_of(row), now)
