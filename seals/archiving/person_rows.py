"""What of a person's rows goes with his account, table by table. What stays: docs/data.md."""

from __future__ import annotations

from datetime import datetime

from tortoise.expressions import Subquery
from tortoise.queryset import QuerySet

from auth.consent_models import Consent
from auth.identity_models import IdentityCheck
from auth.models import (
    Application,
    Person,
    ReadMark,
    ScanLogin,
    Session,
    SmsCode,
    WeChatAccount,
    WeChatLogin,
)
from auth.passkey_models import Passkey, PendingLogin
from auth.push_models import PushSubscription
from seals.archiving import company_rows, stored
from seals.archiving.traces import of_no_signing
from seals.deposits.models import BankDeposit, DepositState
from seals.device_models import DeviceKey
from seals.entry.models import OPEN, EntryApplication, EntryState
from seals.models import Holder, Offer, SealWrap
from seals.paper_models import Paper
from seals.reset_models import PinReset
from seals.service_models import NoticeRead, Ticket, TicketAnswer, TicketState

__all__ = ["empty", "files_of", "named"]


def _for_nothing(person_id: str) -> tuple[QuerySet[Application], QuerySet[EntryApplication]]:
    """His applications of which no company came: those of a company are in its archive."""
    return (
        Application.filter(applicant_id=person_id, company_id=None),
        EntryApplication.filter(applicant_id=person_id, company_id=None),
    )


async def named(person_id: str) -> tuple[str, ...]:
    """As the register names them."""
    applications, entries = _for_nothing(person_id)
    rows = [f"person:{person_id}", *(f"application:{row.id}" for row in await applications.order_by("id"))]
    for part in company_rows.of_entries(entries):
        rows += await part.ids()
    rows += [f"ticket:{row.id}" for row in await Ticket.filter(person_id=person_id).order_by("id")]
    return tuple(rows)


async def files_of(person_id: str) -> set[str]:
    """Materials of those applications, and the forms that were filled in for them."""
    _, entries = _for_nothing(person_id)
    papers = await Paper.filter(asker_id=person_id, company_id=None)
    entered = EntryApplication.filter(applicant_id=person_id, company_id__isnull=False)
    kept = {str(each) for each in await entered.values_list("id", flat=True)}
    forms = {row.sha256 for row in papers if row.sha256 and row.said.get("entry") not in kept}
    found = await stored.of_entries(entries) | forms
    return found - await stored.needed(found, f"person:{person_id}")


async def empty(person_id: str, now: datetime) -> None:
    """Empty or delete them, the person last; inside the transaction that holds his lock."""
    applications, entries = _for_nothing(person_id)
    await applications.update(form_sealed=b"")
    await _end_deposits(entries)
    await entries.filter(state__in=OPEN).update(state=EntryState.WITHDRAWN, live_uscc=None, decided_at=now)
    for part in company_rows.of_entries(entries):
        await part.rows.update(**part.values)
    await _take_back(person_id)
    await _end_logins(person_id, now)
    await SealWrap.filter(holder_id=person_id).delete()
    await Holder.filter(person_id=person_id).delete()
    await DeviceKey.filter(person_id=person_id, revoked_at=None).update(revoked_at=now)
    await DeviceKey.filter(person_id=person_id, last_used_at=None).update(label="")  # else evidence
    await Offer.filter(person_id=person_id).update(sealed=None, device=None)
    await IdentityCheck.filter(person_id=person_id).update(check_url="")
    await PinReset.filter(person_id=person_id).update(reason=None)
    await Consent.filter(person_id=person_id, live__isnull=False).update(live=None, ended_at=now)
    await ReadMark.filter(person_id=person_id).delete()
    await NoticeRead.filter(person_id=person_id, company_id=None).delete()
    mobile = (await Person.get(id=person_id)).mobile_index
    await SmsCode.filter(mobile_index=mobile).delete()
    await Person.filter(id=person_id).update(
        mobile_index=f"closed:{person_id}", mobile_sealed=b"", name_sealed=None, id_number_sealed=None
    )


async def _end_deposits(entries: QuerySet[EntryApplication]) -> None:
    deposits = BankDeposit.filter(application_id__in=Subquery(entries.values("id")), live__isnull=False)
    await deposits.update(state=DepositState.EXPIRED, live=None)


async def _take_back(person_id: str) -> None:
    """What he asked, complained of or reported while he was logged in, and the answers; nobody answers it."""
    tickets = Ticket.filter(person_id=person_id)
    await TicketAnswer.filter(ticket_id__in=Subquery(tickets.values("id"))).update(text_sealed=b"")
    await tickets.update(text_sealed=b"", contact_sealed=None, state=TicketState.CLOSED)


async def _end_logins(person_id: str, now: datetime) -> None:
    """Sessions stay as rows, without browser and address unless a signing was asked for: its evidence."""
    mine = Session.filter(person_id=person_id)
    ids = [str(each) for each in await mine.values_list("id", flat=True)]
    await mine.filter(ended_at=None).update(ended_at=now)
    await of_no_signing().filter(person_id=person_id).update(user_agent="", address="")
    await ScanLogin.filter(confirmed_by_id__in=ids).update(user_agent="", address="")
    await Passkey.filter(person_id=person_id).delete()
    await PendingLogin.filter(person_id=person_id).delete()
    bound = await WeChatAccount.filter(person_id=person_id).values_list("openid_index", flat=True)
    await WeChatLogin.filter(openid_index__in=[str(each) for each in bound]).delete()
    await WeChatAccount.filter(person_id=person_id).delete()
    await PushSubscription.filter(person_id=person_id).delete()
