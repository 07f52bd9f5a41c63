"""Re-keying: all seals of a company lose their keys and are to be collected anew (R56, architecture §6).

There is no escrow: where nobody can open a seal's secret any more, or somebody must not be able to, the keys
end and others are made. Number and imprint stay. What was signed before stays good: each signature bears a
timestamp from before the revocation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.queryset import QuerySet

from auth import challenges, events
from auth.models import Company
from seals import grant_endings, statuses
from seals.keyring import P256
from seals.kinds import SealKind
from seals.models import (
    Offer,
    RevokedFor,
    Seal,
    SealKey,
    SealState,
    SealWrap,
    Signing,
    SigningState,
)

__all__ = ["Rekeyed", "rekey", "tell"]

OPEN = (SigningState.PENDING, SigningState.CONFIRMED, SigningState.KEYED)
REASON = (
    "印章密钥已作废，本次用印已终止。重新领取印章后请再发起。"
    "\nThe seal's keys were replaced, so this ended. Ask again once the seal is collected anew."
)


@dataclass(frozen=True)
class Rekeyed:
    """What one re-keying did, to be told as events at the end of its transaction."""

    company_id: str
    cause: RevokedFor
    seals: Sequence[Seal]
    signings: Sequence[str]


async def rekey(company_id: str, cause: RevokedFor, now: datetime, kind: SealKind | None = None) -> Rekeyed:
    """COLLECTED → ISSUED for all seals of a company, or those of one kind; inside a transaction, which ends
    with `tell`.

    Certificates are revoked (the caller publishes the lists afterwards), private keys and wraps erased,
    signings that are under way fail. A frozen seal loses its keys as well and stays frozen.
    now: taken in this transaction, behind the company's lock; with a moment before that, what was sealed
    since would be judged as sealed too late.
    """
    await Company.filter(id=company_id).select_for_update().get()
    keyed = [SealState.COLLECTED, SealState.FROZEN]
    which = Seal.filter(company_id=company_id, state__in=keyed)
    which = which if kind is None else which.filter(kind=kind.value)
    seals = await which.order_by("id").select_for_update()
    ids = [seal.id for seal in seals]
    if not ids:
        return Rekeyed(company_id, cause, (), ())
    await Seal.filter(id__in=ids, state=SealState.COLLECTED).update(state=SealState.ISSUED, collected_at=None)
    living = SealKey.filter(seal_id__in=ids, revoked_at=None)
    serials = await living.filter(algorithm=P256).values_list("serial", flat=True)
    await living.update(revoked_at=now, revoked_for=cause, sealed_private="")
    await statuses.forget([str(serial) for serial in serials], now)
    await SealWrap.filter(seal_id__in=ids).delete()
    ended = [str(each) for each in await _open(ids).order_by("id").values_list("id", flat=True)]
    for signing in ended:
        await (
            _open(ids)
            .filter(id=signing)
            .update(
                state=SigningState.FAILED,
                reason=REASON,
                ended_at=now,
                signature_value=None,
                signed_attributes=None,
                ses_signature=None,
            )
        )
        await challenges.kill(signing)
        await Offer.filter(subject=signing).update(sealed=None)
    return Rekeyed(company_id, cause, seals, ended)


def _open(seals: list[str]) -> QuerySet[Signing]:
    return Signing.filter(seal_id__in=seals, state__in=OPEN)


async def tell(done: Rekeyed, now: datetime) -> None:
    """End the grants of the seals, and append the events of a re-keying: the last step of the transaction."""
    await grant_endings.void_of_seals([seal.id for seal in done.seals], now)
    stream = events.company_stream(done.company_id)
    for seal in done.seals:
        await events.append(
            stream,
            "seal.rekeyed",
            actor="sealer",
            subject=f"seal:{seal.id}",
            now=now,
            on_behalf=done.company_id,
            facts={"cause": done.cause.value, "generation": seal.generation, "state": seal.state.value},
        )
    for signing in done.signings:
        await events.append(
            stream,
            "signing.failed",
            actor="sealer",
            subject=f"signing:{signing}",
            now=now,
            on_behalf=done.company_id,
            facts={"code": "seal.rekeyed"},
        )
