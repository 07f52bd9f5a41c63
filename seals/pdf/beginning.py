"""How the text of a document begins: its title, as far as it is text and not a picture."""

from __future__ import annotations

from contextlib import suppress

import pypdfium2 as pdfium

__all__ = ["MAX_BEGINNING", "beginning"]

MAX_BEGINNING = 200


def beginning(data: bytes) -> str:
    """The first characters of the first page, `MAX_BEGINNING` at most; none of what cannot be read."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        return ""
    try:
        with suppress(pdfium.PdfiumError, IndexError):
            text = document[0].get_textpage()
            try:
                return str(text.get_text_range(0, min(text.count_chars(), MAX_BEGINNING)))[:MAX_BEGINNING]
            finally:
                text.close()
        return ""
    finally:
        document.close()
