"""The unit that makes the seals: without its licence in force none is made in production (R30)."""

from __future__ import annotations

from datetime import date, datetime

from auth.china import CHINA
from auth.errors import Unavailable
from auth.models import Deployment
from seals.filing_models import Maker

__all__ = ["STAND_IN", "licensed", "maker", "require", "store"]

ONLY_ROW = 1
PRODUCTION = "production"
STAND_IN = Maker(id=ONLY_ROW, name="沙箱公章制作单位（模拟）", number="SANDBOX-MAKER", valid_until="")
"""Who makes seals in development, where the settings name nobody."""


async def store(name: str, number: str, valid_until: str) -> None:
    """Keep what the settings say, for all processes; at start. valid_until: ISO, empty for no end."""
    row = Maker(id=ONLY_ROW, name=name, number=number, valid_until=valid_until)
    await Maker.bulk_create([row], ignore_conflicts=True)
    await Maker.filter(id=ONLY_ROW).update(name=name, number=number, valid_until=valid_until)


async def maker() -> Maker:
    """Who makes the seals of this deployment; the stand-in where none is named."""
    row = await Maker.get_or_none(id=ONLY_ROW)
    return row if row is not None and row.number else STAND_IN


async def licensed(now: datetime) -> bool:
    """Whether seals can be made: in production only with a maker's licence in force."""
    made_for = await Deployment.get_or_none(id=ONLY_ROW)
    if made_for is None or made_for.profile != PRODUCTION:
        return True
    row = await Maker.get_or_none(id=ONLY_ROW)
    return row is not None and bool(row.name and row.number) and _in_force(row, now)


async def require(now: datetime) -> None:
    """Raises Unavailable `maker.unlicensed` where seals cannot be made."""
    if await licensed(now):
        return
    raise Unavailable(
        "maker.unlicensed",
        "没有有效的公章制作许可，暂不能制作印章。请运维人员设置 EZHANG_MAKER_NAME、EZHANG_MAKER_LICENCE "
        "和 EZHANG_MAKER_UNTIL 后重启；申请不会丢失。",
        "There is no seal maker's licence in force, so no seal is made now. The operator has to set "
        "EZHANG_MAKER_NAME, EZHANG_MAKER_LICENCE and EZHANG_MAKER_UNTIL and restart; applications are kept.",
    )


def _in_force(row: Maker, now: datetime) -> bool:
    return not row.valid_until or now.astimezone(CHINA).date() <= date.fromisoformat(row.valid_until)
