"""Who asked, by what right, who confirmed, and how he proved it was him; names masked, texts Chinese."""

from __future__ import annotations

import base64
from typing import Any

from auth import licences
from auth.browsers import browser_name, masked_address
from auth.china import second
from auth.identity_models import IdentityCheck
from auth.member_models import Grant, GrantRole
from auth.models import Event, LicenceState, LoginWay, Session
from auth.names import mask_name
from auth.ports import IdentityWay
from seals import approvers, custody
from seals.devices import signed_by
from seals.evidence.reporting.case import Case
from seals.evidence.structures import unreadable
from seals.imprint import to_svg
from seals.kinds import SealKind, spec
from seals.models import Collection, CollectionState, SealState, Version
from seals.scopes import DOCUMENT_KINDS, Scope, amount_words
from seals.signing.offering import confirm_values
from seals.signing.preparing import seal_imprint

__all__ = ["acts"]

Json = dict[str, Any]

_LOGIN = {
    LoginWay.SMS: "手机短信验证码",
    LoginWay.SCAN: "手机扫码",
    LoginWay.WECHAT: "微信",
}
_IDENTITY = {
    IdentityWay.FACE: "人脸核验",
    IdentityWay.BANK: "银行卡与手机号核验",
    IdentityWay.COUNTER: "窗口当面核验身份证",
}
_LICENCE = {
    LicenceState.ISSUED: "签发中",
    LicenceState.VALID: "有效",
    LicenceState.REVOKED: "已注销",
    LicenceState.REPLACED: "已换发",
}
_SEAL = {
    SealState.ISSUED: "待重新领取",
    SealState.COLLECTED: "正常",
    SealState.FROZEN: "已暂停",
    SealState.CANCELLED: "已注销",
}


async def acts(case: Case) -> Json:
    """The parts of the report that are about people, company and seal.

    Raises Conflict `evidence.unreadable` where the device's signature does not hold.
    """
    confirmed = await case.name(case.offer.person_id)
    return {
        "company": _company(case),
        "seal": _seal(case),
        "asked": await _asked(case),
        "authority": await _authority(case),
        "confirmed": {"who": confirmed, "at": second(case.confirmed.at), "way_zh": _way(case.confirmed)},
        "approval": await _approval(case),
        "no_approval_zh": "该印章当时未设审批规则，或本次不在须审批的范围内",
        "identity": await _identity(case),
        "challenge": await _challenge(case),
        "device": _device(case),
        "others": await _others(case),
        "stated_zh": approvers.stated_words(case.row)[0],
        "agreed": bool(case.row.request.get("agreed")),
    }


def _company(case: Case) -> Json:
    licence = case.licence
    return {
        "name": licence.data["company_name"],  # as it was called then
        "uscc": case.company.uscc,
        "licence_number": licence.number,
        "licence_version": licence.version,
        "licence_state_zh": f"现{_LICENCE[licence.state]}",
        "representative": mask_name(licences.representative(licence, case.records).name),
    }


def _seal(case: Case) -> Json:
    seal, at = case.seal, case.row.prepared
    return {
        "name": seal.name,
        "kind_zh": spec(SealKind(seal.kind)).zh,
        "number": seal.number,
        "state_zh": _SEAL.get(seal.state, seal.state.value),
        "imprint": to_svg(seal_imprint(seal)),
        "width_mm": seal.width_mm,
        "page": int(at["page"]) + 1,
        "x_mm": f"{at['x_mm']:.1f}",
        "y_mm": f"{at['y_mm']:.1f}",
        "also_pages": [int(place["page"]) + 1 for place in case.row.places[1:]],
    }


async def _asked(case: Case) -> Json:
    session = await Session.get(id=case.row.asker_id)
    return {
        "who": await case.name(session.person_id),
        "at": second(case.row.created_at),
        "browser": browser_name(session.user_agent),
        "network": masked_address(session.address),
        "login_zh": _LOGIN[session.way],
    }


async def _authority(case: Case) -> Json:
    grant = case.grant
    if grant is None:
        text = "以登记机关登记的法定代表人（个体工商户为经营者）身份使用本企业印章。"
        return {"as_zh": "法定代表人", "text_zh": text, "lines": []}
    as_zh = "印章保管人" if grant.role is GrantRole.KEEPER else "被授权的用印人"
    text = (
        f"由 {await case.name(grant.grantor_id)} 授权，"
        f"{second(grant.created_at)} 至 {second(grant.ends_at)} 有效；"
        "授权由授权人的设备签署，并由平台签名程序签名固定。"
    )
    return {"as_zh": as_zh, "text_zh": text, "lines": [*_limits(grant), f"授权编号：{grant.id}"]}


