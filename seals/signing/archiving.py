"""From B-T to B-LTA, in the sealer: gather what proves the signature later, and have it time-stamped.

Needs no key of a seal and parses no document: the inspector appends the revision, `seal_archive` fills it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from pyhanko.sign.timestamps import TimeStamper

from auth.errors import Unavailable
from seals import statuses
from seals.ocsp import require_answer
from seals.pdf.archiving import ValidationData
from seals.pdf.finishing import Archived, Stamped, no_timestamp, seal_archive
from seals.pdf.revocation import Evidence
from seals.revocation import current_trust
from seals.signing.workshop import Workshop

__all__ = ["archive", "renewed"]


async def archive(
    stamped: Stamped, certificate: bytes, workshop: Workshop, timestamper: TimeStamper
) -> Archived:
    """The document with the validation data of this signature and a document timestamp over all of it.

    certificate: the seal's (DER). Raises Unavailable `ocsp.unavailable`, `timestamp.unavailable`,
    `timestamp.status_unavailable`.
    """
    root, (issuing, *_) = _loaded(workshop.root), [_loaded(der) for der in workshop.chain]
    pairs = [(_loaded(certificate), issuing), (issuing, root), *_own_unit(stamped.units, root)]
    known = [certificate, *workshop.chain, workshop.root, *stamped.units]
    validation = await _gathered(known, stamped.units, pairs, stamped.stamped_at, workshop)
    prepared = await workshop.inspector.prepare_archive(stamped.data, validation)
    return await seal_archive(stamped.data, prepared, timestamper, await current_trust(workshop))


async def renewed(
    data: bytes,
    units: Sequence[bytes],
    workshop: Workshop,
    timestamper: TimeStamper,
    clock: Callable[[], datetime],
) -> Archived:
    """The document with one more document timestamp, and what is said now of who made the last one.

    units: certificates of that, its own first. Raises as `archive`; a timestamp that does not prove who made
    it is none.
    """
    pairs = _own_unit(units, _loaded(workshop.root))
    validation = await _gathered(units, units, pairs, clock(), workshop)
    prepared = await workshop.inspector.prepare_archive(data, validation)
    archived = await seal_archive(data, prepared, timestamper, await current_trust(workshop), clock)
    if not archived.units:
        raise no_timestamp()
    return archived


_Pair = tuple[x509.Certificate, x509.Certificate]
"""A certificate and its issuer."""


def _own_unit(units: Sequence[bytes], root: x509.Certificate) -> list[_Pair]:
    unit = _loaded(units[0]) if units else None
    return [(unit, root)] if unit is not None and _issued_by(unit, root) else []


async def _gathered(
    certificates: Sequence[bytes],
    units: Sequence[bytes],
    pairs: Sequence[_Pair],
    since: datetime,
    workshop: Workshop,
) -> ValidationData:
    """Certificates, and what their issuers say of them at `since` or later.

    pairs: of our own ones. Of a unit that is somebody else's (`units`) its own issuers are asked.
    """
    answers = await asyncio.gather(*(_status(each, issuer, since) for each, issuer in pairs))
    others = Evidence()
    if workshop.statuses is not None and not _own_unit(units, _loaded(workshop.root)):
        others = await workshop.statuses.about(units)
    lists = (*(await current_trust(workshop)).crls, *others.crls)
    return ValidationData(tuple(dict.fromkeys(certificates)), (*answers, *others.ocsps), lists)


async def _status(certificate: x509.Certificate, issuer: x509.Certificate, since: datetime) -> bytes:
    answer = await statuses.fresh(statuses.serial_of(certificate), since)
    try:
        require_answer(answer, certificate, issuer, since)
    except ValueError as error:
        raise Unavailable(
            "ocsp.unavailable",
            "证书状态数据有误，系统会自动重试。",
            "The certificate's status is not what its issuer says; the system tries again by itself.",
        ) from error
    return answer


def _loaded(der: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(der)


def _issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
