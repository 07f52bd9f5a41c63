"""Who may approve a signing, what he approves, and whether it was (R81): what web and sealer both go by.

An approval is about the document as it was brought, the seal, its place and what was stated, not about the
prepared bytes, which are made anew after half an hour.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from auth import events
from auth.authority import standing
from auth.errors import Conflict
from auth.models import Company, Person, Session
from auth.people import masked_name
from auth.privacy import RecordsKey
from seals import mandates, rules
from seals.approval_models import Approval, ApprovalState
from seals.models import Document, Holder, OfferPurpose, Signing, SigningState
from seals.rules import Approver, Rule
from seals.scopes import DOCUMENT_KINDS, amount_words

__all__ = [
    "ApprovalView",
    "able",
    "approval_view",
    "approve_info",
    "approve_values",
    "asks",
    "counting",
    "missing",
    "not_needed",
    "own",
    "require_approved",
    "sees",
    "stated_words",
    "tell",
    "tell_asked",
    "to_decide",
]


SEALED = (SigningState.CONFIRMED, SigningState.KEYED, SigningState.SIGNED)


@dataclass(frozen=True)
class ApprovalView:
    """The approval that a signing needs. given: it has one that counts, by_masked: whose.

    approvers_masked: who may give it at present; owner_free: the representative confirms without one;
    reader_free: the one who reads this is he;
    sha256: of the document as it was brought; place: of the seal, as an approver's device signs it.
    """

    given: bool
    by_masked: str | None
    approvers_masked: tuple[str, ...]
    owner_free: bool
    reader_free: bool
    sha256: str
    place: str


def asks(row: Signing, rule: Rule, *, own: bool = False) -> bool:
    """Whether a rule asks for an approval of this signing. own: the representative confirms."""
    return rule.asks(mandates.stated(row.request), own=own)


def stated_words(row: Signing) -> tuple[str, str]:
    """What its asker said of the document, in both languages; empty where he said nothing."""
    said = mandates.stated(row.request)
    kinds = DOCUMENT_KINDS[said.kind] if said.kind else ("", "")
    amount = "" if said.amount is None else amount_words(said.amount)
    zh, en = (" · ".join(part for part in (kind, amount, said.counterparty) if part) for kind in kinds)
    return zh, en


def place(row: Signing) -> str:
    """Page from 1, and the top-left corner of the seal in mm, with one decimal; of each place."""
    return " ".join(f"{int(at['page']) + 1}:{at['x_mm']:.1f}:{at['y_mm']:.1f}" for at in row.places)


def approve_values(row: Signing, sha256: str) -> dict[str, str]:
    """What an approver's device signs, besides its own id; both sides build it.

    sha256: of the document as it was brought. What is not stated is empty.
    """
    return {
        "purpose": OfferPurpose.APPROVE.value,
        "signing": row.id,
        "document": sha256,
        "seal": row.seal_id,
        "place": place(row),
        "kind": row.request.get("document_kind", ""),
        "amount": row.request.get("amount") or "",
        "counterparty": row.request.get("counterparty", ""),
    }


def approve_info(row: Signing, sha256: str, person_id: str, rule: Rule) -> dict[str, object]:
    """What an approval's PIN offer is bound to; both sides build it."""
    return {**approve_values(row, sha256), "approver": person_id, "rule": rule.version}


async def able(rule: Rule, company_id: str, now: datetime) -> list[Approver]:
    """Those whom a rule names and who may approve at present."""
    named = [await rules.standing_of(rule, company_id, each.person, now) for each in rule.approvers]
    return [each for each in named if each is not None]


async def counting(row: Signing, rule: Rule, now: datetime) -> Approval | None:
    """The approval that stands, while its approver still may."""
    if not row.approval:
        return None
    given = await Approval.get_or_none(id=row.approval, signing_id=row.id, state=ApprovalState.APPROVED)
    if given is None or await rules.standing_of(rule, row.company_id, given.person_id, now) is None:
        return None
    return given


async def to_decide(row: Signing, person_id: str, now: datetime) -> Approver | None:
    """The approver, if this waiting signing is his to approve or refuse."""
    rule = await rules.of(row.seal_id)
    if row.state is not SigningState.PENDING or not asks(row, rule):
        return None
    return await rules.standing_of(rule, row.company_id, person_id, now)


