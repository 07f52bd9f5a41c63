"""Words of a seal's life: resuming, renewing, cancelling it, its loss and damage; what each will do."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "life.more": ("更多办理", "More"),
    "life.choose": ("{name}：要办什么", "{name}: what is to be done"),
    "life.no_pin": ("没有口令？核验身份后恢复", "No PIN? Resume by an identity check"),
    "life.resume": ("恢复使用", "Resume"),
    "life.resume_note": (
        "恢复后可以继续盖章。若密钥在暂停期间已作废，恢复后须重新领取。",
        "It seals again. Where its keys ended meanwhile, collect it anew afterwards.",
    ),
    "life.renew": ("续期", "Renew"),
    "life.renew_short": ("换新证书，编码不变", "new certificates, same number"),
    "life.renew_note": (
        "现有证书立即吊销，编码和印模不变，授权作废；请接着重新领取，换新证书后继续盖章。",
        "The present certificates are revoked at once; number and imprint stay, grants end. "
        "Collect it anew next, with new certificates.",
    ),
    "life.cancel": ("注销", "Cancel"),
    "life.cancel_short": ("永久停止使用", "for good"),
    "life.cancel_note": (
        "注销不能撤回：证书立即吊销，密钥删除，授权作废，不再盖章。以前盖的文件仍然有效。",
        "This cannot be taken back: certificates are revoked, keys erased, grants end, it seals nothing "
        "more. What was sealed stays valid.",
    ),
    "life.loss": ("挂失", "Report it lost"),
    "life.loss_short": ("怕被他人使用：注销，另发新编码", "others may use it: another number"),
    "life.loss_note": (
        "怀疑他人能用这枚印章时办理，不能撤回：原印章立即注销；另发一枚，字样不变、编码不同，领取后使用。",
        "Where others may be able to use it; it cannot be taken back. It is cancelled at once, and another "
        "with the same words and another number waits to be collected.",
    ),
    "life.damage": ("损坏重制", "Damaged: make it anew"),
    "life.damage_short": ("不能正常使用：注销，另发新编码", "it works no more: another number"),
    "life.damage_note": (
        "印章不能正常使用时办理，不能撤回：原印章立即注销；另发一枚，字样不变、编码不同，领取后使用。",
        "Where it works no more; it cannot be taken back. It is cancelled at once, and another with the same "
        "words and another number waits to be collected.",
    ),
    "life.photo_note": (
        "这枚印章由照片制作，不能自动重制：注销后请重新拍照制作。",
        "It was made from a photo and is not made anew by itself: take another photo afterwards.",
    ),
    "life.unlicensed_note": (
        "不能撤回：原印章立即注销。平台目前不能制作印章，暂不另发；恢复制作后请在「增加印章」办理。",
        "This cannot be taken back: it is cancelled at once. No seal can be made at present, so none takes "
        "its place; add one under Add a seal when that is possible again.",
    ),
    "life.what": ("办理", "What"),
    "life.certificates": ("证书", "Certificates"),
    "life.certificates_kept": ("不变", "stay"),
    "life.revoked_superseded": ("立即吊销（已被取代）", "revoked at once (superseded)"),
    "life.revoked_cessation_of_operation": ("立即吊销（停止使用）", "revoked at once (out of use)"),
    "life.grants": ("作废的授权", "Grants that end"),
    "life.signings": ("终止的用印", "Signings that end"),
    "life.another": ("另发新印章", "Another seal"),
    "life.another_yes": ("是，编码不同", "yes, with another number"),
    "life.confirm_title": ("核对后用口令确认", "Look, then confirm with your PIN"),
    "life.send": ("确认办理", "Confirm"),
    "life.done": ("已办理", "Done"),
    "life.draft_over": (
        "确认超时，或印章状态已变化。没有任何改动，请重新办理。",
        "Too late, or the seal has changed meanwhile. Nothing was done; begin again.",
    ),
    "life.valid_until": ("证书有效期至", "Certificate until"),
    "life.due": ("证书即将到期，请续期", "The certificate ends soon; renew it"),
    "life.expired": ("证书已到期，续期后才能盖章", "The certificate has ended; renew it to seal"),
    "life.since_frozen": ("暂停时间", "Suspended"),
    "life.since_cancelled": ("注销时间", "Cancelled"),
    "life.for_cancel": ("企业申请注销", "at the company's wish"),
    "life.for_loss": ("挂失", "reported lost"),
    "life.for_damage": ("损坏", "damaged"),
    "life.for_replace": ("法定代表人或姓名变更", "another representative or name"),
    "life.for_rename": ("企业名称变更", "the company is called otherwise now"),
    "life.for_retype": ("企业类型变更", "the company is of another type now"),
    "life.for_dissolve": ("企业注销登记", "the company was dissolved"),
    "life.for_lapse": ("逾期未领取", "not collected in time"),
    "card.seal_cancelled": ("{name}已注销", "{name} is cancelled"),
    "card.seal_cancelled_cancel": ("企业申请注销", "At the company's wish"),
    "card.seal_cancelled_loss": ("已挂失", "It was reported lost"),
    "card.seal_cancelled_damage": ("已损坏", "It was reported damaged"),
    "card.seal_cancelled_replace": (
        "登记的法定代表人（经营者）姓名已变更",
        "Another name of the representative is registered now",
    ),
    "card.seal_cancelled_rename": (
        "登记的企业名称已变更",
        "Another name of the company is registered now",
    ),
    "card.seal_cancelled_retype": (
        "登记的企业类型已变更",
        "Another type of the company is registered now",
    ),
    "card.seal_cancelled_dissolve": (
        "登记机关已注销企业",
        "The company was dissolved in the register",
    ),
    "card.seal_cancelled_lapse": ("发放后逾期未领取", "It was not collected in time"),
    "card.seal_cancelled_text": (
        "它不再盖章，证书已吊销；以前盖过的文件仍然有效。",
        "It seals nothing more, and its certificates are revoked; what was sealed before stays valid.",
    ),
    "card.licence_revoked": ("企业已注销", "The company is dissolved"),
    "card.licence_revoked_text": (
        "电子营业执照失效，全部印章注销，授权和人员权限终止，正在进行的领取和用印也已终止；以前盖过的文件仍然有效。",
        "Its licence has ended, all seals are cancelled, grants and members have no rights, collections and "
        "signings have ended. What was sealed before stays valid.",
    ),
    "card.seal_expiring": ("{name}的证书快到期了", "The certificate of {name} ends soon"),
    "card.seal_expired": ("{name}的证书已到期", "The certificate of {name} has ended"),
    "card.seal_expiring_text": (
        "有效期至 {time}。到期后不能盖章；请在「我的印章」续期，然后重新领取。",
        "Valid until {time}; then it seals nothing. Renew it among your seals, then collect it anew.",
    ),
    "card.seal_uncollected": ("{name}还没有领取", "{name} waits to be collected"),
    "card.seal_uncollected_text": (
        "请在 {time} 前领取，逾期将按规定注销。",
        "Collect it before {time}; after that it is cancelled, as the rules demand.",
    ),
    "card.instead_of": ("代替已注销的印章 {number}", "In place of the cancelled seal {number}"),
}
