"""The code by text message for a confirmation or a grant: asked for in web, made and sent in the sealer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from auth import members
from auth.china import CHINA
from auth.errors import Conflict, DomainError, Refused
from auth.member_models import Grant, GrantRole, Member
from auth.models import Challenge, ChallengeState, Company, Person, Session
from auth.people import identity
from auth.ports import Sms
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from seals import approvers, confirm_codes, grant_confirming, holders, rule_setting, rules
from seals.approval_models import ApprovalRule
from seals.confirm_codes import ConfirmCodeSent
from seals.device_models import ConfirmCode
from seals.grant_endings import no_such
from seals.keyring import Keyring
from seals.models import Document, Holder, OfferPurpose, Seal, Signing, SigningState
from seals.rules import Approver, Rule
from seals.scopes import DOCUMENT_KINDS
from seals.signing.claiming import claimed
from seals.signing.offering import confirm_values

__all__ = ["ask", "send"]

NAME_SHOWN = 24  # characters of a document's name: what somebody else chose must not fill the message


async def ask(challenge: str, session: SessionView, now: datetime) -> ConfirmCodeSent:
    """Have a code sent for a challenge that this session holds.

    Raises NotFound `challenge.not_found`, and what `confirm_codes.ask` does.
    """
    row, _ = await claimed(challenge, session, now)
    return await confirm_codes.ask(OfferPurpose.CONFIRM, row.id, session.person_id, now)


@dataclass(frozen=True)
class _Sought:
    """What a code is to confirm: act and text as the message says, values as a device would sign."""

    act: str
    text: str
    values: Mapping[str, str]


async def send(row: ConfirmCode, keyring: Keyring, records: RecordsKey, sms: Sms, now: datetime) -> None:
    """Send the code of a claimed row; what does not allow it is written down for the asker.

    The text says what would be sealed or granted, so that the owner sees what he is asked to confirm.
    """
    try:
        sought = await _sought(row, records, now)
        mobile = await _mobile(row.person_id, keyring, records)
        code = await confirm_codes.make(row, keyring.pepper, sought.values)
        await sms.send(
            mobile,
            f"【e章通】{sought.act}确认码 {code}，5 分钟内有效。{sought.text}。"
            f"不是您本人要{sought.act}，请勿使用；不要告诉任何人，工作人员也不会索要。",
        )
    except DomainError as error:
        await confirm_codes.refuse(row, error)
    else:
        await confirm_codes.sent(row)


async def _sought(row: ConfirmCode, records: RecordsKey, now: datetime) -> _Sought:
    if row.purpose is OfferPurpose.GRANT:
        return await _grant(row, records, now)
    if row.purpose is OfferPurpose.RULE:
        return await _rule(row, records, now)
    if row.purpose is OfferPurpose.APPROVE:
        return await _approval(row, now)
    return await _signing(row, now)


async def _grant(row: ConfirmCode, records: RecordsKey, now: datetime) -> _Sought:
    grant = await Grant.get_or_none(id=row.subject)
    if grant is None or not grant_confirming.is_draft(grant, row.person_id, now):
        raise no_such()
    company = await Company.get(id=grant.company_id)
    seal = await Seal.get(id=grant.seal, company_id=company.id)
    named = members.member_identity(await Member.get(id=grant.member_id), records)
    how = "保管" if grant.role is GrantRole.KEEPER else "使用"
    until = f"{grant.ends_at.astimezone(CHINA):%Y-%m-%d}"
    # In full: to whom it goes is what the owner must be able to tell.
    text = f"{company.name}的{seal.name}将授权给{_short(named.name or '')}{how}，至 {until}"
    return _Sought("授权", text, grant_confirming.values(grant))


async def _rule(row: ConfirmCode, records: RecordsKey, now: datetime) -> _Sought:
    rule = await ApprovalRule.get_or_none(id=row.subject)
    if rule is None or not rule_setting.is_draft(rule, row.person_id, now):
        raise rule_setting.no_such()
    company = await Company.get(id=rule.company_id)
    seal = await Seal.get(id=rule.seal, company_id=company.id)
    what = await _asked(rules.read(rule), records)
    return _Sought("设置审批规则", f"{company.name}的{seal.name}用印{what}", rule_setting.values(rule))


async def _asked(rule: Rule, records: RecordsKey) -> str:
    """Whose approval is needed for what, in full: the owner must be able to tell it from another rule."""
    if not rule.approvers:
        return "将不再需要审批"
    names = [await _approver_name(each, records) for each in rule.approvers]
    amount = "" if rule.amount is None else f"金额超过 {rule.amount} 元"
    kinds = "、".join(DOCUMENT_KINDS[kind][0] for kind in rule.kinds)
    limits = "或".join(part for part in (amount, kinds) if part) or "所有文件"
    own = "，法定代表人本人用印也需要" if rule.four_eyes else ""
    return f"将由{'、'.join(names)}审批（{limits}{own}）"


async def _approver_name(approver: Approver, records: RecordsKey) -> str:
    if approver.member:
        named = members.member_identity(await Member.get(id=approver.member), records)
    else:
        named = identity(await Person.get(id=approver.person), records)
    return _short(named.name or "")


async def _approval(row: ConfirmCode, now: datetime) -> _Sought:
    signing = await Signing.get_or_none(id=row.subject, state=SigningState.PENDING)
    if signing is None or await approvers.to_decide(signing, row.person_id, now) is None:
        raise approvers.not_needed()
    company = await Company.get(id=signing.company_id)
    seal = await Seal.get(id=signing.seal_id)
    document = await Document.get(id=signing.document_id)
    values = approvers.approve_values(signing, document.original)
    return _Sought("审批", f"同意{company.name}在《{_short(document.name)}》上盖{seal.name}", values)


async def _signing(row: ConfirmCode, now: datetime) -> _Sought:
    challenge = await Challenge.get_or_none(id=row.subject, state=ChallengeState.CLAIMED, expires_at__gt=now)
    signing = None
    if challenge is not None and await Session.exists(id=challenge.claimed_by_id, person_id=row.person_id):
        signing = await Signing.get_or_none(id=challenge.subject, state=SigningState.PENDING)
    if row.purpose is not OfferPurpose.CONFIRM or challenge is None or signing is None:
        raise Conflict(
            "signing.not_pending",
            "该用印任务已确认、已结束或二维码已失效。",
            "This signing was confirmed already, has ended, or its code is no longer good.",
        )
    company = await Company.get(id=signing.company_id)
    seal = await Seal.get(id=signing.seal_id)
    document = await Document.get(id=signing.document_id)
    values = confirm_values(signing, challenge, signing.digest_sha256, signing.digest_sm3)
    return _Sought("用印", f"{company.name}将在《{_short(document.name)}》上盖{seal.name}", values)


def _short(name: str) -> str:
    plain = "".join(c for c in name if c.isprintable())
    return plain if len(plain) <= NAME_SHOWN else f"{plain[: NAME_SHOWN - 1]}…"


async def _mobile(person_id: str, keyring: Keyring, records: RecordsKey) -> str:
    """The person's mobile, if it is the one under the sealer's signature.

    Raises Refused `code.mobile`, `custody.not_attested`.
    """
    holder = await Holder.get_or_none(person_id=person_id)
    if holder is None:
        raise Refused("seal.not_collected", "请先领取印章。", "Collect the seals first.")
    holders.attested_public(holder, keyring)
    mobile = identity(await Person.get(id=person_id), records).mobile
    if records.index(mobile, "holder.mobile") != holder.mobile_ref:
        raise Refused(
            "code.mobile",
            "登录手机号与领取印章时核验的手机号不一致，不能用短信确认。请用登记过的手机确认。",
            "Your mobile is not the one that was checked when the seals were collected, so no code is sent. "
            "Use your enrolled phone.",
        )
    return mobile
