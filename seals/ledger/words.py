"""Words of exported ledgers, which are Chinese."""

from __future__ import annotations

from collections.abc import Mapping

from seals.ledger.wanting import Wanted
from seals.models import SigningState

__all__ = ["CHANNELS_ZH", "STATES_ZH", "wanted_zh"]

CHANNELS_ZH: Mapping[str, str] = {"same_device": "本机确认", "scan": "扫码确认"}
STATES_ZH: Mapping[str, str] = {
    SigningState.PENDING.value: "待确认",
    SigningState.CONFIRMED.value: "签署中",
    SigningState.KEYED.value: "签署中",
    SigningState.SIGNED.value: "已签署",
    SigningState.REJECTED.value: "已拒绝",
    SigningState.EXPIRED.value: "已过期",
    SigningState.CANCELLED.value: "已取消",
    SigningState.FAILED.value: "未完成",
}


def wanted_zh(wanted: Wanted) -> str:
    """Which period, and whether anything else was left out."""
    begin, end = wanted.begin or "最早", wanted.end or "导出时"
    period = f"{begin} 至 {end}" if wanted.begin or wanted.end else "全部时间"
    others = (wanted.seal, wanted.person, wanted.kind, wanted.outcome)
    return f"{period}（已按条件筛选）" if any(others) else period