async def sees(row: Signing, person_id: str, now: datetime) -> bool:
    """Whether he may look at this very signing as its approver: to decide, how it ended, or what he decided.

    What others approved and sealed is not his to see; to whom the company is nothing any more, nothing is.
    """
    if not (await standing(person_id, row.company_id, now)).roles:
        return False
    rule = await rules.of(row.seal_id)
    concerns = row.state not in SEALED and asks(row, rule)
    if concerns and await rules.standing_of(rule, row.company_id, person_id, now) is not None:
        return True
    return await Approval.exists(signing_id=row.id, person_id=person_id)


async def require_approved(row: Signing, person_id: str, now: datetime, *, by_grant: bool) -> None:
    """In web, before a PIN is looked at. Raises Conflict `approval.missing`, `approval.own`."""
    rule = await rules.of(row.seal_id)
    if not asks(row, rule, own=not by_grant):
        return
    given = await counting(row, rule, now)
    if given is None:
        raise missing()
    if given.person_id == person_id or await _same_human(rule, given.person_id, person_id):
        raise own()


async def _same_human(rule: Rule, approver: str, person_id: str) -> bool:
    """Whether an approver is by his ID number whoever confirms, with another mobile."""
    named = rule.of(approver)
    return named is not None and await Holder.exists(person_id=person_id, identity_ref=named.identity)


async def approval_view(row: Signing, now: datetime, records: RecordsKey, reader: str) -> ApprovalView | None:
    """What one of its people is told of a signing's approval; None where it needs none."""
    rule = await rules.of(row.seal_id)
    if not asks(row, rule):
        return None
    given = await counting(row, rule, now)
    people = await able(rule, row.company_id, now)
    return ApprovalView(
        given is not None,
        None if given is None else await _masked(given.person_id, records),
        tuple([await _masked(each.person, records) for each in people]),
        not rule.four_eyes,
        not rule.four_eyes and await Company.exists(id=row.company_id, representative_id=reader),
        (await Document.get(id=row.document_id)).original,
        place(row),
    )


async def _masked(person_id: str, records: RecordsKey) -> str:
    return masked_name(await Person.get(id=person_id), records)


async def tell_asked(row: Signing, rule: Rule, people: Iterable[Approver], now: datetime) -> None:
    """Tell whoever may approve a signing, in his own conversation; inside the transaction, last.

    people: those who may by this rule (`able`).
    """
    if not asks(row, rule):
        return
    asker = await _asker(row)
    for person in sorted(each.person for each in people):
        await _event(events.person_stream(person), row, "approval.asked", asker, now)


async def tell(
    row: Signing, kind: str, person_id: str, now: datetime, facts: dict[str, str] | None = None
) -> None:
    """In the company's conversation, which its owner and the asker follow, and in the approver's own."""
    await _event(events.company_stream(row.company_id), row, kind, person_id, now, facts)
    if not await mandates.is_representative(person_id, row.company_id) and person_id != await _asker(row):
        await _event(events.person_stream(person_id), row, kind, person_id, now, facts)


async def _asker(row: Signing) -> str:
    return (await Session.get(id=row.asker_id)).person_id


async def _event(
    stream: str,
    row: Signing,
    kind: str,
    person_id: str,
    now: datetime,
    facts: dict[str, str] | None = None,
) -> None:
    await events.append(
        stream,
        kind,
        actor=f"person:{person_id}",
        subject=f"signing:{row.id}",
        now=now,
        on_behalf=row.company_id,
        facts={"seal": row.seal_id, **(facts or {})},
    )


def missing() -> Conflict:
    """The refusal of a confirmation that waits for an approval."""
    return Conflict(
        "approval.missing",
        "这次用印需要先审批，审批通过后才能确认。请联系审批人；审批人已变动的，请其他审批人重新审批。",
        "This signing needs an approval before it is confirmed. Ask an approver; where the one who approved "
        "no longer may, another has to.",
    )


def own() -> Conflict:
    """The refusal of whoever approved himself what he confirms."""
    return Conflict(
        "approval.own",
        "您审批了这次用印，不能再由您确认。请由其他用印人确认，或请另一位审批人审批。",
        "You approved this signing, so somebody else has to confirm it, or another approver to approve it.",
    )


def not_needed() -> Conflict:
    """The answer to an approval that is not asked for, or is there already."""
    return Conflict(
        "approval.not_waiting",
        "这次用印不在等待审批：已审批、已结束，或审批规则已变更。请刷新查看。",
        "This signing does not wait for an approval: it was given, the signing ended, or the rule changed. "
        "Reload.",
    )
