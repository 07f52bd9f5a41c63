"""Set an approval rule in the sealer: the representative's PIN opens the secret, which changes with the rule.

Every wrap of the new secret is made for the new version of the rule. So the rule cannot be deleted or rolled
back in the database: without exactly this version nobody's wrap opens, the owner's neither.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from auth import events
from auth.authority import require_active
from auth.engine import transaction
from auth.errors import Conflict, Refused
from auth.models import Company
from seals import approvers, holders, offers, pins, rotation, rule_setting, rules, tries
from seals.approval_models import ApprovalRule, RuleState
from seals.granted import open_secret
from seals.keyring import Keyring
from seals.models import Holder, Offer, Seal, Signing, SigningState
from seals.proofs import require_proof
from seals.signing.preparing import require_collected

__all__ = ["act_on_rule"]

ASKED_AT_ONCE = 50


async def act_on_rule(offer: Offer, keyring: Keyring, now: datetime) -> None:
    """Act on the representative's offer: IN_FORCE. Raises a DomainError.

    Counts the try first, then looks for his device or code, then at his PIN.
    """
    offers.require_live(offer, now)
    row = await ApprovalRule.get_or_none(id=offer.subject)
    if row is None or not rule_setting.is_draft(row, offer.person_id, now):
        raise _moved_on()
    setter = await Holder.get(person_id=offer.person_id)
    await pins.require_young(offer.person_id, keyring.policy, now)
    await tries.count_try(offer, now)
    seal = await Seal.get(id=row.seal, company_id=row.company_id)
    stretched, code = await offers.opened(offer, rule_setting.rule_info(row), keyring.vault)
    proven = await require_proof(offer, code, row.id, rule_setting.values(row), keyring, now)
    private = await holders.open_holder(setter, offer, stretched, keyring, now)
    await tries.right(offer.person_id)
    secret = await open_secret(seal, offer.person_id, private, keyring, now)
    if secret.grant is not None:
        raise Refused(
            "access.denied",
            "审批规则只能由法定代表人设置。",
            "Only the representative sets the approval rule.",
        )
    if row.version <= secret.rule:
        raise _moved_on()
    signature = rules.attest(row, keyring.identity)
    new = await rotation.new_secret(seal, secret, row.version, keyring, now)
    async with transaction():
        require_active(await Company.filter(id=row.company_id).select_for_update().get())
        fresh = await Seal.filter(id=seal.id).select_for_update().get()
        require_collected(fresh)
        await proven.use(now)
        before = await ApprovalRule.filter(live=seal.id, version=secret.rule).update(
            live=None, state=RuleState.REPLACED
        )
        moved = await ApprovalRule.filter(id=row.id, state=RuleState.DRAFT).update(
            state=RuleState.IN_FORCE, live=seal.id, signature=signature
        )
        if before != bool(secret.rule) or not moved or not await rotation.store(fresh, new, now):
            raise _moved_on()
        await offers.finish(offer, {})
        await _tell(row, proven.facts, now)


async def _tell(row: ApprovalRule, facts: dict[str, str], now: datetime) -> None:
    """In the company's conversation and the approvers' own; who may approve is told of what waits."""
    rule = rules.read(row)
    told = {"seal": row.seal, "version": row.version, **facts}
    others = {each.person for each in rule.approvers} - {row.setter_id}
    for stream in (events.company_stream(row.company_id), *_streams(others)):
        await events.append(
            stream,
            "rule.set",
            actor=f"person:{row.setter_id}",
            subject=f"rule:{row.id}",
            now=now,
            on_behalf=row.company_id,
            facts=told,
        )
    waiting = Signing.filter(seal_id=row.seal, state=SigningState.PENDING, expires_at__gt=now)
    people = await approvers.able(rule, row.company_id, now)
    for signing in await waiting.order_by("-created_at").limit(ASKED_AT_ONCE):
        if await approvers.counting(signing, rule, now) is None:  # also where who approved no longer may
            await approvers.tell_asked(signing, rule, people, now)


def _streams(people: Iterable[str]) -> list[str]:
    return [events.person_stream(each) for each in sorted(people)]


def _moved_on() -> Conflict:
    return Conflict(
        "rule.state",
        "审批规则或印章的授权刚刚有变化，本次没有生效。请刷新后重新填写。",
        "The rule or the seal's grants changed just now; nothing was set. Reload and fill it in again.",
    )
