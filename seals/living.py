"""Move seals along the table of their life (`seals/life.py`): the one way through, for whoever asks.

Company, seals, grants are locked in this order; each seal moves by conditional update, and everything that
its step ends, ends in the same transaction. Events come last, by `tell`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.queryset import QuerySet

from auth import challenges, events
from auth.errors import Conflict
from auth.models import Company
from seals import grant_endings, numbers, statuses
from seals.approval_models import ApprovalRule, RuleState
from seals.asks import deciding
from seals.filing import recording, updates
from seals.keyring import P256
from seals.life import Change, Step, columns, remade, steps_of
from seals.models import Offer, Seal, SealKey, SealState, SealWrap, Signing, SigningState
from seals.paper_models import PaperKind
from seals.papers import ordering

__all__ = ["OPEN", "Moved", "MovedSeal", "move", "not_possible", "tell"]

OPEN = (SigningState.PENDING, SigningState.CONFIRMED, SigningState.KEYED)
_KINDS = {
    Change.SUSPEND: "seal.frozen",
    Change.RESUME: "seal.unfrozen",
    Change.RENEW: "seal.rekeyed",
    Change.FORGOTTEN: "seal.rekeyed",
    Change.SUCCEED: "seal.rekeyed",
}
_UPDATES = {
    Change.SUCCEED: "representative",
    Change.RENEW: "certificates",
    Change.FORGOTTEN: "certificates",
}
"""What of a company's filings has to be updated then (R134)."""
_ENDED = {
    SealState.FROZEN: (
        "seal.frozen",
        "印章已暂停使用，本次用印已终止。恢复使用后请再发起。"
        "\nThe seal was suspended, so this ended. Ask again once it is resumed.",
    ),
    SealState.ISSUED: (
        "seal.rekeyed",
        "印章密钥已作废，本次用印已终止。重新领取印章后请再发起。"
        "\nThe seal's keys were replaced, so this ended. Ask again once the seal is collected anew.",
    ),
    SealState.CANCELLED: (
        "seal.cancelled",
        "印章已注销，本次用印已终止。企业如有其他印章，可改用后再发起。"
        "\nThe seal was cancelled, so this ended. Ask again with another seal, if the company has one.",
    ),
}
_ENDED_REMADE = (
    "seal.cancelled",
    "印章已注销，本次用印已终止。请改用其他印章；重新制作的，领取后使用新的印章。"
    "\nThe seal was cancelled, so this ended. Use another, or its successor once collected.",
)


@dataclass(frozen=True)
class MovedSeal:
    """A seal as it was, and the step that it went."""

    seal: Seal
    step: Step


@dataclass(frozen=True)
class Moved:
    """What one change did, to be told as events at the end of its transaction.

    signings: id and why. ruled: the cancelled seals that asked for approvals; what replaces one asks nobody
    until a rule is set for it.
    """

    company_id: str
    change: Change
    seals: tuple[MovedSeal, ...]
    signings: tuple[tuple[str, str], ...]
    ruled: frozenset[str]


async def move(change: Change, company_id: str, seals: Iterable[str] | None, now: datetime) -> Moved:
    """Move those of a company's seals that the table lets; inside a transaction, which ends with `tell`.

    seals: None for all of them. now: where certificates are revoked, taken in this transaction, behind the
    company's lock: with a moment before that, what was sealed since would be judged as sealed too late.
    Revocation lists and OCSP answers follow by themselves, within seconds.
    """
    company = await Company.filter(id=company_id).select_for_update().get()
    asked = Seal.filter(company_id=company_id)
    asked = asked if seals is None else asked.filter(id__in=list(seals))
    rows = await asked.order_by("id").select_for_update()
    moved = tuple(
        [
            MovedSeal(row, step)
            for row in rows
            if (step := await _step(change, row)) and await _go(row, step, now)
        ]
    )
    ended = [await _end_signings(each, now) for each in moved if each.step.ends]
    gone = [each.seal.id for each in moved if each.step.to is SealState.CANCELLED]
    signings = tuple(one for some in ended for one in some)
    await _certify_ends(company, [each.seal for each in moved if _was_issued(each)], now)
    return Moved(company_id, change, moved, signings, await _end_rules(gone))


def _was_issued(moved: MovedSeal) -> bool:
    return moved.step.to is SealState.CANCELLED and moved.step.frm is not SealState.HELD


async def _certify_ends(company: Company, seals: Sequence[Seal], now: datetime) -> None:
    """Order the certificate of cancellation (R46), one for all that end together."""
    if seals:
        await ordering.place(
            PaperKind.CANCELLING,
            seals[0].id,
            company_id=company.id,
            asker_id=company.representative_id,
            now=now,
            said={"seals": [[each.id, each.generation] for each in seals]},
            later=ordering.LATER,
        )


