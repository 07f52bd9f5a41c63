"""How the platform stands, for its operators: what waits, what is done, whether the sealer is set up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.functions import Count

from auth.models import Application, ApplicationState
from seals import revocation
from seals.models import SealerKey, Signing, SigningState

__all__ = ["Standing", "sealer_is_set_up", "standing"]

SEALER_KEY_AGE = timedelta(days=2)


@dataclass(frozen=True)
class Standing:
    """Counts from the database, the same whichever process is asked. signings: by state, 0 included."""

    signings: dict[str, int]
    applications_waiting: int


async def sealer_is_set_up(now: datetime) -> bool:
    """Whether a sealer has made what a signing needs: a recent key of the day, a revocation list."""
    key = await SealerKey.exists(created_at__gt=now - SEALER_KEY_AGE)
    return bool(key) and await revocation.newest_crl(revocation.ISSUING) is not None


async def standing() -> Standing:
    """The counts."""
    rows = await Signing.annotate(count=Count("id")).group_by("state").values_list("state", "count")
    found = {SigningState(state).value: int(count) for state, count in rows}
    waiting = await Application.filter(state__in=[ApplicationState.SUBMITTED, ApplicationState.SENT]).count()
    return Standing({state.value: found.get(state.value, 0) for state in SigningState}, waiting)
