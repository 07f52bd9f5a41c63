"""The one door through which bytes become a PDF object model: bounded, and every failure typed.

qpdf (through pikepdf) reads; its process-wide limits are set here, once, before anything is opened.
What these limits cannot bound (time, total memory) the inspector's killable workers bound.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

import pikepdf
from pikepdf.settings import set_qpdf_limits
from pyhanko.pdf_utils.misc import PdfError as PyHankoError
from pyhanko.sign.general import SigningError

from auth.errors import DomainError, Invalid, TooLarge

__all__ = [
    "MAX_BYTES",
    "MAX_OBJECTS",
    "MAX_PAGES",
    "Opened",
    "broken",
    "open_pdf",
    "reading",
    "signed_and_damaged",
    "signed_and_restricted",
]

MAX_BYTES = 50 * 2**20
MAX_PAGES = 1000
MAX_OBJECTS = 300_000
MAX_DECODED_BYTES = 64 * 2**20
"""Of one stream that must be decoded to understand the file (pictures are not); more is a bomb."""

_HEADER_WINDOW = 1024
_TAIL_WINDOW = 2048
_END = re.compile(rb"%%EOF|startxref\s+\d+\s*$")
_OBJECT = re.compile(rb"\d\s+obj\b")
_LINEARIZED_LENGTH = re.compile(rb"/Linearized\b.{0,200}?/L\s+(\d{1,12})\b", re.DOTALL)

set_qpdf_limits(
    flate_max_memory=MAX_DECODED_BYTES,
    run_length_max_memory=MAX_DECODED_BYTES,
    png_max_memory=MAX_DECODED_BYTES,
    tiff_max_memory=MAX_DECODED_BYTES,
    dct_max_memory=MAX_DECODED_BYTES,
    dct_max_progressive_scans=100,
    doc_max_warnings=1000,
)

_READ_FAILURES = (
    pikepdf.PdfError,
    PyHankoError,
    SigningError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    AssertionError,
    MemoryError,
    EOFError,
    OSError,
    zlib.error,
)
"""What the two PDF libraries raise on hostile input, read from their source and found by fuzzing."""


@dataclass(frozen=True)
class Opened:
    """A PDF that could be read.

    repaired: not as it stands, something had to be mended or passed over; restricted: encrypted, and opened
    with the empty password, as every reader does; hybrid: with two sorts of cross-references at once, of
    which old and new readers follow different ones (ISO 32000-2 §7.5.8.4).
    """

    pdf: pikepdf.Pdf
    repaired: bool
    restricted: bool
    hybrid: bool


def broken(cause: str = "") -> Invalid:
    """The error for a PDF that cannot be understood. `cause`: a word for the log, never file content."""
    return Invalid(
        "pdf.broken",
        "PDF 文件已损坏或不符合规范，请用原软件重新导出后再上传。",
        "The PDF is damaged or not well-formed; export it again from the program it came from.",
        cause=cause,
    )


def signed_and_damaged(cause: str) -> Invalid:
    """The error for a file whose repair would end its signatures. `cause`: `damaged` or `hybrid`."""
    return Invalid(
        "pdf.signed_and_damaged",
        "该文件已有签名，而文件结构已损坏：修复会使原有签名失效，不修复则各软件看到的可能不同，所以不能加盖。"
        "请向签署方索取完好的原件。",
        "This file is signed and damaged: mending it would end its signatures, and as it is, programs read "
        "it differently. No seal can be added; ask its signer for a sound original.",
        cause=cause,
    )


def signed_and_restricted() -> Invalid:
    """The error for a signed file that is encrypted: neither can be undone without the other."""
    return Invalid(
        "pdf.signed_and_restricted",
        "该文件已有签名且设有权限限制：解除限制会使原有签名失效，所以不能加盖。请向签署方索取不加密的文件。",
        "This file is signed and restricted: lifting the restrictions would end its signatures, so no seal "
        "can be added. Ask its signer for one that is not encrypted.",
    )


@contextmanager
def reading() -> Iterator[None]:
    """Turns whatever a PDF library raises over hostile input into `pdf.broken`; our own errors pass."""
    try:
        yield
    except DomainError:
        raise
    except _READ_FAILURES as error:
        raise broken(type(error).__name__) from error


def open_pdf(data: bytes) -> Opened:
    """Open a PDF of at most MAX_BYTES and MAX_PAGES.

    Raises TooLarge `pdf.too_large`, `pdf.too_many_pages`, `pdf.too_many_objects` (facts: `limit`);
    Invalid `pdf.not_pdf`, `pdf.truncated`, `pdf.encrypted`, `pdf.no_pages`, `pdf.broken`.
    """
    odd = _check_envelope(data)
    with reading():
        pdf, mended = _read(data)
        if pdf.is_encrypted and not pdf.user_password_matched:
            raise _encrypted()  # an empty owner password opens it for qpdf, and for no reader
    return Opened(pdf, odd or mended, pdf.is_encrypted, "/XRefStm" in pdf.trailer)


def _check_envelope(data: bytes) -> bool:
    """Whether something stands before the file's beginning or after its end that readers pass over."""
    if len(data) > MAX_BYTES:
        raise TooLarge(
            "pdf.too_large",
            f"文件超过 {MAX_BYTES // 2**20} MB，请压缩图片或拆分后再上传。",
            f"The file is over {MAX_BYTES // 2**20} MB; shrink its pictures or split it.",
            limit=MAX_BYTES,
        )
    # ISO 32000-2 §7.5.2 wants the header first; readers accept it within the first 1,024 bytes.
    if b"%PDF-" not in data[:_HEADER_WINDOW]:
        raise Invalid(
            "pdf.not_pdf",
            "这不是 PDF 文件，请先转换为 PDF 再上传。",
            "This is not a PDF file; convert it to PDF first.",
        )
    linearized = _LINEARIZED_LENGTH.search(data[:_HEADER_WINDOW])
    odd = not data.startswith(b"%PDF-") or not _END.search(data[-_TAIL_WINDOW:])
    if (odd and not _has_end(data)) or (linearized and int(linearized[1]) > len(data)):
        raise Invalid(
            "pdf.truncated",
            "PDF 文件不完整（结尾缺失），可能未下载完或未导出完，请重新获取后上传。",
            "The PDF is cut off: its end is missing. Download or export it again.",
        )
    return odd


