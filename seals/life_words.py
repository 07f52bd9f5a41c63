"""How papers and reports say why a seal ended, whose word it needed, and why a certificate was revoked."""

from __future__ import annotations

from seals.life import By, Change, steps_of
from seals.models import RevokedFor

__all__ = ["CANCELLED_FOR", "REVOKED_FOR", "authority_of"]

CANCELLED_FOR = {
    Change.CANCEL: "用章单位申请停止使用",
    Change.LOSS: "用章单位报失",
    Change.DAMAGE: "用章单位报损",
    Change.REPLACE: "变更法定代表人，原名章停止使用",
    Change.RENAME: "用章单位已变更企业名称，原印章停止使用",
    Change.RETYPE: "用章单位已变更企业类型，原印章停止使用",
    Change.DISSOLVE: "用章单位已办理注销登记",
    Change.LAPSE: "逾期未领取",
}
"""Each change that ends a seal for good."""
REVOKED_FOR = {
    RevokedFor.SUPERSEDED: "已由新的证书或印章取代",
    RevokedFor.AFFILIATION_CHANGED: "变更法定代表人或企业名称",
    RevokedFor.CESSATION_OF_OPERATION: "停止使用",
}
_AUTHORITIES = {
    By.PIN: "法定代表人本人凭用印口令确认",
    By.REGISTRAR: "登记机关登记的变更、注销",
    By.CLOCK: "平台依规则到期办理",
}


def authority_of(change: Change) -> str:
    """On whose word it ended. Only of a change in `CANCELLED_FOR`."""
    (by,) = {step.by for step in steps_of(change)}
    return _AUTHORITIES[by]
