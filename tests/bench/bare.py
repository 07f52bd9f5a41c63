"""Bare pyHanko making the same signature: what this system's whole sealing is compared with.

The same PDF, P-256, the same seal as vector art in the same size and blend mode, certified with P=1,
PAdES B-T, or B-LTA with revocation lists that it has, with timestamps of the same service. The key is
loaded once and the HTTP session to the service is held. No mark, no cleaning, no check of the result, no
database: one process and nothing but the signature. `python -m tests.bench.bare URL COUNT ROOT CRL` is that
process, B-LTA; it prints its cost as JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import httpx
from asn1crypto import algos
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.content import PdfResources, RawContent
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, BoxConstraints, SimpleBoxLayoutRule
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from seals import pki
from seals.certificates import load_certificate
from seals.imprint import RED, Imprint, to_pdf_operators
from seals.pdf.geometry import MM
from seals.pdf.preparing import RESERVED_HEX
from server.adapters.timestamper import HttpTimeStamper
from tests.bench.material import SEAL_X_MM, SEAL_Y_MM, Material, contract, imprint, material

__all__ = ["BareSigner", "known_of", "main"]

FIELD = "Seal1"
PAGE_HEIGHT_MM = 297.0
WARM_UP = 5


class HeldKeySigner(Signer):
    """pyHanko's `SimpleSigner` reads its key anew for every signature; this one has it in hand."""

    def __init__(self, made: Material) -> None:
        super().__init__(
            signing_cert=asn1_x509.Certificate.load(made.certificate_der),
            cert_registry=SimpleCertificateStore.from_certs([asn1_x509.Certificate.load(made.issuing.der)]),
            signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            embed_roots=False,
        )
        self._key = made.key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """The ECDSA value."""
        return bytes(72) if dry_run else self._key.sign(data, ec.ECDSA(hashes.SHA256()))


class BareSigner:
    """Everything held that can be held; `sign` is one signature. known: makes it B-LTA."""

    def __init__(
        self, made: Material, timestamper: TimeStamper, known: ValidationContext | None = None
    ) -> None:
        drawn = imprint()
        self._signer = PdfSigner(
            PdfSignatureMetadata(
                field_name=FIELD,
                md_algorithm="sha256",
                subfilter=SigSeedSubFilter.PADES,
                certify=True,
                docmdp_permissions=MDPPerm.NO_CHANGES,
                embed_validation_info=known is not None,
                use_pades_lta=known is not None,
                validation_context=known,
            ),
            HeldKeySigner(made),
            timestamper=timestamper,
            stamp_style=_style(drawn),
            new_field_spec=SigFieldSpec(FIELD, on_page=0, box=_box(drawn)),  # type: ignore[arg-type]
        )

    async def sign(self, data: bytes) -> bytes:
        """The signed PDF."""
        writer = IncrementalPdfFileWriter(BytesIO(data))
        out = await self._signer.async_sign_pdf(writer, bytes_reserved=RESERVED_HEX)
        return bytes(out.getvalue())


def _style(drawn: Imprint) -> StaticStampStyle:
    resources = PdfResources()
    multiply = {pdf_name("/BM"): pdf_name("/Multiply")}
    resources.ext_g_state[pdf_name("/Ink")] = generic.DictionaryObject(multiply)
    box = BoxConstraints(width=drawn.width_mm * MM, height=drawn.height_mm * MM)  # type: ignore[arg-type]
    return StaticStampStyle(
        border_width=0,
        background=RawContent(b"/Ink gs\n" + to_pdf_operators(drawn, RED), resources, box),
        background_opacity=1,
        background_layout=SimpleBoxLayoutRule(AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MIN),
    )


def _box(drawn: Imprint) -> tuple[float, float, float, float]:
    bottom = PAGE_HEIGHT_MM - SEAL_Y_MM - drawn.height_mm
    right, top = SEAL_X_MM + drawn.width_mm, bottom + drawn.height_mm
    return SEAL_X_MM * MM, bottom * MM, right * MM, top * MM


def known_of(made: Material, root: bytes, crl: bytes) -> ValidationContext:
    """Both roots and all lists, held. root, crl: of the time-stamping service, DER."""
    now = datetime.now(UTC)
    own = [pki.make_crl(each, [], 1, now, now + timedelta(days=7)) for each in (made.root, made.issuing)]
    return ValidationContext(
        trust_roots=[asn1_x509.Certificate.load(der) for der in (made.root.der, root)],
        other_certs=[asn1_x509.Certificate.load(made.issuing.der)],
        crls=[*own, crl],
        allow_fetching=False,
        revocation_mode="require",
    )


async def _run(url: str, count: int, root: bytes, crl: bytes) -> dict[str, float]:
    data, made = contract(), material()
    async with httpx.AsyncClient(trust_env=False) as client:
        bare = BareSigner(made, HttpTimeStamper(url, client), known_of(made, root, crl))
        for _ in range(WARM_UP):
            await bare.sign(data)
        cpu, clock = time.process_time(), time.perf_counter()
        for _ in range(count):
            await bare.sign(data)
        cpu, clock = time.process_time() - cpu, time.perf_counter() - clock
    return {"cpu_ms": cpu / count * 1000, "wall_ms": clock / count * 1000, "wall_s": clock, "count": count}


def main() -> None:
    """Sign COUNT times with timestamps from URL."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bare")
    parser.add_argument("url", help="the time-stamping service")
    parser.add_argument("count", type=int)
    parser.add_argument("root", type=Path, help="its root, PEM")
    parser.add_argument("crl", type=Path, help="what that root's list is, DER")
    given = parser.parse_args()
    root = load_certificate(given.root.read_bytes()).public_bytes(Encoding.DER)
    print(json.dumps(asyncio.run(_run(given.url, given.count, root, given.crl.read_bytes()))))


if __name__ == "__main__":
    main()
