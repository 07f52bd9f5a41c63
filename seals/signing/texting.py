"""The code by text message where a browser keeps no key: asked for in web, made and sent in the sealer.

For a confirmation, a grant or a change of PIN it goes to the mobile that was attested; for a collection,
which attests it, to the mobile of the identity check that was passed for this very collection.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from auth import identity_checks, licences, members
from auth.china import CHINA
from auth.errors import Conflict, DomainError, Refused
from auth.identity_models import IdentityCheck, IdentityPurpose
from auth.member_models import Grant, GrantRole, GrantState, Member
from auth.models import Challenge, ChallengeState, Company, Person, Session
from auth.people import identity
from auth.ports import RealName, Sms
from auth.privacy import RecordsKey
from auth.sessions import SessionView
from seals import (
    approvers,
    confirm_codes,
    grant_confirming,
    holders,
    life_asking,
    offers,
    rule_setting,
    rules,
)
from seals.approval_models import ApprovalRule
from seals.collecting import collect_values
from seals.confirm_codes import ConfirmCodeSent
from seals.device_models import ConfirmCode
from seals.entitled import check_identity
from seals.grant_endings import no_such
from seals.granting import join_values
from seals.keyring import Keyring
from seals.life import Change
from seals.life_models import SealChange
from seals.models import (
    Collection,
    CollectionState,
    Document,
    Holder,
    OfferPurpose,
    Seal,
    SealState,
    Signing,
    SigningState,
)
from seals.repinning import change_values
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
    """What a code is to confirm: act and text as the message says, values as a device would sign.

    mobile: where it goes.
    """

    act: str
    text: str
    values: Mapping[str, str]
    mobile: str


async def send(
    row: ConfirmCode, keyring: Keyring, records: RecordsKey, sms: Sms, realname: RealName, now: datetime
) -> None:
    """Send the code of a claimed row; what does not allow it is written down for the asker.

    The text says what would be sealed or granted, so that the owner sees what he is asked to confirm.
    """
    try:
        sought = await _SOUGHT[row.purpose](_Asked(row, keyring, records, realname, now))
        code = await confirm_codes.make(row, keyring.pepper, sought.values)
        await sms.send(
            sought.mobile,
            f"【e章通】{sought.act}确认码 {code}，5 分钟内有效。{sought.text}。"
            f"不是您本人要{sought.act}，请勿使用；不要告诉任何人，工作人员也不会索要。",
        )
    except DomainError as error:
        await confirm_codes.refuse(row, error)
    else:
        await confirm_codes.sent(row)


@dataclass(frozen=True)
class _Asked:
    row: ConfirmCode
    keyring: Keyring = field(repr=False)
    records: RecordsKey = field(repr=False)
    realname: RealName
    now: datetime

    async def mobile(self) -> str:
        """As attested."""
        return await _mobile(self.row.person_id, self.keyring, self.records)


async def _collect(asked: _Asked) -> _Sought:
    row, now = asked.row, asked.now
    collection = await Collection.get_or_none(
        id=row.subject, person_id=row.person_id, state=CollectionState.CHECKING
    )
    if collection is None:
        raise Conflict("collection.state", "领取已结束，请刷新。", "This collection has ended; reload.")
    licence = await licences.in_force(collection.company_id)
    identity = asked.keyring.identity.public_key()
    result = await check_identity(collection, licence, identity, asked.realname, asked.records, now)
    company = await Company.get(id=collection.company_id)
    seals = await Seal.filter(company_id=company.id, state=SealState.ISSUED)
    values = collect_values(collection, [seal.id for seal in seals])
    return _Sought("领取", f"{company.name}的 {len(seals)} 枚印章将由您领取", values, result.mobile)


async def _join(asked: _Asked) -> _Sought:
    row = asked.row
    grant = await Grant.get_or_none(id=row.subject, person_id=row.person_id, state=GrantState.WAITING)
    check = None if grant is None else await IdentityCheck.get_or_none(id=grant.check_id)
    if grant is None:
        raise no_such()
    if check is None:
        raise identity_checks.not_passed()
    result = await identity_checks.require_passed(
        check, IdentityPurpose.JOIN, grant.id, asked.now, asked.realname
    )
    if holders.identity_of(result, asked.records).identity_ref != grant.identity:
        raise identity_checks.not_passed()
    company, seal = await Company.get(id=grant.company_id), await Seal.get(id=grant.seal)
    text = f"{company.name}的{seal.name}将由您领取"
    return _Sought("领取", text, join_values(grant, check), result.mobile)


async def _change_pin(asked: _Asked) -> _Sought:
    mobile = await asked.mobile()
    holder = await Holder.get(person_id=asked.row.person_id)
    return _Sought("改口令", "您的用印口令将被更改", change_values(holder), mobile)


async def _grant(asked: _Asked) -> _Sought:
    row, records, now = asked.row, asked.records, asked.now
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
    return _Sought("授权", text, grant_confirming.values(grant), await asked.mobile())


async def _rule(asked: _Asked) -> _Sought:
    row, now = asked.row, asked.now
    rule = await ApprovalRule.get_or_none(id=row.subject)
    if rule is None or not rule_setting.is_draft(rule, row.person_id, now):
        raise rule_setting.no_such()
    company = await Company.get(id=rule.company_id)
    seal = await Seal.get(id=rule.seal, company_id=company.id)
    what = await _asked_of(rules.read(rule), asked.records)
    text = f"{company.name}的{seal.name}用印{what}"
    return _Sought("设置审批规则", text, rule_setting.values(rule), await asked.mobile())


async def _asked_of(rule: Rule, records: RecordsKey) -> str:
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


async def _approval(asked: _Asked) -> _Sought:
    row, now = asked.row, asked.now
    signing = await Signing.get_or_none(id=row.subject, state=SigningState.PENDING)
    if signing is None or await approvers.to_decide(signing, row.person_id, now) is None:
        raise approvers.not_needed()
    company = await Company.get(id=signing.company_id)
    seal = await Seal.get(id=signing.seal_id)
    document = await Document.get(id=signing.document_id)
    values = approvers.approve_values(signing, document.original)
    text = f"同意{company.name}在《{_short(document.name)}》上盖{seal.name}"
    return _Sought("审批", text, values, await asked.mobile())


async def _signing(asked: _Asked) -> _Sought:
    row, now = asked.row, asked.now
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
    text = f"{company.name}将在《{_short(document.name)}》上盖{seal.name}"
    return _Sought("用印", text, values, await asked.mobile())


async def _change(asked: _Asked) -> _Sought:
    row, now = asked.row, asked.now
    change = await SealChange.get_or_none(id=row.subject)
    if change is None or not life_asking.is_draft(change, row.person_id, now):
        raise life_asking.no_such()
    company = await Company.get(id=change.company_id)
    seal = await Seal.get(id=change.seal_id, company_id=company.id)
    act, what = _CHANGES[Change(change.change)]
    text = f"{company.name}的{seal.name}（编码 {seal.number}）{what}"
    return _Sought(act, text, life_asking.values(change), await asked.mobile())


_CHANGES = {
    Change.RESUME: ("恢复印章", "将恢复使用"),
    Change.RENEW: ("印章续期", "现有证书将吊销，重新领取后继续使用"),
    Change.CANCEL: ("注销印章", "将永久注销，不能恢复"),
    Change.LOSS: ("印章挂失", "将永久注销，并另发新编码的印章"),
    Change.DAMAGE: ("印章重制", "将永久注销，并另发新编码的印章"),
}


_SOUGHT: Mapping[OfferPurpose, Callable[[_Asked], Awaitable[_Sought]]] = {
    OfferPurpose.CONFIRM: _signing,
    OfferPurpose.COLLECT: _collect,
    OfferPurpose.JOIN: _join,
    OfferPurpose.CHANGE_PIN: _change_pin,
    OfferPurpose.GRANT: _grant,
    OfferPurpose.RULE: _rule,
    OfferPurpose.APPROVE: _approval,
    OfferPurpose.CHANGE: _change,
}


def _short(name: str) -> str:
    plain = "".join(c for c in name if c.isprintable())
    return plain if len(plain) <= NAME_SHOWN else f"{plain[: NAME_SHOWN - 1]}…"


async def _mobile(person_id: str, keyring: Keyring, records: RecordsKey) -> str:
    """The person's mobile, if it is the one under the sealer's signature.

    Raises Refused `code.mobile`, `custody.not_attested`.
    """
    holder = await Holder.get_or_none(person_id=person_id)
    if holder is None:
        raise offers.not_collected()
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
