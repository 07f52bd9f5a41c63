"""Two companies with their seals, a certificate authority and a timestamp service, all real and small."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.sign.timestamps import TimeStamper

from seals import pki, timestamps
from seals.design import Design
from seals.imprint import Imprint, draw
from seals.kinds import SealKind, seal_name
from seals.mark import draw_mark
from seals.pdf.finishing import finish
from seals.pdf.preparing import Place, Prepared, Protection, prepare, signed_attributes
from seals.pdf.trust import Trust

NOW = datetime.now(UTC).replace(microsecond=0)
MADE = NOW - timedelta(days=30)


class LocalTimeStamper(TimeStamper):
    """Our own timestamp service, asked without a network."""

    def __init__(self, tsa: pki.Authority, chain: Sequence[x509.Certificate] = ()) -> None:
        super().__init__()
        self._tsa, self._chain = tsa, chain
        self._serials = itertools.count(1)
        self.asked = 0

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        self.asked += 1
        now = datetime.now(UTC)
        der = timestamps.answer(req.dump(), self._tsa, self._chain, now, next(self._serials))
        return tsp.TimeStampResp.load(der)


@dataclass(frozen=True)
class Authorities:
    root: pki.Authority
    issuing: pki.Authority
    tsa: pki.Authority


@dataclass(frozen=True)
class Company:
    name: str
    uscc: str
    key: ec.EllipticCurvePrivateKey
    certificate_der: bytes
    imprint: Imprint

    def sign(self, prepared: Prepared) -> tuple[bytes, bytes]:
        """The signed attributes and the value, as the sealer makes them."""
        attributes = signed_attributes(prepared.digest, self.certificate_der)
        return attributes, self.key.sign(attributes, ec.ECDSA(hashes.SHA256()))


@lru_cache(maxsize=1)
def authorities() -> Authorities:
    root = pki.make_root(MADE)
    return Authorities(root, pki.make_issuing(root, MADE), pki.make_tsa(root, MADE))


def chain() -> list[bytes]:
    return [authorities().issuing.certificate.public_bytes(Encoding.DER)]


def trust() -> Trust:
    return Trust((authorities().root.der,), (authorities().issuing.der,))


def company(number: int = 1, kind: SealKind = SealKind.LEGAL_NAME) -> Company:
    return _company(number, kind)


@lru_cache(maxsize=8)
def _company(number: int, kind: SealKind) -> Company:
    name = {1: "北京红日科技有限公司", 2: "上海蓝海贸易有限责任公司"}[number]
    uscc = {1: "91110105MA01ABCD5F", 2: "91110108MA02QRTU4R"}[number]
    serial = f"110105000000{number}"
    key = ec.generate_private_key(ec.SECP256R1())
    issuing = authorities().issuing
    subject = pki.SealSubject(name, uscc, seal_name(kind, name, "张三"), serial)
    end = pki.latest_seal_end(issuing, NOW)
    certificate = pki.issue_seal_certificate(issuing, key.public_key(), subject, NOW, end)
    imprint = draw(Design(kind, company_name=name, uscc=uscc, seal_number=serial, person_name="张三"))
    return Company(name, uscc, key, certificate.public_bytes(Encoding.DER), imprint)


@lru_cache(maxsize=1)
def mark() -> Imprint:
    return draw_mark("https://ez.example.cn/v/7K2M9QXA4TRW8HCN", "7K2M9QXA4TRW8HCN")


def prepared(
    data: bytes,
    place: Place | None = None,
    *,
    by: int = 1,
    protection: Protection = Protection.SOLE,
    **more: object,
) -> Prepared:
    """`prepare` with the small print filled in."""
    who = company(by)
    if place is None and more.get("open_field") is None:
        place = Place(0, 100, 180)
    return prepare(
        data,
        certificate_der=who.certificate_der,
        chain_der=chain(),
        imprint=who.imprint,
        place=place,
        protection=protection,
        claimed_at=NOW,
        **more,  # type: ignore[arg-type]
    )


def finished(ready: Prepared, by: int = 1, timestamper: TimeStamper | None = None) -> bytes:
    who = company(by)
    attributes, value = who.sign(ready)
    return asyncio.run(
        finish(
            ready.data,
            ready.meta,
            certificate_der=who.certificate_der,
            chain_der=chain(),
            signed_attributes_der=attributes,
            signature_value=value,
            timestamper=timestamper or LocalTimeStamper(authorities().tsa),
            trust=trust(),
        )
    ).data


def sealed(data: bytes, place: Place | None = None, *, by: int = 1, **more: object) -> bytes:
    """A document sealed from start to end."""
    return finished(prepared(data, place, by=by, **more), by)  # type: ignore[arg-type]
