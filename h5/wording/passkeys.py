"""Words of passkeys: the list, the second factor of a login, their cards."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "passkeys.title": ("通行密钥", "Passkeys"),
    "passkeys.lead": (
        "添加后，每次登录除短信、微信外还要用指纹、面容或设备密码确认。扫码登录由已登录的手机确认，不再另问。",
        "With a passkey, each login by text message or WeChat is confirmed by finger, face or the device's "
        "PIN as well. A login by scan is confirmed by the phone that is logged in and asks for nothing more.",
    ),
    "passkeys.none": ("还没有通行密钥。", "You have no passkey yet."),
    "passkeys.insecure": (
        "这个浏览器在当前地址不能使用通行密钥（需要 https 和域名），这里不提供。"
        "请打开 {origin}，或换一个浏览器。",
        "This browser has no passkeys at this address (they need https and a host name), so none are "
        "offered. Open {origin}, or use another browser.",
    ),
    "passkeys.name": ("名称", "Name"),
    "passkeys.name_note": ("例如：我的手机、办公室电脑", "For example: my phone, office computer"),
    "passkeys.add": ("添加通行密钥", "Add a passkey"),
    "passkeys.first_code": ("短信验证码", "Code by text message"),
    "passkeys.first_code_note": (
        "添加第一把前要确认是您本人：验证码已发到您的登录手机号，填写后再点一次。",
        "Before the first one: a code was sent to the mobile you log in with. Type it and press again.",
    ),
    "passkeys.added_at": ("添加时间", "Added"),
    "passkeys.used_at": ("最近使用", "Last used"),
    "passkeys.never": ("未使用", "never"),
    "passkeys.remove": ("移除", "Remove"),
    "passkeys.added": ("已添加通行密钥", "Passkey added"),
    "passkeys.removed": ("已移除通行密钥", "Passkey removed"),
    "passkeys.note": (
        "添加第一把时，其他设备上的登录会全部退出。建议至少添加两把："
        "全部丢失后要重新核验身份；没有领取过印章的，需联系客服。",
        "Adding the first one logs all your other devices out. Add two at least: when all are lost, your "
        "identity is checked again; who never collected a seal has to contact support.",
    ),
    "passkeys.not_done": (
        "没有完成：已取消、超时，或这台设备不支持。",
        "Not done: cancelled, too late, or this device cannot.",
    ),
    "factor.title": ("请用通行密钥确认", "Confirm with a passkey"),
    "factor.lead": (
        "您设置了通行密钥。请用指纹、面容或设备密码确认登录。",
        "You have set up a passkey. Confirm the login by finger, face or the device's PIN.",
    ),
    "factor.use": ("使用通行密钥", "Use a passkey"),
    "factor.lost": ("通行密钥都丢了", "All my passkeys are lost"),
    "factor.lost_note": (
        "丢失后可以重新核验身份，通过后全部通行密钥会被移除。",
        "Then your identity is checked again; once it passes, all passkeys are removed.",
    ),
    "lost.title": ("通行密钥丢失", "Lost passkeys"),
    "lost.lead": (
        "核验通过后点「继续登录」，全部通行密钥会被移除。选择窗口核验的，请收藏本页，核验后用同一浏览器打开。",
        "Once the check has passed, go on: all passkeys are then removed. For a check at a counter, keep this"
        " page and open it again in the same browser.",
    ),
    "lost.enter": ("继续登录", "Go on and log in"),
    "card.person_passkeys_lost": (
        "已通过身份核验登录，{count} 把通行密钥已移除",
        "Logged in by identity check; passkeys removed: {count}",
    ),
    "card.person_passkeys_lost_text": (
        "如果不是您本人，请立即在所有设备上退出，并联系客服。",
        "If this was not you, log out everywhere at once and contact support.",
    ),
    "factor.insecure": (
        "这个浏览器在当前地址不能使用通行密钥（需要 https 和域名）。"
        "请换到可用的地址，或用已登录的手机扫码登录。",
        "This browser has no passkeys at this address (they need https and a host name). Open another "
        "address, or log in by scan with a phone that is logged in.",
    ),
    "card.person_passkey_added": ("已添加通行密钥「{name}」", "Passkey “{name}” added"),
    "card.person_passkey_added_text": (
        "如果不是您本人操作，请立即移除它，并在所有设备上退出。",
        "If this was not you, remove it at once and log out everywhere.",
    ),
    "card.person_passkey_added_first": (
        "以后登录要用它确认；其他设备上的登录已全部退出。",
        "Logins are confirmed with it from now on; all other devices were logged out.",
    ),
    "card.person_passkey_removed": ("已移除通行密钥「{name}」", "Passkey “{name}” removed"),
    "card.person_passkey_removed_text": (
        "如果不是您本人操作，请立即在所有设备上退出。",
        "If this was not you, log out everywhere at once.",
    ),
    "card.person_passkey_failed": ("通行密钥验证没有通过", "A passkey was refused"),
    "card.person_passkey_failed_wrong": (
        "有人通过了第一步，但没有正确的通行密钥。如果不是您本人，请留意您的短信和微信是否被他人使用。",
        "The first step was passed, but not the passkey. If this was not you, somebody may be reading your "
        "messages or using your WeChat.",
    ),
    "card.person_passkey_failed_count": (
        "通行密钥的计数没有增加，它可能被复制过。请移除这一把，换新的。",
        "The counter of the passkey did not go up: there may be a copy of it. Remove it and add a new one.",
    ),
    "card.passkey_unnamed": ("（名称已删除）", "(name erased)"),
}
