"""Words of logging in, of the list of logins, and of their cards."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "sessions.title": ("登录的设备", "Where you are logged in"),
    "sessions.lead": (
        "看到不认识的设备，请立即让它退出。",
        "If you do not know a device, log it out at once.",
    ),
    "sessions.here": ("本机", "this one"),
    "sessions.address": ("网络", "Network"),
    "sessions.way": ("登录方式", "Logged in by"),
    "sessions.way_sms": ("短信验证码", "text message"),
    "sessions.way_scan": ("手机扫码", "scan with the phone"),
    "sessions.way_wechat": ("微信", "WeChat"),
    "sessions.began": ("登录时间", "Since"),
    "sessions.seen": ("最近使用", "Last used"),
    "sessions.ends": ("最迟退出", "Ends by"),
    "sessions.end": ("让这台设备退出", "Log this device out"),
    "sessions.end_here": ("在本机退出", "Log out here"),
    "sessions.end_all": ("在所有设备上退出", "Log out everywhere"),
    "sessions.end_all_title": ("在所有设备上退出？", "Log out everywhere?"),
    "sessions.end_all_text": (
        "包括本机在内，所有设备都要重新登录，微信登录也要重新绑定。正在进行的用印不会丢失。",
        "All devices have to log in again, this one too, and a WeChat account has to be bound again. "
        "Documents under way are not lost.",
    ),
    "sessions.ended": ("已退出", "Logged out"),
    "sessions.note": (
        "{minutes} 分钟不用会自动退出；登录最长保持 {hours} 小时。网络地址只显示一部分，据此不能确定地点。",
        "You are logged out after {minutes} minutes without use, and after {hours} hours at the latest. "
        "Only the network part of an address is shown; it is no place.",
    ),
    "login.wechat": ("微信登录", "Log in by WeChat"),
    "wechat.title": ("微信登录", "Log in by WeChat"),
    "wechat.coming": ("正在登录…", "Logging in…"),
    "wechat.bind": (
        "这个微信号第一次登录，请验证手机号。以后用微信即可直接登录。",
        "This WeChat account is new here. Verify your mobile number once; from then on WeChat is enough.",
    ),
    "wechat.declined": ("您在微信中没有同意登录。", "You did not allow the login in WeChat."),
    "wechat.nothing": ("没有要继续的微信登录。", "There is no login to go on with."),
    "wechat.again": ("回到登录页", "To the login page"),
    "scan.title": ("用手机扫码登录", "Log in with your phone"),
    "scan.lead": (
        "用已登录的手机扫一扫，在手机上核对后输入下面的两位数字。",
        "Scan with a phone that is logged in, check what it shows, and enter the two digits there.",
    ),
    "scan.qr": ("登录用的二维码", "QR code to log in"),
    "scan.digits": ("手机上要输入这两位数字", "Enter these two digits on the phone"),
    "scan.ends_in": ("{seconds} 秒后自动更换", "A new one in {seconds} s"),
    "scan.claimed": ("{who} 已扫码，请在手机上确认", "Scanned by {who}; please confirm on the phone"),
    "scan.confirmed": ("已确认，正在登录", "Confirmed, logging in"),
    "scan.over_refused": ("手机上没有同意，或数字不对", "It was refused, or the digits were wrong"),
    "scan.over_idle": ("二维码已过期", "The QR code has expired"),
    "scan.fresh": ("换新二维码", "New QR code"),
    "scan.or": ("或用短信验证码登录", "or by a text message"),
    "scanned.title": ("登录电脑端", "Log a computer in"),
    "scanned.loading": ("正在打开…", "Opening…"),
    "scanned.heading": ("让这台电脑用您的身份登录吗？", "Let this computer log in as you?"),
    "scanned.browser": ("浏览器", "Browser"),
    "scanned.address": ("网络", "Network"),
    "scanned.asked_at": ("请求时间", "Asked at"),
    "scanned.host": ("登录网站", "Site"),
    "scanned.other_network": (
        "这台电脑和您的手机不在同一个网络。如果电脑不在您面前，请取消。",
        "This computer is not in the same network as your phone. If it is not before you, cancel.",
    ),
    "scanned.digits": ("电脑屏幕上的两位数字", "The two digits on the computer screen"),
    "scanned.digits_note": (
        "只输入您亲眼看到的电脑上的数字；别人告诉您的不要输入。输错一次就作废。",
        "Enter only what you see on the computer yourself, never what somebody tells you. "
        "One wrong entry ends it.",
    ),
    "scanned.digits_missing": ("请输入两位数字。", "Please enter the two digits."),
    "scanned.confirm": ("确认登录", "Let it log in"),
    "scanned.cancel": ("取消", "Cancel"),
    "scanned.ends_in": ("请在 {time} 内确认", "Please confirm within {time}"),
    "scanned.done_title": ("已同意登录", "The computer is logged in"),
    "scanned.done_text": (
        "用完请在电脑上退出；也可以在「登录的设备」里让它退出。",
        "Log out there when you are done; “My logins” can do it too.",
    ),
    "scanned.logins": ("登录的设备", "My logins"),
    "scanned.cancelled_title": ("已取消", "Cancelled"),
    "scanned.cancelled_text": ("那台电脑没有登录。", "That computer was not logged in."),
    "scanned.ended_title": ("不能继续登录", "This cannot be confirmed"),
    "scanned.expired_text": (
        "确认时间已过。请在电脑上换新二维码，再扫一次。",
        "The time is over. Show a new code on the computer and scan it.",
    ),
    "scanned.no_token_text": (
        "请扫电脑登录页上的二维码。",
        "Scan the QR code on the computer's login page.",
    ),
    "card.login_browser": ("设备：{browser}", "Device: {browser}"),
    "card.login_address": ("网络：{address}", "Network: {address}"),
    "card.login_at": ("时间：{time}", "Time: {time}"),
    "card.person_new_device": ("在新设备上登录", "Login on a new device"),
    "card.person_new_device_text": (
        "如果不是您本人，请立即让它退出。",
        "If this was not you, log it out at once.",
    ),
    "card.person_login_failed": ("有人输错了您的登录验证码", "A wrong login code was entered"),
    "card.person_login_failed_text": (
        "没有登录成功。如果不是您本人，请勿把验证码告诉任何人。",
        "It did not log in. If this was not you, tell your codes to nobody.",
    ),
    "card.person_scan_refused": ("扫码没有通过", "A scan was refused"),
    "card.person_scan_refused_text": (
        "扫的二维码无效、已过期、已被别的手机扫过，或与您无关。别人发来的二维码请不要扫。",
        "The code is unknown, over, was scanned by another phone, or is not for you. Scan none that somebody "
        "sends you.",
    ),
    "card.person_login_refused": ("扫码登录没有通过", "A login by scan was refused"),
    "card.person_login_refused_digits": (
        "手机上输入的两位数字不对，这次登录已作废。如果不是您本人操作，请勿再扫不认识的二维码。",
        "The two digits were wrong, so it is void. If this was not you, scan no code that you do not know.",
    ),
    "card.person_login_refused_cancelled": ("您在手机上取消了这次登录。", "You cancelled it on the phone."),
    "card.person_wechat_bound": ("微信已绑定", "WeChat account bound"),
    "card.person_wechat_bound_text": (
        "以后可以用这个微信号登录。如果不是您本人操作，请立即在所有设备上退出，并联系客服。",
        "It logs you in from now on. If this was not you, log out everywhere at once and contact support.",
    ),
    "card.person_session_ended": ("一台设备已退出登录", "A device was logged out"),
    "card.person_sessions_ended": ("已在所有设备上退出（{count} 台）", "Logged out everywhere ({count})"),
    "card.person_sessions_ended_text": ("由上面这台设备操作。", "Done from the device above."),
    "card.do_sessions": ("查看登录的设备", "See where you are logged in"),
}
