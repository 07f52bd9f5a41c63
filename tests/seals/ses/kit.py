"""Seals and signatures for the verifier's tests: a real SM2 authority, at any time, with anything changed."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import core, tsp, x509

from seals import pki, sm2, sm2_pki, timestamps
from seals.certificates import SealSubject
from seals.pdf.trust import Trust
from seals.ses import building
from seals.ses import structures as asn1
from seals.ses.building import PictureData, SealData
from seals.ses.der import load
from seals.ses.reports import SesReport
from seals.ses.verifying import verify_ses
from seals.sm2_pki import Sm2Authority
from tests.seals.ses import old_structures

START = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
MADE = START + timedelta(days=1)
SIGNED = START + timedelta(days=100)
NOW = START + timedelta(days=200)
END = START + timedelta(days=900)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)
DOCUMENT = "合同正文，三份，各执一份。".encode()
NAME = "北京红日科技有限公司合同专用章"
USAGE = {"digital_signature", "non_repudiation"}

_serials = itertools.count(1)


@dataclass(frozen=True)
class Signer:
    key: sm2.Sm2Key
    der: bytes

    def sign(self, message: bytes) -> bytes:
        return sm2.sign(self.key, message)

    @property
    def serial(self) -> int:
        return int(x509.Certificate.load(self.der).serial_number)


def seal_data(*certificates: bytes, **changes: Any) -> SealData:
    plain = SealData(
        seal_id="1101050000001",
        type=4,
        name=NAME,
        signer_certificates=certificates,
        picture=PictureData("PNG", PNG, 40, 40),
        created_at=MADE,
        valid_start=MADE,
        valid_end=END,
    )
    return replace(plain, **changes)


class World:
    """Root, issuing authority, seal maker, one signer; and our time-stamping unit under its own root."""

    def __init__(self) -> None:
        self.root = sm2_pki.make_root(START)
        self.issuing = sm2_pki.make_issuing(self.root, START)
        self.maker = sm2_pki.make_seal_maker(self.issuing, START)
        self.signer = self.new_signer()
        self.other = self.new_signer()
        self.stamp_root = pki.make_root(START)
        self.tsa = pki.make_tsa(self.stamp_root, START)

    def new_signer(self, end: datetime = END, at: datetime = START) -> Signer:
        key = sm2.generate()
        subject = SealSubject("北京红日科技有限公司", "91110105MA01ABCD5F", NAME, "1101050000001")
        return Signer(key, sm2_pki.issue_seal_certificate(self.issuing, key.public, subject, at, end))

    # ------------------------------------------------------------ making

    def seal(self, *, maker: Sm2Authority | Signer | None = None, **changes: Any) -> bytes:
        by = maker or self.maker
        certificates = changes.pop("certificates", (self.signer.der,))
        made = building.build_seal(seal_data(*certificates, **changes), by.der, by.sign)
        return made

    def signature(
        self,
        seal: bytes | None = None,
        *,
        signer: Signer | None = None,
        at: datetime = SIGNED,
        document: bytes = DOCUMENT,
        data_hash: bytes | None = None,
        property_info: str = "/Doc_0/Signs/Sign_0/Signature.xml",
    ) -> bytes:
        by = signer or self.signer
        return building.build_signature(
            seal or self.seal(),
            signer_certificate=by.der,
            data_hash=data_hash or sm2.sm3(document),
            property_info=property_info,
            signed_at=at,
            sign=by.sign,
        )

    def token(
        self, data: bytes, at: datetime, *, tsa: pki.Authority | None = None, digest: bytes | None = None
    ) -> bytes:
        imprint = {
            "hash_algorithm": {"algorithm": "sha256"},
            "hashed_message": digest or hashlib.sha256(data).digest(),
        }
        request = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "cert_req": True}).dump()
        answer = timestamps.answer(request, tsa or self.tsa, (), at, next(_serials))
        return bytes(tsp.TimeStampResp.load(answer)["time_stamp_token"].dump())

    def stamped(self, structure: bytes, at: datetime, **how: Any) -> bytes:
        token = self.token(building.signature_value(structure), at, **how)
        return building.with_timestamp(structure, token)

    # ------------------------------------------------------------ judging

    def crls(self, *revoked: pki.Revoked, at: datetime = NOW) -> tuple[bytes, ...]:
        end = at + timedelta(days=7)
        return (
            sm2_pki.make_crl(self.root, (), 1, at, end),
            sm2_pki.make_crl(self.issuing, revoked, 1, at, end),
            pki.make_crl(self.stamp_root, (), 1, at, end),
        )

    def trust(self, *revoked: pki.Revoked, at: datetime = NOW) -> Trust:
        roots = (self.stamp_root.der, self.root.der)
        return Trust(roots, (self.issuing.der,), self.crls(*revoked, at=at))

    def judge(
        self,
        data: bytes,
        document: bytes | None = DOCUMENT,
        *,
        trust: Trust | None = None,
        now: datetime = NOW,
    ) -> SesReport:
        return verify_ses(data, trust or self.trust(at=now), now, document)

    # ------------------------------------------------------------ certificates of any sort

    def odd_signer(self, change: Callable[[x509.TbsCertificate], None]) -> Signer:
        """A signer whose certificate is changed before the authority signs it."""
        return reissued(self.new_signer(), self.issuing, change)

    def odd_maker(self, change: Callable[[x509.TbsCertificate], None]) -> Signer:
        maker = sm2_pki.make_seal_maker(self.issuing, START)
        return reissued(Signer(maker.key, maker.der), self.issuing, change)


def reissued(
    signer: Signer, issuer: Sm2Authority | Signer, change: Callable[[x509.TbsCertificate], None]
) -> Signer:
    tbs = x509.Certificate.load(signer.der)["tbs_certificate"].copy()
    change(tbs)
    return Signer(signer.key, certificate_of(bytes(tbs.dump(force=True)), issuer))


def certificate_of(tbs: bytes, issuer: Sm2Authority | Signer) -> bytes:
    made = x509.Certificate(
        {
            "tbs_certificate": x509.TbsCertificate.load(tbs),
            "signature_algorithm": {"algorithm": sm2.SIGNATURE_OID},
            "signature_value": issuer.sign(tbs),
        }
    )
    return bytes(made.dump())


def with_extension(tbs: x509.TbsCertificate, name: str, value: object, *, critical: bool = False) -> None:
    kept = [each for each in tbs["extensions"] if each["extn_id"].native != name]
    new = x509.Extension({"extn_id": name, "critical": critical, "extn_value": value})
    tbs["extensions"] = x509.Extensions([*kept, new])


def without_extension(tbs: x509.TbsCertificate, name: str) -> None:
    tbs["extensions"] = x509.Extensions([e for e in tbs["extensions"] if e["extn_id"].native != name])


def for_times(tbs: x509.TbsCertificate, start: datetime, end: datetime) -> None:
    times = {"not_before": x509.Time({"utc_time": start}), "not_after": x509.Time({"utc_time": end})}
    tbs["validity"] = x509.Validity(times)


# ---------------------------------------------------------------- structures with anything in them


def resealed(
    seal: bytes,
    by: Sm2Authority | Signer,
    change: Callable[[Any], None],
    certificate: bytes | None = None,
) -> bytes:
    """The same seal, its information changed and signed anew."""
    parsed = asn1.SESeal.load(seal)
    info = asn1.SES_SealInfo.load(parsed["eSealInfo"].dump())
    change(info)
    return assembled(bytes(info.dump(force=True)), certificate or by.der, by.sign)


def assembled(
    signed: bytes,
    certificate: bytes,
    sign: Callable[[bytes], bytes],
    algorithm: str = sm2.SIGNATURE_OID,
    token: bytes | None = None,
) -> bytes:
    """SESeal or SES_Signature of versions 4 and 5 from its signed part, whatever that is."""
    parts = [
        signed,
        core.OctetString(certificate).dump(),
        core.ObjectIdentifier(algorithm).dump(),
        core.OctetBitString(sign(signed)).dump(),
    ]
    if token is not None:
        parts.append(explicit(0, core.OctetBitString(token).dump()))
    return sequence(*parts)


def sequence(*parts: bytes) -> bytes:
    return tagged(0x30, b"".join(parts))


def explicit(number: int, content: bytes) -> bytes:
    return tagged(0xA0 | number, content)


def tagged(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    width = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | width]) + length.to_bytes(width) + content


def old_seal(world: World, **changes: Any) -> bytes:
    """Version 1 (GM/T 0031-2014): two elements, UTCTime, the maker's certificate signed as well."""
    values: dict[str, Any] = {
        "header": {"ID": "ES", "version": 1, "Vid": "old maker"},
        "esID": "1101050000001",
        "property": {
            "type": 1,
            "name": NAME,
            "certList": asn1.CertInfoList([core.OctetString(world.signer.der)]),
            "createDate": MADE,
            "validStart": MADE,
            "validEnd": END,
        },
        "picture": {"type": "PNG", "data": PNG, "width": 40, "height": 40},
        **changes,
    }
    info = old_structures.SES_SealInfoV1(values).dump()
    certificate = core.OctetString(world.maker.der).dump()
    algorithm = core.ObjectIdentifier(sm2.SIGNATURE_OID).dump()
    value = core.OctetBitString(world.maker.sign(sequence(info, certificate, algorithm))).dump()
    return sequence(info, sequence(certificate, algorithm, value))


def old_signature(
    world: World, seal: bytes | None = None, time: bytes | None = None, document: bytes = DOCUMENT
) -> bytes:
    moment = time or core.UTCTime(SIGNED).dump()
    signed = sequence(
        core.Integer(1).dump(),
        seal or old_seal(world),
        core.OctetBitString(moment).dump(),
        core.OctetBitString(sm2.sm3(document)).dump(),
        core.IA5String("/Doc_0/Signs/Sign_0/Signature.xml").dump(),
        core.OctetString(world.signer.der).dump(),
        core.ObjectIdentifier(sm2.SIGNATURE_OID).dump(),
    )
    return sequence(signed, core.OctetBitString(world.signer.sign(signed)).dump())


def members(der: bytes) -> list[bytes]:
    """The members of a SEQUENCE as they stand, for putting together changed ones."""
    return [part.der for part in load(der).children()]
