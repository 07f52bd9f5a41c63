"""Take a file out of here: ask for it, which its company sees, then fetch it.

Two steps, because GET changes nothing and writes no event: a page of another site, a link preview or a
browser that fetches ahead could make one in somebody's name. Whoever asks by POST meant it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth import events, throttling
from auth.authority import Act
from auth.engine import transaction
from auth.errors import NotFound
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import hash_token, new_token
from seals.companies import structure_of
from seals.evidence.package import pack
from seals.export_models import Export, ExportForm
from seals.freezing import own_seal
from seals.ledger import sheets
from seals.ledger.wanting import Wanted, checked, view
from seals.models import Document
from seals.paper_models import Paper, PaperKind, PaperState
from seals.papers import ordering
from seals.papers.kinds import PAPERS
from seals.papers.listing import own_paper
from seals.signing.pictures import require_signed, ses_signature, signed_file
from seals.signing.views import own_signing
from seals.signing.workshop import Workshop

__all__ = ["EXPORT_LIFE", "Exported", "Fetched", "fetch", "forget_old", "ledger", "paper", "seal", "signing"]

EXPORT_LIFE = timedelta(minutes=2)
FORGET_AFTER = timedelta(hours=1)
EXPORTS_PER_PERSON = Limit("export.person", 300, 600)
EVIDENCE_PER_PERSON = Limit("evidence.person", 60, 600)
REPORTS_PER_PERSON = Limit("report.person", 60, 600)
_OF_LEDGER = {"xlsx": ExportForm.XLSX, "pdf": ExportForm.LEDGER}
_WITH_REPORT = (ExportForm.EVIDENCE, ExportForm.REPORT)
A_MINUTE_S = 60
PURPOSE = "export"


@dataclass(frozen=True)
class Exported:
    """A file that waits to be fetched by the session that asked."""

    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True)
class Fetched:
    """A file: what it is, its name, its bytes."""

    form: ExportForm
    name: str
    data: bytes = field(repr=False)


async def signing(signing_id: str, form: str, session: SessionView, now: datetime) -> Exported:
    """Ask for the signed PDF (`pdf`), the SES_Signature (`ses`), the evidence report (`report`) or the
    evidence package (`evidence`) of a signing; either of the last two has today's report made.

    Raises NotFound `signing.not_found`, `export.not_found` (no such form); Conflict `signing.not_signed`;
    TooMany.
    """
    row = await own_signing(signing_id, session.person_id, now)
    if form not in {ExportForm.PDF, ExportForm.SES, *_WITH_REPORT}:
        raise _not_found()
    version = await require_signed(row)
    if form in _WITH_REPORT:
        # Counted where it costs: setting and sealing a report is more than handing out a file.
        await throttling.count(REPORTS_PER_PERSON, session.person_id, now)
        await ordering.order(
            PaperKind.EVIDENCE,
            row.id,
            about=version.record_id,
            company_id=row.company_id,
            asker_id=session.person_id,
            now=now,
        )
    return await _ask(ExportForm(form), "signing", row.id, row.company_id, session, now)


async def seal(seal_id: str, session: SessionView, now: datetime) -> Exported:
    """Ask for a seal's structure.

    Raises NotFound `seal.not_found`; Conflict `seal.not_collected`; TooMany.
    """
    row = await own_seal(seal_id, session.person_id, Act.TAKE_STRUCTURE, now)
    await structure_of(row.id, session.person_id, now)
    return await _ask(ExportForm.ESL, "seal", row.id, row.company_id, session, now)


async def paper(paper_id: str, session: SessionView, now: datetime) -> Exported:
    """Ask for one of a company's papers; one that is not made yet is made now.

    Raises NotFound `paper.not_found`; TooMany.
    """
    row = await own_paper(paper_id, session.person_id, now)
    if row.state is not PaperState.MADE:
        await throttling.count(REPORTS_PER_PERSON, session.person_id, now)
        await ordering.wanted(row.id)
    facts = {"kind": row.kind.value, "number": row.number}
    return await _ask(ExportForm.PAPER, "paper", row.id, row.company_id, session, now, facts)


async def ledger(company_id: str, form: str, wanted: Wanted, session: SessionView, now: datetime) -> Exported:
    """Ask for a company's ledger as a spreadsheet (`xlsx`) or as a paper of the platform (`pdf`).

    Raises NotFound `company.not_found`, `export.not_found` (no such form); Refused `access.denied`; Invalid
    for a filter that is none; TooMany.
    """
    await view(company_id, session.person_id, now)
    if form not in _OF_LEDGER:
        raise _not_found()
    asked = checked(wanted).to_json()
    await throttling.count(REPORTS_PER_PERSON, session.person_id, now)
    made = await _ask(_OF_LEDGER[form], "ledger", company_id, company_id, session, now, wanted=asked)
    if _OF_LEDGER[form] is ExportForm.LEDGER:
        row = await Export.get(token_hash=hash_token(made.token, PURPOSE))
        await ordering.order(
            PaperKind.LEDGER, row.id, about="", company_id=company_id, asker_id=session.person_id, now=now
        )
    return made


async def _ask(
    form: ExportForm,
    kind: str,
    subject: str,
    company_id: str | None,
    session: SessionView,
    now: datetime,
    facts: Mapping[str, str] | None = None,
    wanted: dict[str, Any] | None = None,
) -> Exported:
    await throttling.count(EXPORTS_PER_PERSON, session.person_id, now)
    made = Exported(new_token(), now + EXPORT_LIFE)
    async with transaction():
        await Export.create(
            token_hash=hash_token(made.token, PURPOSE),
            session_id=session.id,
            form=form,
            subject=subject,
            wanted=wanted,
            created_at=now,
            expires_at=made.expires_at,
        )
        once = Limit(f"told/{kind}.exported", 1, A_MINUTE_S)
        if await throttling.allowed(once, f"{session.person_id}/{form.value}/{subject}", now):
            await events.append(
                events.company_stream(company_id) if company_id else events.person_stream(session.person_id),
                f"{kind}.exported",
                actor=f"person:{session.person_id}",
                subject=f"{'company' if kind == 'ledger' else kind}:{subject}",
                now=now,
                on_behalf=company_id,
                facts={"form": form.value, **(facts or {})},
            )
    return made


def _not_found() -> NotFound:
    return NotFound(
        "export.not_found",
        "没有这个文件，或下载已超过 2 分钟。请在原来的页面上重新下载。",
        "There is no such file, or that was over 2 minutes ago. Download it again from where you were.",
    )


async def fetch(
    token: str, session: SessionView, now: datetime, workshop: Workshop, identity: Ed25519PublicKey
) -> Fetched:
    """The file; changes nothing, and its asker must still be allowed to have it. identity: the sealer's.

    Raises NotFound `export.not_found` for tokens that are unknown, over or another session's; TooMany for
    too many evidence packages; for reports and papers Unavailable `paper.waits`, and Conflict for
    the reason why one cannot be made.
    """
    row = await Export.get_or_none(
        token_hash=hash_token(token, PURPOSE), session_id=session.id, expires_at__gt=now
    )
    if row is None:
        raise _not_found()
    if row.form is ExportForm.ESL:
        return Fetched(row.form, *await structure_of(row.subject, session.person_id, now))
    if row.form is ExportForm.SES:
        return Fetched(row.form, *await ses_signature(row.subject, session.person_id, now))
    if row.form is ExportForm.PAPER:
        return await _paper(row, session.person_id, now, workshop)
    if row.form in {ExportForm.XLSX, ExportForm.LEDGER}:
        return await _ledger(row, session.person_id, now, workshop)
    if row.form in _WITH_REPORT:
        return await _evidence(row, session.person_id, now, workshop, identity)
    return Fetched(row.form, *await signed_file(row.subject, session.person_id, now, workshop))


async def _evidence(
    row: Export, person_id: str, now: datetime, workshop: Workshop, identity: Ed25519PublicKey
) -> Fetched:
    # A token may be fetched by as often as one likes, and this is much to put together.
    await throttling.count(EVIDENCE_PER_PERSON, person_id, now)
    signing = await own_signing(row.subject, person_id, now)
    report = await workshop.blobs.get((await ordering.made(PaperKind.EVIDENCE, row.subject)).sha256)
    if row.form is ExportForm.EVIDENCE:
        return Fetched(row.form, *await pack(row.subject, person_id, now, workshop, identity, report))
    stem = (await Document.get(id=signing.document_id)).name.removesuffix(".pdf")
    return Fetched(row.form, f"{stem}.evidence.pdf", report)


async def _paper(row: Export, person_id: str, now: datetime, workshop: Workshop) -> Fetched:
    wanted = await own_paper(row.subject, person_id, now)
    made = await ordering.waited(Paper.filter(id=wanted.id))
    name = f"{PAPERS[made.kind.value].zh}-{made.number}.pdf"
    return Fetched(row.form, name, await workshop.blobs.get(made.sha256))


async def _ledger(row: Export, person_id: str, now: datetime, workshop: Workshop) -> Fetched:
    await throttling.count(EVIDENCE_PER_PERSON, person_id, now)
    his = await view(row.subject, person_id, now)
    if row.form is ExportForm.XLSX:
        asked = Wanted(**(row.wanted or {}))
        return Fetched(row.form, *await sheets.workbook(his, asked, row.created_at, workshop.records))
    paper = await ordering.made(PaperKind.LEDGER, row.id)
    return Fetched(row.form, f"{paper.number}.pdf", await workshop.blobs.get(paper.sha256))


async def forget_old(now: datetime) -> None:
    """Delete what could be fetched until an hour ago; that it was asked for is in an event."""
    await Export.filter(expires_at__lt=now - FORGET_AFTER).delete()
