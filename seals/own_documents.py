"""Whose document it is: the one way from an id to a row for who may see it."""

from __future__ import annotations

from datetime import datetime

from auth.authority import Act, known
from auth.errors import NotFound
from seals.models import Document

__all__ = ["own_document"]


async def own_document(document_id: str, person_id: str, now: datetime) -> Document:
    """A document of one's own company: any for who sees its documents, else what one uploaded oneself.

    Raises NotFound `document.not_found` for any other alike; Refused `access.denied`.
    """
    missing = NotFound("document.not_found", "没有找到该文件。", "There is no such document.")
    row = await Document.get_or_none(id=document_id)
    if row is None or not row.inspection:  # deleted, or erased after its time
        raise missing
    his = await known(person_id, row.company_id, now, missing)
    his.require(Act.ASK_SIGNING if row.uploader_id == person_id else Act.SEE_DOCUMENTS)
    return row
