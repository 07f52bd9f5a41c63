"""Who supervises, and what each is shown: data, to be read and changed in one place (R58)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from auth import events
from auth.engine import transaction
from auth.errors import NotFound
from auth.staff_models import StaffRole, StaffRoleName
from seals.service_models import Supervisor

__all__ = ["VIEWS", "Authority", "View", "assign", "authority_of"]


class Authority(StrEnum):
    """Who supervises (R58); the coordination group leads."""

    COORDINATION = "coordination"
    REFORM = "reform"
    MARKET = "market"
    FINANCE = "finance"
    TAX = "tax"
    INDUSTRY = "industry"
    LOCAL_FINANCE = "local_finance"
    CRYPTOGRAPHY = "cryptography"
    PUBLIC_SECURITY = "public_security"


class View(StrEnum):
    """What a desk of supervision shows."""

    STATISTICS = "statistics"
    OVERDUE_FILINGS = "overdue_filings"


_ALL_READ = frozenset({View.STATISTICS})
VIEWS: Mapping[Authority, frozenset[View]] = {
    **dict.fromkeys(Authority, _ALL_READ),
    Authority.PUBLIC_SECURITY: _ALL_READ | {View.OVERDUE_FILINGS},
}


async def authority_of(staff_id: str) -> Authority:
    """Which authority a regulator's role belongs to: the coordination group, unless the host said another."""
    row = await Supervisor.get_or_none(id=staff_id)
    return Authority(row.authority) if row is not None else Authority.COORDINATION


async def assign(staff_id: str, authority: Authority, account: str, now: datetime) -> None:
    """Say which authority a role belongs to. account: whose the host's command is.

    Raises NotFound `staff.not_found` for what is no regulator's role now.
    """
    async with transaction():
        if not await StaffRole.exists(id=staff_id, role=StaffRoleName.REGULATOR, ended_at=None):
            raise NotFound(
                "staff.not_found",
                "没有这个在任的监管人员，请用 ezhang staff list 查看。",
                "There is no such regulator, or the role has ended; see `ezhang staff list`.",
            )
        await Supervisor.update_or_create(defaults={"authority": authority.value}, id=staff_id)
        await events.append(
            events.PLATFORM,
            "staff.authority_set",
            actor=f"host:{account}",
            subject=f"staff_role:{staff_id}",
            now=now,
            facts={"authority": authority.value},
        )
