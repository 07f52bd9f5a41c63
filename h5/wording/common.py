"""Words of every page, of every script (`js`), and of the login."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "app.name": ("e章通", "ezhang"),
    "app.sandbox": ("沙箱环境", "Sandbox"),
    "app.sandbox_note": ("仅供试用，无法律效力", "for trying out, without legal effect"),
    "app.needs_script": (
        "这个页面需要启用 JavaScript 才能使用。",
        "This page needs JavaScript to be switched on.",
    ),
    "app.other_language": ("English", "中文"),
    "app.menu": ("菜单", "Menu"),
    "app.nav_seal": ("用印", "Seal"),
    "app.nav_verify": ("验真", "Verify"),
    "app.nav_thread": ("消息", "Messages"),
    "app.login": ("登录", "Log in"),
    "app.logout": ("退出", "Log out"),
    "error.title": ("这个页面打不开", "This page cannot be shown"),
    "error.home": ("回到首页", "To the start page"),
    "app.back_to_thread": ("返回消息", "Back to messages"),
    "js.no_network": (
        "网络不通，请检查网络后再试。",
        "There is no connection. Please check the network and try again.",
    ),
    "js.failed": ("系统出了点问题，请稍后再试。", "Something went wrong. Please try again in a moment."),
    "js.pad": ("数字键盘", "Digits"),
    "js.pad_erase": ("退格", "Delete"),
    "js.pad_shuffle": ("打乱数字", "Shuffle the digits"),
    "js.pad_system": ("用系统键盘", "Use the system's keyboard"),
    "js.pad_own": ("用安全键盘", "Use the pad of digits"),
    "js.pad_typed": ("已输入 {count} 位", "Digits entered: {count}"),
    "js.close": ("关闭", "Close"),
    "js.cancel": ("取消", "Cancel"),
    "login.title": ("登录", "Log in"),
    "login.lead": (
        "企业开办、领章、用印、验真，一部手机办完",
        "Register, collect seals, seal and verify on one phone",
    ),
    "login.mobile": ("手机号", "Mobile number"),
    "login.mobile_missing": ("请输入手机号。", "Please enter your mobile number."),
    "login.send": ("获取验证码", "Send me a code"),
    "login.sent": ("验证码已发送至 {mobile}", "A code was sent to {mobile}"),
    "login.code": ("短信验证码", "Code from the text message"),
    "login.code_missing": ("请输入短信里的验证码。", "Please enter the code from the text message."),
    "login.enter": ("登录", "Log in"),
    "login.again": ("重新发送", "Send again"),
    "login.again_in": ("{seconds} 秒后可重新发送", "Send again in {seconds} s"),
    "login.other": ("换一个手机号", "Use another number"),
    "login.sandbox": ("沙箱环境不会真的发短信，", "The sandbox sends no real messages:"),
    "login.inbox": ("打开短信收件箱查看验证码", "open the inbox to see the code"),
    "login.host": ("您正在访问 {host}", "You are visiting {host}"),
}
