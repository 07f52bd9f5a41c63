"""A print of the licence for one purpose and time (domain.md §1): who orders it, and what it says.

The watermark names the purpose and the day, so that it is no use for anything else; after its end its
verification page says so, while the licence itself goes on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth import licences, throttling
from auth.authority import Act, require, require_active
from auth.china import CHINA, minute
from auth.engine import transaction
from auth.errors import Conflict, Invalid
from auth.models import Company, CompanyState, Licence, LicenceState
from auth.throttling import Limit
from auth.tokens import new_id
from seals.licensing import is_genuine
from seals.paper_models import Paper, PaperKind
from seals.papers import ordering
from seals.papers.heading import heading, unfit
from seals.signing.workshop import Workshop

__all__ = ["MAX_DAYS", "MAX_PURPOSE", "WantedPrint", "licence_data", "order"]

MAX_PURPOSE = 40
MAX_DAYS = 366
PRINTS_PER_PERSON = Limit("licence_print.person", 20, 600)


@dataclass(frozen=True)
class WantedPrint:
    """purpose: 用途, one line; days: how long it is good, today is the first."""

    purpose: str
    days: int


async def order(company_id: str, person_id: str, wanted: WantedPrint, now: datetime) -> Paper:
    """Order one; each is a paper of its own.

    Raises NotFound `company.not_found`; Refused `access.denied`; Invalid `print.purpose`, `print.days`;
    Conflict `company.closed`, `licence.not_valid`; TooMany.
    """
    company = await require(person_id, Act.PRESENT_LICENCE, company_id, now)
    require_active(company)
    purpose = " ".join(wanted.purpose.split())
    if not 2 <= len(purpose) <= MAX_PURPOSE or not purpose.isprintable():
        raise Invalid(
            "print.purpose",
            f"请填写打印件的用途，2 至 {MAX_PURPOSE} 个字。",
            f"Say what the print is for, in 2 to {MAX_PURPOSE} characters.",
            field="purpose",
        )
    if not 1 <= wanted.days <= MAX_DAYS:
        raise Invalid(
            "print.days",
            f"有效期应为 1 至 {MAX_DAYS} 天。",
            f"A print is good for 1 to {MAX_DAYS} days.",
            field="days",
        )
    licence = await licences.in_force(company.id)
    if licence.state is not LicenceState.VALID:
        raise Conflict(
            "licence.not_valid",
            "执照正在签发，请稍候几秒再打印。",
            "The licence is being signed; print it in a few seconds.",
        )
    await throttling.count(PRINTS_PER_PERSON, person_id, now)
    async with transaction():
        row = await ordering.place(
            PaperKind.LICENCE,
            new_id(),
            company_id=company.id,
            asker_id=person_id,
            now=now,
            said={"purpose": purpose, "licence": licence.id},
            valid_until=_end(now, wanted.days),
        )
    assert row is not None, "its subject is its own"
    return row


def _end(now: datetime, days: int) -> datetime:
    """The end of the last day, China's: today is the first."""
    midnight = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=days, seconds=-1)


async def licence_data(paper: Paper, now: datetime, workshop: Workshop, identity: Ed25519PublicKey) -> str:
    """The JSON for `set_paper`: of the licence as the sealer signed it.

    Raises Conflict `paper.unfit`, `paper.licence_over` where it is not in force any more.
    """
    licence = await Licence.get(id=paper.said["licence"], company_id=paper.company_id)
    if not is_genuine(licence, identity):
        raise unfit()
    company = await Company.get(id=paper.company_id)
    if company.state is not CompanyState.ACTIVE or licence.state is not LicenceState.VALID:
        raise Conflict(
            "paper.licence_over",
            "执照已换发或企业已注销，请重新打印。",
            "The licence was replaced, or the company dissolved; order another print.",
        )
    assert paper.valid_until is not None, "it was ordered for a time"
    return json.dumps(
        {
            "paper": heading(paper, now, workshop),
            "licence": licence.data,
            "trader": licence.data["company_type"] == "个体工商户",
            "purpose": paper.said["purpose"],
            "day": paper.day,
            "until": minute(paper.valid_until),
        },
        ensure_ascii=False,
    )
