"""Set the approval rule of a seal, in web: drafted, looked at, confirmed by the representative (R81).

As with grants, his device signs what the draft says or a code is sent for it, and the sealer builds the same
from the row that it is about to sign (`seals/ruled.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from auth import members, throttling
from auth.authority import Act, live_grant, live_member, require_active
from auth.china import signed_second
from auth.errors import Invalid, NotFound
from auth.identifiers import mask_mobile
from auth.member_models import Grant, Member
from auth.models import Company, Person
from auth.people import identity, masked_name
from auth.privacy import RecordsKey
from auth.throttling import Limit
from auth.tokens import new_id
from seals import confirm_codes, offers, rules
from seals.approval_models import ApprovalRule, RuleState
from seals.confirm_codes import ConfirmCodeSent
from seals.freezing import own_seal
from seals.grant_confirming import listed
from seals.grant_endings import OFFERED_FOR
from seals.granting import identity_ref
from seals.models import Holder, OfferPurpose, Seal
from seals.offers import PINS_PER_PERSON, PinDesk
from seals.proofs import Proof, require_offered
from seals.rules import Approver, Rule
from seals.signing.preparing import require_collected

__all__ = [
    "REPRESENTATIVE",
    "ApproverView",
    "RuleDraft",
    "RuleForm",
    "RuleView",
    "ask_code",
    "confirm",
    "draft",
    "find",
    "is_draft",
    "no_such",
    "rule_info",
    "values",
]
RULES_PER_PERSON = Limit("rule.person", 60, 3600)
REPRESENTATIVE = "representative"
"""How the representative is named among approvers; everybody else by the id of his membership."""


@dataclass(frozen=True)
class RuleForm:
    """A rule as it is wanted. approvers: members' ids or `representative`, none for no approval at all;
    amount: above which, in 元. With neither amount nor kinds every document needs an approval.
    """

    approvers: Sequence[str]
    amount: str | None = None
    kinds: Sequence[str] = ()
    four_eyes: bool = False


@dataclass(frozen=True)
class ApproverView:
    """Somebody who may approve, or could be named. id: of the membership, or `representative`.

    identity: the keyed hash of his ID number, part of what a device signs.
    """

    id: str
    name_masked: str
    mobile_masked: str
    identity: str


@dataclass(frozen=True)
class RuleView:
    """A seal's rule. version: 0 where none was ever set; approvers: none for no approval.

    candidates: who could be named: who holds keys in this company.
    """

    seal_id: str
    seal_name: str
    version: int
    amount: str | None
    kinds: tuple[str, ...]
    approvers: tuple[ApproverView, ...]
    four_eyes: bool
    candidates: tuple[ApproverView, ...]


@dataclass(frozen=True)
class RuleDraft:
    """A rule that is to be confirmed until `expires_at`."""

    id: str
    rule: RuleView
    expires_at: datetime


def rule_info(row: ApprovalRule) -> dict[str, object]:
    """What a rule's PIN offer is bound to; both sides build it."""
    return {**values(row), "setter": row.setter_id, "company": row.company_id}


def values(row: ApprovalRule) -> dict[str, str]:
    """What the representative's device signs, besides its own id; both sides build it.

    Lists as JSON without spaces, approvers as `id:identity`; no limit is empty; expires: UTC, to the second.
    """
    rule = rules.read(row)
    return {
        "purpose": OfferPurpose.RULE.value,
        "rule": row.id,
        "seal": row.seal,
        "version": str(row.version),
        "amount": row.amount or "",
        "kinds": listed(rule.kinds),
        "approvers": listed([f"{each.member or REPRESENTATIVE}:{each.identity}" for each in rule.approvers]),
        "four_eyes": "yes" if row.four_eyes else "no",
        "expires": signed_second(row.created_at + OFFERED_FOR),
    }


def is_draft(row: ApprovalRule, setter: str, now: datetime) -> bool:
    """Whether a rule is this person's to confirm, and in time."""
    return row.state is RuleState.DRAFT and row.setter_id == setter and now < row.created_at + OFFERED_FOR


def no_such() -> NotFound:
    """The answer to whoever has no such draft."""
    return NotFound(
        "rule.not_found",
        "没有这条待确认的审批规则，或已超时。请重新填写。",
        "There is no such rule to confirm, or it is too late. Fill it in again.",
    )


async def find(seal_id: str, person_id: str, now: datetime, records: RecordsKey) -> RuleView:
    """The rule in force. Raises NotFound `seal.not_found`; Refused `access.denied`."""
    seal = await own_seal(seal_id, person_id, Act.SET_APPROVAL, now)
    return await _view(seal, await rules.of(seal.id), now, records)


async def _view(seal: Seal, rule: Rule, now: datetime, records: RecordsKey) -> RuleView:
    able = await _candidates(seal.company_id, now, records)
    named = {(each.id, each.identity): each for each in able}
    return RuleView(
        seal.id,
        seal.name,
        rule.version,
        None if rule.amount is None else str(rule.amount),
        rule.kinds,
        tuple(
            [
                named.get((each.member or REPRESENTATIVE, each.identity)) or await _gone(each, records)
                for each in rule.approvers
            ]
        ),
        rule.four_eyes,
        tuple(able),
    )


async def _gone(approver: Approver, records: RecordsKey) -> ApproverView:
    """Somebody who is named and cannot approve at present."""
    person = await Person.get(id=approver.person)
    name, mobile = masked_name(person, records), mask_mobile(identity(person, records).mobile)
    return ApproverView(approver.member or REPRESENTATIVE, name, mobile, approver.identity)


