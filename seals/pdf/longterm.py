"""How long a signature can be proved: PAdES B-T, B-LT (validation data is inside), B-LTA (and stamped).

The level is as the file presents itself: the answers and lists inside are not verified, and no verdict
rests on them.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import suppress

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore

__all__ = ["Statement", "level_of", "statements"]

MAX_STORED = 1000
"""So many entries of a document security store are looked at, the last that were added."""

Statement = tuple[bytes, int | None]
"""What is said of certificates: name of the issuer (DER) and serial, None for all of the issuer's; an OCSP
answer names the issuer by a hash only, and has no name here."""


def level_of(certificate: asn1_x509.Certificate, said: Set[Statement], stamped: bool) -> str:
    """The level of a signature that is B-T by itself: B-T, B-LT or B-LTA.

    said: what the whole document holds (`statements`); stamped: whether a trusted document timestamp came
    after the signature.
    """
    if not said & {(b"", certificate.serial_number), (certificate.issuer.dump(), None)}:
        return "B-T"
    return "B-LTA" if stamped else "B-LT"


def statements(reader: PdfFileReader) -> frozenset[Statement]:
    """What the document's security store says, whoever wrote it there. Costs the reading of all of it."""
    return frozenset(_stored(reader))


def _stored(reader: PdfFileReader) -> Iterator[Statement]:
    """A stranger's entries may stand before ours: one that cannot be read says nothing, and hides none."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except Exception:  # hostile values raise what they please
        return
    for stored in store.ocsps[-MAX_STORED:]:
        with suppress(Exception):
            data = stored.get_object().read_data(DecodePurpose.OCSP_RESPONSE)
            answer = asn1_ocsp.OCSPResponse.load(data)
            for single in answer.basic_ocsp_response["tbs_response_data"]["responses"]:
                yield b"", single["cert_id"]["serial_number"].native
    for stored in store.crls[-MAX_STORED:]:
        with suppress(Exception):
            listed = asn1_crl.CertificateList.load(stored.get_object().read_data(DecodePurpose.CRL))
            yield listed.issuer.dump(), None
