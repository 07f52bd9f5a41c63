"""Grant a seal, in web: say to whom, how far, until when (architecture §6); `grant_confirming` does the rest.

The grantee who has no keys yet collects: an identity check, then a PIN of his own, like the owner did. What
web looks at only steers the pages; the sealer judges all of it again (`seals/granted.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError

from auth import identity_checks, members, people, throttling
from auth.authority import Act, Role, known, live_grant, require_active
from auth.errors import Conflict, Invalid, NotFound
from auth.identity_checks import IdentityCheckView
from auth.identity_models import IdentityCheck, IdentityPurpose
from auth.member_models import Grant, GrantRole, GrantState, Member, MemberState
from auth.models import Company, Person
from auth.people import Identity
from auth.pins import check_pin
from auth.ports import IdentityState, IdentityWay, RealName
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from auth.throttling import Limit
from auth.tokens import new_id
from seals import confirm_codes, holders, offers
from seals.confirm_codes import ConfirmCodeSent
from seals.freezing import own_seal
from seals.grant_endings import KEPT_FOR, no_such
from seals.grant_views import GrantDraft, GrantView, drafted, grant_view
from seals.models import Holder, OfferPurpose, Seal
from seals.offers import PINS_PER_PERSON, PinDesk
from seals.proofs import Possession
from seals.scopes import Scope, checked_scope
from seals.signing.preparing import require_collected

__all__ = [
    "DEFAULT_DAYS",
    "MAX_DAYS",
    "GrantForm",
    "ask_join_code",
    "begin_joining",
    "draft",
    "find",
    "grant_info",
    "identity_ref",
    "join",
    "join_info",
    "join_values",
    "listed",
    "require_within",
]

DEFAULT_DAYS, MAX_DAYS = 30, 365
GRANTS_PER_PERSON = Limit("grant.person", 120, 3600)
TO_COME = "to be collected"


@dataclass(frozen=True)
class GrantForm:
    """A grant as it is wanted. What is empty or None does not limit; amount: in 元; days: its period."""

    member: str
    role: str
    kinds: Sequence[str] = ()
    amount: str | None = None
    counterparties: Sequence[str] = ()
    uses: int | None = None
    days: int = DEFAULT_DAYS


def identity_ref(member: Member, records: RecordsKey) -> str:
    """The ID number that a company named, as it stands in a grant and in a holder's attestation."""
    number = members.member_identity(member, records).id_number or ""
    return holders.identity_ref(number, records)


def grant_info(row: Grant, grantee_key: str | None) -> dict[str, object]:
    """What a grant's PIN offer is bound to; both sides build it. grantee_key: hex, None where he has none."""
    return {
        "purpose": OfferPurpose.GRANT.value,
        "grant": row.id,
        "company": row.company_id,
        "seal": row.seal,
        "generation": row.generation,
        "grantor": row.grantor_id,
        "member": row.member_id,
        "grantee": row.person_id,
        "identity": row.identity,
        "holder": grantee_key or TO_COME,
        "role": row.role.value,
        "scope": row.scope,
        "from": row.created_at.timestamp(),
        "until": row.ends_at.timestamp(),
    }


def join_values(row: Grant, check: IdentityCheck) -> dict[str, str]:
    """What the phone's key signs to collect a granted seal, besides itself; both sides build it."""
    return {"purpose": OfferPurpose.JOIN.value, "grant": row.id, "seal": row.seal, "check": check.id}


def join_info(row: Grant, check: IdentityCheck) -> dict[str, object]:
    """What a grantee's PIN offer is bound to; both sides build it."""
    return {
        "purpose": OfferPurpose.JOIN.value,
        "grant": row.id,
        "seal": row.seal,
        "generation": row.generation,
        "holder": row.person_id,
        "check": check.check_id,
    }


