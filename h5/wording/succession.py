"""Words of a change of the legal representative."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "card.since": ("登记日期：{day}", "Registered on {day}"),
    "card.representative_ended": (
        "您不再是{name}的法定代表人",
        "You are no longer the legal representative of {name}",
    ),
    "card.representative_ended_trader": (
        "您不再是{name}的经营者",
        "You are no longer the operator of {name}",
    ),
    "card.representative_ended_text": (
        "登记机关已办理变更登记。您在该企业的权限、您作出的授权、设置的审批规则和印章密钥均已终止；"
        "以前盖过的文件不受影响。如有疑问，请联系登记机关。",
        "The registrar has registered a change. Your rights in this company, what you authorised and your "
        "keys to its seals have ended; documents sealed before stay as they are. "
        "If this is wrong, ask the registrar.",
    ),
    "card.representative_registered": (
        "您已登记为{name}的法定代表人",
        "You are registered as the legal representative of {name}",
    ),
    "card.representative_registered_trader": (
        "您已登记为{name}的经营者",
        "You are registered as the operator of {name}",
    ),
    "card.representative_registered_text": (
        "电子营业执照已换发。请本人核验身份、设置用印口令，领取印章后即可用印。",
        "The electronic licence has been replaced. Pass the identity check yourself and set a PIN to collect "
        "the seals; then they are yours to use.",
    ),
    "card.company_renamed": ("企业已更名为{name}", "The company is now called {name}"),
    "card.company_renamed_before": ("原名称：{name}", "Before: {name}"),
    "card.company_renamed_text": (
        "原有印章均已注销，按新名称重新制发，编码不同，请领取后使用；由照片制作的、带外文的和待核对的，请重新添加。"
        "以前盖过的文件仍然有效。",
        "All seals before are cancelled and made anew with the new name and other numbers; collect them to "
        "use them. Those from a photo, with foreign text or still to be looked at, please add again. What "
        "was sealed before stays valid.",
    ),
    "card.company_retyped": ("企业类型已变更为{type}", "The company is of another type now: {type}"),
    "card.company_retyped_before": ("原类型：{type}", "Before: {type}"),
    "card.company_retyped_text": (
        "印章样式随企业类型变化，原有印章均已注销，按新类型重新制发，编码不同，请领取后使用；"
        "由照片制作的和待核对的，请重新添加。以前盖过的文件仍然有效。",
        "Seals look otherwise for this type: all before are cancelled and made anew with other numbers; "
        "collect them to use them. Those from a photo or still to be looked at, please add again. What was "
        "sealed before stays valid.",
    ),
    "card.filings_ended": (
        "原印章的备案随之终止（{count} 项）。新印章领取后，请在「印章备案」重新备案。",
        "The filings of the seals before ended with them ({count}). File the new ones once you have "
        "collected them.",
    ),
    "card.licence_replaced": ("电子营业执照已换发", "The electronic licence was replaced"),
    "card.licence_replaced_text": (
        "登记机关已办理变更登记，原执照不再有效。",
        "The registrar has changed the registration; the licence before is no longer good.",
    ),
}
