"""A change of the legal representative (law art. 13, R42), in the sealer: heard of, asked about, applied.

The registrar is the source. Its list of changes, and a founding, leave a row that says of which company it is
to be asked; who represents it, the sealer asks then, and believes nothing else. In one transaction the
company passes to him, its licence is replaced by one that names him, all that the one before had granted or
appointed is void, all keys end (`seals/living.py`), and the name seal of the one before is cancelled. He
collects with an identity check of his own, which must be about the ID number that the new licence names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tortoise.expressions import F, Q, Subquery
from tortoise.queryset import QuerySet

from auth import licences
from auth.engine import transaction
from auth.errors import Conflict
from auth.login import person_by_mobile
from auth.member_models import Grant, GrantState
from auth.models import Application, Company, Licence, LicenceState, Person
from auth.people import set_identity
from auth.ports import Registrar
from auth.privacy import RecordsKey
from auth.succession_models import ChangeState, RegisterCursor, RepresentativeChange
from auth.tokens import new_id
from seals import (
    collecting,
    dissolving,
    grant_endings,
    licensing,
    living,
    name_seals,
    renaming,
    succession_news,
)
from seals.approval_models import ApprovalRule, RuleState
from seals.entry.models import EntryApplication
from seals.establishing import Drawn, issue
from seals.filing import updates
from seals.life import Change
from seals.models import Holder, Seal
from seals.registered import Registered, registered
from seals.renaming import Renaming

__all__ = ["advance", "forget_old", "give_back", "hear", "look_around", "take"]

LEASE = timedelta(seconds=40)
ASK_AGAIN = timedelta(seconds=5)  # the registrar, where it did not say
CURSOR = "representatives"
LOOK_EVERY = timedelta(days=1)
LOOKS_AT_ONCE = 50
KEPT = 2 * LOOK_EVERY


@dataclass(frozen=True)
class _Succession:
    """Everything that is made before the transaction. name_seal: None where it cannot be drawn; renaming:
    None where the company keeps its name.
    """

    before: Licence
    after: Licence
    said: Registered
    name_seal: Drawn | None
    renaming: Renaming | None = None

    @property
    def other_person(self) -> bool:
        """Whether it is another, and not the same one whose name or licence changed."""
        return self.said.representative_ref != self.before.representative_ref

    @property
    def other_name(self) -> bool:
        """Whether the name seal is to be made anew."""
        return self.said.data["representative_name"] != self.before.data.get("representative_name")


async def hear(registrar: Registrar, now: datetime) -> bool:
    """Read on in the registrar's list; each change of a company of ours becomes a row. True if it had any.

    Raises Unavailable, Refused when the registrar does not answer; it is read from the same place again.
    """
    cursor = await RegisterCursor.get_or_none(id=CURSOR)
    after = cursor.after if cursor is not None else 0
    changes = await registrar.changes(after)
    if not changes:
        return False
    codes = [change.uscc for change in changes]
    ours = dict(await _known().filter(uscc__in=codes).values_list("uscc", "id"))
    async with transaction():
        await RegisterCursor.bulk_create([RegisterCursor(id=CURSOR, after=0)], ignore_conflicts=True)
        moved = await RegisterCursor.filter(id=CURSOR, after=after).update(after=changes[-1].number)
        if moved:  # else another sealer was faster
            await RepresentativeChange.bulk_create(
                RepresentativeChange(
                    company_id=ours[change.uscc],
                    number=change.number,
                    state=ChangeState.REPORTED,
                    created_at=now,
                    lease_until=now,
                )
                for change in changes
                if change.uscc in ours
            )
    return True


def _known() -> QuerySet[Company]:
    """Companies of which we still know what to ask (`seals/archiving/companies.py`)."""
    founded = Application.filter(form_sealed=b"", company_id__isnull=False)
    entered = EntryApplication.filter(form_sealed=b"", company_id__isnull=False)
    left = Company.filter(id__not_in=Subquery(founded.values("company_id")))
    return left.filter(id__not_in=Subquery(entered.values("company_id")))


async def look_around(now: datetime) -> None:
    """Have the registrar asked about companies that nobody asked about for a day, some at a time: of the
    looks of one day no more than `LOOKS_AT_ONCE` wait, whatever the registrar is like. A company that it
    refuses for good waits on, and takes nobody's place from the next day on.

    The list alone would be enough, were it and our place in it always whole: a change that was missed, or
    that somebody struck out of our database, is found so.
    """
    lately = RepresentativeChange.filter(created_at__gt=now - LOOK_EVERY)
    waits = RepresentativeChange.filter(state=ChangeState.REPORTED)
    room = LOOKS_AT_ONCE - await lately.filter(state=ChangeState.REPORTED, number=None).count()
    if room <= 0:
        return
    others = _known().filter(id__not_in=Subquery(lately.values("company_id")))
    others = others.filter(id__not_in=Subquery(waits.values("company_id")))
    ids = await others.order_by("id").limit(room).values_list("id", flat=True)
    await RepresentativeChange.bulk_create(
        RepresentativeChange(
            company_id=str(each), state=ChangeState.REPORTED, created_at=now, lease_until=now
        )
        for each in ids
    )


async def forget_old(now: datetime) -> None:
    """Delete looks that found nothing, long after."""
    await RepresentativeChange.filter(state=ChangeState.UNCHANGED, created_at__lt=now - KEPT).delete()


async def take(owner: str, now: datetime) -> RepresentativeChange | None:
    """Claim the change that waits longest, what was heard of before mere looks; None when each was looked at
    just now."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    waiting = RepresentativeChange.filter(free, state=ChangeState.REPORTED).order_by("lease_until").limit(5)
    heard = await waiting.filter(number__isnull=False)
    for row in heard or await waiting.filter(number=None):
        claimed = await RepresentativeChange.filter(
            free, id=row.id, state=ChangeState.REPORTED, fence=row.fence
        ).update(lease_owner=owner, lease_until=now + LEASE, fence=F("fence") + 1)
        if claimed:
            return await RepresentativeChange.get(id=row.id)
    return None


