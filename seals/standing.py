"""How the platform stands, for its operators: what waits, what is done, whether the sealer is set up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.functions import Count

from auth.models import Application, ApplicationState
from seals import revocation
from seals.deposits.models import BankDeposit, DepositState
from seals.entry.models import EntryApplication, EntryState
from seals.models import Seal, SealerKey, SealState, Signing, SigningState

__all__ = ["Standing", "sealer_is_set_up", "standing"]

SEALER_KEY_AGE = timedelta(days=2)


@dataclass(frozen=True)
class Standing:
    """Counts from the database, the same whichever process is asked. signings: by state, 0 included.

    What waits: applications for the registrar, entries of existing companies and held seals for a reviewer,
    small payments for the bank.
    """

    signings: dict[str, int]
    applications_waiting: int
    entries_waiting: int
    payments_waiting: int
    held_seals: int


async def sealer_is_set_up(now: datetime) -> bool:
    """Whether a sealer has made what a signing needs: a recent key of the day, a revocation list."""
    key = await SealerKey.exists(created_at__gt=now - SEALER_KEY_AGE)
    return bool(key) and await revocation.newest_crl(revocation.ISSUING) is not None


async def standing() -> Standing:
    """The counts."""
    rows = await Signing.annotate(count=Count("id")).group_by("state").values_list("state", "count")
    found = {SigningState(state).value: int(count) for state, count in rows}
    waiting = await Application.filter(state__in=[ApplicationState.SUBMITTED, ApplicationState.SENT]).count()
    return Standing(
        signings={state.value: found.get(state.value, 0) for state in SigningState},
        applications_waiting=waiting,
        entries_waiting=await EntryApplication.filter(state=EntryState.SUBMITTED).count(),
        payments_waiting=await BankDeposit.filter(state=DepositState.WAITING).count(),
        held_seals=await Seal.filter(state=SealState.HELD).count(),
    )
