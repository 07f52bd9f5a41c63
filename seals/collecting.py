"""Collecting (领取), in web: the identity check, then the PIN as an offer to the sealer.

Electronic Signature Law art. 20: identity before certificate. What web asks of the identity service only
steers the page; the sealer fetches the result itself before it makes a key (`seals/making.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from auth import events, identity_checks, licences, people, throttling
from auth.authority import Act, require
from auth.engine import transaction
from auth.errors import Conflict, DomainError, Gone, NotFound
from auth.identity_checks import CHECKS_PER_PERSON
from auth.identity_models import IdentityPurpose
from auth.models import Person
from auth.pins import check_pin
from auth.ports import IdentityState, IdentityWay, RealName
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from auth.tokens import new_id
from seals import confirm_codes, offers
from seals.confirm_codes import ConfirmCodeSent
from seals.models import Collection, CollectionState, Holder, OfferPurpose, Seal, SealState
from seals.offers import PINS_PER_PERSON, PinDesk
from seals.proofs import Possession

__all__ = [
    "CollectionView",
    "ask_code",
    "begin",
    "collect_info",
    "collect_values",
    "end_all",
    "find",
    "offer_pin",
    "tell_ended",
]

OPEN_STATES = (CollectionState.CHECKING, CollectionState.MAKING)
CHECKED = "checked"
REPRESENTATIVE_CHANGED = "企业的法定代表人已变更，本次领取已终止。请新的法定代表人登录领取。"


@dataclass(frozen=True)
class CollectionView:
    """A collection as its owner sees it; check_url while the identity check is open.

    way: of that check; until: when it is over. seals: the ids of those that would get keys now, sorted.

    pin_known: the owner has a PIN already, from another company's seals, and is asked for that one.
    """

    id: str
    company_id: str
    state: str
    check_url: str | None
    way: str
    reason: str | None
    pin_known: bool
    created_at: datetime
    until: datetime
    seals: tuple[str, ...]


async def _view(row: Collection, state: str | None = None, reason: str | None = None) -> CollectionView:
    told = state or row.state.value
    known = await Holder.exists(person_id=row.person_id)
    url = row.check_url if told == CollectionState.CHECKING.value else None
    return CollectionView(
        row.id,
        row.company_id,
        told,
        url,
        row.check_way.value,
        reason or row.reason,
        known,
        row.created_at,
        identity_checks.ends(row.created_at, row.check_way),
        tuple(sorted([seal.id for seal in await _waiting(row)])),
    )


def collect_values(row: Collection, seals: Iterable[str]) -> dict[str, str]:
    """What the phone's key signs to collect, besides itself; both sides build it, and the issuer too.

    seals: the ids of those that get keys.
    """
    return {
        "purpose": OfferPurpose.COLLECT.value,
        "collection": row.id,
        "company": row.company_id,
        "seals": ",".join(sorted(seals)),
    }


def collect_info(row: Collection) -> dict[str, object]:
    """What a collection's PIN offer is bound to; both sides build it."""
    return {
        "purpose": OfferPurpose.COLLECT.value,
        "collection": row.id,
        "company": row.company_id,
        "holder": row.person_id,
        "check": row.check_id,
    }


async def begin(
    company_id: str,
    person_id: str,
    return_url: str,
    now: datetime,
    records: RecordsKey,
    realname: RealName,
    way: IdentityWay,
) -> CollectionView:
    """Start the identity check, by a way. return_url: where its page leads back; `{id}` in it becomes ours.

    Raises NotFound `company.not_found`, Conflict `collection.done` when nothing is left to collect,
    Unavailable, Refused (`access.denied` among them).
    """
    company = await require(person_id, Act.COLLECT, company_id, now)
    if not await Seal.exists(company_id=company.id, state=SealState.ISSUED):
        raise Conflict("collection.done", "印章都已领取，无需再次领取。", "All seals are collected already.")
    await throttling.count(CHECKS_PER_PERSON, person_id, now)
    # Whom the licence names, not whom the person's own row names: others' applications may name him too.
    named = licences.representative(await licences.in_force(company.id), records)
    collection_id = new_id()
    check = await realname.start(
        named.name,
        named.id_number,
        named.mobile,
        return_url.replace("{id}", collection_id),
        identity_checks.reference(IdentityPurpose.COLLECT, collection_id),
        way,
    )
    async with transaction():
        row = await Collection.create(
            id=collection_id,
            company_id=company.id,
            person_id=person_id,
            state=CollectionState.CHECKING,
            check_id=check.id,
            check_url=check.url,
            check_way=way,
            created_at=now,
        )
        await _tell(row, "collection.begun", now, {"identity": way.value})
    return await _view(row)


async def find(collection_id: str, person_id: str, now: datetime, realname: RealName) -> CollectionView:
    """How the collection stands; asks the identity service while the check is open, and changes nothing.

    The view's state is `checked` once the identity passed, `refused` or `failed` where it ended.
    """
    row = await _own(collection_id, person_id)
    if row.state is not CollectionState.CHECKING and not await _left(row, now):
        return await _view(row)
    if identity_checks.ends(row.created_at, row.check_way) <= now:
        return await _view(row, "failed", "身份核验已超时，请重新开始。")
    result = await realname.result(row.check_id or "")
    if result.state is IdentityState.PASSED:
        if not identity_checks.is_for(result, IdentityPurpose.COLLECT, row.id, now):
            return await _view(row, "failed", "身份核验已超时，请重新开始。")
        return await _view(row, CHECKED)
    if result.state is IdentityState.REFUSED:
        return await _view(row, "refused", result.reason or "身份核验未通过。")
    return await _view(row)