async def draft(
    seal_id: str, form: GrantForm, person_id: str, now: datetime, records: RecordsKey
) -> GrantDraft:
    """Draft the grant of a seal to a member, to be confirmed; it opens nothing yet and takes no PIN.

    It replaces a draft of the same seal for the same member. Keepers are made by the representative only; a
    keeper lets others use, within his own grant. Raises NotFound `seal.not_found`, `member.not_found`;
    Refused `access.denied`; Conflict `grant.already`, `seal.…`, `company.closed`; Invalid with the field;
    TooMany.
    """
    seal = await own_seal(seal_id, person_id, Act.GRANT_SEAL, now)
    require_active(await Company.get(id=seal.company_id))
    require_collected(seal)
    scope = _checked(form)
    await throttling.count(GRANTS_PER_PERSON, person_id, now)
    member = await Member.get_or_none(id=form.member, company_id=seal.company_id, state=MemberState.ACTIVE)
    if member is None:
        raise NotFound("member.not_found", "没有找到该人员。", "There is no such member.", field="member")
    ends_at = now + timedelta(days=form.days)
    await require_within(seal, person_id, GrantRole(form.role), scope, ends_at, now)
    owner = await _owner(seal, person_id, now)
    live = f"{seal.id}:{member.person_id}"
    try:
        await Grant.filter(live=live, state=GrantState.OFFERED).delete()
        row = await Grant.create(
            id=new_id(),
            company_id=seal.company_id,
            seal=seal.id,
            generation=seal.generation,
            member_id=member.id,
            person_id=member.person_id,
            grantor_id=person_id,
            owner=owner,
            identity=identity_ref(member, records),
            role=GrantRole(form.role),
            scope=scope.to_json(),
            state=GrantState.OFFERED,
            live=live,
            created_at=now,
            ends_at=ends_at,
        )
    except IntegrityError:
        raise Conflict(
            "grant.already",
            "该人员已有这枚印章的授权，请先撤销再重新授权。",
            "This member holds a grant of this seal already; revoke it first.",
            field="member",
        ) from None
    return await drafted(row, records)


def _checked(form: GrantForm) -> Scope:
    if form.role not in set(GrantRole):
        raise Invalid("grant.role", "请选择授权类型。", "Choose what is granted.", field="role")
    if not 1 <= form.days <= MAX_DAYS:
        raise Invalid(
            "grant.days",
            f"授权期限为 1 至 {MAX_DAYS} 天。",
            f"The period is 1 to {MAX_DAYS} days.",
            field="days",
            limit=MAX_DAYS,
        )
    return checked_scope(form.kinds, form.amount, form.counterparties, form.uses)


async def require_within(
    seal: Seal, grantor: str, role: GrantRole, scope: Scope, ends_at: datetime, now: datetime
) -> Grant | None:
    """A keeper grants use only, no further and no longer than his own grant, which is returned.

    Raises Refused `access.denied`; Invalid `grant.beyond`.
    """
    his = await known(grantor, seal.company_id, now, no_such(), seal.id)
    if Role.REPRESENTATIVE in his.roles:
        return None
    his.require(Act.COLLECT if role is GrantRole.KEEPER else Act.GRANT_SEAL)
    own = await Grant.get(live_grant(now), seal=seal.id, person_id=grantor, role=GrantRole.KEEPER)
    if ends_at > own.ends_at or not scope.within(Scope.from_json(own.scope)):
        raise Invalid(
            "grant.beyond",
            "授权不能超出您自己的保管授权范围和期限。",
            "A grant cannot reach further or last longer than your own.",
            field="days" if ends_at > own.ends_at else "kinds",
        )
    return own


async def _owner(seal: Seal, grantor: str, now: datetime) -> str:
    own = await Grant.get_or_none(live_grant(now), seal=seal.id, person_id=grantor)
    return grantor if own is None else own.owner


async def listed(
    company_id: str, person_id: str, now: datetime, records: RecordsKey
) -> tuple[GrantView, ...]:
    """The company's grants that have not ended: all for its representative, else one's own and those of the
    seals one keeps. Raises NotFound `company.not_found`.
    """
    missing = NotFound("company.not_found", "没有找到该企业。", "There is no such company.")
    his = await known(person_id, company_id, now, missing)
    rows = await Grant.filter(
        company_id=company_id, state__in=[GrantState.WAITING, GrantState.ACTIVE]
    ).order_by("created_at", "id")
    if Role.REPRESENTATIVE not in his.roles:
        kept = {row.seal for row in rows if row.person_id == person_id and row.role is GrantRole.KEEPER}
        rows = [row for row in rows if row.person_id == person_id or row.seal in kept]
    return tuple([await grant_view(row, person_id, records) for row in rows])


