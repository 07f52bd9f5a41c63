"""Data of a company's papers, as their makers give them, without a deployment."""

from __future__ import annotations

import json
from typing import Any

from seals import imprint
from seals.design import Design
from seals.imprint import BLACK, RED, to_svg
from seals.kinds import CompanyForm, SealKind, spec
from seals.mark import draw_mark
from seals.papers.kinds import PAPERS

CODE = "0123456789ABCDE0"
AT = "2026-11-21 18:05:03 +08:00"
SERIAL = "7d3bd4a40d1e0a3d7a6a91d9f2b64c6a2b1f0e11"
NAME = "北京云杉科技有限公司"
LONG = (
    "内蒙古自治区呼伦贝尔市鄂伦春自治旗大兴安岭林业生态保护与"
    "绿色产业综合开发投资运营管理服务集团股份有限公司第一分公司筹备组"
)
SCOPE = "技术开发、技术咨询、技术转让、技术服务；软件开发；计算机系统服务；数据处理；" * 12


def heading(kind: str) -> dict[str, Any]:
    """The `paper` of its data."""
    url = f"https://ezhang.example/v/{CODE}"
    return {
        "title_zh": PAPERS[kind].zh,
        "title_en": PAPERS[kind].en,
        "number": f"{PAPERS[kind].prefix}2026-000001",
        "code": "0123-4567-89AB-CDE0",
        "url": url,
        "host": "ezhang.example",
        "made": AT,
        "issuer": "e章通平台",
        "sandbox": True,
        "mark": to_svg(draw_mark(url, CODE), BLACK),
    }


def company_sample(kind: str, name: str = NAME, words: str = "投标资格审查", seals: int = 5) -> str:
    """name: the company's; words: what people may have typed."""
    data = {
        "paper": heading(kind),
        "unit": {
            "name": name,
            "uscc": "91110105MA01ABCD1X",
            "type": "有限责任公司",
            "representative": "王若涵",
            "representative_id": "110105********002X",
            "representative_mobile": "138****0000",
            "address": "北京市朝阳区建国路 88 号 3 层 301 室",
            "licence_number": "11010500012345678",
        },
        "seals": [_seal(each, name) for each in list(SealKind)[:seals]],
        "maker": {"name": "北京印信公章制作有限公司", "number": "京公特字第 0001 号"},
        "seal": _seal(SealKind.CONTRACT, name),
        "of_entry": False,
        "by_agent": True,
        "agent": {
            "name": "李泽宇",
            "id_number": "110105********1234",
            "mobile": "138****0001",
            "role_zh": "办事人",
        },
        "powers": [] if not words else [f"使用「{name}合同专用章」（保管人）：{words}", "出示电子营业执照"],
        "choices": ["办理电子签章系统的申请、领取手续", "出示、打印电子营业执照", "申请用印"],
        "from": AT,
        "until": "2026-12-20 23:59 +08:00" if words else "",
        "receipt": {
            "number": "BA110105202600001",
            "filing": "BA-110105-000001",
            "scope": words,
            "name": f"{name}合同专用章",
            "kind_zh": "合同专用章",
            "district": "110105",
            "filed_by": "王*涵",
            "filed_at": AT,
            "approved_at": AT,
            "from": AT,
            "until": "2029-11-21 18:05:03 +08:00",
            "maker_filing": "1101050012345-1",
            "maker_reference": None,
        },
        "licence": licence(name),
        "trader": False,
        "purpose": words,
        "day": "2026-11-21",
    }
    return json.dumps(data, ensure_ascii=False)


def licence(name: str) -> dict[str, str | None]:
    """The registered data."""
    long = len(name) > 40
    return {
        "company_name": name,
        "uscc": "91110105MA01ABCD1X",
        "company_type": "有限责任公司（自然人投资或控股）",
        "representative_name": "王若涵",
        "address": "北京市朝阳区建国路 88 号 3 层 301 室" * (3 if long else 1),
        "capital_wan": "500",
        "business_scope": SCOPE if long else SCOPE[:76],
        "established_on": "2026-11-20",
        "valid_from": "2026-11-20",
        "valid_until": None,
        "authority": "北京市朝阳区市场监督管理局",
        "licence_number": "11010500012345678",
    }


def _seal(kind: SealKind, name: str) -> dict[str, Any]:
    design = Design(
        kind,
        company_name=NAME,
        uscc="91110105MA01ABCD1X",
        seal_number="1101050012345",
        person_name="王若涵",
        form=CompanyForm.LIMITED,
    )
    drawn = imprint.draw(design)
    certificate = {
        "serial": SERIAL,
        "from": AT,
        "until": "2029-11-21 18:05:03 +08:00",
        "revoked": None,
        "why_zh": "",
    }
    return {
        "name": f"{name}{spec(kind).zh}",
        "kind_zh": spec(kind).zh,
        "number": "1101050012345",
        "width_mm": drawn.width_mm,
        "height_mm": drawn.height_mm,
        "created": AT,
        "collected": AT,
        "digitised": kind is SealKind.CONTRACT,
        "note": "",
        "filing": "110105-2026-0001234",
        "identity_zh": "人脸核验",
        "from_photo": False,
        "imprint": to_svg(drawn, RED),
        "maker": {
            "name": "e章通 制章者 Seal Maker 1 (DEVELOPMENT)",
            "serial": SERIAL,
            "version": 4,
            "es_id": "1101050012345",
        },
        "certificates": [{"algorithm": one, **certificate} for one in ("P-256", "SM2")],
        "cancelled": AT,
        "reason_zh": "用章单位申请停止使用",
        "authority_zh": "法定代表人本人凭用印口令确认",
        "instead": None,
    }