async def _step(change: Change, row: Seal) -> Step | None:
    ways = [each for each in steps_of(change) if each.frm is row.state]
    if any(each.keyed is not None for each in ways):
        keyed = await SealKey.exists(seal_id=row.id, generation=row.generation, revoked_at=None)
        ways = [each for each in ways if each.keyed is keyed]
    return ways[0] if ways else None


async def _go(row: Seal, step: Step, now: datetime) -> bool:
    written = dict(columns(step, now))
    if "sole" in written:
        written["ordinal"] = await numbers.ordinal_given_up(row)
    if step.change is Change.RESUME:
        written["rotation_due"] = True
    if not await Seal.filter(id=row.id, state=step.frm).update(**written):
        return False
    if step.revoked is not None:
        living = SealKey.filter(seal_id=row.id, revoked_at=None)
        serials = await living.filter(algorithm=P256).values_list("serial", flat=True)
        await living.update(revoked_at=now, revoked_for=step.revoked, sealed_private="")
        await statuses.forget([str(serial) for serial in serials], now)
        await SealWrap.filter(seal_id=row.id).delete()
    if step.to is SealState.CANCELLED:
        await updates.end(row.id, now)
    await recording.record(
        row,
        recording.kind_of(step.change),
        now,
        change=step.change.value,
        facts={"state": step.to.value, "generation": row.generation},
    )
    return True


async def _end_rules(gone: list[str]) -> frozenset[str]:
    """A cancelled seal has no approval rule; those are returned that asked for approvals."""
    if not gone:
        return frozenset()
    rules = ApprovalRule.filter(seal__in=gone, state__in=[RuleState.DRAFT, RuleState.IN_FORCE])
    ruled = frozenset(row.seal for row in await rules if row.live is not None and row.approvers)
    await rules.update(state=RuleState.REPLACED, live=None)
    return ruled


def _open(seal: str) -> QuerySet[Signing]:
    return Signing.filter(seal_id=seal, state__in=OPEN)


async def _end_signings(moved: MovedSeal, now: datetime) -> list[tuple[str, str]]:
    """Those that wait as well: confirmed later, they would be of a seal that is another one then."""
    code, reason = _ENDED_REMADE if remade(moved.step.change, moved.seal) else _ENDED[moved.step.to]
    ended = [str(each) for each in await _open(moved.seal.id).order_by("id").values_list("id", flat=True)]
    for signing in ended:
        await (
            _open(moved.seal.id)
            .filter(id=signing)
            .update(
                state=SigningState.FAILED,
                reason=reason,
                ended_at=now,
                signature_value=None,
                signed_attributes=None,
                ses_signature=None,
            )
        )
        await challenges.kill(signing)
        await Offer.filter(subject=signing).update(sealed=None)
    return [(signing, code) for signing in ended]


async def tell(done: Moved, actor: str, now: datetime, facts: Mapping[str, str] | None = None) -> None:
    """End the grants of seals whose keys ended, and append the events: the last step of the transaction."""
    await grant_endings.void_of_seals([each.seal.id for each in done.seals if each.step.revoked], now)
    stream = events.company_stream(done.company_id)
    for each in done.seals:
        await events.append(
            stream,
            _KINDS.get(done.change, "seal.cancelled"),
            actor=actor,
            subject=f"seal:{each.seal.id}",
            now=now,
            on_behalf=done.company_id,
            facts={**_facts(each), **(facts or {})},
        )
    moved = [(each.seal, each.step.to) for each in done.seals]
    await deciding.settle(done.change, moved, actor, now)
    why = _UPDATES.get(done.change)
    if why is not None:
        await updates.due(done.company_id, why, now, None if why == "representative" else _ids(done))
    for signing, code in done.signings:
        await events.append(
            stream,
            "signing.failed",
            actor="sealer",
            subject=f"signing:{signing}",
            now=now,
            on_behalf=done.company_id,
            facts={"code": code},
        )


def _ids(done: Moved) -> list[str]:
    return [each.seal.id for each in done.seals]


def _facts(moved: MovedSeal) -> dict[str, str | int]:
    seal, step = moved.seal, moved.step
    told: dict[str, str | int] = {"kind": seal.kind, "state": step.to.value, "change": step.change.value}
    if step.to is SealState.CANCELLED:
        told["number"] = seal.number
    if step.revoked is not None:
        told |= {"cause": step.revoked.value, "generation": seal.generation}
    return told


_WHY_NOT = {
    Change.SUSPEND: ("该印章不在可用状态，无需暂停。", "This seal is not in use, so it cannot be suspended."),
    Change.RESUME: ("该印章没有暂停，无需恢复。", "This seal is not suspended."),
}
_MOVED_ON = ("印章状态已变化，不能这样办理，请刷新。", "The seal's state does not allow this; reload.")


def not_possible(change: Change) -> Conflict:
    """The seal is in a state that the table does not lead out of by this change."""
    return Conflict("seal.state", *_WHY_NOT.get(change, _MOVED_ON))
