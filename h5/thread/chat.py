"""What the assistant understands and answers: a table of words, no guessing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches

from auth.errors import Invalid
from auth.tokens import check_code

__all__ = ["MAX_NEAR", "MAX_TEXT", "Understood", "checked_text", "suggestions", "understand"]

MAX_TEXT = 500
JOINER = "\u200d"  # holds emoji together; every other format character could hide or turn text
MAX_NEAR = 3
NEAR_SHARE, NEAR_SPELLING = 0.5, 0.75
REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})

# Full-width signs are plain ones by then (NFKC).
_ENDS = " .。!?~,、"
_VERIFY = re.compile(
    r"(?:请|帮我|我要|我想|please )*(?:验真码|验真|核验|查验|verify\b|check\b)[\s:,]*(.*)", re.DOTALL
)
# What is asked by words that stand apart or mean something else alone; looked for first.
_SHAPES = tuple(
    (wish, re.compile(shape, re.DOTALL))
    for wish, shape in (
        ("registrar", r"注销(?:公司|企业)(?!.*章)|legal rep"),
        ("freeze", r"章[^，。]{0,6}(?:丢|没了|不见|被偷|停了|停掉)|丢了?[^，。]{0,4}章"),
        ("people", r"让[^，。]{1,12}用[^，。]{0,6}章|给[^，。合文这]{1,8}用[^，。]{0,6}章|也能用"),
        ("freeze", r"\b(?:lost|stolen|missing)\b.*\bseals?\b|\bseals?\b.*\b(?:lost|stolen|missing)\b"),
        ("freeze", r"\bcancel\b.*\bseals?\b"),
        ("seal", r"怎[么样]盖(?!错)"),
        ("records", r"\bwho\b.*\b(?:used|sealed|signed|stamped)\b"),
        ("people", r"\b(?:let|allow|give|share)\b.*\bseals?\b"),
        ("seals", r"\b(?:where|show|see|which|list)\b.*\bseals?\b"),
        ("verify_ask", r"\b(?:genuine|authentic|fake|forged)\b"),
        ("cancel", r"\b(?:cancel|undo|withdraw|recall)\b(?!.*\bseals?\b)"),
        ("switch_company", r"\b(?:switch|another|other|change)\b.*\bcompany\b"),
    )
)
# In the order they are looked for: 「注册后怎么盖章」 is answered by what comes first,
# 「用印口令」 is not about 用印, 「手机丢了，冻结印章」 is about the seals, 「注销账户」 is not.
_CHINESE = (
    ("closing", ("注销账", "销户", "注销用户", "删除账", "注销我的账")),
    ("deposit", ("打款", "对公账户", "到账金额")),
    (
        "verify_ask",
        ("验真", "核验", "查验", "真伪", "真假", "是真的", "真的吗", "是假的", "验证一下", "验证文件"),
    ),
    (
        "registrar",
        ("公司注销", "企业注销", "改名", "更名", "换法人", "法人换", "法人变", "变更法", "代表人变"),
    ),
    ("freeze", ("暂停", "恢复", "注销", "挂失", "损坏", "冻结", "解冻", "停用", "被盗", "盗用")),
    ("approve", ("审批", "批准", "同意用印", "待批", "要我批", "批一下")),
    ("short_code", ("短码",)),
    ("filing", ("备案",)),
    ("pin", ("口令", "密码", "pin码", "忘记pin", "改pin")),
    ("passkeys", ("通行密钥", "指纹登录", "人脸登录")),
    ("sessions", ("退出登录", "登录记录", "登录的设备", "谁登录", "异地登录", "退出", "登出")),
    ("devices", ("设备", "换手机", "新手机", "丢手机", "手机丢", "换了手机", "旧手机")),
    ("switch_company", ("切换公司", "切换企业", "换个公司", "换个企业", "换一家", "另一家")),
    (
        "people",
        ("授权", "离职", "同事", "人员", "成员", "邀请", "管理员", "办事人", "员工", "保管人", "用印人"),
    ),
    ("ledger", ("台账", "登记簿", "用印统计")),
    ("records", ("谁用", "谁盖", "好了吗", "我的合同", "我的文件", "记录", "盖过", "用过印", "证据", "下载")),
    ("alerts", ("提醒", "开通知", "收不到通知", "通知权限", "通知我", "推送")),
    ("cancel", ("撤回", "取消", "盖错", "签错")),
    ("photo", ("拍照", "照片", "采集印模", "实物印章", "实物章")),
    ("add_seal", ("增加印章", "加一枚", "加个章", "新印章", "刻章", "部门章", "分公司章", "再刻", "新增")),
    ("entry", ("已有企业", "已有公司", "申请印章", "申请电子印章", "老企业", "已登记的企业")),
    ("register", ("登记", "注册", "设立", "开办", "开公司", "办公司")),
    ("collect", ("领取", "领章", "领印章")),
    ("fees", ("多少钱", "收费", "免费", "要钱")),
    ("licence", ("执照", "信用代码")),
    ("renew", ("续期", "延期", "证书到期", "证书过期", "章到期", "章过期", "快到期")),
    ("scan", ("扫一扫", "扫码", "扫二维码", "扫描")),
    (
        "seal",
        (
            "盖章",
            "对方盖",
            "我要盖",
            "用印",
            "签章",
            "加盖",
            "盖印",
            "盖个章",
            "签合同",
            "签协议",
            "签字",
            "签署",
            "骑缝",
        ),
    ),
    ("papers", ("文书", "委托书", "制作证书")),
    ("seals", ("印章", "公章", "我的章", "财务章", "合同章", "发票章", "法人章", "名章")),
    ("law", ("法律", "电子签名法", "有效吗", "合法")),
    ("support", ("客服", "人工", "投诉", "反馈", "举报", "建议")),
    ("terms", ("条款", "隐私", "服务协议", "用户协议")),
    ("notices", ("公告", "培训", "通知")),
    ("status", ("服务状态", "系统状态", "宕机", "故障")),
    ("help", ("帮助", "能做什么", "怎么用", "怎么办", "功能", "菜单")),
    ("display", ("深色", "夜间模式", "字太小", "字号", "大字", "字大", "英文", "中文", "语言")),
    ("hello", ("你好", "您好", "在吗", "早上好")),
    ("thanks", ("谢", "好的", "知道了", "明白了")),
)
_ENGLISH = {
    "deposit": "deposit",
    "payment": "deposit",
    "account": "closing",
    "suspend": "freeze",
    "resume": "freeze",
    "freeze": "freeze",
    "unfreeze": "freeze",
    "stolen": "freeze",
    "approve": "approve",
    "approval": "approve",
    "approvals": "approve",
    "pin": "pin",
    "password": "pin",
    "passkey": "passkeys",
    "passkeys": "passkeys",
    "login": "sessions",
    "logins": "sessions",
    "logout": "sessions",
    "lost": "devices",
    "grant": "people",
    "grants": "people",
    "revoke": "people",
    "people": "people",
    "member": "people",
    "members": "people",
    "invite": "people",
    "device": "devices",
    "devices": "devices",
    "ledger": "ledger",
    "record": "records",
    "records": "records",
    "filing": "filing",
    "filings": "filing",
    "evidence": "records",
    "download": "records",
    "photo": "photo",
    "add": "add_seal",
    "collect": "collect",
    "existing": "entry",
    "register": "register",
    "registration": "register",
    "employee": "people",
    "colleague": "people",
    "staff": "people",
    "licence": "licence",
    "license": "licence",
    "scan": "scan",
    "qr": "scan",
    "renew": "renew",
    "renewal": "renew",
    "expired": "renew",
    "expires": "renew",
    "expire": "renew",
    "seals": "seals",
    "seal": "seal",
    "stamp": "seal",
    "sign": "seal",
    "phone": "devices",
    "code": "short_code",
    "law": "law",
    "legal": "law",
    "support": "support",
    "complaint": "support",
    "complain": "support",
    "report": "support",
    "feedback": "support",
    "terms": "terms",
    "privacy": "terms",
    "alert": "alerts",
    "alerts": "alerts",
    "notifications": "alerts",
    "push": "alerts",
    "paper": "papers",
    "papers": "papers",
    "notices": "notices",
    "training": "notices",
    "status": "status",
    "cost": "fees",
    "price": "fees",
    "fee": "fees",
    "fees": "fees",
    "free": "fees",
    "dark": "display",
    "letters": "display",
    "font": "display",
    "language": "display",
    "chinese": "display",
    "contract": "records",
    "contracts": "records",
    "documents": "records",
    "thanks": "thanks",
    "thank": "thanks",
    "help": "help",
    "hello": "hello",
    "hi": "hello",
}


SUGGESTED = frozenset(
    {
        "seal",
        "seals",
        "licence",
        "register",
        "entry",
        "pin",
        "freeze",
        "people",
        "approve",
        "devices",
        "records",
        "filing",
        "ledger",
    }
)
"""Wishes with a word of their own that can be said for them, `say.<wish>`."""


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

    Wishes: seal, seals, add_seal, photo, collect, filing, papers, licence, entry, deposit, register, pin,
    freeze, renew, people, approve, devices, sessions, passkeys, alerts, closing, scan, short_code, ledger,
    records, cancel (a use of a seal, or one that went wrong), registrar (what is changed there only),
    switch_company, fees, display, verify, verify_ask (no code given), code_malformed, law, support, terms,
    notices, status, help, hello, thanks, unknown.
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
    for wish, shape in _SHAPES:
        if shape.search(said):
            return wish
    for wish, words in _CHINESE:
        if any(word in said for word in words):
            return wish
    tokens = re.findall(r"[a-z]+", said)
    return next((wish for word, wish in _ENGLISH.items() if word in tokens), "unknown")


def suggestions(text: str) -> tuple[str, ...]:
    """Wishes whose words come near to what was not understood, the nearest first; often none.

    Near: a Chinese word half of whose characters are there (「敲个章」), or an English one misspelt.
    """
    said = unicodedata.normalize("NFKC", text).casefold()
    near: dict[str, float] = {}
    for wish, words in _CHINESE:
        plain = [word for word in words if not any(c.isascii() for c in word)]
        shares = [sum(c in said for c in word) / len(word) for word in plain]
        if wish in SUGGESTED and max(shares) >= NEAR_SHARE:
            near[wish] = near.get(wish, 0) + sum(share for share in shares if share >= NEAR_SHARE)
    for token in set(re.findall(r"[a-z]{3,20}", said[:MAX_TEXT])):
        for word in get_close_matches(token, _ENGLISH, n=1, cutoff=NEAR_SPELLING):
            if _ENGLISH[word] in SUGGESTED:
                near[_ENGLISH[word]] = near.get(_ENGLISH[word], 0) + 1
    return tuple(sorted(near, key=lambda wish: -near[wish])[:MAX_NEAR])
