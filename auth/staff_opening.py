"""Opening a desk of the platform: an answer by the role's own passkey, in this session, just now.

The passkey is one of the person's; it becomes the role's by a code that the host's terminal showed once
(`ezhang staff add`, `ezhang staff code`): whoever took over somebody's mobile can add a passkey to the
account, and has no code. Each opening gives the session a new token, so that one stolen before is nobody's.

In development the code alone opens the desk for the rest of the session, for browsers that keep no passkey
at the address in use (`http://192.168…`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auth import events, sessions, throttling
from auth.authenticators import Asserted, Party, Unproven, credential_hash, credential_id, request_options
from auth.browsers import Browser
from auth.engine import transaction
from auth.errors import Invalid, NotFound, Refused
from auth.passkey_models import PasskeyPurpose
from auth.passkeys import answered, ask, known_to, refused
from auth.privacy import RecordsKey
from auth.refusals import tell
from auth.sessions import SessionView
from auth.staff import CODE, DESK_LIFE, code_hash, no_desk, opened_at, roles_of
from auth.staff_models import StaffOpening, StaffRole
from auth.throttling import Limit
from auth.tokens import check_code, new_id

__all__ = ["DeskView", "begin", "look", "prove", "prove_by_code"]

OPENINGS_PER_PERSON = Limit("staff.person", 60, 600)
CODES_PER_PERSON = Limit("staff.code", 10, 600)


@dataclass(frozen=True)
class DeskView:
    """What a staff member has to do. roles: his; open: those whose desk is open in this session.

    bound: whether a passkey opens them all; passkeys: whether he has any; by_code: the code alone will do.
    """

    roles: tuple[str, ...]
    open: tuple[str, ...]
    bound: bool
    passkeys: bool
    by_code: bool


async def look(session: SessionView, now: datetime, *, by_code: bool) -> DeskView:
    """Where he stands; by_code: in development. Raises NotFound `page.not_found`."""
    rows = await _mine(session)
    opened = [row.role.value for row in rows if await opened_at(row, session.id, now, DESK_LIFE)]
    return DeskView(
        tuple(row.role.value for row in rows),
        tuple(opened),
        all(row.passkey is not None for row in rows),
        bool(await known_to(session.person_id)),
        by_code,
    )


async def _mine(session: SessionView) -> list[StaffRole]:
    rows = list((await roles_of(session.person_id)).values())
    if not rows:
        raise no_desk()
    return rows


async def begin(session: SessionView, party: Party, now: datetime) -> dict[str, Any]:
    """Options to have a passkey answer. Raises NotFound `page.not_found`, `passkey.none`; TooMany."""
    await _mine(session)
    await throttling.count(OPENINGS_PER_PERSON, session.person_id, now)
    known = await known_to(session.person_id)
    if not known:
        raise NotFound(
            "passkey.none",
            "您还没有通行密钥。请先在“登录与设备”中添加一把。",
            "You have no passkey yet. Add one under Logins and devices first.",
        )
    return request_options(party, await ask(PasskeyPurpose.STAFF, session.id, now), known)


async def prove(
    said: Asserted,
    code: str | None,
    session: SessionView,
    browser: Browser,
    party: Party,
    now: datetime,
    records: RecordsKey,
) -> str:
    """Open every desk whose passkey this is, and bind it to the role that the code is of; a new token.

    Raises NotFound `page.not_found`; Invalid `code.malformed`, `staff.code_wrong`; Refused `passkey.refused`,
    `passkey.count`, `staff.not_bound`; TooMany.
    """
    rows = await _mine(session)
    await throttling.count(OPENINGS_PER_PERSON, session.person_id, now)
    coded = await _coded(rows, code, session, now) if code else None
    try:
        await answered(said, PasskeyPurpose.STAFF, session.id, session.person_id, party, now)
        key = credential_hash(credential_id(said))
    except Unproven as unproven:
        facts = {"reason": unproven.reason}
        await tell(session.person_id, "person.passkey_failed", browser, now, records, facts)
        raise refused(unproven.reason) from None
    return await _open(rows, key, coded, session, now)


async def prove_by_code(code: str, session: SessionView, now: datetime) -> str:
    """Development: the code opens its desk for the rest of this session; a new token. Raises as `prove`."""
    coded = await _coded(await _mine(session), code, session, now)
    async with transaction():
        await _use(coded, None, now)
        return await _record([coded], CODE, session, now)


async def _coded(rows: list[StaffRole], code: str, session: SessionView, now: datetime) -> StaffRole:
    await throttling.count(CODES_PER_PERSON, session.person_id, now)
    hashed = code_hash(check_code(code))
    for row in rows:
        if row.code_hash == hashed and row.code_ends_at is not None and row.code_ends_at > now:
            return row
    raise _code_wrong()


def _code_wrong() -> Invalid:
    return Invalid(
        "staff.code_wrong",
        "开通码不正确、已使用或已过期，请在主机上用 ezhang staff code 重新生成。",
        "The code is wrong, used or too old; have the host make another with `ezhang staff code`.",
        field="code",
    )


async def _open(
    rows: list[StaffRole], key: str, coded: StaffRole | None, session: SessionView, now: datetime
) -> str:
    async with transaction():
        if coded is not None:
            await _use(coded, key, now)
        opened = [row for row in rows if row.passkey == key or row is coded]
        if not opened:
            raise Refused(
                "staff.not_bound",
                "这把通行密钥没有与您的角色绑定。请用绑定的那一把，或输入主机上生成的开通码。",
                "This passkey is not the desk's. Use that one, or type a code that the host has made.",
            )
        return await _record(opened, key, session, now)


async def _use(coded: StaffRole, key: str | None, now: datetime) -> None:
    """The code is good once; the passkey becomes the role's."""
    mine = StaffRole.filter(id=coded.id, code_hash=coded.code_hash, ended_at=None, code_ends_at__gt=now)
    if not await mine.update(code_hash=None, passkey=key):
        raise _code_wrong()


async def _record(rows: list[StaffRole], by: str, session: SessionView, now: datetime) -> str:
    await StaffOpening.bulk_create(
        [StaffOpening(id=new_id(), staff_id=row.id, session=session.id, by=by, at=now) for row in rows]
    )
    token = await sessions.rotate(session)
    for row in rows:
        await events.append(
            events.PLATFORM,
            "staff.desk_opened",
            actor=f"operator:{row.id}",
            subject=f"staff_role:{row.id}",
            now=now,
            facts={"role": row.role.value, "by": CODE if by == CODE else "passkey"},
        )
    return token
