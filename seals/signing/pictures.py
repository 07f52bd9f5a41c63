"""What people see of a signing's bytes: pages of the prepared ones, marked unsigned; what was signed."""

from __future__ import annotations

import base64
from datetime import datetime

from auth.errors import Conflict
from seals.models import Document, Signing, SigningState, Version
from seals.pdf.preparing import PreparedMeta
from seals.signing.archived_files import newest_file
from seals.signing.preparing import changed, signed_range_sha256
from seals.signing.views import own_signing, seen_signing
from seals.signing.workshop import Workshop
from seals.uploading import check_page

__all__ = ["prepared_page", "require_signed", "ses_signature", "signed_file"]

NOT_YET = "未签署"


async def prepared_page(
    signing_id: str,
    page: int,
    width_px: int,
    person_id: str,
    now: datetime,
    workshop: Workshop,
    digest: str | None = None,
    webp: bool = False,
) -> bytes:
    """A page of exactly the bytes that would be signed, with 「未签署」 over it until they are; a picture as
    `seals.uploading.page_picture`.

    digest: what the asker was told that he looks at; raises Conflict `signing.changed` for other bytes.
    """
    row = await seen_signing(signing_id, person_id, now)
    check_page(await Document.get(id=row.document_id), page, width_px, webp)
    version = await Version.get_or_none(signing_id=row.id)
    data = await workshop.blobs.get(version.sha256 if version is not None else row.prepared_blob)
    meta = PreparedMeta.from_json(row.prepared)
    # Of what is sealed the archive revision comes after the signed range; before that nothing may.
    signed = data if version is None else data[: meta.length]
    if digest is not None and digest != signed_range_sha256(signed, meta):
        raise changed()
    draw = workshop.inspector.page_webp if webp else workshop.inspector.page_png
    return await draw(data, page, width_px, NOT_YET if version is None else None)


async def signed_file(
    signing_id: str, person_id: str, now: datetime, workshop: Workshop
) -> tuple[str, bytes]:
    """Name and bytes of the signed file, with its renewals.

    Raises NotFound; Conflict `signing.not_signed` before.
    """
    stem, version = await _signed(signing_id, person_id, now)
    return f"{stem}.signed.pdf", await workshop.blobs.get(await newest_file(version))


async def ses_signature(signing_id: str, person_id: str, now: datetime) -> tuple[str, bytes]:
    """Name and bytes of the SES_Signature kept beside the signed file; raises as `signed_file`."""
    stem, version = await _signed(signing_id, person_id, now)
    return f"{stem}.ses", base64.b64decode(version.ses)


async def _signed(signing_id: str, person_id: str, now: datetime) -> tuple[str, Version]:
    row = await own_signing(signing_id, person_id, now)
    version = await require_signed(row)
    return (await Document.get(id=row.document_id)).name.removesuffix(".pdf"), version


async def require_signed(row: Signing) -> Version:
    """What a signing made; raises Conflict `signing.not_signed` before."""
    version = await Version.get_or_none(signing_id=row.id)
    if row.state is not SigningState.SIGNED or version is None:
        raise Conflict("signing.not_signed", "文件尚未签署完成。", "The document is not signed yet.")
    return version
