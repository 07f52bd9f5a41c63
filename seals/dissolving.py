"""The end of a company (注销登记), as the registrar says: all its seals and rights end with it (R42).

In one transaction, on the way of a change of representative (`seals/succeeding.py`): the company is CLOSED,
its licence ends, every seal is cancelled, grants and memberships are void, collections and signings under way
end. What was sealed before stays valid, and says since when its seal is cancelled.
"""

from __future__ import annotations

from datetime import datetime

from auth import events
from auth.errors import Conflict
from auth.member_models import Grant, GrantState
from auth.models import Company, CompanyState, Licence, LicenceState
from seals import collecting, grant_endings, living
from seals.life import Change
from seals.life_models import AskedState, SealChange
from seals.registered import Registered

__all__ = ["dissolve", "is_due"]

COMPANY_DISSOLVED = "登记机关已办理企业注销登记，本次领取已终止。"


def is_due(company: Company, before: Licence, said: Registered) -> bool:
    """Whether the register says that the company has ended, and we do not yet."""
    over = company.state is CompanyState.CLOSED and before.state is LicenceState.REVOKED
    return said.dissolved_on is not None and not over


async def dissolve(company: Company, before: Licence, said: Registered, now: datetime) -> None:
    """Inside the transaction that holds the company's lock and has decided the registrar's change.

    Raises Conflict where another licence is in force by now: it is looked at again then.
    """
    ended = await Licence.filter(id=before.id, current=company.id).update(state=LicenceState.REVOKED)
    if not ended:
        raise Conflict("company.changed", "企业登记刚有变化。", "The registration changed just now.")
    await Company.filter(id=company.id).update(state=CompanyState.CLOSED)
    done = await living.move(Change.DISSOLVE, company.id, None, now)
    collections = await collecting.end_all(company.id, now, COMPANY_DISSOLVED)
    await SealChange.filter(company_id=company.id, state=AskedState.DRAFT).delete()
    await Grant.filter(company_id=company.id, state=GrantState.OFFERED).delete()
    await grant_endings.void_all(company.id, "registrar", now)
    await living.tell(done, "registrar", now)
    await collecting.tell_ended(collections, now, "company.closed")
    since = said.dissolved_on.isoformat() if said.dissolved_on is not None else ""
    await events.append(
        events.company_stream(company.id),
        "licence.revoked",
        actor="registrar",
        subject=f"company:{company.id}",
        now=now,
        on_behalf=company.id,
        facts={"since": since, "version": before.version},
    )
