"""Signatures of other products: a certificate authority that we do not know, other keys, other formats."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import lru_cache
from io import BytesIO

from asn1crypto import cms, keys
from asn1crypto import crl as asn1_crl
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from seals import pki, sm2, sm2_pki
from seals.pdf.preparing import Protection
from tests.seals.pdf.sealing_kit import BESIDE, SIGNED, START, Clock, World, der, fill

LEVELS = ("CMS", "B-B", "B-T", "B-LT", "B-LTA")


class Stranger:
    """A company under an authority of its own, with an RSA key and common software."""

    def __init__(self) -> None:
        self.key, self.root_key = _rsa(0), _rsa(1)
        issuer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Some CA of another country")])
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Acme Corporation")])
        self.root = self._certificate(issuer, issuer, self.root_key, ca=True)
        self.certificate = self._certificate(subject, issuer, self.key, ca=False)
        crl = x509.CertificateRevocationListBuilder(issuer, SIGNED, SIGNED + timedelta(days=30))
        self.crl = asn1_crl.CertificateList.load(
            der(crl.add_extension(x509.CRLNumber(1), critical=False).sign(self.root_key, hashes.SHA256()))
        )
        # Its timestamps come from a unit that nobody here knows either.
        self.stamping = World()

    def _certificate(
        self, subject: x509.Name, issuer: x509.Name, key: rsa.RSAPrivateKey, *, ca: bool
    ) -> x509.Certificate:
        usage = x509.KeyUsage(not ca, not ca, False, False, False, ca, ca, False, False)
        return (
            x509.CertificateBuilder(
                issuer, subject, key.public_key(), 7 if ca else 8, START, START + timedelta(days=4000)
            )
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
            .add_extension(usage, critical=True)
            .sign(self.root_key, hashes.SHA256())
        )

    def sign(
        self, data: bytes, level: str = "B-T", *, field: str = "Signature1", visible: bool = True
    ) -> bytes:
        """As pyHanko signs out of the box at this level."""
        root, mine = (asn1_x509.Certificate.load(der(one)) for one in (self.root, self.certificate))
        signer = SimpleSigner(mine, _private(self.key), SimpleCertificateStore.from_certs([root]))
        units = [asn1_x509.Certificate.load(one) for one in (self.stamping.root.der, self.stamping.tsa.der)]
        lists = [asn1_crl.CertificateList.load(self.stamping.crl(of=self.stamping.root, at=SIGNED, days=30))]
        context = ValidationContext(
            trust_roots=[root, units[0]], crls=[self.crl, *lists], other_certs=units, moment=SIGNED
        )
        stored = level in ("B-LT", "B-LTA")
        meta = PdfSignatureMetadata(
            field,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED if level == "CMS" else SigSeedSubFilter.PADES,
            embed_validation_info=stored,
            use_pades_lta=level == "B-LTA",
            validation_context=context if stored else None,
        )
        writer = IncrementalPdfFileWriter(BytesIO(data))
        append_signature_field(writer, SigFieldSpec(field, box=(50, 50, 150, 150) if visible else None))
        clock = None if level in ("CMS", "B-B") else Clock(self.stamping.tsa, SIGNED)
        return bytes(
            asyncio.run(PdfSigner(meta, signer, timestamper=clock).async_sign_pdf(writer)).getvalue()
        )


def signed_by_sm2(world: World, data: bytes) -> bytes:
    """A sound signature by the national algorithms (GM/T 0010 in CMS), as other makers put it into PDF."""
    authority = sm2_pki.make_issuing(sm2_pki.make_root(START), START)
    key = sm2.generate()
    subject = pki.SealSubject("上海某某有限公司", "91310000000000000X", "上海某某有限公司", "3101050000001")
    raw = sm2_pki.issue_seal_certificate(authority, key.public, subject, START, START + timedelta(days=900))
    certificate = asn1_x509.Certificate.load(raw)
    ready = world.prepare(data, world.seals[0], at=SIGNED, place=BESIDE, protection=Protection.OPEN)
    start, end = ready.meta.reserved_start, ready.meta.reserved_end
    digest = sm2.sm3(ready.data[:start] + ready.data[end:])
    attributes = cms.CMSAttributes(
        [
            {"type": "content_type", "values": ["data"]},
            {"type": "message_digest", "values": [digest]},
        ]
    )
    signer = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                {"issuer": certificate.issuer, "serial_number": certificate.serial_number},
            ),
            "digest_algorithm": {"algorithm": "1.2.156.10197.1.401"},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "1.2.156.10197.1.501"},
            "signature": sm2.sign(key, attributes.untag().dump()),
        }
    )
    signed = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "1.2.156.10197.1.401"}],
            "encap_content_info": {"content_type": "data"},
            "certificates": [certificate],
            "signer_infos": [signer],
        }
    )
    value = cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()
    return fill(ready, value).replace(b"/ETSI.CAdES.detached", b"/adbe.pkcs7.detached")


@lru_cache(maxsize=2)
def _rsa(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _private(key: rsa.RSAPrivateKey) -> keys.PrivateKeyInfo:
    encoding, none = serialization.Encoding.DER, serialization.NoEncryption()
    return keys.PrivateKeyInfo.load(key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, none))
