"""Words of closing one's account."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "closing.title": ("注销账户", "Close the account"),
    "closing.link": ("注销账户", "Close my account"),
    "closing.lead": (
        "注销后不能恢复。用同一手机号再次登录，将是一个新账户。",
        "It cannot be undone. Whoever logs in with this mobile later has another account.",
    ),
    "closing.goes_title": ("立即删除", "Erased at once"),
    "closing.goes": (
        "姓名、身份证号码、手机号码，登录记录中的浏览器和地址，通行密钥、已登记的手机、微信绑定、用印口令和密钥，"
        "您在会话中写的文字，未获准的企业登记申请。您的人员身份和用印授权同时终止。",
        "Your name, ID number and mobile, browsers and addresses of logins, passkeys, enrolled phones, "
        "WeChat, PIN and keys, what you wrote in the conversation, applications that were rejected. "
        "Memberships and grants end too.",
    ),
    "closing.stays_title": ("依法保存", "Kept, as the law asks"),
    "closing.stays": (
        "您代表企业办理的事项属于企业的印章制作和使用档案（登记申请、营业执照、人员授权、用印记录），"
        "须保存到企业最后一张证书到期五年后，到期删除；操作记录只留编号，不含姓名和号码。",
        "What you did for companies is part of their archive (applications, licences, memberships, "
        "sealings): it is kept until five years after the company's last certificate ended, then erased. "
        "The log has ids, and no name or number.",
    ),
    "closing.hindered": ("现在不能注销", "It cannot be closed now"),
    "closing.send": ("获取验证码", "Send me a code"),
    "closing.again": ("重新获取验证码", "Send another code"),
    "closing.code": ("短信验证码", "Code by text message"),
    "closing.sent": ("验证码已发送到您的手机", "A code was sent to your mobile"),
    "closing.close": ("确认注销账户", "Close the account"),
}
