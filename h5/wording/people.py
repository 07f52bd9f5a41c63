"""Words of a company's people: managers and agents, inviting and removing them."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "people.mandate": ("授权委托书（PDF）", "Authorisation (PDF)"),
    "people.title": ("企业人员", "People"),
    "people.lead": (
        "证照管理员最多 5 名，可以邀请办事人；办事人在授权期限内替企业办事。移除后立即失效。",
        "Up to 5 managers, who may invite agents; an agent acts within the period. Removal acts at once.",
    ),
    "people.none": ("还没有其他人员。", "There is nobody else yet."),
    "people.comma": ("、", ", "),
    "people.role": ("人员类型", "Role"),
    "people.role_manager": ("证照管理员", "Manager"),
    "people.role_manager_note": (
        "管理办事人，出示执照，申请用印",
        "manages agents, presents the licence, asks for seals",
    ),
    "people.role_agent": ("办事人", "Agent"),
    "people.role_agent_note": ("按授权事项和期限办事", "acts in the matters and for the period you say"),
    "people.state_invited": ("待接受", "Invited"),
    "people.state_active": ("已生效", "Active"),
    "people.ends": ("有效期至", "Until"),
    "people.invitation_ends": ("邀请有效期至", "Invitation until"),
    "people.matters": ("授权事项", "Matters"),
    "people.all": ("全部事项", "everything"),
    "people.all_choice": ("全业务授权", "Everything an agent can do"),
    "people.some_choice": ("只授权以下事项", "Only these matters"),
    "people.matter_present": ("出示执照", "presenting the licence"),
    "people.matter_ask": ("申请用印", "asking for seals"),
    "people.matter_life": ("申请印章暂停、恢复、注销", "asking to suspend, resume or cancel seals"),
    "people.days": ("授权期限（天）", "Period (days)"),
    "people.days_note": (
        "默认 30 天，最长 365 天，到期自动结束。",
        "30 days unless changed, at most 365; it ends by itself.",
    ),
    "people.name": ("姓名", "Name"),
    "people.id_number": ("身份证号", "ID number"),
    "people.mobile": ("手机号", "Mobile number"),
    "people.mobile_note": (
        "对方用这个手机号登录后，在消息里接受邀请。",
        "They log in with this number and accept in their messages.",
    ),
    "people.invite": ("邀请人员", "Invite somebody"),
    "people.send": ("发出邀请", "Send the invitation"),
    "people.sent": ("邀请已发出", "The invitation was sent"),
    "people.remove": ("移除", "Remove"),
    "people.remove_title": ("移除{name}？", "Remove {name}?"),
    "people.remove_text": (
        "移除后立即不能再替企业办事。",
        "From this moment on they cannot act for the company.",
    ),
    "people.removed": ("已移除", "Removed"),
    "people.missing": ("请填写这一项。", "Please fill this in."),
    "people.to": ("企业人员", "People"),
    "card.do_people": ("查看企业人员", "See the people"),
    "card.do_accept": ("接受", "Accept"),
    "card.do_decline": ("婉拒", "Decline"),
    "card.member_who": ("人员：{who}", "Who: {who}"),
    "card.member_role": ("身份：{role}", "Role: {role}"),
    "card.member_matters": ("授权事项：{matters}", "Matters: {matters}"),
    "card.member_days": ("授权期限：{days} 天", "Period: {days} days"),
    "card.member_invited": ("已发出人员邀请", "Somebody was invited"),
    "card.member_invited_you": ("邀请您替企业办事", "You are invited to act for a company"),
    "card.member_text": (
        "如果您不认识这家企业，请婉拒。",
        "If you do not know this company, please decline.",
    ),
    "card.member_until": ("请在 {time} 前答复", "Please answer before {time}"),
    "card.member_ends": ("有效期至 {time}", "Until {time}"),
    "card.member_accepted": ("人员已接受邀请", "The invitation was accepted"),
    "card.member_accepted_you": ("您已接受邀请", "You accepted the invitation"),
    "card.member_accepted_text": (
        "要自己确认用印，须先由法定代表人把印章授权给您，消息会发到这里。",
        "To confirm sealing yourself, the representative must first grant you a seal; a message comes here.",
    ),
    "card.member_declined": ("人员婉拒了邀请", "The invitation was declined"),
    "card.member_removed": ("人员已移除", "A member was removed"),
    "card.member_expired": ("人员邀请或授权已到期", "An invitation or membership has ended"),
    "card.member_voided": ("人员授权已作废", "A membership is void"),
    "card.member_voided_text": (
        "法定代表人已变更，原有授权全部作废，未完成的用印也已终止。需要的，由新的法定代表人重新邀请。",
        "The legal representative has changed: all that was granted is void, and unfinished signings ended. "
        "Where needed, the new representative invites again.",
    ),
}
