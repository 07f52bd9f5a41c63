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
from auth.errors import Conflict
from auth.identity_checks import LIFE, IdentityCheckView
from auth.identity_models import IdentityCheck, IdentityPurpose
from auth.passkey_models import Passkey, PendingLogin
from auth.people import lock
from auth.ports import IdentityWay, RealName
from auth.privacy import RecordsKey
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
    """Begin the check for the login that waits in this browser, which then waits as long as the check lives.

    Raises NotFound `login.factor_not_found`; Conflict `passkey.no_holder`; Refused, Unavailable, TooMany.
    """
    waiting = await second_factor.waiting(cookie, browser, now)
    if not await Holder.exists(person_id=waiting.person_id):
        raise Conflict(
            "passkey.no_holder",
            "您还没有领取过印章，本站无从核对您的身份。请联系客服。",
            "You never collected a seal here, so there is nothing to compare you with. Contact support.",
        )
    check = await identity_checks.begin(
        IdentityPurpose.LOGIN, waiting.id, waiting.person_id, return_url, now, records, realname, way=way
    )
    await PendingLogin.filter(id=waiting.id, used_at=None).update(expires_at=now + LIFE[way])
    return check


async def finish(
    cookie: str, browser: Browser, now: datetime, records: RecordsKey, realname: RealName
) -> str:
    """Come in by the check that passed: all passkeys go; returns the session's token.

    Other sessions stay, so that whoever holds them sees it.

    Raises NotFound `login.factor_not_found`; Conflict `identity.pending` (facts: `url`); Refused
    `identity.not_passed`; Gone `identity.expired`; Unavailable.
    """
    waiting = await second_factor.waiting(cookie, browser, now)
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
