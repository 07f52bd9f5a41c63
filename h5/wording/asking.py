"""Words of what a member with a letter of authorisation asks of a seal, and what came of it."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "life.ask": ("申请办理", "Ask for a change"),
    "life.ask_suspend": ("暂停使用", "suspend"),
    "life.ask_resume": ("恢复使用", "resume"),
    "life.ask_cancel": ("停止使用（注销）", "cancel for good"),
    "life.ask_choose": ("{name}：要申请什么", "{name}: what do you ask for"),
    "life.ask_short": ("由法定代表人确认后办理", "the representative confirms it"),
    "life.ask_title": ("申请：{what}", "Ask to {what}"),
    "life.ask_note": (
        "凭企业为您出具的授权委托书申请。法定代表人用口令确认后才会办理，7 天内不处理即失效。",
        "You ask on the letter of authorisation that was made for you. Nothing changes before the "
        "representative confirms it; after 7 days it is void.",
    ),
    "life.ask_reason": ("理由", "Reason"),
    "life.ask_send": ("提交申请", "Send"),
    "life.ask_sent": ("已提交，等待法定代表人处理", "Sent; it waits for the representative"),
    "life.ask_missing": ("请填写", "Please fill this in"),
    "life.ask_by": ("{who} 申请{what}", "{who} asks to {what}"),
    "life.ask_mine": ("您已申请{what}，等待法定代表人处理", "You asked to {what}; it waits"),
    "life.ask_why": ("理由：{reason}", "Reason: {reason}"),
    "life.ask_letter": ("授权委托书 {number}", "Letter of authorisation {number}"),
    "life.ask_until": ("请在 {time} 前处理", "Decide before {time}"),
    "life.ask_agree": ("同意并办理", "Agree"),
    "life.ask_decline": ("不同意", "Decline"),
    "life.ask_decline_title": ("不同意：{what}", "Decline: {what}"),
    "life.ask_decline_note": ("申请人会看到您写的理由。", "Who asked will read the reason."),
    "life.ask_declined": ("已告知申请人", "Declined; who asked is told"),
    "card.ask_made": ("申请印章{what}", "Asked for a seal: {what}"),
    "card.ask_letter": ("依据授权委托书 {number}", "On the letter of authorisation {number}"),
    "card.ask_state_waiting": ("等待法定代表人处理", "waits for the representative"),
    "card.ask_state_done": ("已办理", "carried out"),
    "card.ask_state_declined": ("未同意", "declined"),
    "card.ask_state_lapsed": ("已失效", "void"),
    "card.ask_state_moot": ("已不需办理", "no longer needed"),
    "card.ask_done": ("已按申请办理：{what}", "Carried out as asked: {what}"),
    "card.ask_declined": ("法定代表人未同意：{what}", "The representative declined: {what}"),
    "card.ask_lapsed": ("申请已失效：{what}", "No longer asked: {what}"),
    "card.ask_lapsed_text": (
        "期限内没有处理，或授权委托已终止。需要时请重新申请。",
        "It was not decided in time, or the authorisation has ended. Ask again if it is still needed.",
    ),
    "card.ask_moot": ("申请已不需办理：{what}", "No longer needed: {what}"),
    "card.ask_moot_text": ("印章状态已变化。", "The seal's state has changed."),
    "card.do_ask": ("去处理", "Decide"),
}