async def give_back(row: RepresentativeChange, now: datetime) -> None:
    """The change may be taken again soon, by any sealer."""
    waiting = RepresentativeChange.filter(id=row.id, state=ChangeState.REPORTED, fence=row.fence)
    await waiting.update(lease_until=now + ASK_AGAIN)


async def advance(
    row: RepresentativeChange,
    clock: Callable[[], datetime],
    identity: Ed25519PrivateKey,
    records: RecordsKey,
    registrar: Registrar,
) -> bool:
    """Ask about the company; True when the licence was replaced: by one of somebody new, who has the company
    from now on, or of the same with another name or licence number, or of a company that is called otherwise
    (`seals/renaming.py`); or ended, with the company.

    clock: read again after the registrar has answered. Raises Unavailable, Refused or NotFound when it does
    not say; Conflict where another sealer was faster. The row stays then.
    """
    # Before the registrar is asked: what it says replaces this licence, and no later one.
    before = await licences.in_force(row.company_id)
    said = await registered(row.company_id, records, registrar)
    company = await Company.get(id=row.company_id)
    if dissolving.is_due(company, before, said):
        async with transaction():
            await _dissolve(row, before, said, clock)
        return True
    if said.dissolved_on is not None:  # nothing of it changes any more
        await _decided(row, ChangeState.UNCHANGED, clock())
        return False
    if _says_the_same(before, said):
        await _decided(row, ChangeState.UNCHANGED, clock())
        return False
    made = await _drawn(company, before, said, clock())
    if made is None:  # but for a name that cannot be drawn, it says nothing new
        await _decided(row, ChangeState.HELD, clock())
        return False
    after = _licence(before, made.said, records)
    after.signature, after.signed_at = licensing.signature_of(after, identity), clock()
    made = replace(made, after=after)
    async with transaction():
        await _apply(row, made, records, clock)
    return True


def _says_the_same(before: Licence, said: Registered) -> bool:
    return (said.representative_ref, said.licence_number, said.data) == (
        before.representative_ref,
        before.number,
        before.data,
    )


async def _drawn(company: Company, before: Licence, said: Registered, now: datetime) -> _Succession | None:
    """All seals that it takes. A company's name, and type, that cannot be drawn, or not now, are left as they
    are, and what else was registered goes its way; None where there is nothing else.
    """
    made = _Succession(before, before, said, None)
    anew = made.other_person or made.other_name
    if renaming.is_due(before, said):
        apart = name_seals.kind_of(said) if anew else None
        drawn = await renaming.draw(company, before, said, apart, now)
        if drawn is None:
            said = renaming.under_the_old(before, said, same_person=not made.other_person)
            if _says_the_same(before, said):
                return None
        made = replace(made, said=said, renaming=drawn)
    if anew:
        made = replace(made, name_seal=await name_seals.draw(company.region, said, now))
    return made


async def _dissolve(
    row: RepresentativeChange, before: Licence, said: Registered, clock: Callable[[], datetime]
) -> None:
    company = await Company.filter(id=row.company_id).select_for_update().get()
    now = clock()  # of the revocation: behind the lock, nothing is sealed any more
    if not await _decided(row, ChangeState.APPLIED, now):
        raise _applied()
    await dissolving.dissolve(company, before, said, now)


def _applied() -> Conflict:
    return Conflict(
        "representative.changed", "该变更已办理。", "This change was applied by another sealer already."
    )


def _licence(before: Licence, said: Registered, records: RecordsKey) -> Licence:
    licence_id = new_id()
    return Licence(
        id=licence_id,
        company_id=before.company_id,
        version=before.version + 1,
        current=before.company_id,
        number=said.licence_number,
        representative_ref=said.representative_ref,
        representative_sealed=licences.sealed(licence_id, said.representative, records),
        data=said.data,
        state=LicenceState.VALID,
        valid_from=before.valid_from,
        valid_until=before.valid_until,
    )


