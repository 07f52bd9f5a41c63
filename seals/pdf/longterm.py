"""How long a signature can be proved: PAdES B-T, B-LT (validation data is inside), B-LTA (and stamped)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore

__all__ = ["level_of"]

MAX_STORED = 1000
"""So many entries of a document security store are looked at, the last that were added."""


def level_of(level: str, certificate: asn1_x509.Certificate, reader: PdfFileReader, stamped: bool) -> str:
    """`level` (B-B, B-T, CMS), raised where the whole document holds what its issuer says of the signer.

    stamped: whether a trusted document timestamp came after the signature.
    """
    if level != "B-T" or not any(_is_about(each, certificate) for each in _statements(reader)):
        return level
    return "B-LTA" if stamped else "B-LT"


def _statements(reader: PdfFileReader) -> Iterator[tuple[bytes, int | None]]:
    """What the store says of certificates: name of the issuer (DER) and serial, None for all of the issuer's;
    an OCSP answer names the issuer by a hash only, and has no name here.

    A stranger's entries may stand before ours: one that cannot be read says nothing, and hides none.
    """
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


def _is_about(statement: tuple[bytes, int | None], certificate: asn1_x509.Certificate) -> bool:
    issuer, serial = statement
    return serial == certificate.serial_number or (serial is None and issuer == certificate.issuer.dump())