def _limits(grant: Grant) -> list[str]:
    scope = Scope.from_json(grant.scope)
    kinds = "、".join(DOCUMENT_KINDS[kind][0] for kind in scope.kinds)
    return [
        f"文件种类：{kinds or '不限'}",
        f"金额：{'不限' if scope.amount is None else f'不超过 {amount_words(scope.amount)}'}",
        f"相对方：{'、'.join(scope.counterparties) or '不限'}",
        f"次数：{'不限' if scope.uses is None else f'{scope.uses} 次'}",
    ]


def _way(confirmed: Event) -> str:
    if confirmed.facts.get("way") == "sms":
        return "输入用印口令，并输入发送到其本人登记手机号的短信验证码"
    return "在本人登记的设备上输入用印口令，由设备密钥签名"


async def _approval(case: Case) -> Json | None:
    given = case.approval
    if given is None:
        return None
    return {
        "who": await case.name(given.person_id),
        "at": second(given.created_at),
        "rule": given.rule,
        "text_zh": "批准的内容（原件指纹、印章、位置、所陈述的种类、金额和相对方）由审批人确认，"
        "并由平台签名程序签名固定。",
    }


async def _identity(case: Case) -> list[Json]:
    """Of whoever confirmed; of a grantee also the owner, from whom he has the seal."""
    found: list[Json] = []
    if case.grant is not None:
        found += await _collected(case, case.grant.owner)
        check = await IdentityCheck.get_or_none(id=case.grant.check_id) if case.grant.check_id else None
        if check is not None:
            who = await case.name(check.person_id)
            found.append(_check(f"{who}领取授权", check.way, second(check.created_at), check.check_id))
    else:
        found += await _collected(case, case.offer.person_id)
    return found


async def _collected(case: Case, person_id: str) -> list[Json]:
    row = (
        await Collection.filter(
            company_id=case.company.id,
            person_id=person_id,
            state=CollectionState.COLLECTED,
            ended_at__lte=case.confirmed.at,
        )
        .order_by("-ended_at")
        .first()
    )
    if row is None:
        return []
    what = f"{await case.name(person_id)}领取印章、签发证书"
    return [_check(what, row.check_way, second(row.created_at), row.check_id or "")]


def _check(what: str, way: IdentityWay, at: str, reference: str) -> Json:
    return {"what_zh": what, "way_zh": _IDENTITY[way], "at": at, "reference": reference}


async def _challenge(case: Case) -> Json:
    row, here = case.challenge, case.challenge.digits is None
    digits = "屏幕显示两位数字，确认人在手机上输入相同数字后方可继续；输错一次即作废。"
    scanned = case.event("signing.scanned")
    return {
        "id": row.id,
        "opened_at": second(row.created_at),
        "expires_at": second(row.expires_at),
        "opener": f"{browser_name(row.opener_agent)}；网络 {masked_address(row.opener_address)}",
        "claimer": await _claimer(case, None if scanned is None else scanned.facts.get("same_network")),
        "digits_zh": "在发起用印的同一部手机上确认，未经扫码。" if here else digits,
        "intent": row.intent,
    }


async def _claimer(case: Case, same: bool | None) -> str:
    if case.challenge.claimed_by_id is None:
        return ""
    session = await Session.get(id=case.challenge.claimed_by_id)
    where = f"{browser_name(session.user_agent)}；网络 {masked_address(session.address)}"
    near = {True: "（与出示设备在同一网络）", False: "（与出示设备不在同一网络）"}.get(same, "")  # type: ignore[arg-type]
    return f"{await case.name(session.person_id)}　{where}{near}"


def _device(case: Case) -> Json | None:
    device, said = case.device, case.offer.device
    if device is None or said is None:
        return None
    values = confirm_values(case.row, case.challenge, case.row.digest_sha256, case.row.digest_sm3)
    statement = custody.statement({**values, "device": device.id}).decode().partition("\n")[2]
    signature = said.get("signature", "")
    if not signed_by(device, signature, values):
        raise unreadable()
    return {
        "label": device.label,
        "enrolled_at": second(device.created_at),
        "removed_at": None if device.revoked_at is None else second(device.revoked_at),
        "public_key": base64.b64decode(device.public_key).hex(),
        "statement": statement,
        "signature": base64.b64decode(signature).hex(),
        "checked_zh": "签名成立",
    }


async def _others(case: Case) -> list[Json]:
    """Seals on the document before this one: what its verification page tells everybody."""
    earlier = Version.filter(record_id=case.document.record_id, number__lt=case.version.number)
    rows = await earlier.order_by("number").prefetch_related("signing__seal", "signing__company")
    return [
        {
            "company": each.signing.company.name,
            "seal": each.signing.seal.name,
            "at": second(each.created_at),
            "version": each.number,
        }
        for each in rows
    ]
