"""Which files of the store are whose, and which of them somebody else has as well: the same bytes are kept
once (`seals/ports.py::Blobs`), so whoever deletes asks here first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from auth.models import Person
from seals.archive_models import ArchivedFile
from seals.archiving import company_rows
from seals.entry.models import EntryApplication, EntryMaterial
from seals.erasure_models import Erasure
from seals.models import Document, SealPhoto, Signing, Version
from seals.paper_models import Paper

__all__ = ["needed", "of_company", "of_document", "of_entries"]

_COMPANY = "company:"


def _flat(rows: Iterable[object]) -> set[str]:
    return {str(each) for row in rows if isinstance(row, tuple) for each in row if each}


async def of_company(company_id: str) -> set[str]:
    """Everything in the store that this company brought or had made."""
    signings = Signing.filter(company_id=company_id)
    versions = Version.filter(signing__company_id=company_id)
    archived = ArchivedFile.filter(version__signing__company_id=company_id)
    found = _flat(
        [
            *await Document.filter(company_id=company_id).values_list("blob", "original"),
            *await signings.values_list("base_blob", "prepared_blob"),
            *await versions.values_list("sha256", "signed_sha256"),
            *await archived.values_list("sha256"),
            *await SealPhoto.filter(company_id=company_id).values_list("blob"),
        ]
    )
    found |= {row.sha256 for row in await company_rows.papers_of(company_id) if row.sha256}
    return found | await of_entries(EntryApplication.filter(company_id=company_id))


async def of_entries(entries: QuerySet[EntryApplication]) -> set[str]:
    """The materials of applications, and the imprints taken off them."""
    materials = EntryMaterial.filter(application_id__in=Subquery(entries.values("id")))
    rows = await materials.only("id", "blob", "lifted")
    return {row.blob for row in rows} | {str(row.lifted["blob"]) for row in rows if row.lifted}


async def of_document(document_id: str) -> set[str]:
    """As it was brought, and as it was prepared for signings."""
    signings = Signing.filter(document_id=document_id)
    return _flat(
        [
            *await Document.filter(id=document_id).values_list("blob", "original"),
            *await signings.values_list("base_blob", "prepared_blob"),
        ]
    )


async def needed(addresses: Collection[str], but: str = "") -> set[str]:
    """Those that are somebody's. but: `company:<id>` or `person:<id>` whose time is over, as if he were gone;
    who was erased before, and a document that was deleted, need none.
    """
    these = list(addresses)
    subjects = await Erasure.all().values_list("subject", flat=True)
    over = [str(each) for each in [*subjects, but] if str(each).startswith(_COMPANY)]
    gone = [each.removeprefix(_COMPANY) for each in over]
    living = Document.filter(company_id__not_in=gone).exclude(blob="")
    of_records: dict[str, Any] = {"record_id__in": Subquery(living.values("record_id"))}
    of_versions: dict[str, Any] = {f"version__{name}": value for name, value in of_records.items()}
    signings = Signing.filter(document_id__in=Subquery(living.values("id")))
    found = _flat(
        [
            *await living.filter(blob__in=these).values_list("blob"),
            *await living.filter(original__in=these).values_list("original"),
            *await Version.filter(sha256__in=these, **of_records).values_list("sha256"),
            *await Version.filter(signed_sha256__in=these, **of_records).values_list("signed_sha256"),
            *await ArchivedFile.filter(sha256__in=these, **of_versions).values_list("sha256"),
            *await signings.filter(base_blob__in=these).values_list("base_blob"),
            *await signings.filter(prepared_blob__in=these).values_list("prepared_blob"),
            *await SealPhoto.filter(blob__in=these, company_id__not_in=gone).values_list("blob"),
        ]
    )
    closing = "" if but.startswith(_COMPANY) else but.removeprefix("person:")
    return found | await _papers(these, gone, closing)


async def _papers(these: list[str], gone: list[str], closing: str) -> set[str]:
    """A company's, and forms of whoever applies for one and has not closed his account."""
    closed = Person.filter(Q(mobile_sealed=b"") | Q(id=closing))
    nobodys = Q(company_id=None, asker_id__in=Subquery(closed.values("id")))
    rows = Paper.filter(sha256__in=these).exclude(nobodys).only("sha256", "company_id")
    return {row.sha256 for row in await rows if row.company_id not in gone}
