"""What of a company's rows is emptied when its time is over, table by table. What stays: docs/data.md."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from auth.identity_models import IdentityCheck, IdentityPurpose
from auth.member_models import Grant, Member
from auth.models import Application, Challenge, Licence, ReadMark, Session
from seals.asks.models import SealAsk
from seals.deposits.models import BankDeposit
from seals.entry.models import EntryApplication, EntryMaterial, EntryRound
from seals.filing_models import CompanyFiling, CompanyFilingState, FilingState, MakerFiling
from seals.models import Collection, Document, Signing
from seals.paper_models import Paper
from seals.scopes import Scope
from seals.service_models import NoticeRead

__all__ = ["EMPTY", "NO_NAME", "Part", "empty", "of_company", "of_entries", "papers_of"]

EMPTY = b""
NO_NAME = "—"


@dataclass(frozen=True)
class Part:
    """Rows of one table, and what their columns become."""

    table: str
    rows: QuerySet[Any]
    values: dict[str, Any]

    async def ids(self) -> list[str]:
        """As the register names them."""
        return [
            f"{self.table}:{each}" for each in await self.rows.order_by("id").values_list("id", flat=True)
        ]


def of_company(company_id: str) -> Iterator[Part]:
    """Of a company; all at once, inside the transaction."""
    mine: dict[str, Any] = {"company_id": company_id}
    yield Part("application", Application.filter(**mine), {"form_sealed": EMPTY})
    yield Part("licence", Licence.filter(**mine), {"representative_sealed": EMPTY})
    yield Part("member", Member.filter(**mine), {"name_sealed": EMPTY, "id_number_sealed": EMPTY})
    yield Part("document", Document.filter(**mine), {"name": NO_NAME, "inspection": {}, "removed": []})
    yield from of_entries(EntryApplication.filter(**mine))
    yield Part("maker_filing", MakerFiling.filter(**mine), {"sealed": None, "reason": None})
    filed = {"sealed": None, "note": "", "reason": None}
    yield Part("company_filing", CompanyFiling.filter(**mine), filed)
    yield Part("collection", Collection.filter(**mine), {"check_url": None, "reason": None})
    # A counterparty may be a person.
    yield Part("seal_ask", SealAsk.filter(**mine), {"reason_sealed": EMPTY, "answer_sealed": None})
    yield Part("seal_grant", Grant.filter(**mine), {"scope": Scope().to_json()})


def of_entries(entries: QuerySet[EntryApplication]) -> Iterator[Part]:
    """Of applications of companies that existed already: a company's own, or those that came to nothing."""
    its: dict[str, Any] = {"application_id__in": Subquery(entries.values("id"))}
    account = {"account_sealed": EMPTY, "bank_sealed": EMPTY, "tail": "", "reason": None}
    yield Part("entry_application", entries, {"form_sealed": EMPTY, "reason": None})
    said: dict[str, Any] = {"form_sealed": EMPTY, "returned": {}, "reason": None}
    yield Part("entry_round", EntryRound.filter(**its), said)
    yield Part("entry_material", EntryMaterial.filter(**its), {"name": NO_NAME, "lifted": None})
    yield Part("bank_deposit", BankDeposit.filter(**its), account)


async def empty(company_id: str) -> None:
    """Empty them, with what the register does not name: looks, marks, browsers of who asked for signings."""
    for part in of_company(company_id):
        await part.rows.update(**part.values)
    for row in await papers_of(company_id):
        if row.said.get("purpose"):
            await Paper.filter(id=row.id).update(said={**row.said, "purpose": ""})
    signings = Signing.filter(company_id=company_id)
    for signing in await signings.only("id", "request"):
        if signing.request.get("counterparty"):
            request = {**signing.request, "counterparty": ""}
            await Signing.filter(id=signing.id).update(request=request)
    await signings.update(reason=None)
    await _forget_browsers(company_id)
    await _end_filings(company_id)
    await NoticeRead.filter(company_id=company_id).delete()
    await ReadMark.filter(stream=f"company:{company_id}").delete()


async def _forget_browsers(company_id: str) -> None:
    """Of who asked for its signings, but those from which another company's was asked for: its evidence."""
    mine = Signing.filter(company_id=company_id)
    others = Signing.filter(company_id__not=company_id)
    asked = Session.filter(id__in=Subquery(mine.values("asker_id")))
    await asked.filter(id__not_in=Subquery(others.values("asker_id"))).update(user_agent="", address="")
    put = Challenge.filter(subject__in=Subquery(mine.values("id")))
    await put.update(opener_agent="", opener_address="")
    entries = EntryApplication.filter(company_id=company_id)
    checks = IdentityCheck.filter(purpose=IdentityPurpose.ENTRY, subject__in=Subquery(entries.values("id")))
    await checks.update(check_url="")


async def _end_filings(company_id: str) -> None:
    """What the authority never answered is not asked any more: nothing is left to be filed."""
    made = MakerFiling.filter(company_id=company_id).exclude(state=FilingState.ACCEPTED)
    await made.update(state=FilingState.REFUSED, turn=None)
    open_ones = CompanyFiling.filter(company_id=company_id, open__isnull=False)
    await open_ones.update(state=CompanyFilingState.ENDED, open=None)


async def papers_of(company_id: str) -> list[Paper]:
    """Its papers, and the forms that were filled in for it before it was here."""
    entries = EntryApplication.filter(company_id=company_id)
    ids = {str(each) for each in await entries.values_list("id", flat=True)}
    applicants = Subquery(entries.values("applicant_id"))
    before = await Paper.filter(company_id=None, asker_id__in=applicants) if ids else []
    return [
        *await Paper.filter(company_id=company_id),
        *(row for row in before if row.said.get("entry") in ids),
    ]
