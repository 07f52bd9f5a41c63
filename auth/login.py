"""Log in by a code sent to a mobile; an unknown mobile becomes a new person."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import F

from auth import identifiers, throttling
from auth.browsers import Browser
from auth.engine import transaction
from auth.errors import Invalid
from auth.models import LoginWay, Person, SmsCode
from auth.people import place
from auth.ports import Sms
from auth.privacy import RecordsKey
from auth.refusals import tell
from auth.second_factor import Entered, let_in
from auth.throttling import Limit
from auth.tokens import new_id, same

__all__ = [
    "CODE_LIFE",
    "LOGINS_PER_ADDRESS",
    "RESEND_AFTER",
    "CodeSent",
    "check_code",
    "find_person",
    "log_in",
    "person_by_mobile",
    "request_code",
    "use_code",
]

CODE_LIFE = timedelta(minutes=5)
RESEND_AFTER = timedelta(seconds=60)
MAX_TRIES = 5
CODES_PER_MINUTE = Limit("sms.minute", 3, 60)  # a person logs in on phone and PC at once
CODES_PER_MOBILE = Limit("sms.mobile", 10, 3600)
CODES_PER_ADDRESS = Limit("sms.address", 60, 3600)
LOGINS_PER_ADDRESS = Limit("login.address", 120, 600)


@dataclass(frozen=True)
class CodeSent:
    """How long the code lives and when another may be asked for, in seconds."""

    life_s: int
    resend_after_s: int


def _place(number: str, about: str, records: RecordsKey) -> str:
    return records.index(f"{number}/{about}", "sms_code.about") if about else records.index(number, "mobile")


def _bound(mobile_index: str, code: str, records: RecordsKey) -> str:
    """Under a key: six digits would be found in a second from a bare hash in a database that was read."""
    return records.index(f"{mobile_index}/{code}", "sms_code")


async def request_code(
    mobile: str,
    address: str,
    now: datetime,
    records: RecordsKey,
    sms: Sms,
    *,
    about: str = "",
    act: str = "登录",
) -> CodeSent:
    """Send a six-digit code. about: what it is for, a login when empty; act: as the message says.

    Raises Invalid (not a mobile), TooMany, Unavailable (gateway).
    """
    number = identifiers.mobile(mobile)
    index = records.index(number, "mobile")
    await throttling.count(CODES_PER_ADDRESS, address, now)
    await throttling.count(CODES_PER_MINUTE, index, now)
    await throttling.count(CODES_PER_MOBILE, index, now)
    code = f"{secrets.randbelow(10**6):06d}"
    place = _place(number, about, records)
    await SmsCode.create(
        mobile_index=place, code_hash=_bound(place, code, records), created_at=now, expires_at=now + CODE_LIFE
    )
    await sms.send(number, f"【e章通】{act}验证码 {code}，5 分钟内有效。工作人员不会向您索要验证码。")
    return CodeSent(int(CODE_LIFE.total_seconds()), int(RESEND_AFTER.total_seconds()))


async def log_in(mobile: str, code: str, browser: Browser, now: datetime, records: RecordsKey) -> Entered:
    """Check the newest code of this mobile; a session, or a login that waits for a passkey.

    Raises Invalid `login.code_wrong` for any wrong, used or expired code alike.
    """
    number = identifiers.mobile(mobile)
    row = await check_code(number, code, browser, now, records)
    async with transaction():
        await use_code(row, now)
        person = await person_by_mobile(number, now, records)
        return await let_in(person.id, browser, LoginWay.SMS, now)


async def check_code(
    number: str, code: str, browser: Browser, now: datetime, records: RecordsKey, *, about: str = ""
) -> SmsCode:
    """The newest code of a mobile in its normal form, if this is it; counts the try first.

    about: as it was asked for.

    A wrong try at a code that lives is an event that the owner of the mobile sees.

    Raises Invalid `login.code_wrong`; TooMany.
    """
    index = _place(number, about, records)
    await throttling.count(LOGINS_PER_ADDRESS, browser.address, now)
    row = await SmsCode.filter(mobile_index=index).order_by("-created_at").first()
    live = row is not None and row.used_at is None and row.expires_at > now
    # The try is counted before the code is compared, so that parallel guesses cannot exceed the limit.
    tried = row is not None and live and await _count_try(row.id)
    if row is None or not tried or not same(row.code_hash, _bound(index, code, records)):
        if tried:  # without a code that lives nothing could be guessed, and strangers could fill his thread
            await _tell(number, browser, now, records)
        raise Invalid(
            "login.code_wrong",
            "验证码不正确或已过期，请核对短信，或重新获取验证码。",
            "The code is wrong or has expired; check the message or ask for a new one.",
            field="code",
        )
    return row


async def _tell(number: str, browser: Browser, now: datetime, records: RecordsKey) -> None:
    person = await find_person(number, records)
    if person is not None:
        await tell(person.id, "person.login_failed", browser, now, records)


async def use_code(row: SmsCode, now: datetime) -> None:
    """A checked code is good once; inside a transaction. Raises Invalid `login.code_wrong`."""
    if not await SmsCode.filter(id=row.id, used_at=None).update(used_at=now):
        raise Invalid(
            "login.code_wrong",
            "验证码已使用，请重新获取。",
            "This code was used already; ask for a new one.",
            field="code",
        )


async def _count_try(code_id: str) -> bool:
    return bool(await SmsCode.filter(id=code_id, tries__lt=MAX_TRIES).update(tries=F("tries") + 1))


async def find_person(number: str, records: RecordsKey) -> Person | None:
    """The person of a mobile in its normal form, or None."""
    return await Person.get_or_none(mobile_index=records.index(number, "mobile"))


async def person_by_mobile(number: str, now: datetime, records: RecordsKey) -> Person:
    """The person of a mobile, made if new; inside a transaction."""
    found = await find_person(number, records)
    if found is not None:
        return found
    person_id = new_id()
    row = Person(
        id=person_id,
        mobile_index=records.index(number, "mobile"),
        mobile_sealed=records.seal(number, place(person_id, "mobile")),
        created_at=now,
    )
    await Person.bulk_create([row], ignore_conflicts=True)
    return await Person.get(mobile_index=row.mobile_index)
