"""The approval rule of a seal (R81): for which documents an approval is needed, and who may give it.

Web asks with rows; the sealer believes a rule only under its own signature (`verified`). That a rule is there
at all, and which version, it knows from the wraps of the seal's secret: they are made for the version in
force, so whoever deletes a rule's row, or puts an older one back, opens nothing (`seals/granted.py`).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from auth.authority import Act, Role, live_member, standing
from auth.errors import Invalid
from auth.member_models import Member
from seals import custody
from seals.approval_models import ApprovalRule, RuleState
from seals.scopes import Stated, checked_scope

__all__ = [
    "APPROVERS_MOST",
    "NONE",
    "Approver",
    "Rule",
    "attest",
    "checked",
    "in_force",
    "next_version",
    "of",
    "read",
    "standing_of",
    "verified",
    "version_of",
]

APPROVERS_MOST = 5
_LABEL = "approval rule"


@dataclass(frozen=True)
class Approver:
    """Who may approve. member: by which membership, empty for the legal representative; identity: the ID
    number by which his keys came to be, as `Holder.identity_ref`.
    """

    person: str
    member: str
    identity: str


@dataclass(frozen=True)
class Rule:
    """Documents above an amount (元), or of certain kinds, need an approval; with neither limit, all do.

    version: 0 where none was ever set; approvers: none for no approval; four_eyes: the representative too.
    """

    version: int = 0
    amount: Decimal | None = None
    kinds: tuple[str, ...] = ()
    approvers: tuple[Approver, ...] = ()
    four_eyes: bool = False

    def asks(self, said: Stated, *, own: bool) -> bool:
        """Whether a document needs an approval. own: the representative confirms.

        What a limit asks for and the request does not say needs one.
        """
        if not self.approvers or (own and not self.four_eyes):
            return False
        if self.amount is None and not self.kinds:
            return True
        above = self.amount is not None and (said.amount is None or said.amount > self.amount)
        return above or (bool(self.kinds) and (not said.kind or said.kind in self.kinds))

    def of(self, person_id: str) -> Approver | None:
        """A person among the approvers."""
        return next((each for each in self.approvers if each.person == person_id), None)


NONE = Rule()


def checked(amount: str | None, kinds: Sequence[str], approvers: int) -> tuple[str | None, list[str]]:
    """Amount and kinds in their normal form. Raises Invalid with the field that is wrong."""
    scope = checked_scope(kinds, amount, (), None)
    if approvers > APPROVERS_MOST:
        raise Invalid(
            "rule.approvers",
            f"审批人最多 {APPROVERS_MOST} 人。",
            f"There are at most {APPROVERS_MOST} people who may approve.",
            field="approvers",
            limit=APPROVERS_MOST,
        )
    return None if scope.amount is None else str(scope.amount), list(scope.kinds)


def read(row: ApprovalRule | None) -> Rule:
    """The rule of a row, as web goes by it."""
    if row is None:
        return NONE
    return Rule(
        row.version,
        None if row.amount is None else Decimal(row.amount),
        tuple(row.kinds),
        tuple(Approver(**each) for each in row.approvers),
        row.four_eyes,
    )


async def in_force(seal_id: str) -> ApprovalRule | None:
    """The row of the rule in force."""
    return await ApprovalRule.get_or_none(live=seal_id)


async def of(seal_id: str) -> Rule:
    """The rule in force, as web goes by it."""
    return read(await in_force(seal_id))


async def needed_of(seal_ids: Sequence[str]) -> dict[str, str]:
    """Of each seal whose use needs approvals: of `all` its documents, or of `some`."""
    rows = await ApprovalRule.filter(live__in=list(seal_ids))
    found = {str(row.live): read(row) for row in rows}
    return {
        seal: "some" if rule.amount is not None or rule.kinds else "all"
        for seal, rule in found.items()
        if rule.approvers
    }


async def next_version(seal_id: str) -> int:
    """Above all that were ever in force, also before a change of representative: none comes back."""
    past = ApprovalRule.filter(seal=seal_id).exclude(state=RuleState.DRAFT)
    last = await past.order_by("-version").first()
    return 1 if last is None else last.version + 1


def _statement(row: ApprovalRule) -> bytes:
    rule = read(row)
    said = {
        "rule": row.id,
        "company": row.company_id,
        "seal": row.seal,
        "version": row.version,
        "amount": row.amount,
        "kinds": list(rule.kinds),
        "approvers": [asdict(each) for each in rule.approvers],
        "four_eyes": row.four_eyes,
        "setter": row.setter_id,
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()


def attest(row: ApprovalRule, identity: Ed25519PrivateKey) -> str:
    """The sealer's signature over a rule."""
    return base64.b64encode(custody.attest(identity, _LABEL, row.seal, _statement(row))).decode()


async def verified(seal_id: str, identity: Ed25519PublicKey) -> Rule:
    """In the sealer: the rule in force, once its signature holds. Raises Refused `custody.not_attested`."""
    row = await in_force(seal_id)
    if row is None:
        return NONE
    signature = base64.b64decode(row.signature or "")
    custody.check_attestation(identity, _LABEL, seal_id, _statement(row), signature)
    return read(row)


async def version_of(seal_id: str, identity: Ed25519PublicKey) -> int:
    """In the sealer: the version in force, 0 for none; raises as `verified`."""
    return (await verified(seal_id, identity)).version


async def standing_of(rule: Rule, company_id: str, person_id: str, now: datetime) -> Approver | None:
    """The approver, while he may: named, and representative, or a live member with a live grant."""
    named = rule.of(person_id)
    his = await standing(person_id, company_id, now)
    if named is None or not his.may(Act.APPROVE_SIGNING):
        return None
    if not named.member:
        return named if Role.REPRESENTATIVE in his.roles else None
    live = await Member.exists(live_member(now), id=named.member, person_id=person_id)
    return named if live else None
