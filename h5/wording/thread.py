"""Words of the conversation and of the records of seal use."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "thread.title": ("e章通助手", "ezhang assistant"),
    "thread.log": ("消息", "Messages"),
    "thread.beginning": ("没有更早的消息了", "No earlier messages"),
    "thread.new": ("↓ {count} 条新消息", "↓ {count} new"),
    "thread.announce": ("新消息：{title}", "New message: {title}"),
    "thread.attach": ("发送 PDF 文件去盖章", "Send a PDF to be sealed"),
    "thread.sending": ("正在上传", "Sending"),
    "thread.text": ("输入消息", "Message"),
    "thread.placeholder": ("试试输入「盖章」", "Try “seal”"),
    "thread.send": ("发送", "Send"),
    "thread.menu_apply": ("办理", "Apply"),
    "thread.menu_register": ("企业设立登记", "Register a company"),
    "thread.menu_licence": ("我的执照", "My licence"),
    "thread.menu_seals": ("我的印章", "My seals"),
    "thread.menu_add_seal": ("增加印章", "Add a seal"),
    "thread.menu_pin": ("用印口令", "My PIN"),
    "thread.menu_sessions": ("登录的设备", "My logins"),
    "thread.menu_use": ("用印", "Seal"),
    "thread.menu_seal": ("盖章", "Seal a document"),
    "thread.menu_code": ("输入短码", "Enter a short code"),
    "thread.menu_records": ("用印记录", "Records"),
    "thread.menu_check": ("验真", "Verify"),
    "thread.menu_check_file": ("验真文件", "Verify a file"),
    "thread.menu_check_code": ("输入验真码", "Enter a verification code"),
    "thread.more": ("展开明细（{count} 行）", "Show details ({count} lines)"),
    "thread.no_company": (
        "您名下还没有企业，请先办理企业设立登记。",
        "You have no company yet. Please register one first.",
    ),
    "thread.not_yours": (
        "这由法定代表人或证照管理员办理，请联系他们。",
        "The representative or a manager does this. Please ask them.",
    ),
    "thread.which_company": ("请选择企业", "Which company?"),
    "records.title": ("用印记录", "Records of seal use"),
    "records.empty": ("还没有用印记录。", "No seal has been used yet."),
    "records.more": ("查看更早的记录", "Show earlier records"),
}
