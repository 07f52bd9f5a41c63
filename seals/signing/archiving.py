"""From B-T to B-LTA, in the sealer: gather what proves the signature later, and have it time-stamped.

Needs no key of a seal and parses no document: the inspector appends the revision, `seal_archive` fills it.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from pyhanko.sign.timestamps import TimeStamper

from auth.errors import Unavailable
from seals import statuses
from seals.ocsp import require_answer
from seals.pdf.archiving import ValidationData
from seals.pdf.finishing import Stamped, seal_archive
from seals.revocation import current_trust
from seals.signing.workshop import Workshop

__all__ = ["archive"]


async def archive(
    stamped: Stamped, certificate: bytes, workshop: Workshop, timestamper: TimeStamper
) -> bytes:
    """The document with the validation data of this signature and a document timestamp over all of it.

    certificate: the seal's (DER). Raises Unavailable `ocsp.unavailable`, `timestamp.unavailable`.
    """
    validation = await _gathered(stamped, certificate, workshop)
    prepared = await workshop.inspector.prepare_archive(stamped.data, validation)
    return await seal_archive(stamped.data, prepared, timestamper)


async def _gathered(stamped: Stamped, certificate: bytes, workshop: Workshop) -> ValidationData:
    """Certificates of signer and time-stamping unit, and what their issuers say of them just now.

    Of a unit that is not ours only the certificate is kept: its issuer is not asked.
    """
    root, (issuing, *_) = _loaded(workshop.root), [_loaded(der) for der in workshop.chain]
    pairs = [(_loaded(certificate), issuing), (issuing, root)]
    unit = _loaded(stamped.unit) if stamped.unit else None
    if unit is not None and _issued_by(unit, root):
        pairs.append((unit, root))
    answers = await asyncio.gather(*(_status(each, issuer, stamped.stamped_at) for each, issuer in pairs))
    return ValidationData(
        tuple(dict.fromkeys([certificate, *workshop.chain, workshop.root, *filter(None, [stamped.unit])])),
        tuple(answers),
        (await current_trust(workshop)).crls,
    )


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
