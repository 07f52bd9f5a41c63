"""Data of an evidence report, as `report_data` gives it, without a deployment."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import Any

from PIL import Image

from seals.imprint import BLACK, to_svg
from seals.mark import draw_mark
from seals.papers.sealing import imprint

HASH = "0123456789abcdef" * 4
AT = "2026-11-21 18:05:03 +08:00"
CODE = "0123456789ABCDE0"


def page(colour: str) -> str:
    """A page's picture."""
    out = BytesIO()
    Image.new("RGB", (480, 679), colour).save(out, "PNG")
    coded = base64.b64encode(out.getvalue()).decode()
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="480" height="679" viewBox="0 0 480 679">'
        f'<image width="480" height="679" href="data:image/png;base64,{coded}"/></svg>'
    )


def sample(words: str = "设备采购合同", pages: int = 2, *, bare: bool = False) -> str:
    """words: stand wherever people may have typed something. bare: what may be missing is."""
    cert = {"subject": words, "issuer": "e章通", "serial": HASH[:40], "from": AT, "until": AT, "sha256": HASH}
    data: dict[str, Any] = {
        "paper": {
            "title_zh": "电子签章证据报告",
            "title_en": "Evidence report",
            "number": "ZJ2026-000001",
            "code": CODE,
            "url": f"https://ezhang.example/v/{CODE}",
            "host": "ezhang.example",
            "made": AT,
            "issuer": "e章通平台",
            "sandbox": not bare,
            "mark": to_svg(draw_mark(f"https://ezhang.example/v/{CODE}", CODE), BLACK),
        },
        "summary_en": f"Sealed by {words}.",
        "signed_at": AT,
        "document": {
            "name": f"{words}.pdf",
            "pages": pages,
            "code": CODE,
            "version": 1,
            "agreed": not bare,
            "removed": [] if bare else ["javascript"],
            "stated": "" if bare else f"合同协议 · ¥1,000 · {words}",
            "original_size": "1,000",
            "result_size": "2,000",
            **{
                f"{name}_{kind}": HASH
                for name in ("original", "result", "range")
                for kind in ("sha256", "sm3")
            },
            "ses_sha256": HASH,
        },
        "others": [] if bare else [{"company": words, "seal": words, "at": AT, "version": 1}],
        "company": {
            "name": words,
            "uscc": "91110105MA00000001",
            "licence_number": "1" * 17,
            "licence_version": 1,
            "licence_state_zh": "现有效",
            "representative": "张*",
        },
        "seal": {
            "name": words,
            "kind_zh": "合同专用章",
            "number": "1101050000004",
            "state_zh": "正常",
            "imprint": to_svg(imprint()),
            "width_mm": 40.0,
            "page": 1,
            "x_mm": "40.0",
            "y_mm": "205.0",
            "also_pages": [] if bare else [2, 3],
        },
        "asked": {"who": "张*", "at": AT, "browser": words, "network": "203.0.113.*", "login_zh": "微信"},
        "authority": {"as_zh": "被授权的用印人", "text_zh": "", "lines": [] if bare else [words] * 5},
        "confirmed": {"who": "张*", "at": AT, "way_zh": "在本人登记的设备上输入用印口令，由设备密钥签名"},
        "approval": None if bare else {"who": "李*", "at": AT, "rule": 2, "text_zh": "批准的内容。"},
        "no_approval_zh": "该印章当时未设审批规则，或本次不在须审批的范围内",
        "identity": []
        if bare
        else [{"what_zh": words, "way_zh": "人脸核验", "at": AT, "reference": HASH[:24]}] * 2,
        "challenge": {
            "id": HASH[:24],
            "opened_at": AT,
            "expires_at": AT,
            "opener": words,
            "claimer": words,
            "digits_zh": "…",
            "intent": HASH,
        },
        "device": None
        if bare
        else {
            "label": words,
            "enrolled_at": AT,
            "removed_at": AT,
            "public_key": "04" + HASH * 2,
            "statement": json.dumps({"sha256": HASH, "sm3": HASH}, separators=(",", ":")),
            "signature": HASH * 2,
            "checked_zh": "签名成立",
        },
        "pages": [{"number": n + 1, "svg": page("#eee"), "sealed": n == 0} for n in range(min(pages, 9))],
        "pages_left_out": max(0, pages - 9),
        "pages_sha256": HASH,
        "times": [{"at": AT, "what_zh": "确认用印", "source_zh": "事件 1"}] * 10,
        "timestamps": [{"of_zh": "PDF 签名", "unit": words, "serial": HASH[:40], "at": AT}] * 3,
        "certificates": [{**cert, "for_zh": "印章证书", "status_zh": ""}] * 5,
        "events": [
            {"seq": n, "what_zh": words, "at": AT, "hash": HASH, "root": None if bare else 3}
            for n in range(1 if bare else 60)
        ],
        "roots": [] if bare else [{"number": 3, "day": "2026-11-21", "sha256": HASH, "at": AT}],
        "verdict": {
            "zh": "签名有效",
            "steps": [
                {"number": 1, "title_zh": "签名", "good": not bare, "outcome_zh": "未定", "text_zh": words}
            ],
        },
    }
    return json.dumps(data, ensure_ascii=False)
