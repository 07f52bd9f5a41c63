"""Present the licence (出示执照): a token for a QR code that lives five minutes.

What a scan of it shows is in `seals/presented.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth import licences, throttling
from auth.authority import Act, require, require_active
from auth.errors import Conflict, Gone
from auth.models import LicenceState, Presentation
from auth.throttling import Limit
from auth.tokens import hash_token, new_token

__all__ = ["LIFE", "Presented", "find", "present"]

LIFE = timedelta(minutes=5)
ROTATE_AFTER = timedelta(seconds=60)
PRESENTATIONS_PER_PERSON = Limit("presentation.person", 60, 600)
PURPOSE = "presentation"


@dataclass(frozen=True)
class Presented:
    """A fresh presentation: the token goes into the QR code's URL."""

    token: str
    expires_at: datetime
    rotate_after_s: int


async def present(company_id: str, person_id: str, now: datetime) -> Presented:
    """Make a presentation.

    Raises NotFound for another's company; Refused `access.denied`; Conflict before the licence is signed
    and after the company was dissolved.
    """
    company = await require(person_id, Act.PRESENT_LICENCE, company_id, now)
    require_active(company)
    await throttling.count(PRESENTATIONS_PER_PERSON, person_id, now)
    licence = await licences.in_force(company.id)
    if licence.state is not LicenceState.VALID:
        raise Conflict(
            "licence.not_valid",
            "执照正在签发，请稍候几秒再出示。",
            "The licence is being signed; present it in a few seconds.",
        )
    token = new_token()
    await Presentation.create(
        licence_id=licence.id, token_hash=hash_token(token, PURPOSE), created_at=now, expires_at=now + LIFE
    )
    return Presented(token, now + LIFE, int(ROTATE_AFTER.total_seconds()))


async def find(token: str, now: datetime) -> Presentation:
    """The presentation of a scanned token; raises Gone `presentation.gone` for any other token alike."""
    row = await Presentation.get_or_none(token_hash=hash_token(token, PURPOSE))
    if row is None or row.expires_at <= now:
        raise Gone(
            "presentation.gone",
            "该执照二维码已失效，请让对方重新出示。截图不能作为凭证。",
            "This licence code has expired; ask for it to be presented again. A screenshot proves nothing.",
        )
    return row
