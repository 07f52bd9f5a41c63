"""A person closes his account (个人信息保护法 art. 47): what is only his is erased at once, and he is nobody
here any more; what was made for companies is kept for their time in the archive.

Not while he represents a company: who seals for it must be known. Sessions, devices, passkeys, keys, grants
and memberships end. His mobile is free: whoever logs in with it is another person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auth import events, login
from auth.browsers import Browser
from auth.engine import transaction
from auth.errors import Conflict, NotFound
from auth.login import CodeSent
from auth.member_models import LIVE, Member
from auth.models import Application, ApplicationState, Company, CompanyState, Person
from auth.people import identity, lock
from auth.ports import Sms
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from auth.staff_models import StaffRole
from seals import grant_endings
from seals.archiving import files, person_rows
from seals.archiving.register import Gone, Line, enter, line_of
from seals.entry.models import EntryApplication, EntryState
from seals.ports import Blobs
from seals.reset_models import PinReset

__all__ = ["RULE", "Closing", "Hindrance", "close", "closing", "erase_again", "send_code"]

RULE = "account"
ABOUT = "account_close"
_OPEN = [ApplicationState.SUBMITTED, ApplicationState.SENT]


@dataclass(frozen=True)
class Hindrance:
    """Why an account cannot be closed now. company: of which this is, where it is of one."""

    code: str
    zh: str
    en: str
    company: str | None = None


@dataclass(frozen=True)
class Closing:
    """What stands against closing; memberships: of how many companies he is a member, which end with it."""

    hindered: tuple[Hindrance, ...]
    memberships: int


_APPLICATION = Hindrance(
    "account.application_open",
    "您有一项企业设立登记申请正在办理，请等待结果。",
    "An application of yours is with the registrar; wait for its outcome.",
)
_ENTRY = Hindrance(
    "account.entry_open",
    "您有一项企业用章申请正在审核，请等待结果，或先撤回申请。",
    "An application of yours for a company's seals is under review; wait for its outcome or withdraw it.",
)
_RESET = Hindrance(
    "account.reset_open",
    "您的口令重置申请正在办理，请等待结果。",
    "An application to reset your PIN is under way; wait for its outcome.",
)
_STAFF = Hindrance(
    "account.staff",
    "您在平台有工作人员身份，请先由运营者终止该身份。",
    "You work at one of the platform's desks; have its operator end that role first.",
)


async def closing(person_id: str) -> Closing:
    """What the page says before anything is done."""
    found = [
        Hindrance(
            "account.represents",
            f"您是{row.name}的法定代表人（经营者）。请先在登记机关办理变更或注销登记。",
            f"You represent {row.name}. Have the registrar register a change, or the company's end, first.",
            row.id,
        )
        for row in await Company.filter(representative_id=person_id, state=CompanyState.ACTIVE).order_by("id")
    ]
    found += [hindrance for hindrance, holds in await _of_his(person_id) if holds]
    return Closing(tuple(found), await Member.filter(person_id=person_id, state__in=LIVE).count())


async def _of_his(person_id: str) -> list[tuple[Hindrance, bool]]:
    """What he began, and what he does here for the platform."""
    return [
        (_APPLICATION, await Application.exists(applicant_id=person_id, state__in=_OPEN)),
        (_ENTRY, await EntryApplication.exists(applicant_id=person_id, state=EntryState.SUBMITTED)),
        (_RESET, await PinReset.exists(open=person_id)),
        (_STAFF, await StaffRole.exists(person_id=person_id, ended_at=None)),
    ]


async def send_code(
    session: SessionView, address: str, now: datetime, records: RecordsKey, sms: Sms
) -> CodeSent:
    """Send the code that closing takes, to his own mobile. Raises as `close`; TooMany, Unavailable."""
    await _require_free(session.person_id)
    mobile = identity(await Person.get(id=session.person_id), records).mobile
    return await login.request_code(mobile, address, now, records, sms, about=ABOUT, act="注销账户")


async def close(
    session: SessionView, code: str, browser: Browser, now: datetime, records: RecordsKey, blobs: Blobs
) -> None:
    """Close it, for good, and delete his files. Raises Conflict `account.…` where something stands against
    it; Invalid `login.code_wrong`.
    """
    person_id = session.person_id
    mobile = identity(await Person.get(id=person_id), records).mobile
    row = await login.check_code(mobile, code, browser, now, records, about=ABOUT)
    async with transaction():
        await lock(person_id)
        await _require_free(person_id)
        await login.use_code(row, now)
    # Nothing has ended before the code is spent: each membership is a transaction of its own.
    for member in await Member.filter(person_id=person_id, state__in=LIVE).order_by("company_id"):
        await grant_endings.remove_member(member.id, person_id, now)
    async with transaction():
        await lock(person_id)
        await _require_free(person_id)
        line = await _erase(person_id, f"person:{person_id}", now)
    await files.delete(line, blobs)


async def erase_again(person_id: str, actor: str, now: datetime) -> Line:
    """After an old backup was restored, which did not know yet that he had gone.

    Raises NotFound `person.not_found`; Conflict as `close`, `archive.erased`.
    """
    row = await Person.get_or_none(id=person_id)
    if row is None:
        raise NotFound("person.not_found", "没有找到该账户。", "There is no such account.")
    if not row.mobile_sealed:
        raise Conflict("archive.erased", "该账户已经注销。", "The account was closed already.")
    await _require_free(person_id)
    for member in await Member.filter(person_id=person_id, state__in=LIVE).order_by("company_id"):
        await grant_endings.remove_member(member.id, person_id, now)
    async with transaction():
        await lock(person_id)
        return await _erase(person_id, actor, now)


async def _require_free(person_id: str) -> None:
    hindered = (await closing(person_id)).hindered
    if hindered:
        raise Conflict(hindered[0].code, hindered[0].zh, hindered[0].en)


async def _erase(person_id: str, actor: str, now: datetime) -> Line:
    stream = events.person_stream(person_id)
    rows, his = await person_rows.named(person_id), await person_rows.files_of(person_id)
    numbers = await events.private_in(stream)
    await person_rows.empty(person_id, now)
    gone = Gone(stream, rows, tuple(sorted(his)), tuple(numbers))
    return line_of(await enter(gone, RULE, None, actor, now))
