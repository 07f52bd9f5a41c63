"""The archive revision (PAdES B-LTA): validation data, and the empty place of a document timestamp over all.

ETSI EN 319 142-1 §5.4 (document security store) and §5.5 (document timestamp). As with a signature the
bytes are fixed here, where strangers' files are parsed, and `seal_archive` (finishing.py) puts the token
in without parsing anything. Both parts are one revision: nothing is in between that was not stamped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import count

from asn1crypto import crl as asn1_crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, enumerate_sig_fields
from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_byterange import DocumentTimestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore

from seals.pdf.opening import reading

__all__ = ["RESERVED_HEX", "Archive", "ArchiveMeta", "ValidationData", "prepare_archive"]

RESERVED_HEX = 16_384
"""Hexadecimal digits kept for the token: 8 KiB."""
_DIGEST = "sha256"


@dataclass(frozen=True)
class ValidationData:
    """What proves a signature later without asking anybody: certificates, OCSP answers, CRLs (all DER)."""

    certificates: Sequence[bytes] = ()
    ocsps: Sequence[bytes] = ()
    crls: Sequence[bytes] = ()


@dataclass(frozen=True)
class ArchiveMeta:
    """digest: SHA-256 over the byte range, hexadecimal; reserved_start, reserved_end: the token's place,
    its angle brackets included; length: of the whole file, bytes."""

    digest: str
    reserved_start: int
    reserved_end: int
    length: int


@dataclass(frozen=True)
class Archive:
    """The bytes to be stamped; `meta` says where the token goes."""

    data: bytes
    meta: ArchiveMeta


def prepare_archive(data: bytes, validation: ValidationData) -> Archive:
    """Append one revision to a signed document. Raises Invalid `pdf.broken`."""
    with reading():
        writer = IncrementalPdfFileWriter(BytesIO(data))
        DocumentSecurityStore.supply_dss_in_writer(
            writer,
            None,
            certs=[asn1_x509.Certificate.load(der) for der in validation.certificates],
            ocsps=[asn1_ocsp.OCSPResponse.load(der) for der in validation.ocsps],
            crls=[asn1_crl.CertificateList.load(der) for der in validation.crls],
        )
        writer.register_extension(ESIC_EXTENSION_1)
        name = _free_name(writer)
        embedding = PdfCMSEmbedder(new_field_spec=SigFieldSpec(name)).write_cms(
            name, writer, existing_fields_only=False
        )
        next(embedding)
        embedding.send(SigObjSetup(DocumentTimestamp(RESERVED_HEX)))
        ready, out = embedding.send(SigIOSetup(md_algorithm=_DIGEST))
        written = out.getvalue()
    meta = ArchiveMeta(
        ready.document_digest.hex(), ready.reserved_region_start, ready.reserved_region_end, len(written)
    )
    return Archive(written, meta)


def _free_name(writer: IncrementalPdfFileWriter) -> str:
    used = {str(name) for name, _, _ in enumerate_sig_fields(writer.prev)}
    return next(name for name in (f"Timestamp{number}" for number in count(1)) if name not in used)