async def _decided(row: RepresentativeChange, state: ChangeState, now: datetime) -> bool:
    waiting = RepresentativeChange.filter(id=row.id, state=ChangeState.REPORTED, fence=row.fence)
    return bool(await waiting.update(state=state, decided_at=now))


async def _apply(
    row: RepresentativeChange, made: _Succession, records: RecordsKey, clock: Callable[[], datetime]
) -> None:
    """Company, seals, grants are locked in this order; events come last."""
    company = await Company.filter(id=row.company_id).select_for_update().get()
    now = clock()  # of the revocation: behind the lock, nothing is sealed any more
    replaced = await Licence.filter(id=made.before.id, current=company.id).update(
        state=LicenceState.REPLACED, current=None, replaced_at=now
    )
    if not (replaced and await _decided(row, ChangeState.APPLIED, now)):
        raise _applied()
    await made.after.save(force_create=True)
    await (_succeed if made.other_person else _renew)(company, made, records, now)


async def _renew(company: Company, made: _Succession, records: RecordsKey, now: datetime) -> None:
    """The same person stays, with all that he has; with another name, he gets another name seal (R42)."""
    if made.renaming is not None:
        await _rename(company, made, made.renaming, now)
        return
    cancelled: Sequence[Seal] = ()
    fresh = None
    unruled = False
    if made.other_name:
        ids = await name_seals.ids_of(company.id, made.said)
        done = await living.move(Change.FORGOTTEN, company.id, ids, now)
        gone = await name_seals.cancel(company.id, made.said, now)
        cancelled, unruled = [each.seal for each in gone.seals], bool(gone.ruled)
        fresh = None if made.name_seal is None else await issue(company.id, made.name_seal, now)
        await living.tell(done, "sealer", now)
    version = made.after.version
    await succession_news.tell_seals(company, made.said, version, cancelled, fresh, now, unruled=unruled)
    await updates.due(company.id, "representative" if made.other_name else "licence", now)


async def _rename(company: Company, made: _Succession, wanted: Renaming, now: datetime) -> None:
    """The same person stays, and all seals are made anew, with what the company is called now."""
    done = await renaming.apply(company, wanted, now)
    fresh = None if made.name_seal is None else await issue(company.id, made.name_seal, now)
    renamed = wanted.change is Change.RENAME
    why = renaming.COMPANY_RENAMED if renamed else renaming.COMPANY_RETYPED
    collections = await collecting.end_all(company.id, now, why)
    await living.tell(done.moved, "registrar", now)
    await collecting.tell_ended(collections, now, "company.renamed" if renamed else "company.retyped")
    await succession_news.tell_seals(company, made.said, made.after.version, (), fresh, now)
    await renaming.tell(company, wanted, done, made.said, now)


async def _succeed(company: Company, made: _Succession, records: RecordsKey, now: datetime) -> None:
    """Another has the company, and of the one before nothing is left."""
    successor = await _successor(made.said, records, now)
    await Company.filter(id=company.id).update(representative_id=successor.id)
    renamed = None if made.renaming is None else await renaming.apply(company, made.renaming, now)
    cancelled: Sequence[Seal] = ()
    if renamed is None:
        done = await living.move(Change.SUCCEED, company.id, None, now)
        cancelled = [each.seal for each in (await name_seals.cancel(company.id, made.said, now)).seals]
    else:
        done = renamed.moved
    fresh = None if made.name_seal is None else await issue(company.id, made.name_seal, now)
    collections = await collecting.end_all(company.id, now)
    await Grant.filter(company_id=company.id, state=GrantState.OFFERED).delete()
    # Who had to approve was the one before's choice; the keys made anew know of no rule.
    await ApprovalRule.filter(company_id=company.id, state__in=[RuleState.DRAFT, RuleState.IN_FORCE]).update(
        state=RuleState.REPLACED, live=None
    )
    await grant_endings.void_all(company.id, "registrar", now)
    await living.tell(done, "sealer", now)
    await collecting.tell_ended(collections, now)
    await succession_news.tell_seals(company, made.said, made.after.version, cancelled, fresh, now)
    if made.renaming is not None and renamed is not None:
        await renaming.tell(company, made.renaming, renamed, made.said, now)
    await succession_news.tell_both(company, successor.id, made.said, now)


async def _successor(said: Registered, records: RecordsKey, now: datetime) -> Person:
    """The person of the registered mobile, as at a founding; he need not have logged in yet.

    Where that mobile's person has keys under another ID number, the number has changed hands: then it is
    whoever has keys under this one, if anybody.
    """
    named = said.representative
    person = await person_by_mobile(named.mobile, now, records)
    keyed = await Holder.get_or_none(person_id=person.id)
    if keyed is not None and keyed.identity_ref != said.representative_ref:
        his = await Holder.filter(identity_ref=said.representative_ref).order_by("pin_set_at").first()
        if his is not None:
            return await Person.get(id=his.person_id)
    await set_identity(person.id, named.name, named.id_number, records)
    return person