async def _candidates(company_id: str, now: datetime, records: RecordsKey) -> list[ApproverView]:
    """The representative first, then members with a live grant of any seal."""
    owner = (await Company.get(id=company_id)).representative_id
    found = []
    if owner is not None and (holder := await Holder.get_or_none(person_id=owner)) is not None:
        person = await Person.get(id=owner)
        name, mobile = masked_name(person, records), mask_mobile(identity(person, records).mobile)
        found.append(ApproverView(REPRESENTATIVE, name, mobile, holder.identity_ref))
    granted = await Grant.filter(live_grant(now), company_id=company_id).values_list("member_id", flat=True)
    ids = [str(each) for each in granted]
    rows = await Member.filter(live_member(now), id__in=ids).order_by("created_at", "id")
    people = {each.id: each for each in await Person.filter(id__in=[row.person_id for row in rows])}
    for row in rows:
        name = members.member_name(row, records)
        mobile = mask_mobile(identity(people[row.person_id], records).mobile)
        found.append(ApproverView(row.id, name, mobile, identity_ref(row, records)))
    return found


async def draft(
    seal_id: str, form: RuleForm, person_id: str, now: datetime, records: RecordsKey
) -> RuleDraft:
    """Draft the next rule of a seal, to be confirmed; nothing changes yet. It replaces an earlier draft.

    Raises NotFound `seal.not_found`; Refused `access.denied`; Conflict `seal.…`, `company.closed`; Invalid
    `rule.approvers`, `rule.four_eyes`, `document_kind.unknown`, `amount.range`; TooMany.
    """
    seal = await own_seal(seal_id, person_id, Act.SET_APPROVAL, now)
    require_active(await Company.get(id=seal.company_id))
    require_collected(seal)
    wanted = form if form.approvers else RuleForm(())  # without an approver there is no rule
    amount, kinds = rules.checked(wanted.amount, wanted.kinds, len(set(wanted.approvers)))
    approvers = await _approvers(seal.company_id, wanted, person_id, now, records)
    await throttling.count(RULES_PER_PERSON, person_id, now)
    await ApprovalRule.filter(seal=seal.id, state=RuleState.DRAFT).delete()
    row = await ApprovalRule.create(
        id=new_id(),
        company_id=seal.company_id,
        seal=seal.id,
        version=await rules.next_version(seal.id),
        amount=amount,
        kinds=kinds,
        approvers=approvers,
        four_eyes=wanted.four_eyes,
        setter_id=person_id,
        state=RuleState.DRAFT,
        created_at=now,
    )
    return RuleDraft(row.id, await _view(seal, rules.read(row), now, records), now + OFFERED_FOR)


async def _approvers(
    company_id: str, form: RuleForm, person_id: str, now: datetime, records: RecordsKey
) -> list[dict[str, str]]:
    able = {each.id: each for each in await _candidates(company_id, now, records)}
    if unknown := set(form.approvers) - set(able):
        raise Invalid(
            "rule.approver",
            "审批人须是法定代表人，或领取过本企业印章的人员。请先授权其使用一枚印章。",
            "An approver is the representative, or a member who collected a seal of this company. "
            "Grant a seal first.",
            field="approvers",
            count=len(unknown),
        )
    # By the ID number: a second mobile of his does not make two pairs of eyes.
    own_eyes = {each.identity for each in able.values() if each.id == REPRESENTATIVE}
    if form.four_eyes and {able[each].identity for each in form.approvers} <= own_eyes:
        raise Invalid(
            "rule.four_eyes",
            "要求双人复核时，请至少选择一位法定代表人以外的审批人。",
            "With four eyes, choose at least one approver besides the representative.",
            field="four_eyes",
        )
    found = []
    for each in sorted(set(form.approvers)):
        own = each == REPRESENTATIVE
        person = person_id if own else (await Member.get(id=each)).person_id
        found.append({"person": person, "member": "" if own else each, "identity": able[each].identity})
    return found


async def _own_draft(rule_id: str, person_id: str, now: datetime) -> tuple[ApprovalRule, Seal]:
    row = await ApprovalRule.get_or_none(id=rule_id)
    if row is None or not is_draft(row, person_id, now):
        raise no_such()
    seal = await own_seal(row.seal, person_id, Act.SET_APPROVAL, now)
    require_collected(seal)
    require_active(await Company.get(id=row.company_id))
    return row, seal


async def ask_code(rule_id: str, person_id: str, now: datetime) -> ConfirmCodeSent:
    """Have a code sent for one's own draft, where the browser is no enrolled device.

    Raises NotFound `rule.not_found`; Refused `access.denied`; and what `confirm_codes.ask` does.
    """
    row, _ = await _own_draft(rule_id, person_id, now)
    return await confirm_codes.ask(OfferPurpose.RULE, row.id, person_id, now)


async def confirm(
    rule_id: str, person_id: str, pin: str, proof: Proof, now: datetime, records: RecordsKey, desk: PinDesk
) -> RuleView:
    """Confirm one's own draft; returns once the sealer has acted and the rule is in force.

    Raises NotFound `rule.not_found`; Refused `access.denied`, `device.…`, `code.…`, `pin.wrong` …; Conflict
    `rule.state`, `seal.…`, `company.closed`; Invalid `code.format`; TooMany; Unavailable.
    """
    row, seal = await _own_draft(rule_id, person_id, now)
    await throttling.count(PINS_PER_PERSON, person_id, now)
    await require_offered(proof, person_id)
    offer = await offers.make(
        desk,
        OfferPurpose.RULE,
        row.id,
        person_id,
        pin,
        rule_info(row),
        now,
        device=proof.signed,
        code=proof.code or "",
    )
    await offers.outcome(offer)
    return await _view(seal, await rules.of(seal.id), now, records)
