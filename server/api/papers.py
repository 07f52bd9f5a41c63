"""A company's papers: which there are, one more print of the licence, fetching one."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import Blueprint, Request

from seals import exporting
from seals.papers import filing_receipt, forms, licence_print, listing
from seals.papers.licence_print import WantedPrint
from seals.papers.listing import PaperView
from server.api.exports import Download, download
from server.api.operation import Body, operation, row_id, session
from server.context import now

__all__ = ["papers"]

papers = Blueprint("papers", url_prefix="/api")


class LicencePrint(Body):
    """purpose: what the print is for (用途), which its watermark says; days: how long it is good."""

    purpose: str
    days: int = 30


class CompanyForm(Body):
    """member: the id of one whose powers an authorisation (`mandate`) states; without it they are blank."""

    member: str | None = None


@dataclass(frozen=True)
class Papers:
    """Newest first."""

    papers: tuple[PaperView, ...]


@operation(papers, "GET", "/companies/<company:str>/papers", "The papers of a company", answer=Papers)
async def company_papers(request: Request, company: str) -> Papers:
    return Papers(await listing.listed(company, session(request).person_id, now()))


@operation(
    papers,
    "POST",
    "/companies/<company:str>/licence-prints",
    "Order a print of the licence for one purpose and time",
    answer=PaperView,
    body=LicencePrint,
    status=201,
)
async def print_licence(request: Request, company: str, body: LicencePrint) -> PaperView:
    at = now()
    row = await licence_print.order(
        company, session(request).person_id, WantedPrint(body.purpose, body.days), at
    )
    return await listing.paper_view(row, at)


@operation(
    papers,
    "POST",
    "/companies/<company:str>/forms/<template:str>",
    "Order a form of a company: `application`, `mandate`, `confirmation`, `contract` or `needs`",
    answer=PaperView,
    body=CompanyForm,
    status=201,
)
async def order_form(request: Request, company: str, template: str, body: CompanyForm) -> PaperView:
    at = now()
    member = row_id(body.member) if body.member is not None else None
    row = await forms.of_company(company, template, member, session(request).person_id, at)
    return await listing.paper_view(row, at)


@operation(
    papers,
    "POST",
    "/entries/<entry:str>/forms/<template:str>",
    "Order a form of one's own application, filled in from it; kinds as of a company",
    answer=PaperView,
    status=201,
)
async def order_entry_form(request: Request, entry: str, template: str) -> PaperView:
    at = now()
    return await listing.paper_view(await forms.of_entry(entry, template, session(request).person_id, at), at)


@operation(
    papers,
    "POST",
    "/filings/<filing:str>/exports/receipt",
    "Ask for the receipt of a filing (PDF)",
    answer=Download,
    status=201,
)
async def export_receipt(request: Request, filing: str) -> Download:
    at = now()
    found = await filing_receipt.receipt_paper(filing, session(request).person_id, at)
    return download(await exporting.paper(found.id, session(request), at))


@operation(
    papers,
    "POST",
    "/papers/<paper:str>/exports/pdf",
    "Ask for a paper; one that waits is made now",
    answer=Download,
    status=201,
)
async def export_paper(request: Request, paper: str) -> Download:
    return download(await exporting.paper(paper, session(request), now()))
