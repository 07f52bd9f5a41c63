"""How long a signature can be proved: PAdES B-T, B-LT (validation data is inside), B-LTA (and stamped)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import HistoricalResolver, PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore

from seals.pdf.revocation import Chain, Evidence, status_of

__all__ = ["level_of", "stored"]

MAX_STORED = 400
"""So many entries of a document security store are looked at, the last that were added."""


def level_of(chain: Chain, inside: Evidence, signed_at: datetime, now: datetime, *, stamped: bool) -> str:
    """The level of a signature that is B-T by itself: B-T, B-LT or B-LTA.

    inside: what the whole document holds (`stored`); stamped: whether a trusted document timestamp came
    after the signature.
    """
    if status_of(chain, inside, signed_at, now).then == "not_checked":
        return "B-T"
    return "B-LTA" if stamped else "B-LT"


def stored(document: PdfFileReader | HistoricalResolver) -> Evidence:
    """What a document's security store holds, whoever wrote it there. Costs the reading of all of it.

    A stranger's entries may stand before ours: one that cannot be read says nothing, and hides none.
    """
    try:
        store = DocumentSecurityStore.read_dss(document)
    except Exception:  # hostile values raise what they please
        return Evidence()
    return Evidence(
        _read(store.crls, DecodePurpose.CRL),
        _read(store.ocsps, DecodePurpose.OCSP_RESPONSE),
    )


def _read(entries: Sequence[object], purpose: DecodePurpose) -> tuple[bytes, ...]:
    read = []
    for each in entries[-MAX_STORED:]:
        with suppress(Exception):
            read.append(bytes(each.get_object().read_data(purpose)))  # type: ignore[attr-defined]
    return tuple(dict.fromkeys(read))
