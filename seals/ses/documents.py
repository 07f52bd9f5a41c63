"""The document under a signature: what of it is protected (TBS_Sign.propertyInfo), and is it the same.

For a PDF of ours propertyInfo names the signature field and its byte range (`building.property_of_range`).
The range is not believed: it must be the one that the field in the document has and may have. For anything
else the whole file is protected.
"""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from urllib.parse import unquote

from cryptography.hazmat.primitives.hashes import Hash
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from seals import sm2
from seals.pdf.coverage import check_coverage
from seals.pdf.examining import signed_fields
from seals.pdf.trust import Trust
from seals.pdf.verdicts import Verdict, verify
from seals.ses.causes import Cause
from seals.ses.certificates import Certificate, hash_of

__all__ = ["is_the_document", "range_of", "why_not_covered"]

_RANGE = re.compile(r"PDF;Field=([^;]*);ByteRange=\[0 (\d{1,10}) (\d{1,10}) (\d{1,10})\]", re.ASCII)


def range_of(property_info: str) -> tuple[str, int, int, int] | None:
    """Field, where the gap begins and ends, how many bytes follow it; None for what is of no PDF of ours."""
    match = _RANGE.fullmatch(property_info)
    if match is None:
        return None
    return unquote(match[1]), int(match[2]), int(match[3]), int(match[4])


def is_the_document(
    data_hash: bytes, property_info: str, document: bytes, signer: Certificate, algorithm: str
) -> tuple[bool, bool]:
    """Whether it is the one that was signed, and whether its digest was made with the signer's identity.

    Makers differ in that: SM3 of the bytes, or e = SM3(Z || bytes). Raises Unsupported.
    """
    protected = memoryview(document)
    named = range_of(property_info)
    if named is not None:
        _, start, end, rest = named
        if not start < end or end + rest > len(document):
            return False, False
        protected = memoryview(document[:start] + document[end : end + rest])
    digest = Hash(hash_of(algorithm))
    digest.update(protected)
    if digest.finalize() == data_hash:
        return True, False
    if signer.sm2_key is None:
        return False, False
    return sm2.message_digest(signer.sm2_key, bytes(protected)) == data_hash, True


def why_not_covered(property_info: str, document: bytes, trust: Trust, now: datetime) -> Cause | None:
    """What is wrong with the byte range that is named; None if nothing is, or none is named.

    What stands behind the range must be no more than may follow a signature: that is `verdicts.verify`'s
    to judge, on the PDF's own signature in that field.
    """
    named = range_of(property_info)
    if named is None:
        return None
    field, *numbers = named
    try:
        covered = _covered(document, field, [0, *numbers])
    except Exception:  # hostile files raise what they please; of such a file nothing is proven
        covered = None
    if covered is None:
        return Cause.DOCUMENT_RANGE
    if covered == len(document):
        return None
    judged = [one for one in verify(document, trust, now).signatures if one.field == field]
    good = len(judged) == 1 and judged[0].verdict is Verdict.VALID
    return None if good else Cause.DOCUMENT_CONTINUED


def _covered(document: bytes, field: str, byte_range: list[int]) -> int | None:
    """Where the coverage of that field's signature ends, if it is just that range. Raises anything."""
    reader = PdfFileReader(BytesIO(document), strict=True)
    entries = [entry for entry in signed_fields(reader) if entry.name == field]
    reference = entries[0].value if len(entries) == 1 else None
    at = reader.xrefs[reference] if reference is not None else None
    if reference is None or not isinstance(at, int) or reader.xrefs.hybrid_xrefs_present:
        return None
    signature = reference.get_object()
    if not isinstance(signature, generic.DictionaryObject):
        return None
    end = check_coverage(document, reader, signature, at, reader.xrefs.get_last_change(reference))
    return end if [int(number) for number in signature["/ByteRange"]] == byte_range else None
