"""Do other people's programs accept what was sealed, and do they refuse its tampered twin?"""

from __future__ import annotations

import asyncio
import subprocess
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium
from asn1crypto import x509 as asn1_x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from seals.pdf.reports import Verdict
from tests.corpus.sealing import Sealed
from tests.seals.pdf.checkers import mutool, pdfsig
from tests.seals.pdf.parties import authorities

__all__ = ["complaints", "opens"]

_MUTOOL_VALID = "The signature is valid"


def opens(data: bytes) -> bool:
    """Whether a common reader shows the file without asking for a password."""
    try:
        document = pdfium.PdfDocument(data)
        pages = len(document)
        document.close()
    except pdfium.PdfiumError:
        return False
    return pages > 0


def complaints(sealed: Sealed, database: Path) -> list[str]:
    """Who does not accept it: `own`, `pyhanko`, `pdfsig`, `mutool`; and whom the twin deceives."""
    data, wrong = sealed.data, []
    ours = next((one for one in sealed.report.signatures if one.field == sealed.field), None)
    if ours is None:
        return [f"own: not found, {','.join(sealed.report.reasons)}"]
    if ours.verdict is not Verdict.VALID or ours.level != "B-LTA":
        wrong.append(f"own {','.join(ours.reasons) or ours.level}")
    wrong.extend(_pyhanko(data, sealed.field))
    _, valid, trusted = pdfsig(database, data)
    if not valid or trusted != 1:
        wrong.append(f"pdfsig {valid} valid {trusted} trusted")
    valid = _said(database, data).count(_MUTOOL_VALID)
    if not valid:
        wrong.append("mutool")
    twin = _twin(data)
    try:
        if pdfsig(database, twin)[2]:
            wrong.append("pdfsig takes the twin")
    except subprocess.CalledProcessError:
        pass  # it cannot be read any more: not accepted either
    if _said(database, twin).count(_MUTOOL_VALID) >= valid > 0:  # earlier ones of others may stay
        wrong.append("mutool takes the twin")
    return wrong


def _pyhanko(data: bytes, field: str) -> list[str]:
    root = asn1_x509.Certificate.load(authorities().root.der)

    async def judge() -> bool:
        context = ValidationContext(trust_roots=[root], allow_fetching=False)
        found = PdfFileReader(BytesIO(data)).embedded_regular_signatures
        ours = next(one for one in found if one.field_name == field)
        status = await async_validate_pdf_signature(ours, context, context)
        return bool(status.bottom_line)

    try:
        return [] if asyncio.run(judge()) else ["pyhanko"]
    except Exception as error:
        return [f"pyhanko {type(error).__name__}"]


def _said(database: Path, data: bytes) -> str:
    try:
        return mutool(database.parent, data)
    except subprocess.CalledProcessError as error:
        return str(error.stdout)


def _twin(data: bytes) -> bytes:
    """One bit of the first fifth flipped: within what was signed, far from the signature's own place."""
    at = len(data) // 5
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
