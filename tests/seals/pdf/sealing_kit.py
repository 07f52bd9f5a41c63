"""Sealed documents for the verifier's tests: real authorities and real signatures at any time we like."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO

from asn1crypto import algos, cms, tsp
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.keys import load_private_key_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import (
    ExternalSigner,
    PdfSignatureMetadata,
    PdfSigner,
    PdfTimeStamper,
    SimpleSigner,
)
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from seals import pki, timestamps
from seals.design import Design
from seals.imprint import Imprint, draw
from seals.kinds import SealKind
from seals.pdf.finishing import finish
from seals.pdf.preparing import Place, Prepared, Protection, prepare, signed_attributes
from seals.pdf.verdicts import Report, Trust, verify

START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)  # the authorities are made
SIGNED = START + timedelta(days=100)  # documents are sealed, unless a test says otherwise
BESIDE = Place(0, 20, 40)
NOW = START + timedelta(days=200)  # and judged
LATEST = datetime.max.replace(tzinfo=UTC)  # no moment of a test is of the future
PLACE = Place(0, 90, 150)
NAMES = ("北京红日科技有限公司", "上海蓝海贸易有限责任公司")


def der(certificate: object) -> bytes:
    return certificate.public_bytes(Encoding.DER)  # type: ignore[attr-defined,no-any-return]


class Clock(TimeStamper):
    """Our timestamp service at a moment of our choice."""

    def __init__(self, tsa: pki.Authority, at: datetime) -> None:
        super().__init__()
        self._tsa, self._at, self._serials = tsa, at, itertools.count(1)

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = timestamps.answer(req.dump(), self._tsa, (), self._at, next(self._serials))
        return tsp.TimeStampResp.load(answer)


@dataclass(frozen=True)
class Seal:
    key: ec.EllipticCurvePrivateKey
    certificate_der: bytes
    imprint: Imprint
    chain_der: Sequence[bytes]
    serial: int


@dataclass
class World:
    """One public-key infrastructure with two companies."""

    root: pki.Authority = field(default_factory=lambda: pki.make_root(START))

    def __post_init__(self) -> None:
        self.issuing = pki.make_issuing(self.root, START)
        self.tsa = pki.make_tsa(self.root, START)
        self.seals = [self.seal(number) for number in range(2)]

    def seal(self, number: int, made: datetime = START, life: timedelta = timedelta(days=1000)) -> Seal:
        key = ec.generate_private_key(ec.SECP256R1())
        name, digits = NAMES[number], f"110105000000{number}"
        subject = pki.SealSubject(name, f"9111010500000000{number}X", name, digits)
        certificate = pki.issue_seal_certificate(self.issuing, key.public_key(), subject, made, made + life)
        imprint = draw(
            Design(
                SealKind.LEGAL_NAME,
                company_name=name,
                uscc=subject.uscc,
                seal_number=digits,
                person_name="张三",
            )
        )
        return Seal(
            key, der(certificate), imprint, [der(self.issuing.certificate)], certificate.serial_number
        )

    def crl(
        self, *revoked: pki.Revoked, of: pki.Authority | None = None, at: datetime = NOW, days: float = 7
    ) -> bytes:
        return pki.make_crl(of or self.issuing, revoked, 1, at, at + timedelta(days=days))

    def trust(self, *crls: bytes) -> Trust:
        """Roots, and lists: an empty one of each authority unless given."""
        lists = crls or (self.crl(), self.crl(of=self.root))
        return Trust((self.root.der,), (self.issuing.der,), tuple(lists))

    def judge(self, data: bytes, *crls: bytes, now: datetime = NOW) -> Report:
        return verify(data, self.trust(*crls), now)

    def sign(
        self,
        data: bytes,
        by: int | Seal = 0,
        *,
        at: datetime = SIGNED,
        place: Place | None = PLACE,
        protection: Protection = Protection.OPEN,
        timestamper: TimeStamper | None = None,
        **more: object,
    ) -> bytes:
        seal = self.seals[by] if isinstance(by, int) else by
        ready = self.prepare(data, seal, at=at, place=place, protection=protection, **more)
        return self.finish(ready, seal, timestamper or Clock(self.tsa, at))

    def prepare(
        self,
        data: bytes,
        seal: Seal,
        *,
        at: datetime,
        place: Place | None,
        protection: Protection,
        **more: object,
    ) -> Prepared:
        return prepare(
            data,
            certificate_der=seal.certificate_der,
            chain_der=seal.chain_der,
            imprint=seal.imprint,
            place=place,
            protection=protection,
            claimed_at=at,
            **more,  # type: ignore[arg-type]
        )

    def finish(self, ready: Prepared, seal: Seal, timestamper: TimeStamper) -> bytes:
        attributes = signed_attributes(ready.digest, seal.certificate_der)
        return asyncio.run(
            finish(
                ready.data,
                ready.meta,
                certificate_der=seal.certificate_der,
                chain_der=seal.chain_der,
                signed_attributes_der=attributes,
                signature_value=seal.key.sign(attributes, ec.ECDSA(hashes.SHA256())),
                timestamper=timestamper,
                trust=self.trust(),
                clock=lambda: LATEST,
            )
        ).data

    def assemble(
        self, ready: Prepared, seal: Seal, timestamper: TimeStamper | None, attributes: bytes | None = None
    ) -> bytes:
        """As `finish`, without its checks: what a careless or hostile signer makes."""
        attributes = attributes or signed_attributes(ready.digest, seal.certificate_der)
        signer = ExternalSigner(
            asn1_x509.Certificate.load(seal.certificate_der),
            SimpleCertificateStore.from_certs(asn1_x509.Certificate.load(item) for item in seal.chain_der),
            seal.key.sign(attributes, ec.ECDSA(hashes.SHA256())),
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        )
        value = asyncio.run(
            signer.async_sign_prescribed_attributes(
                "sha256", cms.CMSAttributes.load(attributes), timestamper=timestamper
            )
        )
        return fill(ready, value.dump())


def fill(ready: Prepared, value: bytes) -> bytes:
    """Put any bytes where the signature goes."""
    start, digits = ready.meta.reserved_start + 1, value.hex().encode()
    return ready.data[:start] + digits + ready.data[start + len(digits) :]


# ---------------------------------------------------------------- what comes after a signature


def appended(data: bytes, edit: Callable[[IncrementalPdfFileWriter], None]) -> bytes:
    """One more revision, as a writer that keeps to the rules makes it."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    edit(writer)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def with_dss(
    data: bytes, world: World, edit: Callable[[IncrementalPdfFileWriter], None] | None = None
) -> bytes:
    """Validation data added, as for PAdES B-LT; `edit`: what else an attacker does in the same revision."""

    def add(writer: IncrementalPdfFileWriter) -> None:
        certificates = [asn1_x509.Certificate.load(item) for item in (world.root.der, world.issuing.der)]
        lists = [asn1_crl.CertificateList.load(world.crl())]
        identifier = f"contents of revision {writer.prev.total_revisions}".encode()
        DocumentSecurityStore.supply_dss_in_writer(writer, identifier, certs=certificates, crls=lists)
        if edit is not None:
            edit(writer)

    return appended(data, add)


