"""Words of the devices that may confirm, of the code by text message, and of their cards."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "devices.title": ("确认用印的设备", "Devices that confirm"),
    "devices.lead": (
        "用印要由登记过的设备确认：只有口令还不够。密钥只在设备里，取不出来。",
        "A seal is used only from an enrolled device; the PIN alone is not enough. The key never leaves it.",
    ),
    "devices.none": ("还没有登记的设备。", "No device is enrolled yet."),
    "devices.here": ("本机", "this one"),
    "devices.enrolled_at": ("登记时间", "Enrolled"),
    "devices.last_used": ("最近确认", "Last confirmed"),
    "devices.never": ("尚未使用", "not yet"),
    "devices.remove": ("移除这台设备", "Remove this device"),
    "devices.remove_here": ("移除本机", "Remove this device"),
    "devices.remove_title": ("移除这台设备？", "Remove this device?"),
    "devices.remove_text": (
        "移除后它立即不能确认用印。要再登记，须重新核验身份。手机丢失时请移除它，并让它退出登录。",
        "It can confirm nothing from now on; to enrol it again takes an identity check. "
        "If a phone is lost, remove it and log it out.",
    ),
    "devices.removed": ("已移除", "Removed"),
    "devices.add": ("登记本机", "Enrol this device"),
    "devices.add_text": (
        "先核验身份，再输入用印口令。您的其他设备会收到通知。",
        "First an identity check, then your PIN. Your other devices are told.",
    ),
    "devices.unable": (
        "这个浏览器不能保存密钥（例如经 http 打开）。在这里确认用印时，用短信验证码。",
        "This browser cannot keep a key (over plain http, for one). "
        "To confirm here, use a code by text message.",
    ),
    "devices.check_failed": ("身份核验没有通过，请重新开始。", "The check did not pass. Please start again."),
    "devices.pin_title": ("输入用印口令", "Enter your PIN"),
    "devices.pin": ("用印口令", "PIN"),
    "devices.pin_missing": ("请输入用印口令。", "Please enter your PIN."),
    "devices.enrol": ("登记", "Enrol"),
    "devices.done": ("本机已登记，可以确认用印", "This device is enrolled and can confirm"),
    "devices.logins": ("登录的设备", "Where you are logged in"),
    "sessions.devices": ("确认用印的设备", "Devices that confirm"),
    "confirm.code": ("短信验证码", "Code by text message"),
    "confirm.code_note": (
        "本机没有登记为确认设备。验证码会发到您领取印章时核验过的手机号；短信里写明要确认的内容，请核对。",
        "This device is not enrolled. The code goes to the mobile that was checked when you collected the "
        "seals; the message says what you confirm, so read it.",
    ),
    "confirm.code_note_enrol": (
        "这个浏览器不能保存密钥。验证码会发到本次身份核验的手机号，请核对短信内容。",
        "This browser cannot keep a key. The code goes to the mobile of this check; read the message.",
    ),
    "confirm.code_send": ("发送验证码", "Send me a code"),
    "confirm.code_again": ("{seconds} 秒后可重新发送", "Send again in {seconds} s"),
    "confirm.code_sent": ("已发送，请查看短信", "Sent; look at your messages"),
    "confirm.code_missing": ("请输入短信验证码。", "Please enter the code."),
    "confirm.enrol": ("登记本机，以后不再需要短信", "Enrol this device, then no code is needed"),
    "card.device_enrolled": ("一台设备可以确认用印了", "A device can confirm now"),
    "card.device_enrolled_collection": ("领取印章时登记。", "Enrolled when the seals were collected."),
    "card.device_enrolled_check": (
        "经身份核验和口令登记。如果不是您本人，请立即移除它、暂停印章，并联系客服。",
        "Enrolled by an identity check and the PIN. If this was not you, remove it at once, suspend the "
        "seals and contact support.",
    ),
    "card.device_removed": ("一台设备不再能确认用印", "A device can no longer confirm"),
    "card.device_removed_text": (
        "如果不是您移除的，请查看登录的设备。",
        "If you did not remove it, see where you are logged in.",
    ),
    "card.do_devices": ("查看确认设备", "See the devices that confirm"),
    "card.certified_device": (
        "领取由手机的设备密钥签名",
        "Collecting was signed by the phone's device key",
    ),
    "card.certified_sms": ("领取由短信验证码确认", "Collecting was confirmed by a code by text message"),
    "card.pin_changed_device": ("由登记过的手机确认", "Confirmed by an enrolled phone"),
    "card.pin_changed_sms": ("由短信验证码确认", "Confirmed by a code by text message"),
    "card.signing_by_sms": ("由短信验证码确认", "Confirmed by a code by text message"),
}
