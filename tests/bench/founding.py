"""Founding a company and collecting its five seals: through the real processes, and part by part."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from seals import custody, pki, sm2, sm2_keys, sm2_pki
from seals.certificates import SealSubject
from seals.design import Design
from seals.drawing.output import to_palette_png
from seals.imprint import Imprint, draw
from seals.kinds import FIVE, seal_name
from seals.ses.making import PICTURE_DPI, MadeSeal, SealMaker
from tests.bench.material import COMPANY, NUMBER, USCC, material
from tests.bench.parts import OwnClock
from tests.bench.site import OURS, Site, owner
from tests.bench.table import Row
from tests.bench.timing import each

__all__ = ["five_seals", "founding_companies"]

PART = "founding a company, collecting its five seals"
TARGET_MS = 250.0
PERSON = "张晓明"
_AGE, _LIFE = timedelta(hours=1), timedelta(days=900)


def founding_companies(site: Site, shares: dict[str, float], times: int) -> list[Row]:
    """One after the other, by one person, from the form to usable keys; what is at rest is taken off."""
    with owner(site) as person:
        before, begun = site.cpu(), time.monotonic()
        for _ in range(times):
            person.found()
        took = time.monotonic() - begun
        used = site.cpu_since(before)
    spent = {name: max(0.0, used[name] - shares[name] * took) / times * 1000 for name in OURS}
    stretch = each(lambda: custody.stretch_pin("730519", bytes(16), bytes(32)), 5)
    besides = sum(spent.values()) - stretch
    return [
        Row(PART, "companies, one after the other", times / took, "a second"),
        *(Row(PART, f"CPU a company, {name}", spent[name], "ms") for name in OURS),
        Row(PART, "  of it Argon2id for the PIN", stretch, "ms"),
        Row(PART, "CPU a company, all processes, besides Argon2id", besides, "ms", TARGET_MS),
    ]


def five_seals(times: int) -> list[Row]:
    """What five seals cost to make, each part alone in this process."""
    work = _Work()
    few = max(5, times // 4)
    figures = [
        ("five imprints drawn", each(work.imprints, few)),
        ("five P-256 pairs and their certificates", each(work.p256, few)),
        ("five SM2 pairs and their certificates", each(work.sm2, few)),
        ("five SESeal, version 4, PNG", each(work.structures(4, "png"), few)),
        ("ten keys and five secrets wrapped", each(work.wrapped, few)),
    ]
    return [
        *(Row(PART, f"part: {what}", figure, "ms") for what, figure in figures),
        Row(PART, "part: all of these", sum(figure for _, figure in figures), "ms", TARGET_MS),
        Row(PART, "part: of five SESeal, their PNG", each(work.pictures, few), "ms"),
        Row(PART, "part: five SESeal, version 4, SVG", each(work.structures(4, "svg"), few), "ms"),
        Row(
            PART,
            "part: five SESeal, version 5, its timestamps included",
            each(work.structures(5, "png"), few),
            "ms",
        ),
    ]


class _Work:
    """Five seals of one company, and all that makes them."""

    def __init__(self) -> None:
        now = datetime.now(UTC)
        made = now - _AGE
        self.now, self.valid = now, (made, made + _LIFE)
        self.issuing = material().issuing
        self.sm2_issuing = sm2_pki.make_issuing(sm2_pki.make_root(made), made)
        self.maker = sm2_pki.make_seal_maker(self.sm2_issuing, made)
        self.tsa = pki.make_tsa(pki.make_root(made), made)
        base = Design(FIVE[0], COMPANY, USCC, NUMBER, PERSON)
        self.designs = [replace(base, kind=kind) for kind in FIVE]
        self.names = [seal_name(kind, COMPANY, PERSON) for kind in FIVE]
        self.subjects = [SealSubject(COMPANY, USCC, name, NUMBER) for name in self.names]
        self.drawn = self.imprints()
        self.certificates = self.sm2()
        self.holder = X25519PrivateKey.generate().public_key().public_bytes_raw()
        self.vault = custody.FileVault(bytes(32))
        self.private = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            Encoding.DER, PrivateFormat.PKCS8, NoEncryption()
        )

    def imprints(self) -> list[Imprint]:
        return [draw(design) for design in self.designs]

    def pictures(self) -> list[bytes]:
        return [to_palette_png(drawn, PICTURE_DPI) for drawn in self.drawn]

    def p256(self) -> None:
        for subject in self.subjects:
            public = ec.generate_private_key(ec.SECP256R1()).public_key()
            pki.issue_seal_certificate(self.issuing, public, subject, self.now, self.valid[1], "http://x/crl")

    def sm2(self) -> list[bytes]:
        return [
            sm2_pki.issue_seal_certificate(
                self.sm2_issuing, sm2.generate().public, subject, self.now, self.valid[1], "http://x/crl"
            )
            for subject in self.subjects
        ]

    def structures(self, version: int, picture: str) -> Callable[[], list[MadeSeal]]:
        maker = SealMaker(self.maker, OwnClock(self.tsa), version, picture)

        async def all_of_them() -> list[MadeSeal]:
            five = zip(FIVE, self.names, self.drawn, self.certificates, strict=True)
            return [
                await maker.make(kind, name, NUMBER, drawn, certificate, self.valid, self.now)
                for kind, name, drawn, certificate in five
            ]

        return lambda: asyncio.run(all_of_them())

    def wrapped(self) -> None:
        for _ in FIVE:
            secret = secrets.token_bytes(custody.SECRET_BYTES)
            sm2_der = sm2_keys.dump_private(sm2.generate())
            for key, private in (("p", self.private), ("s", sm2_der)):
                custody.seal_private(private, secret, self.vault, 1, "seal", 1, key)
            custody.wrap_secret(secret, self.holder, "seal", 1, "person")
