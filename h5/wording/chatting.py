"""Words of what the assistant understands besides the first few, and of what it suggests."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "chat.near": ("您是不是想找：", "Did you mean:"),
    "chat.devices_text": (
        "换了手机，在确认设备里添加新手机；手机丢了，在这里移除它，并让它退出登录。",
        "Enrol a new phone among the devices that confirm; remove a lost one there, and log it out.",
    ),
    "chat.sessions": ("登录的设备", "Where you are logged in"),
    "chat.sessions_text": (
        "看看在哪些设备上登录着，不认识的可以让它退出。",
        "See where you are logged in, and end what you do not know.",
    ),
    "chat.passkeys": ("通行密钥", "Passkeys"),
    "chat.passkeys_text": (
        "用指纹或面容作登录的第二步，在登录设备页添加或移除。",
        "Fingerprint or face as the second step of a login. Add or remove them on the page of logins.",
    ),
    "chat.approve": ("用印审批", "Approval"),
    "chat.approve_text": (
        "等您审批的用印会作为消息出现在这里。由谁审批、多少金额以上要审批，在印章页设置。",
        "What waits for your approval is a message here. Who approves, and above what amount, is set on the "
        "seal's page.",
    ),
    "chat.short_code": ("输入短码确认", "Confirm by a short code"),
    "chat.short_code_text": (
        "扫不了码时，输入电脑屏幕上二维码下面的短码。",
        "Where you cannot scan, type the short code that stands below the QR code on the PC.",
    ),
    "chat.photo": ("用照片做印章", "A seal from a photo"),
    "chat.photo_text": (
        "把实物印章盖在白纸上拍一张，去掉白底就是印模；也可以直接把照片发到这里。",
        "Stamp a white sheet and photograph it: the imprint is taken out. You can send the photo here, too.",
    ),
    "chat.add_seal": ("增加印章", "Adding a seal"),
    "chat.add_seal_text": (
        "业务用章、部门章、分支机构章和名章都可以增加，印模现场生成。",
        "Business, department, branch and name seals; the imprint is drawn as you fill in the form.",
    ),
    "chat.collect": ("领取印章", "Collecting the seals"),
    "chat.nothing_to_collect": ("没有待领取的印章", "There is no seal to collect"),
    "chat.nothing_to_collect_text": ("您的印章在印章页。", "Your seals are on their page."),
    "chat.scan": ("扫一扫", "Scan a code"),
    "chat.scan_text": (
        "对准本站的二维码；二维码的照片也可以直接发到这里。",
        "Point the camera at a QR code of this site. You can send a photo of one here, too.",
    ),
    "chat.renew": ("证书到期和续期", "When a certificate ends"),
    "chat.renew_text": (
        "到期前 60 天起会在这里提醒，到印章页点「续期」后重新领取；以前盖过的文件仍然有效。",
        "You are reminded here from 60 days before. Renew it on the seal's page and collect it again; "
        "what was sealed before stays valid.",
    ),
    "chat.cancel": ("取消用印，或盖错了", "Cancelling, or sealed by mistake"),
    "chat.cancel_text": (
        "还没确认的，在它的消息里点「取消这次用印」。已经盖好的不能撤回，请与对方商定后另签一份。",
        "What waits is cancelled on its message. What is sealed cannot be taken back: agree with the other "
        "side and sign another document.",
    ),
    "chat.registrar": ("这件事在登记机关办理", "This is done at the registrar"),
    "chat.registrar_text": (
        "变更企业名称、法定代表人、类型，以及注销企业，都在登记机关办理；登记后这里自动更新，不用再申请。",
        "Name, legal representative, type and the end of a company are registered there. Here it follows by "
        "itself.",
    ),
    "chat.switch_company": ("切换企业", "Another company"),
    "chat.switch_company_text": (
        "名下有几家企业的，点页首的企业名称切换；每家有自己的消息。",
        "With several companies, tap the company's name at the top. Each has its own messages.",
    ),
    "chat.fees": ("不收费用", "It is free"),
    "chat.fees_text": (
        "电子营业执照、电子印章和数字证书的发放都不收费用。",
        "The licence, the seals and their certificates are issued free of charge.",
    ),
    "chat.display": ("显示", "Display"),
    "chat.display_text": (
        "可选浅色、深色和更大的字；中文和英文在页首切换。",
        "Light, dark and larger letters. The language is changed at the top of the page.",
    ),
    "chat.thanks": ("不客气，随时找我。", "You are welcome."),
    "chat.papers": ("平台出具的文书", "Papers from the platform"),
    "chat.deposit": ("打款验证", "Verifying by a payment"),
    "chat.alerts": ("消息提醒", "Alerts"),
    "chat.closing": ("注销您的账户", "Closing your account"),
    "card.do_short_code": ("输入短码", "Enter a short code"),
    "card.do_photo": ("拍照采集印模", "Imprint from a photo"),
    "say.seal": ("盖章", "seal"),
    "say.seals": ("我的印章", "my seals"),
    "say.licence": ("执照", "licence"),
    "say.register": ("登记", "register"),
    "say.pin": ("口令", "PIN"),
    "say.freeze": ("暂停", "suspend"),
    "say.people": ("授权", "grant"),
    "say.approve": ("审批", "approval"),
    "say.devices": ("换手机", "devices"),
    "say.records": ("用印记录", "records"),
}
