"""Words of the PIN's life: its page, its cards, identity checks that unlock, un-freeze and reset."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "pins.title": ("用印口令", "Your PIN"),
    "pins.state_none": ("您还没有用印口令，领取印章时会设置。", "You have no PIN yet; collecting sets it."),
    "pins.state_good": ("口令有效，请在 {time} 前更改。", "Your PIN is good. Change it before {time}."),
    "pins.state_ageing": (
        "口令快到期了：请在 {time} 前更改，否则不能确认用印。",
        "Your PIN grows old: change it before {time}, or it confirms nothing.",
    ),
    "pins.state_too_old": (
        "口令已到期，更改后才能确认用印。",
        "Your PIN is too old. It confirms nothing until you change it.",
    ),
    "pins.state_wait": (
        "口令刚刚输错过，{time} 后可以再试，还可以试 {count} 次。",
        "The PIN was wrong just now. Try again after {time}; tries left: {count}.",
    ),
    "pins.state_locked": (
        "口令已锁定。做一次身份核验即可解锁，口令不变。",
        "Your PIN is locked. An identity check unlocks it; the PIN stays the same.",
    ),
    "pins.unlock": ("核验身份并解锁", "Unlock by identity check"),
    "pins.change_title": ("更改口令", "Change the PIN"),
    "pins.old": ("原口令", "The old PIN"),
    "pins.new": ("新口令", "The new PIN"),
    "pins.again": ("再输入一次新口令", "The new PIN again"),
    "pins.old_missing": ("请输入原口令。", "Enter the old PIN."),
    "pins.change": ("更改口令", "Change it"),
    "pins.changed": ("口令已更改。", "Your PIN is changed."),
    "pins.forgotten_title": ("忘记口令", "Forgotten?"),
    "pins.forgotten_text": (
        "没有人能找回口令。核验身份后向{authority}提交重置申请；批准后，您名下企业的印章密钥作废、证书吊销，"
        "编码和印模不变，由您重新领取并设置新口令。以前盖过的文件不受影响。",
        "Nobody can recover a PIN. After an identity check you apply to {authority}. Once "
        "it approves, the keys of your companies' seals end and their certificates are revoked; numbers and "
        "imprints stay. You collect them anew with a new PIN. Documents sealed before stay as they are.",
    ),
    "pins.apply": ("核验身份并申请重置", "Apply by identity check"),
    "pins.reset_waits": (
        "重置申请已提交，正在等待主管部门审批。",
        "Your application waits for the authority's approval.",
    ),
    "pins.reset_rejected": ("重置申请未获批准：{reason}", "The application was refused: {reason}"),
    "identity.title": ("身份核验", "Identity check"),
    "identity.waiting": ("等待核验结果", "Waiting for the result"),
    "identity.waiting_text": (
        "核验完成后，这里会自动继续。如果中途退出了，可以接着核验。",
        "This page goes on by itself once the check is done. If you left it, go back to it.",
    ),
    "identity.go_on": ("继续核验", "Back to the check"),
    "identity.waiting_counter": (
        "请在 {time} 前携带身份证到窗口，出示核验码。"
        "可以先离开，之后从消息里回到这里；核验后请在两小时内继续。",
        "Before {time}, show the code and your ID card at a counter. You can leave and come back here from "
        "your messages; go on within two hours of the check.",
    ),
    "identity.see_code": ("查看核验码", "See the code"),
    "identity.working": ("核验已通过，正在办理", "Passed, one moment"),
    "identity.done_unlock": ("口令已解锁", "Your PIN is unlocked"),
    "identity.done_unfreeze": ("印章已恢复", "The seal is resumed"),
    "identity.done_reset": ("重置申请已提交", "Your application was handed in"),
    "identity.failed": ("没有办成", "That did not work"),
    "identity.refused": (
        "身份核验没有通过，请重新办理。",
        "The identity check was not passed. Please start again.",
    ),
    "identity.expired": ("身份核验已超时，请重新办理。", "The identity check is over. Please start again."),
    "identity.to_pin": ("用印口令", "Your PIN"),
    "card.do_pin": ("用印口令", "Your PIN"),
    "card.pin_wrong": ("用印口令输错", "A wrong PIN"),
    "card.pin_wrong_text": (
        "有人用您的登录输错了用印口令。如果不是您本人操作，请退出所有登录。",
        "A wrong PIN was entered in one of your logins. If it was not you, log out everywhere.",
    ),
    "card.pin_locked": ("用印口令已锁定", "Your PIN is locked"),
    "card.pin_locked_text": (
        "连续输错 5 次，已锁定。做一次身份核验即可解锁。",
        "Five wrong in a row. An identity check unlocks it.",
    ),
    "card.holder_locked": ("用印人的口令已锁定", "A holder's PIN is locked"),
    "card.holder_locked_text": (
        "连续输错 5 次，由其本人核验身份后解锁。",
        "Five wrong in a row; he unlocks it by his identity check.",
    ),
    "card.pin_unlocked": ("用印口令已解锁", "Your PIN is unlocked"),
    "card.pin_unlocked_text": ("口令没有改变。", "The PIN is the same as before."),
    "card.pin_changed": ("用印口令已更改", "Your PIN was changed"),
    "card.pin_changed_text": (
        "以后用新口令确认。如果不是您本人操作，请立即暂停印章。",
        "The new one confirms from now on. If it was not you, suspend your seals at once.",
    ),
    "card.pin_ageing": ("用印口令该更改了", "Your PIN should be changed"),
    "card.pin_ageing_text": (
        "请在 {time} 前更改，否则不能确认用印。",
        "Change it before {time}, or it confirms nothing.",
    ),
    "card.pin_reset_applied": ("已申请重置用印口令", "You applied to reset your PIN"),
    "card.pin_reset_waits": ("等待主管部门审批", "waiting for the authority"),
    "card.pin_reset_done": ("已批准", "approved"),
    "card.pin_reset_rejected": ("未获批准", "refused"),
    "card.pin_reset_refused": ("重置申请未获批准", "The application was refused"),
    "card.pin_reset": ("口令重置已获批准", "The reset was approved"),
    "card.pin_reset_text": (
        "原口令已作废。请重新领取印章，并设置新口令。",
        "The old PIN is void. Collect the seals anew and set a new one.",
    ),
}
