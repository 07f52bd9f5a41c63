"""Seal a paper with the platform's own key, as every document is: PAdES B-LTA, verified before it leaves.

No company's key is near it: the certificate names the platform, and its imprint shows no star and no company.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pyhanko.sign.timestamps import TimeStamper

from auth.errors import Conflict
from seals import pki
from seals.drawing.layouts import RoundWords, round_seal
from seals.drawing.outline import path_data
from seals.glyphs import glyph
from seals.imprint import Imprint
from seals.kinds import Shape
from seals.pdf.finishing import finish
from seals.pdf.preparing import Place, Protection, signed_attributes
from seals.pdf.reports import Verdict
from seals.revocation import current_trust
from seals.signing.archiving import archive
from seals.signing.workshop import Workshop

__all__ = ["PaperSealer", "imprint"]

_SIZE_MM = 40.0
_X_MM, _Y_MM = 210.0 - 22.0 - 46.0, 297.0 - 24.0 - 43.0
"""Where templates leave room for it, at the foot of the last page (`templates/house.typ`)."""


@lru_cache(maxsize=1)
def imprint() -> Imprint:
    """The platform's imprint."""
    shape = Shape(_SIZE_MM, _SIZE_MM, 1.0)
    name, legend = ([glyph(char) for char in words] for words in ("e章通电子签章平台", "文书专用章"))
    parts = round_seal(shape, RoundWords(name=name, number=(), legend=legend))
    outlines = [outline for part in parts.values() for outline in part]
    return Imprint(shape.width_mm, shape.height_mm, path_data(outlines))


@dataclass(frozen=True)
class PaperSealer:
    """The platform's key for papers, and what making them needs beside it. identity: the sealer's, public.

    apart: the workshop whose inspector answers from a worker that has read nothing but the paper: what it
    hands over gets the platform's signature without a person or a PIN.
    """

    key: pki.Authority = field(repr=False)
    identity: Ed25519PublicKey
    apart: Workshop
    timestamper: TimeStamper

    async def seal(self, data: bytes, now: datetime) -> bytes:
        """The paper, sealed at the foot of its last page.

        Raises what the inspector raises; Unavailable `timestamp.unavailable`, `ocsp.unavailable`; Conflict
        `paper.output_bad` where our own verification does not find it good.
        """
        inspector, chain = self.apart.inspector, list(self.apart.chain)
        last = len((await inspector.inspect(data)).pages) - 1
        prepared = await inspector.prepare(
            data,
            certificate_der=self.key.der,
            chain_der=chain,
            imprint=imprint(),
            place=Place(last, _X_MM, _Y_MM),
            protection=Protection.SOLE,
            claimed_at=now,
        )
        attributes = signed_attributes(prepared.digest, self.key.der)
        stamped = await finish(
            prepared.data,
            prepared.meta,
            certificate_der=self.key.der,
            chain_der=chain,
            signed_attributes_der=attributes,
            signature_value=self.key.key.sign(attributes, ec.ECDSA(hashes.SHA256())),
            timestamper=self.timestamper,
            trust=await current_trust(self.apart),
        )
        sealed = (await archive(stamped, self.key.der, self.apart, self.timestamper)).data
        report = await inspector.verify(sealed, await current_trust(self.apart))
        levels = [one.level for one in report.signatures]
        if report.verdict is not Verdict.VALID or levels != ["B-LTA"]:
            raise Conflict(
                "paper.output_bad",
                "文书未通过平台自检，未交付。请稍后重试，或联系客服。",
                "The paper does not pass our own verification and is not given out. Try again, or contact "
                "support.",
                reasons=list(report.reasons),
            )
        return sealed
