"""One file through the functions of the product: taken in, looked at, sealed at B-LTA, judged."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from cryptography import x509

from auth.errors import Conflict, Invalid
from seals import pki
from seals.ocsp import make_answer
from seals.pdf.archiving import ValidationData, prepare_archive
from seals.pdf.cleaning import Cleaned, clean
from seals.pdf.finishing import seal_archive
from seals.pdf.geometry import MM
from seals.pdf.inspecting import Inspection, inspect
from seals.pdf.pages import UNSIGNED, page_png
from seals.pdf.preparing import Place, Prepared, Protection
from seals.pdf.reports import Report
from seals.pdf.verdicts import Trust, verify
from tests.seals.pdf.parties import LocalTimeStamper, authorities, company, finished, mark, prepared

__all__ = ["Sealed", "seal"]

SCREEN_PX = 900
MARGIN_MM = 2.0
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Sealed:
    """data: the sealed file; field: of our signature; removed: what its owner had to agree to; report: our
    own verdict."""

    data: bytes
    field: str
    removed: tuple[str, ...]
    repaired: bool
    report: Report


def seal(data: bytes) -> Sealed:
    """As `seals.uploading`, `seals.signing` do it, with every consent given. Raises DomainError."""
    inspection = inspect(data)
    repaired, removed = inspection.repaired, tuple[str, ...]()
    if not inspection.signatures:
        cleaned = _cleaned(data)
        data, removed, inspection = cleaned.data, cleaned.removed, cleaned.inspection
    ready, page = _prepared(data, inspection)
    page_png(ready.data, page, SCREEN_PX, UNSIGNED)
    signed = finished(ready)
    archive, timestamper = prepare_archive(signed, _validation()), LocalTimeStamper(authorities().tsa)
    whole = asyncio.run(seal_archive(signed, archive, timestamper, _trust())).data
    return Sealed(whole, ready.field_name, removed, repaired, verify(whole, _trust(), datetime.now(UTC)))


def _cleaned(data: bytes) -> Cleaned:
    agreed = {"remove_active": False, "lift_restrictions": False}
    questions = {"pdf.active_content": "remove_active", "pdf.restricted": "lift_restrictions"}
    while True:
        try:
            return clean(data, **agreed)
        except Conflict as asked:
            if asked.code not in questions or agreed[questions[asked.code]]:
                raise
            agreed[questions[asked.code]] = True


def _prepared(data: bytes, inspection: Inspection) -> tuple[Prepared, int]:
    """On the last page that takes seal and mark, in its middle or wherever there is room."""
    refusal: Invalid | None = None
    protection = Protection.FOLLOWING if inspection.signatures else Protection.SOLE
    if inspection.open_fields and not inspection.may_add_fields:
        field = inspection.open_fields[0]
        ready = prepared(data, protection=protection, mark=mark(), open_field=field.name)
        return ready, field.page
    for place in _places(inspection):
        try:
            return prepared(data, place, protection=protection, mark=mark()), place.page
        except Invalid as error:
            if not error.code.startswith("place."):
                raise
            refusal = refusal or error
    assert refusal is not None
    raise refusal


def _places(inspection: Inspection) -> Iterator[Place]:
    imprint = company().imprint
    for number in sorted(range(len(inspection.pages)), reverse=True)[:20]:
        page = inspection.pages[number]
        right = page.width_pt / MM - imprint.width_mm
        bottom = page.height_pt / MM - imprint.height_mm
        for x, y in ((right / 2, bottom / 2), (MARGIN_MM, MARGIN_MM), (0, 0), (right, 0), (0, bottom)):
            yield Place(number, x, y)


@lru_cache(maxsize=1)
def _validation() -> ValidationData:
    makers, now = authorities(), datetime.now(UTC)
    certificate = company().certificate_der
    asked = [
        (makers.issuing, x509.load_der_x509_certificate(certificate)),
        (makers.root, makers.issuing.certificate),
        (makers.root, makers.tsa.certificate),
    ]
    return ValidationData(
        (certificate, makers.issuing.der, makers.tsa.der, makers.root.der),
        [make_answer(issuer, each, None, now) for issuer, each in asked],
        _lists(),
    )


@lru_cache(maxsize=1)
def _lists() -> tuple[bytes, ...]:
    now = datetime.now(UTC)
    both = (authorities().root, authorities().issuing)
    return tuple(pki.make_crl(each, [], 1, now - _WEEK, now + _WEEK) for each in both)


@lru_cache(maxsize=1)
def _trust() -> Trust:
    return Trust((authorities().root.der,), (authorities().issuing.der,), _lists())
