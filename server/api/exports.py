"""Exports: ask for a file by POST, which is an event; fetch it by GET, which changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sanic import Blueprint, Request
from sanic.response import HTTPResponse

from seals import exporting
from seals.export_models import ExportForm
from seals.exporting import Exported
from seals.ledger.wanting import Wanted
from server.api.operation import DER, Body, attachment, it, operation, session
from server.context import now

__all__ = ["Download", "download", "exports"]

exports = Blueprint("exports", url_prefix="/api")

MEDIA = {
    ExportForm.PDF: "application/pdf",
    ExportForm.REPORT: "application/pdf",
    ExportForm.PAPER: "application/pdf",
    ExportForm.EVIDENCE: "application/zip",
    ExportForm.LEDGER: "application/pdf",
    ExportForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Download:
    """download_url: where the session that asked can GET the file until then."""

    download_url: str
    expires_at: datetime


def download(made: Exported) -> Download:
    """Where it can be fetched."""
    return Download(f"/api/downloads/{made.token}", made.expires_at)


@operation(
    exports,
    "POST",
    "/signings/<signing:str>/exports/<form:str>",
    "Ask for the signed PDF (`pdf`), the GB/T 38540 signature beside it (`ses`), the evidence report "
    "(`report`) or package (`evidence`)",
    answer=Download,
    status=201,
)
async def export_signing(request: Request, signing: str, form: str) -> Download:
    return download(await exporting.signing(signing, form, session(request), now()))


@operation(
    exports,
    "POST",
    "/seals/<seal:str>/exports/esl",
    "Ask for a seal's structure (SESeal)",
    answer=Download,
    status=201,
)
async def export_seal(request: Request, seal: str) -> Download:
    return download(await exporting.seal(seal, session(request), now()))


class LedgerWanted(Body):
    """Which part: seal, person by id; begin, end: days of China, ISO; kind: of `seals.scopes.DOCUMENT_KINDS`
    or `none`; outcome: signed, waiting, refused, ended, failed. Empty: all.
    """

    seal: str = ""
    person: str = ""
    begin: str = ""
    end: str = ""
    kind: str = ""
    outcome: str = ""


@operation(
    exports,
    "POST",
    "/companies/<company:str>/ledger/exports/<form:str>",
    "Ask for the ledger as a spreadsheet (`xlsx`), or as a paper sealed by the platform (`pdf`)",
    answer=Download,
    body=LedgerWanted,
    status=201,
)
async def export_ledger(request: Request, company: str, form: str, body: LedgerWanted) -> Download:
    wanted = Wanted(**body.model_dump())
    return download(await exporting.ledger(company, form, wanted, session(request), now()))


@operation(exports, "GET", "/downloads/<token:str>", "The file that was asked for", media=DER)
async def exported(request: Request, token: str) -> HTTPResponse:
    ctx = it(request)
    found = await exporting.fetch(token, session(request), now(), ctx.workshop, ctx.identity)
    return attachment(found.name, found.data, MEDIA.get(found.form, DER))
