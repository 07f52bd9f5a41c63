"""What may follow what, and the one answer to whatever comes out of order or at the same time."""

from __future__ import annotations

from collections.abc import Sequence

from auth.errors import Conflict, Invalid
from auth.models import Company

__all__ = ["changed_meanwhile", "known_company", "lacking", "wrong_state"]


def wrong_state() -> Conflict:
    """The application is not where this could be done."""
    return Conflict(
        "entry.state",
        "申请的状态已变化，不能这样办理。请刷新后查看。",
        "The application has moved on, so this cannot be done. Reload and look again.",
    )


def changed_meanwhile() -> Conflict:
    """Form or materials changed between what was read and what was sent."""
    return Conflict(
        "entry.changed",
        "申请内容刚刚在别处改动过，请刷新后核对再提交。",
        "The application was just changed elsewhere. Reload, check it and submit again.",
    )


def lacking(slots: Sequence[str]) -> Invalid:
    """Materials are missing, or were returned and not given anew."""
    return Invalid(
        "entry.missing",
        f"还有 {len(slots)} 项材料没有提供或需要重拍，请补齐后提交。",
        f"{len(slots)} materials are missing or have to be given again. Complete them and submit.",
        missing=list(slots),
    )


async def known_company(uscc: str, name: str) -> None:
    """Raises Conflict `entry.company_known` for a company that is here already."""
    if await Company.exists(uscc=uscc) or await Company.exists(name=name):
        raise company_known()


def company_known() -> Conflict:
    """The company is here already."""
    return Conflict(
        "entry.company_known",
        "该企业已在本平台，无须申请。请由法定代表人登录后领取或添加印章。",
        "This company is here already and need not apply. Its legal representative logs in to collect or add "
        "seals.",
        field="uscc",
    )


def company_applies() -> Conflict:
    """Another application of the same company is under way."""
    return Conflict(
        "entry.company_applies",
        "该企业已有一份申请正在办理，不能重复提交。请等待结果，或由原申请人撤回后再提交。",
        "An application of this company is under way. Wait for it, or have its applicant withdraw it first.",
        field="uscc",
    )


def not_verified() -> Conflict:
    """Nobody has shown yet that the company itself applies."""
    return Conflict(
        "entry.not_verified",
        "企业尚未核实：请先由法定代表人完成身份核验，或完成对公账户打款验证。",
        "The company is not verified yet: first its representative's identity check, or a deposit to its "
        "account.",
    )
