"""A way in for who lost all his passkeys: an identity check in their place, and all of them are removed.

He has passed the first factor and waits (`auth/second_factor.py`). Only for holders: whom the check must be
about was attested when the seals were collected; a name in an application may be a stranger's words. Who
never collected a seal has nothing here that the check could be compared with, and support has to help.
"""

from __future__ import annotations

from datetime import datetime

from auth import events, identity_checks, second_factor, sessions
from auth.browsers import Browser
from auth.engine import transaction
from auth.errors import Conflict, DomainError
from auth.identity_checks import LIFE, IdentityCheckView
from auth.identity_models import IdentityCheck, IdentityPurpose
from auth.passkey_models import Passkey, PendingLogin
from auth.people import lock
from auth.ports import IdentityWay, RealName
from auth.privacy import RecordsKey
from auth.second_factor import PENDING_LIFE
from seals.holders import HolderIdentity, identity_of
from seals.models import Holder

__all__ = ["begin", "finish"]


async def begin(
    cookie: str,
    browser: Browser,
    return_url: str,
    now: datetime,
    records: RecordsKey,
    realname: RealName,
    way: IdentityWay,
) -> IdentityCheckView:
    """Begin the check for the login that waits in this browser, which then waits as long as such a check
    lives: for the check alone, for a passkey no longer than before. At a counter only once in a login.

    Raises NotFound `login.factor_not_found`; Conflict `passkey.no_holder`, `passkey.counter_begun`; Refused,
    Unavailable, TooMany.
    """
    waiting = await second_factor.waiting_for_check(cookie, browser, now)
    if not await Holder.exists(person_id=waiting.person_id):
        raise Conflict(
            "passkey.no_holder",
            "您还没有领取过印章，本站无从核对您的身份。请联系客服。",
            "You never collected a seal here, so there is nothing to compare you with. Contact support.",
        )
    # From the login's beginning: checks that follow one another do not keep it open for ever.
    end = waiting.created_at + PENDING_LIFE + LIFE[way]
    row = PendingLogin.filter(id=waiting.id, used_at=None)
    prolonged = await row.filter(expires_at__lt=end).update(expires_at=end)
    if way is IdentityWay.COUNTER and not prolonged:
        raise _counter_begun()
    try:
        return await identity_checks.begin(
            IdentityPurpose.LOGIN, waiting.id, waiting.person_id, return_url, now, records, realname, way=way
        )
    except DomainError:
        await row.filter(expires_at=end).update(expires_at=waiting.expires_at)
        raise


def _counter_begun() -> Conflict:
    return Conflict(
        "passkey.counter_begun",
        "这次登录已预约过窗口核验，请凭该预约到窗口办理；如需重新预约，请重新登录。",
        "A check at a counter was begun in this login already; go there, or log in again for another.",
    )


async def finish(
    cookie: str, browser: Browser, now: datetime, records: RecordsKey, realname: RealName
) -> str:
    """Come in by the check that passed: all passkeys go; returns the session's token.

    Other sessions stay, so that whoever holds them sees it.

    Raises NotFound `login.factor_not_found`; Conflict `identity.pending` (facts: `url`); Refused
    `identity.not_passed`; Gone `identity.expired`; Unavailable.
    """
    waiting = await second_factor.waiting_for_check(cookie, browser, now)
    row = (
        await IdentityCheck.filter(
            person_id=waiting.person_id, purpose=IdentityPurpose.LOGIN, subject=waiting.id
        )
        .order_by("-created_at")
        .first()
    )
    if row is None:
        raise identity_checks.not_passed()
    url = await identity_checks.open_at(row, now, realname)
    if url is not None:
        raise Conflict(
            "identity.pending",
            "身份核验还没有完成，完成后再继续。",
            "The identity check is not finished yet; go on once it is.",
            url=url,
        )
    result = await identity_checks.require_passed(row, IdentityPurpose.LOGIN, waiting.id, now, realname)
    holder = await Holder.get_or_none(person_id=waiting.person_id)
    attested = HolderIdentity(holder.identity_ref, holder.mobile_ref) if holder is not None else None
    if attested != identity_of(result, records):
        raise identity_checks.not_passed()
    async with transaction():
        await lock(waiting.person_id)
        await identity_checks.use(row, now)
        if not await PendingLogin.filter(id=waiting.id, used_at=None).update(used_at=now):
            raise second_factor.not_found()
        count = await Passkey.filter(person_id=waiting.person_id).delete()
        token = await sessions.begin(waiting.person_id, browser, waiting.way, now)
        await events.append(
            events.person_stream(waiting.person_id),
            "person.passkeys_lost",
            actor=f"person:{waiting.person_id}",
            subject=f"person:{waiting.person_id}",
            now=now,
            facts={"count": count, "identity": result.way.value},
        )
        return token