async def offer_pin(
    collection_id: str,
    session: SessionView,
    pin: str,
    possession: Possession,
    now: datetime,
    records: RecordsKey,
    desk: PinDesk,
    realname: RealName,
) -> CollectionView:
    """Check the PIN against the rules, offer it to the sealer, wait until the keys are made.

    possession: this phone's key, to be enrolled with them, signed with over `collect_values`; or a code.
    Raises Invalid `pin.…`, `device.key`, `code.format`; Refused `device.…`, `code.…`; Conflict
    `collection.state`, `device.too_many`; Gone `collection.expired`; Unavailable.
    """
    person_id = session.person_id
    row = await _own(collection_id, person_id)
    device = possession.device(session.user_agent)
    await throttling.count(PINS_PER_PERSON, person_id, now)
    _require_time(row, now)
    person = people.identity(await Person.get(id=person_id), records)
    if not await Holder.exists(person_id=person_id):
        check_pin(pin, [text for text in (person.mobile, person.id_number) if text])
    passed = (await realname.result(row.check_id or "")).state is IdentityState.PASSED
    if not passed or not await _open(row, now):
        raise _not_open()
    try:
        info = collect_info(row)
        offer = await offers.make(
            desk,
            OfferPurpose.COLLECT,
            row.id,
            person_id,
            pin,
            info,
            now,
            device=device,
            code=possession.code or "",
        )
        await offers.outcome(offer)
    except DomainError as error:
        if error.code == "identity.not_passed":
            await _fail(row, error, now)
        elif error.code != "sealer.slow":
            # The PIN may be offered again; after "slow" the sealer may still be at work on this one.
            await _give_up(row, now)
        raise
    return await _view(await Collection.get(id=row.id))


async def ask_code(collection_id: str, person_id: str, now: datetime) -> ConfirmCodeSent:
    """Have a code sent to the mobile of the check that was passed, where this browser keeps no key.

    Raises NotFound `collection.not_found`; Conflict `collection.state`; Gone `collection.expired`; Refused
    `identity.not_passed`; and what `confirm_codes.ask` does.
    """
    row = await _own(collection_id, person_id)
    _require_time(row, now)
    if row.state is CollectionState.MAKING:
        await _give_up(row, now)
    if not await Collection.exists(id=row.id, state=CollectionState.CHECKING):
        raise _not_open()
    return await confirm_codes.ask(OfferPurpose.COLLECT, row.id, person_id, now)


async def _left(row: Collection, now: datetime) -> bool:
    """Whether a collection was left MAKING: its PIN waits before no sealer any more, and none made keys."""
    return row.state is CollectionState.MAKING and not await offers.waits(OfferPurpose.COLLECT, row.id, now)


async def _open(row: Collection, now: datetime) -> bool:
    """Move it to MAKING for one PIN. One that was left passes again.

    Should a sealer still be at work on the PIN before, keys are made once all the same: only one moves the
    collection on, and only while its own offer stands (`seals/making.py`).
    """
    if row.state is CollectionState.MAKING:
        await _give_up(row, now)
    checking = Collection.filter(id=row.id, state=CollectionState.CHECKING)
    return bool(await checking.update(state=CollectionState.MAKING))


async def _give_up(row: Collection, now: datetime) -> None:
    """Back to CHECKING, unless another PIN waits."""
    if not await offers.waits(OfferPurpose.COLLECT, row.id, now):
        making = Collection.filter(id=row.id, state=CollectionState.MAKING)
        await making.update(state=CollectionState.CHECKING)


def _require_time(row: Collection, now: datetime) -> None:
    if (
        identity_checks.ends(row.created_at, row.check_way) <= now
        and row.state is not CollectionState.COLLECTED
    ):
        raise Gone("collection.expired", "身份核验已超时，请重新开始。", "The identity check has expired.")


def _not_open() -> Conflict:
    return Conflict(
        "collection.state",
        "请先完成身份核验；若印章正在生成，请稍候。",
        "Finish the identity check first; if the seals are being made, wait a moment.",
    )


async def _waiting(row: Collection) -> list[Seal]:
    return await Seal.filter(company_id=row.company_id, state=SealState.ISSUED)


async def _own(collection_id: str, person_id: str) -> Collection:
    row = await Collection.get_or_none(id=collection_id, person_id=person_id)
    if row is None:
        raise NotFound("collection.not_found", "没有找到该领取记录。", "There is no such collection.")
    return row


async def _fail(row: Collection, error: DomainError, now: datetime) -> None:
    async with transaction():
        if await Collection.filter(id=row.id, state__in=OPEN_STATES).update(
            state=CollectionState.FAILED, reason=error.zh, ended_at=now
        ):
            await _tell(row, "collection.failed", now, {"code": error.code})


async def end_all(company_id: str, now: datetime, reason: str = REPRESENTATIVE_CHANGED) -> list[Collection]:
    """End a company's collections that are under way, with a change of its representative or its own end;
    inside that transaction, which closes with `tell_ended`.
    """
    rows = await Collection.filter(company_id=company_id, state__in=OPEN_STATES).order_by("id")
    ended = []
    for row in rows:
        if await Collection.filter(id=row.id, state__in=OPEN_STATES).update(
            state=CollectionState.FAILED, reason=reason, ended_at=now
        ):
            ended.append(row)
    return ended


async def tell_ended(rows: Sequence[Collection], now: datetime, code: str = "representative.changed") -> None:
    """The events of what `end_all` has ended."""
    for row in rows:
        await _tell(row, "collection.failed", now, {"code": code})


async def _tell(row: Collection, kind: str, now: datetime, facts: Mapping[str, str] | None = None) -> None:
    await events.append(
        events.company_stream(row.company_id),
        kind,
        actor=f"person:{row.person_id}",
        subject=f"collection:{row.id}",
        now=now,
        on_behalf=row.company_id,
        facts=facts,
    )
