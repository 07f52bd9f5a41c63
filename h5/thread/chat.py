"""What the assistant understands and answers: a table of words, no guessing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from auth.errors import Invalid
from auth.tokens import check_code

__all__ = ["MAX_TEXT", "Understood", "checked_text", "understand"]

MAX_TEXT = 500
JOINER = "\u200d"  # holds emoji together; every other format character could hide or turn text
REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})

# Full-width signs are plain ones by then (NFKC).
_ENDS = " .。!?~,、"
_VERIFY = re.compile(
    r"(?:请|帮我|我要|我想|please )*(?:验真码|验真|核验|查验|verify\b|check\b)[\s:,]*(.*)", re.DOTALL
)
# In the order they are looked for: 「注册后怎么盖章」 is answered by what comes first,
# and 「用印口令」 is not about 用印.
_CHINESE = (
    ("verify_ask", ("验真", "核验", "查验")),
    ("pin", ("口令", "密码", "pin码")),
    ("freeze", ("暂停", "恢复", "注销", "挂失", "损坏", "冻结", "解冻")),
    ("seals", ("审批",)),
    ("people", ("授权", "人员", "成员", "邀请", "管理员", "办事人", "员工")),
    ("devices", ("设备", "换手机")),
    ("records", ("记录",)),
    ("register", ("登记", "注册", "设立", "开办", "开公司")),
    ("licence", ("执照",)),
    ("seal", ("盖章", "用印", "签章", "加盖", "盖个章")),
    ("seals", ("印章", "公章", "我的章")),
    ("help", ("帮助", "能做什么", "怎么用")),
    ("hello", ("你好", "您好", "在吗")),
)
_ENGLISH = {
    "pin": "pin",
    "password": "pin",
    "suspend": "freeze",
    "resume": "freeze",
    "freeze": "freeze",
    "unfreeze": "freeze",
    "grant": "people",
    "member": "people",
    "members": "people",
    "invite": "people",
    "device": "devices",
    "devices": "devices",
    "records": "records",
    "register": "register",
    "registration": "register",
    "licence": "licence",
    "license": "licence",
    "seals": "seals",
    "seal": "seal",
    "stamp": "seal",
    "sign": "seal",
    "help": "help",
    "hello": "hello",
    "hi": "hello",
}


@dataclass(frozen=True)
class Understood:
    """What somebody wants. code: 16 characters, with `verify` only."""

    wish: str
    code: str | None = None


def checked_text(typed: str) -> str:
    """A message as it is kept: trimmed, 1 to 500 characters, none of them control characters.

    Raises Invalid `message.length` or `message.character`.
    """
    text = typed.strip()
    if not 1 <= len(text) <= MAX_TEXT:
        raise Invalid(
            "message.length",
            f"消息应为 1 至 {MAX_TEXT} 个字。",
            f"A message has 1 to {MAX_TEXT} characters.",
            field="text",
            limit=MAX_TEXT,
        )
    if any(c != JOINER and unicodedata.category(c) in REFUSED for c in text):
        raise Invalid(
            "message.character",
            "消息中有不能显示的控制字符，请去掉后再发。",
            "The message holds control characters; remove them and send it again.",
            field="text",
        )
    return text


def understand(text: str) -> Understood:
    """What a message asks for; width and case of letters do not matter.

    Wishes: seal, seals, licence, register, pin, freeze, people, devices, records, verify, verify_ask (no code
    given), code_malformed, help, hello, unknown.
    """
    said = unicodedata.normalize("NFKC", text).casefold().strip(_ENDS)
    asked = _VERIFY.fullmatch(said)
    if asked is not None:
        return _verify(asked[1])
    wish = _wish(said)
    return (_code(said) if wish == "unknown" else None) or Understood(wish)


def _verify(typed: str) -> Understood:
    """What follows 「验真」: a code, something meant as one, or a sentence."""
    meant = bool(typed) and (len(typed.split()) == 1 or any(c.isdigit() for c in typed))
    return _code(typed) or Understood("code_malformed" if meant else "verify_ask")


def _code(typed: str) -> Understood | None:
    try:
        return Understood("verify", check_code(typed))
    except Invalid:
        return None


def _wish(said: str) -> str:
    for wish, words in _CHINESE:
        if any(word in said for word in words):
            return wish
    tokens = re.findall(r"[a-z]+", said)
    return next((wish for word, wish in _ENGLISH.items() if word in tokens), "unknown")
