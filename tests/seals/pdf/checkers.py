"""Other people's programs, asked about our files: pyHanko, pdfsig (NSS), mutool, qpdf, three renderers."""

from __future__ import annotations

import asyncio
import subprocess
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from PIL import Image, ImageChops
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from tests.seals.pdf import samples
from tests.seals.pdf.parties import authorities

MM_PER_INCH = 25.4


def nss_with_root(folder: Path, root_pem: bytes | None = None) -> Path:
    """An NSS database that trusts a root, that of the tests if none is given, as pdfsig wants it."""
    database, root = folder / "nss", folder / "root.pem"
    database.mkdir()
    root.write_bytes(root_pem or authorities().root.certificate.public_bytes(Encoding.PEM))
    _run("certutil", "-N", "-d", database, "--empty-password")
    _run("certutil", "-A", "-d", database, "-n", "root", "-t", "CT,C,C", "-i", root)
    return database


def pdfsig(database: Path, data: bytes) -> tuple[int, int, int]:
    """How many signatures pdfsig finds, calls valid, and calls made with a trusted certificate.

    It exits 0 on forgeries, so its words count.
    """
    file = database.parent / "checked.pdf"
    file.write_bytes(data)
    text = _run("pdfsig", "-nssdir", database, file)
    found = text.count("Signature Validation:")
    return found, text.count("Signature is Valid."), text.count("Certificate is Trusted.")


def mutool(folder: Path, data: bytes) -> str:
    """What mutool says of the signatures; it knows no trust and calls every certificate unknown."""
    file = folder / "checked.pdf"
    file.write_bytes(data)
    return _run("mutool", "sign", "-v", file)


def qpdf(folder: Path, data: bytes) -> str:
    """Empty if the file is well-formed, else qpdf's complaint."""
    file = folder / "checked.pdf"
    file.write_bytes(data)
    done = subprocess.run(["qpdf", "--check", file], capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def pyhanko(data: bytes) -> list[PdfSignatureStatus]:
    """pyHanko's judgement of every signature, in the order of signing."""
    root = asn1_x509.Certificate.load(authorities().root.der)

    def context() -> ValidationContext:
        return ValidationContext(trust_roots=[root], allow_fetching=False)

    async def judge() -> list[PdfSignatureStatus]:
        reader = PdfFileReader(BytesIO(data))
        found = reader.embedded_signatures
        return [await async_validate_pdf_signature(one, context(), context()) for one in found]

    return asyncio.run(judge())


def tampered(data: bytes, old: bytes = b"/MediaBox", new: bytes = b"/MediaB0x") -> bytes:
    """The same file with one character of the signed part changed."""
    assert len(old) == len(new)
    assert old in data
    return data.replace(old, new, 1)


def page_picture(data: bytes, page: int = 0, dpi: int = 100) -> Image.Image:
    """A page as pdfium shows it, signature fields included."""
    document = pdfium.PdfDocument(data)
    document.init_forms()
    picture = document[page].render(scale=dpi / 72, may_draw_forms=True).to_pil().convert("RGB")
    document.close()
    return picture


def poppler_picture(folder: Path, data: bytes, dpi: int = 100) -> Image.Image:
    file, stem = folder / "shown.pdf", folder / "poppler"
    file.write_bytes(data)
    _run("pdftoppm", "-r", dpi, "-png", "-f", 1, "-l", 1, "-cropbox", "-singlefile", file, stem)
    return Image.open(f"{stem}.png").convert("RGB")


def mupdf_picture(folder: Path, data: bytes, dpi: int = 100) -> Image.Image:
    file, picture = folder / "shown.pdf", folder / "mupdf.png"
    file.write_bytes(data)
    _run("mutool", "draw", "-q", "-r", dpi, "-o", picture, file, 1)
    return Image.open(picture).convert("RGB")


def red_box_mm(picture: Image.Image, dpi: int = 100) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of everything red on a picture, mm."""
    red, green, blue = picture.split()
    strong = red.point(lambda value: 255 * (value > 150))
    others = ImageChops.lighter(green, blue).point(lambda value: 255 * (value < 110))
    box = ImageChops.multiply(strong, others).getbbox()
    assert box is not None, "nothing red"
    left, top, right, bottom = (value * MM_PER_INCH / dpi for value in box)
    return left, top, right, bottom


def darkest(picture: Image.Image, box_mm: tuple[float, float, float, float], dpi: int = 100) -> int:
    """The brightest channel of the darkest pixel within a box: near 0 where black ink is."""
    left, top, right, bottom = (round(value * dpi / MM_PER_INCH) for value in box_mm)
    red, green, blue = picture.crop((left, top, right, bottom)).split()
    lowest, _ = ImageChops.lighter(ImageChops.lighter(red, green), blue).getextrema()
    return int(lowest)


_KEPT: list[pikepdf.Pdf] = []


def widget(data: bytes, name: str = "Seal1") -> pikepdf.Object:
    pdf = pikepdf.open(BytesIO(data))
    _KEPT[:] = [*_KEPT[-3:], pdf]
    return next(field for field in pdf.Root.AcroForm.Fields if str(field.T) == name)  # type: ignore[attr-defined]


def contents(data: bytes) -> list[list[bytes]]:
    """Each page's content streams, as they stand in the file."""
    with pikepdf.open(BytesIO(data)) as pdf:
        pages = []
        for page in pdf.pages:
            value = page.obj.get("/Contents")
            streams = list(value) if isinstance(value, pikepdf.Array) else [value]  # type: ignore[call-overload]
            pages.append([stream.read_raw_bytes() for stream in streams if stream is not None])
        return pages


def remove_annotations(data: bytes) -> bytes:
    with pikepdf.open(BytesIO(data)) as pdf:
        for page in pdf.pages:
            if "/Annots" in page.obj:
                del page.obj["/Annots"]
        return samples.save(pdf)


def pictures_differ(one: bytes, other: bytes, page: int) -> tuple[int, int, int, int] | None:
    return ImageChops.difference(page_picture(one, page), page_picture(other, page)).getbbox()


def redness(picture: Image.Image) -> Image.Image:
    red, green, _ = picture.split()
    return ImageChops.subtract(red, green).point(lambda value: 255 * (value > 100))


def _run(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True)
    return done.stdout
