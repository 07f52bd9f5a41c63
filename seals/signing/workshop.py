"""What a process needs to work on documents, gathered once at start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from auth.privacy import RecordsKey
from seals.pdf.archiving import Archive, ValidationData
from seals.pdf.cleaning import Cleaned
from seals.pdf.inspecting import Inspection
from seals.pdf.phrases import Phrase
from seals.pdf.preparing import Prepared
from seals.pdf.reports import Report
from seals.pdf.trust import Trust
from seals.photo.figures import Wanted
from seals.photo.paper_facts import PaperSeen, Sought
from seals.photo.results import Lifted
from seals.photo.shown import Codes, Shown
from seals.ports import Blobs, Statuses
from seals.ses.reports import SesReport

__all__ = ["Inspector", "Workshop"]


class Inspector(Protocol):
    """Everything that parses a stranger's file, in a process without secrets; see `seals`."""

    async def inspect(self, data: bytes) -> Inspection:
        """`seals.pdf.inspecting.inspect`."""

    async def clean(self, data: bytes, remove_active: bool, lift_restrictions: bool) -> Cleaned:
        """`seals.pdf.cleaning.clean`."""

    async def prepare(self, data: bytes, **options: object) -> Prepared:
        """`seals.pdf.preparing.prepare`."""

    async def prepare_archive(self, data: bytes, validation: ValidationData) -> Archive:
        """`seals.pdf.archiving.prepare_archive`."""

    async def page_png(self, data: bytes, page: int, width_px: int, watermark: str | None) -> bytes:
        """`seals.pdf.pages.page_png`."""

    async def page_webp(self, data: bytes, page: int, width_px: int, watermark: str | None) -> bytes:
        """`seals.pdf.pages.page_webp`."""

    async def beginning(self, data: bytes) -> str:
        """`seals.pdf.beginning.beginning`."""

    async def find_phrases(self, data: bytes, name: str) -> tuple[Phrase, ...]:
        """`seals.pdf.phrases.find_phrases`."""

    async def verify(self, data: bytes, trust: Trust) -> Report:
        """`seals.pdf.verdicts.verify`, now."""

    async def photo(self, data: bytes, wanted: Wanted) -> Lifted:
        """`seals.photo.lifting.lift`."""

    async def set_paper(self, paper: str, data: str) -> bytes:
        """`seals.papers.setting.set_paper`."""

    async def read_codes(self, data: bytes) -> Codes:
        """`seals.photo.codes.read_codes`."""

    async def look(self, data: bytes) -> Shown:
        """`seals.photo.looking.look`."""

    async def paper(self, data: bytes, sought: Sought) -> PaperSeen:
        """`seals.photo.papers.look_at_paper`."""

    async def photo_pdf(self, data: bytes) -> bytes:
        """`seals.photo.paging.photo_pdf`."""

    async def verify_ses(self, data: bytes, trust: Trust, document: bytes | None) -> SesReport:
        """`seals.ses.verifying.verify_ses`, now."""


@dataclass(frozen=True)
class Workshop:
    """chain: DER of the issuers between a seal's certificate and the root; sm2_chain, sm2_root: the same of
    its SM2 certificate; public_url: goes into QR codes; stamp_roots: DER of others' time-stamping services;
    statuses: who asks about their units, where timestamps are asked for."""

    inspector: Inspector
    blobs: Blobs
    records: RecordsKey
    chain: Sequence[bytes]
    root: bytes
    sm2_chain: Sequence[bytes]
    sm2_root: bytes
    public_url: str
    stamp_roots: Sequence[bytes] = ()
    statuses: Statuses | None = None
