"""Notices to all users: changes of rules, of the service, trainings; and who read them (R149, R60, R147).

A notice stands on the public page, and once as a card in everybody's thread until he has read it. Of a
training, having read it is having taken part; a company's people are counted for their company.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tortoise.expressions import Q
from tortoise.functions import Count

from auth import events
from auth.authority import companies_of
from auth.engine import transaction
from auth.errors import Conflict, Invalid, NotFound
from seals.service.tickets import checked
from seals.service_models import Notice, NoticeKind, NoticeRead, Topic

__all__ = [
    "NoticeDraft",
    "NoticeView",
    "Training",
    "publish",
    "read",
    "shown",
    "trainings",
    "unread",
    "withdraw",
]

MAX_TITLE = 100
MAX_BODY = 4000
SHOWN_MOST = 50
UNREAD_MOST = 5


@dataclass(frozen=True)
class NoticeDraft:
    """What is to be told; topic: of a training, empty otherwise. shown_until: None for always."""

    kind: str
    topic: str
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    shown_from: datetime
    shown_until: datetime | None


@dataclass(frozen=True)
class NoticeView:
    """A notice as it is shown."""

    id: str
    kind: str
    topic: str | None
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str
    shown_from: datetime
    shown_until: datetime | None


@dataclass(frozen=True)
class Training:
    """A training, and how many took part. companies: of which somebody did."""

    notice: NoticeView
    people: int
    companies: int


async def publish(draft: NoticeDraft, actor: str, now: datetime) -> NoticeView:
    """Tell it to all users. Raises Invalid `notice.kind`, `notice.topic`, `notice.period`, `ticket.text`."""
    if draft.kind not in set(NoticeKind):
        raise Invalid("notice.kind", "请选择公告的种类。", "Please choose the kind.", field="kind")
    training = draft.kind == NoticeKind.TRAINING
    if training != bool(draft.topic) or (training and draft.topic not in set(Topic)):
        raise Invalid(
            "notice.topic",
            "培训须选择主题，其他公告没有主题。",
            "A training has a topic, other notices have none.",
            field="topic",
        )
    if draft.shown_until is not None and draft.shown_until <= max(now, draft.shown_from):
        raise Invalid(
            "notice.period",
            "结束时间须晚于开始时间和现在。",
            "The end must be after the beginning, and after now.",
            field="shown_until",
        )
    texts = {name: checked(getattr(draft, name), name, MAX_TITLE) for name in ("title_zh", "title_en")}
    texts |= {name: checked(getattr(draft, name), name, MAX_BODY) for name in ("text_zh", "text_en")}
    async with transaction():
        row = await Notice.create(
            kind=NoticeKind(draft.kind),
            topic=Topic(draft.topic) if draft.topic else None,
            title_zh=texts["title_zh"],
            title_en=texts["title_en"],
            text_zh=texts["text_zh"],
            text_en=texts["text_en"],
            shown_from=draft.shown_from,
            shown_until=draft.shown_until,
            staff=actor.partition(":")[2],
            created_at=now,
        )
        await _event("notice.published", row.id, actor, now)
    return _view(row)


async def withdraw(notice_id: str, actor: str, now: datetime) -> NoticeView:
    """Show it no more; who read it stays on record. Raises NotFound, Conflict `notice.over`."""
    async with transaction():
        if not await Notice.filter(_current(now) | Q(shown_from__gt=now), id=notice_id).update(
            shown_until=now
        ):
            await _row(notice_id)
            raise Conflict("notice.over", "这条公告已经结束。", "This notice is over already.")
        await _event("notice.withdrawn", notice_id, actor, now)
    return _view(await _row(notice_id))


async def shown(now: datetime) -> tuple[NoticeView, ...]:
    """What the public page shows, newest first."""
    rows = await Notice.filter(_current(now)).order_by("-shown_from", "id").limit(SHOWN_MOST)
    return tuple(map(_view, rows))


async def unread(person_id: str, now: datetime) -> tuple[NoticeView, ...]:
    """What a person has not read yet, the oldest first."""
    done = await NoticeRead.filter(person_id=person_id).values_list("notice_id", flat=True)
    rows = Notice.filter(_current(now)).exclude(id__in=[str(each) for each in done])
    return tuple(map(_view, await rows.order_by("shown_from", "id").limit(UNREAD_MOST)))


async def read(notice_id: str, person_id: str, now: datetime) -> None:
    """Record that he read it, once; for the company that he belongs to, where there is one."""
    if not await Notice.exists(_current(now), id=notice_id):
        raise _no_such()
    companies = await companies_of(person_id, now)
    row = NoticeRead(
        id=f"{notice_id}:{person_id}",
        notice_id=notice_id,
        person_id=person_id,
        company_id=companies[-1][0].id if companies else None,
        at=now,
    )
    await NoticeRead.bulk_create([row], ignore_conflicts=True)


async def trainings() -> tuple[Training, ...]:
    """All trainings with their numbers, newest first."""
    rows = await Notice.filter(kind=NoticeKind.TRAINING).order_by("-shown_from", "id").limit(SHOWN_MOST)
    counted = (
        await NoticeRead.filter(notice_id__in=[row.id for row in rows])
        .annotate(people=Count("id"), companies=Count("company_id", distinct=True))
        .group_by("notice_id")
        .values_list("notice_id", "people", "companies")
    )
    numbers = {notice: (int(people), int(companies)) for notice, people, companies in counted}
    return tuple(Training(_view(row), *numbers.get(row.id, (0, 0))) for row in rows)


def _current(now: datetime) -> Q:
    return Q(shown_from__lte=now) & (Q(shown_until__isnull=True) | Q(shown_until__gt=now))


async def _row(notice_id: str) -> Notice:
    row = await Notice.get_or_none(id=notice_id)
    if row is None:
        raise _no_such()
    return row


def _no_such() -> NotFound:
    return NotFound("notice.not_found", "没有这条公告。", "There is no such notice.")


def _view(row: Notice) -> NoticeView:
    return NoticeView(
        row.id,
        row.kind.value,
        row.topic.value if row.topic else None,
        row.title_zh,
        row.title_en,
        row.text_zh,
        row.text_en,
        row.shown_from,
        row.shown_until,
    )


async def _event(kind: str, notice_id: str, actor: str, now: datetime) -> None:
    await events.append(events.PLATFORM, kind, actor=actor, subject=f"notice:{notice_id}", now=now)
