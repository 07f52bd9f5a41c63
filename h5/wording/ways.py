"""Words of the ways of an identity check: the choice, a consent for each, their names on cards."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "ways.title": ("选择核验方式", "How shall we check?"),
    "ways.face": ("人脸核验", "Your face"),
    "ways.face_note": ("用手机摄像头，约一分钟", "By the camera, about a minute"),
    "ways.bank": ("银行卡核验", "Your bank card"),
    "ways.bank_note": ("本人银行卡，由银行比对，不用人脸", "Your own card, compared by the bank, no face"),
    "ways.counter": ("窗口核验", "At a counter"),
    "ways.counter_note": (
        "带身份证到窗口出示核验码，72 小时内有效，不用人脸",
        "Show a code and your ID card to a clerk within 72 hours, no face",
    ),
    "ways.consent_face": (
        "点击即单独同意为本次核验使用您的人脸信息，连同姓名和身份证号；不保存照片。",
        "By going on you agree to the use of your face for this check, with name and ID number; no picture is"
        " kept.",
    ),
    "ways.consent_bank": (
        "点击即同意为本次核验将您的姓名、身份证号、手机号和银行卡号交银行比对；本站不接触卡号，不使用人脸。",
        "By going on you agree that the bank compares your name, ID number, mobile and card number; we never "
        "see the card number, and no face is used.",
    ),
    "ways.consent_counter": (
        "点击即同意窗口人员为本次核验查看您的姓名、身份证号、手机号和身份证原件；不使用人脸。",
        "By going on you agree that a clerk sees your name, ID number, mobile and ID card for this check; no"
        " face is used.",
    ),
    "ways.start": ("同意并开始核验", "Agree and start"),
    "card.identity_face": ("身份核验：人脸核验", "Identity checked by face"),
    "card.identity_bank": ("身份核验：银行卡核验", "Identity checked by bank card"),
    "card.identity_counter": ("身份核验：窗口核验", "Identity checked at a counter"),
    "card.identity_begun": ("已选择窗口核验", "You chose a check at a counter"),
    "card.identity_begun_text": (
        "请在 {time} 前携带身份证到窗口出示核验码；核验后两小时内回来继续办理。",
        "Before {time}, show the code and your ID card at a counter; come back within two hours of that.",
    ),
    "card.identity_begun_not_you": (
        "如果不是您本人操作，请在所有设备上退出。",
        "If this was not you, log out everywhere.",
    ),
    "card.do_identity": ("查看核验码、继续办理", "See the code, go on"),
}
