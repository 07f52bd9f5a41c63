"""Processor time of the parts of a sealing, each alone in this process."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from types import SimpleNamespace

from asn1crypto import tsp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.timestamps import TimeStamper

from h5.qr import qr_svg
from h5.rendering import render
from seals import custody, pki, timestamps
from seals.imprint import RED, to_pdf_operators
from seals.mark import draw_mark
from seals.pdf.cleaning import clean
from seals.pdf.finishing import finish
from seals.pdf.inspecting import inspect
from seals.pdf.pages import page_png
from seals.pdf.preparing import Place, Prepared, Protection, prepare, signed_attributes
from seals.pdf.verdicts import Trust, Verdict, verify
from tests.bench import material as made_of
from tests.bench.bare import BareSigner
from tests.bench.material import Material, contract, imprint
from tests.bench.table import Row
from tests.bench.timing import each, each_async

__all__ = ["parts", "prepare_and_finish"]

PART = "parts, processor time alone"
URL = "https://seal.example.cn/v/7KQ2M9XH4TBW3RCE"
CODE = "7KQ2M9XH4TBW3RCE"
PAGE_WIDTH_PX = 1000
WEEK = timedelta(days=7)


class OwnClock(TimeStamper):
    """The built-in service without the network."""

    def __init__(self, tsa: pki.Authority) -> None:
        super().__init__()
        self._tsa = tsa

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """A token."""
        serial = secrets.randbits(64) | 1
        return tsp.TimeStampResp.load(timestamps.answer(req.dump(), self._tsa, (), _now(), serial))


@dataclass(frozen=True)
class Engine:
    """This system's own way from PDF to signed PDF, without the processes around it."""

    made: Material
    timestamper: TimeStamper

    def prepare(self, data: bytes, *, mark: bool = True) -> Prepared:
        """The bytes to be signed."""
        return prepare(
            data,
            certificate_der=self.made.certificate_der,
            chain_der=[self.made.issuing.der],
            imprint=imprint(),
            place=Place(0, made_of.SEAL_X_MM, made_of.SEAL_Y_MM),
            protection=Protection.SOLE,
            claimed_at=_now(),
            mark=draw_mark(URL, CODE) if mark else None,
        )

    def attributes(self, ready: Prepared) -> bytes:
        """What the key signs."""
        return signed_attributes(ready.digest, self.made.certificate_der)

    def value(self, attributes: bytes) -> bytes:
        """The ECDSA value."""
        return self.made.key.sign(attributes, ec.ECDSA(hashes.SHA256()))

    async def finish(self, ready: Prepared, attributes: bytes, value: bytes) -> bytes:
        """The signed PDF."""
        stamped = await finish(
            ready.data,
            ready.meta,
            certificate_der=self.made.certificate_der,
            chain_der=[self.made.issuing.der],
            signed_attributes_der=attributes,
            signature_value=value,
            timestamper=self.timestamper,
            trust=Trust((self.made.root.der,), (self.made.issuing.der,)),
        )
        return stamped.data

    async def seal(self, data: bytes, *, mark: bool) -> bytes:
        """All of it."""
        ready = self.prepare(data, mark=mark)
        attributes = self.attributes(ready)
        return await self.finish(ready, attributes, self.value(attributes))


def parts(times: int) -> list[Row]:
    """Every part but those that need a database."""
    made = made_of.material()
    engine = Engine(made, OwnClock(made.tsa))
    return [
        Row(PART, what, figure, "ms")
        for what, figure in (*_documents(engine, times), *_custody(made, times), *_web(times))
    ]


