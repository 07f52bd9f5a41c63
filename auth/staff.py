"""The platform's own people: who they are, made and ended on the host only, and what opens their desks.

A role is no right over any company: whoever has one sees and decides what his desk shows, signs nothing and
reads no document. It is found by the ordinary login; the desk itself opens only after an answer by the one
passkey that a code from the host's terminal bound to the role (`auth/staff_opening.py`), so that neither a
stolen session nor a stolen SIM card opens it. Whoever has no role is answered as if there were no desk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError

from auth import authority, events, identifiers
from auth.engine import transaction
from auth.errors import Conflict, NotFound, Refused
from auth.identifiers import mask_mobile
from auth.login import person_by_mobile
from auth.people import identity
from auth.privacy import RecordsKey
from auth.sessions import ABSOLUTE_LIFE, SessionView
from auth.staff_models import StaffOpening, StaffRole, StaffRoleName
from auth.tokens import group_code, hash_token, new_code, new_id

__all__ = [
    "CODE_LIFE",
    "DECIDE_LIFE",
    "DESK_LIFE",
    "Coded",
    "Staff",
    "StaffListed",
    "add",
    "code_hash",
    "end",
    "listed",
    "names_of",
    "no_desk",
    "opened_at",
    "own_matter",
    "person_of",
    "renew_code",
    "require",
    "require_apart",
    "roles_of",
]

CODE_LIFE = timedelta(hours=24)
DESK_LIFE = timedelta(minutes=30)
"""So long after an answer by the passkey the desk shows what it has."""
DECIDE_LIFE = timedelta(minutes=5)
"""So long after it decides."""
CODE = "code"
"""How an opening by a code alone is written; development has no other where a browser keeps no passkey."""


@dataclass(frozen=True)
class Staff:
    """Somebody at his desk: id of the role, and the person. actor: how events name him."""

    id: str
    person_id: str
    role: StaffRoleName

    @property
    def actor(self) -> str:
        """As an event writes it."""
        return f"staff:{self.id}"


@dataclass(frozen=True)
class Coded:
    """A role that waits for its passkey. code: shown once, good until ends_at."""

    id: str
    role: StaffRoleName
    ends_at: datetime
    code: str = field(repr=False)


@dataclass(frozen=True)
class StaffListed:
    """A role as the host sees it. bound: whether a passkey opens it."""

    id: str
    role: StaffRoleName
    name: str
    mobile_masked: str
    added_by: str
    bound: bool
    created_at: datetime
    ended_at: datetime | None


# ---------------------------------------------------------------- on the host


def _place(staff_id: str) -> str:
    return f"staff_role.name:{staff_id}"


def code_hash(code: str) -> str:
    """How a code is stored; code: as `auth.tokens.check_code` returns it."""
    return hash_token(code, "staff_code")


async def add(
    mobile: str, role: StaffRoleName, name: str, account: str, now: datetime, records: RecordsKey
) -> Coded:
    """Give somebody a role. account: whose the host's command is.

    Raises Invalid on mobile and name; Conflict `staff.exists`.
    """
    number, name = identifiers.mobile(mobile), identifiers.person_name(name)
    code, staff_id = new_code(), new_id()
    try:
        async with transaction():
            person = await person_by_mobile(number, now, records)
            await StaffRole.create(
                id=staff_id,
                person_id=person.id,
                role=role,
                name_sealed=records.seal(name, _place(staff_id)),
                added_by=account,
                live=f"{person.id}:{role.value}",
                code_hash=code_hash(code),
                code_ends_at=now + CODE_LIFE,
                created_at=now,
            )
            await _event("staff.added", staff_id, account, now, {"role": role.value})
    except IntegrityError:
        raise Conflict(
            "staff.exists",
            "该手机号已有此角色。如需更换通行密钥，请用 ezhang staff code。",
            "This mobile has that role already. To change its passkey, use `ezhang staff code`.",
            field="mobile",
        ) from None
    return Coded(staff_id, role, now + CODE_LIFE, group_code(code))


async def renew_code(staff_id: str, account: str, now: datetime) -> Coded:
    """A fresh code, and the passkey before it opens nothing any more. Raises NotFound `staff.not_found`."""
    code = new_code()
    async with transaction():
        moved = await StaffRole.filter(id=staff_id, ended_at=None).update(
            code_hash=code_hash(code), code_ends_at=now + CODE_LIFE, passkey=None
        )
        if not moved:
            raise _not_found()
        await StaffOpening.filter(staff_id=staff_id).delete()
        await _event("staff.code_renewed", staff_id, account, now)
    row = await StaffRole.get(id=staff_id)
    return Coded(staff_id, row.role, now + CODE_LIFE, group_code(code))


async def end(staff_id: str, account: str, now: datetime) -> None:
    """End a role, at once. Raises NotFound `staff.not_found`."""
    async with transaction():
        mine = StaffRole.filter(id=staff_id, ended_at=None)
        if not await mine.update(ended_at=now, live=None, code_hash=None, passkey=None):
            raise _not_found()
        await _event("staff.ended", staff_id, account, now)


async def listed(records: RecordsKey) -> tuple[StaffListed, ...]:
    """Every role there is and was, oldest first."""
    rows = await StaffRole.all().order_by("created_at", "id").select_related("person")
    return tuple(
        StaffListed(
            row.id,
            row.role,
            _name(row, records),
            mask_mobile(identity(row.person, records).mobile),
            row.added_by,
            row.passkey is not None,
            row.created_at,
            row.ended_at,
        )
        for row in rows
    )


def _name(row: StaffRole, records: RecordsKey) -> str:
    return records.open(bytes(row.name_sealed), _place(row.id))


def _not_found() -> NotFound:
    return NotFound(
        "staff.not_found",
        "没有这个在任角色，请用 ezhang staff list 查看。",
        "There is no such role, or it has ended; see `ezhang staff list`.",
    )


async def _event(
    kind: str, staff_id: str, account: str, now: datetime, facts: dict[str, object] | None = None
) -> None:
    await events.append(
        events.PLATFORM,
        kind,
        actor=f"host:{account}",
        subject=f"staff_role:{staff_id}",
        now=now,
        facts=facts,
    )


# ---------------------------------------------------------------- at the desk


def no_desk() -> NotFound:
    """The answer to whoever has no role: the one to an address that is none."""
    return NotFound("page.not_found", "没有这个页面。", "There is no such page.")


async def roles_of(person_id: str) -> dict[StaffRoleName, StaffRole]:
    """The roles that a person has now."""
    return {row.role: row for row in await StaffRole.filter(person_id=person_id, ended_at=None)}


async def person_of(staff_id: str) -> str | None:
    """Whose a role is, by id."""
    row = await StaffRole.get_or_none(id=staff_id)
    return row.person_id if row is not None else None


async def names_of(staff_ids: set[str], records: RecordsKey) -> dict[str, str]:
    """The names of roles, for colleagues at the same desk."""
    return {row.id: _name(row, records) for row in await StaffRole.filter(id__in=staff_ids)}


async def opened_at(row: StaffRole, session_id: str, now: datetime, life: timedelta) -> datetime | None:
    """When this session opened this role's desk last, if that was within `life`; by code, its whole life."""
    mine = StaffOpening.filter(staff_id=row.id, session=session_id)
    by_code = mine.filter(by=CODE, at__gt=now - ABSOLUTE_LIFE)
    by_key = mine.filter(by=row.passkey or "", at__gt=now - life)
    last = await by_key.order_by("-at").first() or await by_code.order_by("-at").first()
    return last.at if last is not None else None


