"""Make the seal structure of a seal, and check one before it is signed with (制章, GB/T 38540 §5).

Timestamps of either structure are RFC 3161 tokens of its signature value.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from pyhanko.sign.timestamps import TimeStamper

from auth.errors import Invalid, Refused
from seals import sm2, sm2_certificates
from seals.drawing.output import Imprint, to_palette_png, to_svg
from seals.kinds import SealKind, spec
from seals.pdf.finishing import TIMESTAMP_FAILURES, no_timestamp
from seals.ses import building, reading
from seals.sm2_pki import Sm2Authority

__all__ = ["PICTURE_DPI", "MadeSeal", "SealMaker", "require_ours", "timestamped"]

PICTURE_DPI = 300
TIMESTAMPED_FROM = 5
"""GM/T 0031-2025: a seal structure of version 5 carries the seal maker's timestamp."""


@dataclass(frozen=True)
class MadeSeal:
    """A SESeal (DER) with what it says of itself; times UTC."""

    der: bytes
    version: int
    valid_start: datetime
    valid_end: datetime


@dataclass(frozen=True)
class SealMaker:
    """制章者. version: 4 or 5; picture: "png" or "svg"; timestamper: asked for version 5 only."""

    authority: Sm2Authority = field(repr=False)
    timestamper: TimeStamper
    version: int = 4
    picture: str = "png"

    async def make(
        self,
        kind: SealKind,
        name: str,
        number: str,
        imprint: Imprint,
        certificate: bytes,
        valid: tuple[datetime, datetime],
        now: datetime,
    ) -> MadeSeal:
        """The structure of one seal, its signer's certificate (DER) in it, valid as long as that.

        Raises Unavailable `timestamp.unavailable`.
        """
        # No seal outlives who vouches for it: an ended maker's certificate makes all its seals invalid (v4).
        end = min(valid[1], self.authority.certificate.not_valid_after_utc)
        data = building.SealData(
            seal_id=number,
            type=spec(kind).ses_type,
            name=name,
            signer_certificates=[certificate],
            picture=self._picture(imprint),
            created_at=now,
            valid_start=valid[0],
            valid_end=end,
            version=self.version,
        )
        der = building.build_seal(data, self.authority.der, self.authority.sign)
        if self.version >= TIMESTAMPED_FROM:
            der = await timestamped(der, self.timestamper)
        return MadeSeal(der, self.version, valid[0], end)

    def _picture(self, imprint: Imprint) -> building.PictureData:
        if self.picture == "svg":
            kind, data = "SVG", to_svg(imprint).encode()
        else:
            kind, data = "PNG", to_palette_png(imprint, PICTURE_DPI)
        return building.PictureData(kind, data, round(imprint.width_mm), round(imprint.height_mm))


async def timestamped(structure: bytes, timestamper: TimeStamper) -> bytes:
    """A structure that we made, with a timestamp. Raises Unavailable `timestamp.unavailable`."""
    digest = hashlib.sha256(building.signature_value(structure)).digest()
    try:
        token = await timestamper.async_timestamp(digest, "sha256")
    except TIMESTAMP_FAILURES as error:
        raise no_timestamp() from error
    return building.with_timestamp(structure, token.dump())


def require_ours(seal: bytes, issuing_public: bytes, certificate: bytes, key: sm2.Sm2Key) -> None:
    """Before a SESeal out of the database is signed with: our seal maker made it, for this very key.

    issuing_public: of our SM2 issuing authority; certificate: the signer's (DER), key: its pair as it was
    opened. Raises Refused `ses.seal_changed`.
    """
    if not _is_ours(seal, issuing_public, certificate, key.public):
        raise Refused(
            "ses.seal_changed",
            "电子印章数据被改动或不属于本印章，已拒绝签章。请联系客服。",
            "The seal's structure was changed or is not this seal's; nothing is signed with it. "
            "Please contact support.",
        )


def _is_ours(seal: bytes, issuing_public: bytes, certificate: bytes, public: bytes) -> bool:
    try:
        read = reading.read(seal)
        made_by = sm2_certificates.public_key(read.certificate)
        own = sm2_certificates.public_key(certificate) == public
    except (reading.Malformed, Invalid):
        return False
    return (
        isinstance(read, reading.Seal)
        and own
        and certificate in read.certificates
        and read.algorithm == sm2.SIGNATURE_OID
        and sm2_certificates.is_seal_maker(read.certificate)
        and sm2_certificates.is_signed_by(read.certificate, issuing_public)
        and sm2.verify(made_by, read.value, read.signed)
    )