def prepare_and_finish(times: int) -> list[Row]:
    """This system's prepare and finish against bare pyHanko, by turns in this process."""
    part = "prepare and finish alone, timestamp in process"
    made = made_of.material()
    clock = OwnClock(made.tsa)
    engine, bare = Engine(made, clock), BareSigner(made, clock)
    cleaned = clean(contract(), False).data

    async def by_turns() -> tuple[float, float, float]:
        rounds = [
            (
                await each_async(lambda: engine.seal(cleaned, mark=False), times // 5),
                await each_async(lambda: engine.seal(cleaned, mark=True), times // 5),
                await each_async(lambda: bare.sign(contract()), times // 5),
            )
            for _ in range(5)
        ]
        without, marked, bare_ms = (median(column) for column in zip(*rounds, strict=True))
        return without, marked, bare_ms

    without, marked, theirs = asyncio.run(by_turns())
    return [
        Row(part, "ours, the seal", without, "ms"),
        Row(part, "ours, the seal and the verification mark", marked, "ms"),
        Row(part, "bare pyHanko, the seal", theirs, "ms"),
        Row(part, "ratio, the seal", without / theirs, "x"),
        Row(part, "ratio, ours with the mark", marked / theirs, "x"),
    ]


def _documents(engine: Engine, times: int) -> Sequence[tuple[str, float]]:
    raw = contract()
    cleaned = clean(raw, False).data
    ready = engine.prepare(cleaned)
    attributes = engine.attributes(ready)
    value = engine.value(attributes)

    async def finished() -> bytes:
        return await engine.finish(ready, attributes, value)

    async def finishing() -> float:
        return await each_async(finished, times)

    signed = asyncio.run(finished())
    made, now = engine.made, _now()
    crls = tuple(
        pki.make_crl(authority, [], 1, now - WEEK, now + WEEK) for authority in (made.root, made.issuing)
    )
    trust = Trust((made.root.der,), (made.issuing.der,), crls)
    assert verify(signed, trust, _now()).verdict is Verdict.VALID
    query = _query(value)
    few = max(5, times // 4)
    return [
        ("inspect", each(lambda: inspect(raw), times)),
        ("clean", each(lambda: clean(raw, False), times)),
        ("draw an imprint", each(made_of.imprint.__wrapped__, times)),
        ("imprint as PDF operators", each(lambda: to_pdf_operators(imprint(), RED), times)),
        ("draw the mark", each(lambda: draw_mark(URL, secrets.token_hex(8).upper()), times)),
        ("prepare, without drawing the mark", each(lambda: engine.prepare(cleaned, mark=False), times)),
        ("signed attributes", each(lambda: engine.attributes(ready), times)),
        ("ECDSA", each(lambda: engine.value(attributes), times)),
        ("time-stamping service, one token", each(lambda: _stamp(query, made.tsa), times)),
        ("finish, its timestamp included", asyncio.run(finishing())),
        ("verify", each(lambda: verify(signed, trust, _now()), times)),
        ("picture of a page", each(lambda: page_png(ready.data, 0, PAGE_WIDTH_PX, "未签署"), few)),
    ]


def _custody(made: Material, times: int) -> Sequence[tuple[str, float]]:
    vault, pepper, salt = custody.FileVault(bytes(32)), bytes(32), bytes(16)
    day, holder = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    stretched = custody.stretch_pin("730519", salt, pepper)
    info = custody.offer_info({"signing": "a" * 24, "sha256": "b" * 64})
    day_public = day.public_key().public_bytes_raw()
    offer = custody.seal_offer(stretched, day_public, info)
    closed = custody.seal_holder(holder, stretched, pepper, "p")
    secret = secrets.token_bytes(custody.SECRET_BYTES)
    wrapped = custody.wrap_secret(secret, holder.public_key().public_bytes_raw(), "s", 1, "p")
    der = made.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    locked = custody.seal_private(der, secret, vault, 1, "s", 1, "k")
    identity = Ed25519PrivateKey.generate()
    attested = custody.attest(identity, "holder", "p", day_public)
    public = identity.public_key()

    def unwrap() -> None:
        custody.check_attestation(public, "holder", "p", day_public, attested)
        private = custody.open_holder(closed, stretched, pepper, "p")
        opened = custody.unwrap_secret(wrapped, private, "s", 1, "p")
        custody.open_private(locked, opened, vault, 1, "s", 1, "k")

    return [
        ("Argon2id", each(lambda: custody.stretch_pin("730519", salt, pepper), max(3, times // 8))),
        ("seal a PIN offer (HPKE)", each(lambda: custody.seal_offer(stretched, day_public, info), times)),
        ("open a PIN offer (HPKE)", each(lambda: custody.open_offer(offer, day, info), times)),
        ("holder's key, seal's secret, seal's key", each(unwrap, times)),
    ]


def _web(times: int) -> Sequence[tuple[str, float]]:
    settings = SimpleNamespace(sandbox_url="", public_url="https://seal.example.cn")
    request = SimpleNamespace(
        args={},
        cookies={},
        headers={},
        ctx=SimpleNamespace(session=None),
        app=SimpleNamespace(ctx=SimpleNamespace(settings=settings)),
    )
    scanned = f"https://seal.example.cn/c#{secrets.token_urlsafe(32)}"
    return [
        ("QR code on the screen", each(lambda: qr_svg(scanned), times)),
        ("a page's shell", each(lambda: render(request, "verify.html"), times)),  # type: ignore[arg-type]
    ]


def _query(value: bytes) -> bytes:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(value)
    imprint_of = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest.finalize()}
    request = {"version": 1, "message_imprint": imprint_of, "nonce": secrets.randbits(64), "cert_req": True}
    return bytes(tsp.TimeStampReq(request).dump())


def _stamp(query: bytes, tsa: pki.Authority) -> bytes:
    return timestamps.answer(query, tsa, (), _now(), secrets.randbits(64) | 1)


def _now() -> datetime:
    return datetime.now(UTC)
