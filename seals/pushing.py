"""Tell people at once, on phone and PC, that a seal or an approval is asked for, or that it is done.

Role `work` takes the rows that `auth/events.py` wrote with the events. What it says is not a proof of
anything and holds no name: the page that it leads to asks who is there and shows what is true then.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tortoise.expressions import F

from auth import push
from auth.authority import live_grant
from auth.errors import Refused, Unavailable
from auth.member_models import Grant
from auth.models import Company, Session
from auth.ports import PushService, WeChatAccountService, WeChatMessage
from auth.privacy import RecordsKey
from auth.push_models import PushNotice
from seals.models import Signing

__all__ = ["OLD_NEWS", "advance", "take"]

OLD_NEWS = timedelta(minutes=10)
"""After so long nobody is told any more: a signing waits about as long, and the thread tells it anyway."""

AGAIN = timedelta(seconds=20)
MAX_TRIES = 4


async def take(now: datetime) -> PushNotice | None:
    """Claim the notice that waits longest. Old ones go."""
    await PushNotice.filter(created_at__lt=now - OLD_NEWS).delete()
    for row in await PushNotice.filter(due_at__lte=now).order_by("due_at", "id").limit(5):
        mine = PushNotice.filter(id=row.id, tries=row.tries)
        if await mine.update(tries=F("tries") + 1, due_at=now + AGAIN):
            return row
    return None


async def advance(
    row: PushNotice,
    service: PushService,
    wechat: WeChatAccountService,
    now: datetime,
    records: RecordsKey,
) -> None:
    """Tell everybody whom a notice is for.

    Raises Unavailable when a service did not take it: it is tried again, and who heard it already hears it
    once more in the same place.
    """
    people, path, asked_on = await _whom(row, now)
    failed: Unavailable | None = None
    for told in await push.of_people(people, records):
        if told.device == asked_on:
            continue  # whoever asked looks at this very screen
        try:
            if not await service.send(told, row.kind, path, row.id):
                await push.gone(told)
        except Refused:
            await push.gone(told)
        except Unavailable as error:
            failed = error
    for openid in await push.in_wechat(people, records):
        try:
            await wechat.notify(WeChatMessage(openid, row.kind, path, row.created_at))
        except Unavailable as error:
            failed = error
    if failed is None or row.tries + 1 >= MAX_TRIES:
        await PushNotice.filter(id=row.id).delete()
    if failed is not None:
        raise failed


async def _whom(row: PushNotice, now: datetime) -> tuple[list[str], str, str]:
    """The people, the page where it is, and the browser that need not be told."""
    signing = await Signing.get_or_none(id=row.subject.partition(":")[2])
    if signing is None:
        return [], "", ""
    asker = await Session.get(id=signing.asker_id)
    thread = f"/m?company={signing.company_id}"
    if row.kind == "approval.asked":
        return [row.stream.partition(":")[2]], f"/m/approve/{signing.id}", asker.device
    if row.kind == "signing.signed":
        return [asker.person_id], thread, ""
    company = await Company.get(id=signing.company_id)
    granted = await Grant.filter(live_grant(now), seal=signing.seal_id).values_list("person_id", flat=True)
    holders = {*granted, *([company.representative_id] if company.representative_id else [])}
    return sorted(map(str, holders)), thread, asker.device