def with_document_timestamp(
    data: bytes, tsa: pki.Authority, edit: Callable[[IncrementalPdfFileWriter], None] | None = None
) -> bytes:
    """A document timestamp on top, as for PAdES B-LTA, in the field `TS`; `edit` as above."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    if edit is not None:
        edit(writer)
    name = f"TS{writer.prev.total_revisions}"
    stamper = PdfTimeStamper(Clock(tsa, SIGNED), field_name=name)
    return bytes(asyncio.run(stamper.async_timestamp_pdf(writer, "sha256")).getvalue())


def signed_regardless(
    world: World,
    data: bytes,
    *,
    visible: bool = True,
    edit: Callable[[IncrementalPdfFileWriter], None] | None = None,
) -> bytes:
    """A second signature by software that asks nobody whether it may, and may do more than sign."""
    seal = world.seals[1]
    key = seal.key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    issuers = [asn1_x509.Certificate.load(item) for item in seal.chain_der]
    signer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(seal.certificate_der),
        signing_key=load_private_key_from_pemder_data(key, None),
        cert_registry=SimpleCertificateStore.from_certs(issuers),
    )
    writer = IncrementalPdfFileWriter(BytesIO(data))
    if edit is not None:
        edit(writer)
    append_signature_field(writer, SigFieldSpec("Late", box=(50, 50, 150, 150) if visible else None))
    meta = PdfSignatureMetadata("Late", subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
    pdf_signer = PdfSigner(meta, signer, timestamper=Clock(world.tsa, SIGNED))
    pdf_signer._enforce_certification_constraints = lambda reader: None  # type: ignore[attr-defined]
    return bytes(asyncio.run(pdf_signer.async_sign_pdf(writer)).getvalue())
