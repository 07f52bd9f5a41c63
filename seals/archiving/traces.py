"""Browsers and addresses of logins, kept in clear for their time only (网络安全法 art. 21: six months), and
what was said to the platform, for its own.

Those of whoever asked for a signing belong to its evidence, and go with the company's archive.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from auth.models import ScanLogin, Session, SmsCode
from seals.models import Signing
from seals.service_models import Ticket, TicketAnswer, TicketState

__all__ = ["TRACES_KEPT", "forget_old", "of_no_signing"]

TRACES_KEPT = timedelta(days=183)
"""So long after a login has ended its browser and address are known."""

CODES_KEPT = timedelta(days=1)
TICKETS_KEPT = timedelta(days=3 * 365)
"""So long after it came, a question, complaint or report that was answered or closed is kept with its words:
the time in which a claim about it may be made (民法典 art. 188)."""


def of_no_signing() -> QuerySet[Session]:
    """Sessions from which no signing was asked for."""
    return Session.filter(id__not_in=Subquery(Signing.all().values("asker_id")))


async def forget_old(now: datetime) -> None:
    """Empty what is older; delete codes that are over for long."""
    before = now - TRACES_KEPT
    known = ~Q(user_agent="") | ~Q(address="")
    await of_no_signing().filter(known, expires_at__lt=before).update(user_agent="", address="")
    await ScanLogin.filter(known, expires_at__lt=before).update(user_agent="", address="")
    await SmsCode.filter(expires_at__lt=now - CODES_KEPT).delete()
    await _forget_tickets(now - TICKETS_KEPT)


async def _forget_tickets(before: datetime) -> None:
    over = Ticket.filter(state__in=[TicketState.ANSWERED, TicketState.CLOSED], created_at__lt=before)
    answers = TicketAnswer.filter(ticket_id__in=Subquery(over.values("id")))
    await answers.exclude(text_sealed=b"").update(text_sealed=b"")
    await over.exclude(text_sealed=b"").update(text_sealed=b"", contact_sealed=None)