def _has_end(data: bytes) -> bool:
    """Whether what follows the last end mark, of whatever length, is no part of a document."""
    if _END.search(data[-_TAIL_WINDOW:]):
        return True
    end = data.rfind(b"%%EOF")
    return end >= 0 and not _OBJECT.search(data, end)


def _read(data: bytes) -> tuple[pikepdf.Pdf, bool]:
    """qpdf's reading, and whether it had to mend something.

    First without mending: what cannot be read so is dropped with no more than a warning, a page's content
    among it, so from there on it is read again with mending.
    """
    try:
        pdf = pikepdf.open(BytesIO(data), attempt_recovery=False, suppress_warnings=True)
        _check_counts(pdf)
        if not _warnings(pdf):
            return pdf, False
    except pikepdf.PasswordError as error:
        raise _encrypted() from error
    except pikepdf.PdfError as error:
        # Encrypted for certain recipients, or by a handler that only one program has.
        if "unsupported encryption" in str(error):
            raise _encrypted() from error
    try:
        pdf = pikepdf.open(BytesIO(data), suppress_warnings=True)
        _check_counts(pdf)
        _warnings(pdf)
    except pikepdf.PasswordError as error:
        raise _encrypted() from error
    except pikepdf.PdfError as error:
        # qpdf counts the pages while opening and has no error class of its own for none.
        if "no pages found" in str(error):
            raise _no_pages() from error
        raise
    return pdf, True


def _warnings(pdf: pikepdf.Pdf) -> list[str]:
    """What qpdf complained of, once all objects were looked at. Raises TooLarge `pdf.too_many_objects`."""
    warnings = pdf.get_warnings()
    # qpdf goes on without the objects of a stream that would not decode, and only warns.
    if any("limit exceeded" in warning for warning in warnings):
        raise _too_many_objects()
    # A page without resources is careless, and the same to every reader.
    return [warning for warning in warnings if "Resources is missing" not in warning]


def _check_counts(pdf: pikepdf.Pdf) -> None:
    # /Size is a promise of the file only; qpdf's own table is counted.
    objects = len(pdf.objects)
    if objects > MAX_OBJECTS:
        raise _too_many_objects()
    pages = len(pdf.pages)
    if pages == 0:
        raise _no_pages()
    if pages > MAX_PAGES:
        raise TooLarge(
            "pdf.too_many_pages",
            f"PDF 共 {pages} 页，超过 {MAX_PAGES} 页的上限，请拆分后再上传。",
            f"The PDF has {pages} pages, more than {MAX_PAGES}; split it.",
            limit=MAX_PAGES,
            pages=pages,
        )


def _too_many_objects() -> TooLarge:
    return TooLarge(
        "pdf.too_many_objects",
        "PDF 内部结构过于复杂，请用「打印为 PDF」重新导出后再上传。",
        'The PDF is built of too many parts; export it again with "print to PDF".',
        limit=MAX_OBJECTS,
    )


def _no_pages() -> Invalid:
    return Invalid("pdf.no_pages", "PDF 没有页面，请检查文件。", "The PDF has no pages; check the file.")


def _encrypted() -> Invalid:
    return Invalid(
        "pdf.encrypted",
        "PDF 已加密，须凭密码或证书打开，系统无法读取。请用 WPS 或 Acrobat 打开后「打印为 PDF」，"
        "或另存为不加密的副本，再上传那一份。",
        "The PDF is encrypted and opens with a password or certificate only. Open it in Acrobat or WPS, "
        '"print to PDF" or save a copy without encryption, and upload that.',
    )
