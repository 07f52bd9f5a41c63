"""Fixing the bytes to be signed: seal, mark, field, protection and an empty place for the signature.

PAdES (ETSI EN 319 142-1 §5): /SubFilter ETSI.CAdES.detached, P-256, SHA-256. The result is complete but
for the signature container; nothing may change in it afterwards, and `finish` refuses if anything did.
From here a signature is made in two further steps: somebody who holds the key signs the bytes that
`signed_attributes` gives, then `finish` (finishing.py) puts the signature in. There is no other way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

from asn1crypto import cms
from asn1crypto import x509 as asn1_x509
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest, SignatureObject

from auth.errors import Conflict, Invalid
from seals.certificates import read_subject
from seals.imprint import Imprint
from seals.pdf.inspecting import Inspection, inspect_opened
from seals.pdf.layout import Layout, Place, lay_out
from seals.pdf.opening import broken, open_pdf, reading
from seals.pdf.protecting import OtherField, Protection, certification, check_protection
from seals.pdf.sigfields import free_name
from seals.pdf.writing import FieldPlan, write_update

__all__ = [
    "RESERVED_HEX",
    "OtherField",
    "Place",
    "Prepared",
    "PreparedMeta",
    "Protection",
    "prepare",
    "signed_attributes",
]

RESERVED_HEX = 16_384
"""Hexadecimal digits kept for the CMS: 8 KiB, twice what two chains and a timestamp need."""
MAX_CHAIN_BYTES = 4096
MAX_REASON = 200
_CONTENT_TYPE = cms.CMSAttribute.load(simple_cms_attribute("content_type", "data").dump())


@dataclass(frozen=True)
class PreparedMeta:
    """What must be kept beside the prepared bytes. JSON-able: `to_json`, `from_json`.

    digest: SHA-256 over the byte range, hexadecimal; reserved_start, reserved_end: the place of the
    signature container, its angle brackets included; length: of the whole file, bytes; page from 0;
    x_mm … height_mm: the seal as drawn, on the page as shown; mark_drawn: whether the mark is in it;
    also: where the seal is printed besides.
    """

    field_name: str
    digest: str
    reserved_start: int
    reserved_end: int
    length: int
    page: int
    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float
    mark_drawn: bool
    also: tuple[Place, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> PreparedMeta:
        also = tuple(Place(**place) for place in values.get("also", ()))
        return cls(**{**values, "also": also})


@dataclass(frozen=True)
class Prepared:
    """The bytes to be signed, and what belongs to them."""

    data: bytes
    meta: PreparedMeta

    @property
    def digest(self) -> bytes:
        """SHA-256 over the byte range."""
        return bytes.fromhex(self.meta.digest)

    @property
    def field_name(self) -> str:
        return self.meta.field_name

    @property
    def byte_range(self) -> tuple[int, int, int, int]:
        """As /ByteRange: offset and length of the two parts that are signed."""
        meta = self.meta
        return 0, meta.reserved_start, meta.reserved_end, meta.length - meta.reserved_end


def prepare(
    data: bytes,
    *,
    certificate_der: bytes,
    imprint: Imprint,
    place: Place | None,
    protection: Protection,
    claimed_at: datetime,
    chain_der: Sequence[bytes] = (),
    mark: Imprint | None = None,
    mark_place: Place | None = None,
    trace: Imprint | None = None,
    open_field: str | None = None,
    others: Sequence[OtherField] = (),
    also: Sequence[Place] = (),
    reason: str | None = None,
) -> Prepared:
    """Put the seal, the mark and the signature field in, and fix the bytes.

    data: what `clean` gave, or a document that is signed already; it is only appended to.
    certificate_der, chain_der: the seal's certificate and its issuers, without the root.
    place: of the seal; None only with `open_field`, the name of the empty field to be signed: the seal
    stands in the field's middle. claimed_at: aware; it is what we say, the timestamp is what is proved.
    mark: the verification mark. In an unsigned document it becomes page content, at `mark_place` or in a
    corner of the seal's page. In a signed one page content is not touched: the mark stands in the new
    signature's own appearance, at `mark_place` (same page) or beside the seal; in a given field it is
    left out where it does not fit (`meta.mark_drawn`). Give None where the document has a mark already.
    trace: fine lines around the seal (`seals.trace`), as far as page and field have room for them.
    others: for Protection.LISTED, in the order in which the last one ends all changes.
    also: further places of the same imprint, which this signature covers; only in an unsigned document.

    Raises what `inspect` and `check_protection` raise, and Conflict `pdf.active_content`,
    `place.field_too_small`, `pdf.field_conditions`, `certificate.not_valid`; Invalid `place.no_page`,
    `place.off_page`, `place.page_too_small`, `place.no_room_for_mark`, `place.missing`,
    `place.also_when_signed`, `certificate.unusable`, `signing.reason`.
    """
    _check_certificate(certificate_der, chain_der, claimed_at)
    if reason is not None and not (0 < len(reason) <= MAX_REASON and reason.isprintable()):
        raise Invalid(
            "signing.reason",
            f"用印事由须为 1 至 {MAX_REASON} 个字，不含控制字符。",
            f"The purpose must have 1 to {MAX_REASON} characters, no control characters.",
            field="reason",
            limit=MAX_REASON,
        )
    opened = open_pdf(data)
    with reading():
        inspection, frames = inspect_opened(opened)
        _check_usable(inspection)
        field = check_protection(inspection, protection, open_field, others)
        at = field or place
        if at is None:
            raise Invalid("place.missing", "请选择盖章位置。", "Choose where the seal goes.", field="place")
        unsigned = inspection.signatures == 0
        if also and not unsigned:
            raise _only_first()
        layout = lay_out(
            frames, imprint, at, mark, mark_place, others, mark_on_page=unsigned, trace=trace, also=also
        )
        subject = read_subject(certificate_der)
        plan = FieldPlan(
            name=field.name if field else free_name(opened.pdf, [other.name for other in others]),
            existing=field is not None,
            read_aloud=subject.seal_name if subject else None,
            certify=certification(protection),
        )
        signature = SignatureObject(
            timestamp=claimed_at,
            subfilter=SigSeedSubFilter.PADES,
            name=subject.company if subject else None,
            reason=reason,
            bytes_reserved=RESERVED_HEX,
        )
        written, ready = write_update(data, opened.pdf, frames, layout, plan, others, signature)
    return Prepared(written, _meta(written, ready, plan.name, layout, also))


def signed_attributes(digest: bytes, certificate_der: bytes) -> bytes:
    """The DER that the seal's key signs (ECDSA with SHA-256): the CMS signed attributes as SET OF.

    Content type, message digest and signingCertificateV2; no signing time, which PAdES forbids here
    (ETSI EN 319 142-1 §6.3 m). The same input gives the same bytes. digest: 32 bytes, SHA-256.
    """
    assert len(digest) == sha256().digest_size
    attributes = cms.CMSAttributes(
        [
            _CONTENT_TYPE,
            simple_cms_attribute("message_digest", digest),
            _bound_certificate(certificate_der),
        ]
    )
    return bytes(attributes.dump())


@lru_cache(maxsize=256)
def _bound_certificate(certificate_der: bytes) -> cms.CMSAttribute:
    # Held as DER: asn1crypto encodes what was built anew at every level above it, six times slower.
    reference = as_signing_certificate_v2(asn1_x509.Certificate.load(certificate_der))
    attribute = simple_cms_attribute("signing_certificate_v2", reference)
    return cms.CMSAttribute.load(attribute.dump())


def _meta(
    data: bytes, ready: PreparedByteRangeDigest, field_name: str, layout: Layout, also: Sequence[Place]
) -> PreparedMeta:
    seal = layout.seal.box
    return PreparedMeta(
        field_name=field_name,
        digest=ready.document_digest.hex(),
        reserved_start=ready.reserved_region_start,
        reserved_end=ready.reserved_region_end,
        length=len(data),
        page=layout.page,
        x_mm=round(seal.x_mm, 3),
        y_mm=round(seal.y_mm, 3),
        width_mm=seal.width_mm,
        height_mm=seal.height_mm,
        mark_drawn=layout.mark is not None,
        also=tuple(also),
    )


# ---------------------------------------------------------------- checks


def _check_certificate(certificate_der: bytes, chain_der: Sequence[bytes], claimed_at: datetime) -> None:
    assert claimed_at.tzinfo is not None
    try:
        certificate = asn1_x509.Certificate.load(certificate_der, strict=True)
        kind, curve = certificate.public_key.curve
        period = certificate.not_valid_before, certificate.not_valid_after
    except (ValueError, TypeError, KeyError) as error:
        raise _unusable() from error
    size = len(certificate_der) + sum(len(der) for der in chain_der)
    if (kind, curve) != ("named", "secp256r1") or size > MAX_CHAIN_BYTES:
        raise _unusable()
    if not period[0] <= claimed_at <= period[1]:
        raise Conflict(
            "certificate.not_valid",
            "印章证书不在有效期内，请先更新证书。",
            "The seal's certificate is not valid at this time; have it renewed first.",
        )


def _unusable() -> Invalid:
    return Invalid(
        "certificate.unusable",
        "印章证书不是可用的 P-256 证书，请联系管理员。",
        "The seal's certificate is no usable P-256 certificate; ask the operator.",
    )


def _only_first() -> Conflict:
    return Conflict(
        "place.also_when_signed",
        "文件已有签名，每次只能在一处盖章；需要多处时，请在首次盖章时一并选好。",
        "The document is signed already, so a seal goes in one place at a time; several places are for the "
        "first seal.",
        field="also",
    )


def _check_usable(inspection: Inspection) -> None:
    # Neither comes of `clean`, and a signed one is refused when it is taken in.
    if inspection.repaired or inspection.restricted:
        raise broken("damaged" if inspection.repaired else "restricted")
    if inspection.active:
        raise Conflict(
            "pdf.active_content",
            "PDF 含有脚本、附件、图层等动态内容，不能盖章；已签名的文件不能改写，请由出具方重新出具。",
            "The PDF has scripts, attachments, layers or other active content and cannot be sealed; "
            "a signed file cannot be rewritten, so ask its issuer for another.",
            active=list(inspection.active),
        )
