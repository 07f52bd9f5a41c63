"""Issuing, in the sealer with the role `issue`, which alone holds the CA's and the seal maker's keys.

Electronic Signature Law art. 20: identity before certificate. It believes neither the row nor the sealer
that asks alone: besides that sealer's signature over the request it checks that a device signed this
collection (or a code was sent for it) and the licence's signature, asks identity service and registrar
itself, and writes into certificates and structures what the licence says.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from auth import events, licences
from auth.engine import transaction
from auth.errors import Conflict, Invalid, Refused
from auth.models import Company
from auth.ports import RealName, Registrar
from auth.privacy import RecordsKey
from seals import certificate_requests, imprint, pki, registered, sm2_pki
from seals.certificate_requests import Answer, Asked
from seals.certificates import SealSubject, seal_common_name
from seals.design import Design
from seals.entitled import check_identity, check_names
from seals.key_models import CertificateRequest
from seals.keyring import P256, SM2
from seals.kinds import SealKind
from seals.models import Collection, CollectionState, Seal, SealState
from seals.ses.making import SealMaker

__all__ = ["Issuer", "issue"]


@dataclass(frozen=True)
class Issuer:
    """What issuing needs: the authorities, the seal maker, and the sealer's public identity key."""

    identity: Ed25519PublicKey
    issuing: pki.Authority = field(repr=False)
    crl_url: str
    ocsp_url: str
    sm2_issuing: sm2_pki.Sm2Authority = field(repr=False)
    sm2_crl_url: str
    maker: SealMaker
    realname: RealName
    registrar: Registrar
    records: RecordsKey = field(repr=False)

    def certify(
        self, public: ec.EllipticCurvePublicKey, subject: SealSubject, now: datetime
    ) -> x509.Certificate:
        """A seal's certificate, for as long as the authorities' own ends allow, at most three years."""
        end = pki.latest_seal_end(self.issuing, now)
        return pki.issue_seal_certificate(
            self.issuing, public, subject, now, end, self.crl_url, self.ocsp_url
        )

    def certify_sm2(self, public: bytes, subject: SealSubject, now: datetime) -> x509.Certificate:
        """The same for the seal's SM2 key, x || y."""
        end = sm2_pki.latest_seal_end(self.sm2_issuing, now)
        der = sm2_pki.issue_seal_certificate(self.sm2_issuing, public, subject, now, end, self.sm2_crl_url)
        return x509.load_der_x509_certificate(der)


@dataclass(frozen=True)
class _Issued:
    seal: Seal
    certificates: tuple[tuple[str, x509.Certificate], ...]
    answer: Answer


async def issue(row: CertificateRequest, issuer: Issuer, now: datetime) -> None:
    """Answer a request that was taken. Each certificate is an event that the company's owner sees.

    Raises Refused, Conflict or Invalid for what gets no certificate, Unavailable when a service does not
    answer now.
    """
    certificate_requests.require_attested(row, issuer.identity)
    asked = certificate_requests.asked_of(row)
    collection = await Collection.get(id=row.collection_id)
    company = await Company.get(id=collection.company_id)
    seals = {each.id: each for each in await Seal.filter(company_id=company.id, state=SealState.ISSUED)}
    if collection.state is not CollectionState.MAKING or any(not _fits(one, seals) for one in asked):
        raise Conflict("collection.state", "领取已结束，请刷新。", "This collection has ended; reload.")
    way = await certificate_requests.require_proof(row, collection)
    licence = await licences.in_force(company.id)
    await check_identity(collection, licence, issuer.identity, issuer.realname, issuer.records, now)
    check_names(licence, company, [seals[one.seal] for one in asked])
    if not await registered.approved(licence, issuer.records, issuer.registrar):
        raise Refused(
            "collection.not_confirmed",
            "登记机关现在没有确认这份执照，不能签发证书。请稍后重试，或联系客服。",
            "The registrar does not confirm this licence now, so no certificate is issued. Try again later, "
            "or contact support.",
        )
    issued = [await _issue(one, seals[one.seal], company, issuer, now) for one in asked]
    async with transaction():
        if await certificate_requests.answered(row, [each.answer for each in issued]):
            await _tell(company, issued, way, now)


def _fits(asked: Asked, seals: dict[str, Seal]) -> bool:
    seal = seals.get(asked.seal)
    return seal is not None and asked.generation == seal.generation + 1


async def _issue(asked: Asked, seal: Seal, company: Company, issuer: Issuer, now: datetime) -> _Issued:
    subject = SealSubject(company.name, company.uscc, seal_common_name(seal.name, company.name), seal.number)
    p256 = issuer.certify(_p256(asked), subject, now)
    sm2 = issuer.certify_sm2(bytes.fromhex(asked.sm2), subject, now)
    der = sm2.public_bytes(Encoding.DER)
    valid = (sm2.not_valid_before_utc, sm2.not_valid_after_utc)
    structure = await issuer.maker.make(
        SealKind(seal.kind), seal.name, seal.number, _imprint(seal), der, valid, now
    )
    answer = Answer(
        seal=seal.id,
        p256=base64.b64encode(p256.public_bytes(Encoding.DER)).decode(),
        sm2=base64.b64encode(der).decode(),
        structure=base64.b64encode(structure.der).decode(),
        version=structure.version,
        valid_start=structure.valid_start.isoformat(),
        valid_end=structure.valid_end.isoformat(),
    )
    return _Issued(seal, ((P256, p256), (SM2, sm2)), answer)


def _p256(asked: Asked) -> ec.EllipticCurvePublicKey:
    try:
        public = load_der_public_key(bytes.fromhex(asked.p256))
    except (ValueError, UnsupportedAlgorithm):
        public = None
    if not isinstance(public, ec.EllipticCurvePublicKey):
        raise Invalid(
            "pki.key_not_p256", "印章密钥必须是 P-256 密钥。", "A seal's key must be on curve P-256."
        )
    return public


def _imprint(seal: Seal) -> imprint.Imprint:
    """The picture that the seal maker vouches for: drawn anew from the design, which fits the licence.

    The row's own outlines could be those of another company; only a photo's have no design to be drawn from.
    """
    if seal.photo_id is not None:
        return imprint.Imprint(seal.width_mm, seal.height_mm, seal.imprint)
    return imprint.draw(Design.from_json(seal.design))


async def _tell(company: Company, issued: Sequence[_Issued], way: str, now: datetime) -> None:
    for each in issued:
        for algorithm, certificate in each.certificates:
            await events.append(
                events.company_stream(company.id),
                "seal.certified",
                actor="sealer",
                subject=f"seal:{each.seal.id}",
                now=now,
                on_behalf=company.id,
                facts={
                    "kind": each.seal.kind,
                    "number": each.seal.number,
                    "key": algorithm,
                    "serial": f"{certificate.serial_number:x}",
                    "from": certificate.not_valid_before_utc.isoformat(),
                    "until": certificate.not_valid_after_utc.isoformat(),
                    "way": way,
                },
            )
