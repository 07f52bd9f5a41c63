"""Filings of seals (备案管理): a company files its seals, sees how each stands, checks its receipt."""

from __future__ import annotations

from sanic import Blueprint, Request

from seals.filing import own, submitting
from seals.filing.own import FilingsOfCompany
from seals.filing.submitting import FilingForm
from seals.filing.views import FilingView
from server.api.operation import Body, Id, RequestId, it, operation, session
from server.context import now

__all__ = ["filings"]

filings = Blueprint("filings", url_prefix="/api")


class NewFiling(Body):
    """kind: `first`, `update`, `correction` or `renewal`; note: what a correction is about, else as you like.

    declared: that all of it is complete and true. The same request_id again is the same filing.
    """

    request_id: RequestId
    seal: Id
    kind: str
    name: str
    scope: str
    note: str = ""
    declared: bool = False


@operation(filings, "GET", "/companies/<company:str>/filings", "A company's filings", answer=FilingsOfCompany)
async def company_filings(request: Request, company: str) -> FilingsOfCompany:
    context = it(request)
    return await own.listed(company, session(request).person_id, now(), context.policy, context.records)


@operation(
    filings,
    "POST",
    "/companies/<company:str>/new-filings",
    "File a seal, or change, correct or renew its filing",
    answer=FilingView,
    body=NewFiling,
    status=201,
    agreed=True,
)
async def file_seal(request: Request, company: str, body: NewFiling) -> FilingView:
    context, person = it(request), session(request).person_id
    row = await submitting.submit(company, FilingForm(**body.model_dump()), person, now(), context.policy)
    return await own.one(row.id, person, now(), context.policy, context.records)


@operation(filings, "GET", "/filings/<filing:str>", "A filing, with its receipt", answer=FilingView)
async def one_filing(request: Request, filing: str) -> FilingView:
    context = it(request)
    return await own.one(filing, session(request).person_id, now(), context.policy, context.records)


@operation(
    filings, "POST", "/filings/<filing:str>/check", "The receipt was compared and is right", answer=FilingView
)
async def check_filing(request: Request, filing: str) -> FilingView:
    context = it(request)
    return await own.check(filing, session(request).person_id, now(), context.policy, context.records)