async def _mine(grant_id: str, person_id: str) -> Grant:
    row = await Grant.get_or_none(id=grant_id, person_id=person_id)
    if row is None or row.state is GrantState.OFFERED:
        raise no_such()
    return row


async def find(grant_id: str, person_id: str, now: datetime, records: RecordsKey) -> GrantView:
    """A grant to oneself, or of a seal that one may grant.

    Raises NotFound `grant.not_found` for any other alike; Refused `access.denied`.
    """
    row = await Grant.get_or_none(id=grant_id)
    if row is None or row.state is GrantState.OFFERED:
        raise no_such()
    if row.person_id != person_id:
        (await known(person_id, row.company_id, now, no_such(), row.seal)).require(Act.GRANT_SEAL)
    return await grant_view(row, person_id, records)


def _require_waiting(row: Grant, now: datetime) -> None:
    if row.state is not GrantState.WAITING or min(row.ends_at, row.created_at + KEPT_FOR) <= now:
        raise Conflict(
            "grant.not_waiting",
            "该授权已领取、已结束或超过 72 小时未领取，请联系授权人。",
            "This grant was collected, has ended, or was not collected within 72 hours; ask whoever granted.",
        )


async def begin_joining(
    grant_id: str,
    person_id: str,
    return_url: str,
    now: datetime,
    records: RecordsKey,
    realname: RealName,
    way: IdentityWay,
) -> IdentityCheckView:
    """Begin the identity check of whom the grant names. return_url: its page leads back there.

    Raises NotFound `grant.not_found`; Conflict `grant.not_waiting`; TooMany; Unavailable; Refused.
    """
    row = await _mine(grant_id, person_id)
    _require_waiting(row, now)
    named = members.member_identity(await Member.get(id=row.member_id), records)
    mobile = people.identity(await Person.get(id=person_id), records).mobile
    whom = Identity(named.name, named.id_number, mobile)
    check = await identity_checks.begin(
        IdentityPurpose.JOIN, row.id, person_id, return_url, now, records, realname, way=way, whom=whom
    )
    await Grant.filter(id=row.id, state=GrantState.WAITING).update(check_id=check.id)
    return check


async def ask_join_code(grant_id: str, person_id: str, now: datetime) -> ConfirmCodeSent:
    """Have a code sent to the mobile of the check that was passed, where this browser keeps no key.

    Raises NotFound `grant.not_found`; Conflict `grant.not_waiting`; Refused `identity.not_passed`; and what
    `confirm_codes.ask` does.
    """
    row = await _mine(grant_id, person_id)
    _require_waiting(row, now)
    return await confirm_codes.ask(OfferPurpose.JOIN, row.id, person_id, now)


async def join(
    grant_id: str,
    session: SessionView,
    pin: str,
    now: datetime,
    records: RecordsKey,
    desk: PinDesk,
    realname: RealName,
    possession: Possession,
) -> GrantView:
    """The grantee's own PIN, set by the rules or known already; returns once the seal is his to use: ACTIVE.

    possession: the phone's key, to be enrolled with it, with its signature over `join_values`; or a code.

    Raises NotFound `grant.not_found`; Conflict `grant.not_waiting`, `grant.check`, `device.too_many`; Invalid
    `device.key`, `code.format`, `pin.…`; Refused `device.…`, `code.…`, `pin.wrong` …; TooMany; Unavailable.
    """
    person_id = session.person_id
    row = await _mine(grant_id, person_id)
    device = possession.device(session.user_agent)
    _require_waiting(row, now)
    await throttling.count(PINS_PER_PERSON, person_id, now)
    check = await IdentityCheck.get_or_none(id=row.check_id, person_id=person_id)
    if check is None or (await realname.result(check.check_id)).state is not IdentityState.PASSED:
        raise Conflict("grant.check", "请先完成身份核验。", "Finish the identity check first.")
    if not await Holder.exists(person_id=person_id):
        named = members.member_identity(await Member.get(id=row.member_id), records)
        mobile = people.identity(await Person.get(id=person_id), records).mobile
        check_pin(pin, [text for text in (mobile, named.id_number) if text])
    info = join_info(row, check)
    code = possession.code or ""
    offer = await offers.make(
        desk, OfferPurpose.JOIN, row.id, person_id, pin, info, now, device=device, code=code
    )
    await offers.outcome(offer)
    return await grant_view(await Grant.get(id=row.id), person_id, records)