async def require(
    session: SessionView, role: StaffRoleName, now: datetime, *, deciding: bool = False
) -> Staff:
    """Who is at the desk. deciding: what he is about to do is not only looking.

    Raises NotFound `page.not_found` to whoever has no such role; Refused `staff.prove_first` to whoever has,
    and has not answered with his passkey within DESK_LIFE (DECIDE_LIFE).
    """
    row = (await roles_of(session.person_id)).get(role)
    if row is None:
        raise no_desk()
    if await opened_at(row, session.id, now, DECIDE_LIFE if deciding else DESK_LIFE) is None:
        raise Refused(
            "staff.prove_first",
            "请先用绑定的通行密钥确认是您本人。",
            "First confirm with the passkey of this desk that it is you.",
        )
    return Staff(row.id, row.person_id, row.role)


def own_matter() -> Refused:
    """The answer to whoever would decide about himself or a company of his."""
    return Refused(
        "staff.own_matter",
        "这是您本人或您所在企业的事项，须由其他人员办理。",
        "This is your own matter, or that of a company you belong to; a colleague must decide it.",
    )


async def require_apart(staff: Staff, company_id: str | None, people: set[str], now: datetime) -> None:
    """Nobody decides about himself. people: who applies or is named, by id; company_id: whose members count.

    Raises Refused `staff.own_matter`.
    """
    if staff.person_id in people:
        raise own_matter()
    if company_id is not None and (await authority.standing(staff.person_id, company_id, now)).roles:
        raise own_matter()
