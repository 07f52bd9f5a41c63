"""Every code a report can hold, with its words in Chinese and English."""

from __future__ import annotations

__all__ = ["INVALIDATING", "REASONS"]

REASONS: dict[str, tuple[str, str]] = {
    # the file cannot be judged
    "not_pdf": ("这不是 PDF 文件。", "This is not a PDF file."),
    "too_large": ("文件过大，未作验证。", "The file is too large to be verified."),
    "encrypted": (
        "文件有密码保护，无法验证。请用未加密的文件验证。",
        "The file is protected by a password and cannot be verified. Use the file without it.",
    ),
    "broken": (
        "文件结构不完整或不规范，无法可靠地验证。",
        "The file is damaged or not built by the rules, so it cannot be verified reliably.",
    ),
    "hybrid": (
        "文件带有新旧两套目录，不同软件看到的内容可能不同，无法可靠地验证。",
        "The file has two tables of contents, for old and new software, which may show different things: it"
        " cannot be verified reliably.",
    ),
    "too_slow": (
        "文件过于复杂，未能在限定时间内验证。",
        "The file is too complex to be verified in time.",
    ),
    "too_many_signatures": ("签名或修订过多，未作验证。", "Too many signatures or revisions to verify."),
    # proven wrong
    "signature_removed": (
        "文件原有签名，之后被删除或替换。",
        "The file was signed, and the signature was removed or replaced afterwards.",
    ),
    "byte_range_odd": (
        "签名没有按规范覆盖文件内容。",
        "The signature does not cover the content in the way the standard requires.",
    ),
    "contents_odd": (
        "签名数据缺失或格式不正确。",
        "The signature value is missing or malformed.",
    ),
    "digest_mismatch": (
        "文件内容与签署时不一致，已被改动。",
        "The content differs from what was signed: it has been altered.",
    ),
    "signature_wrong": (
        "签名值与签名证书不符，不是该证书所签。",
        "The signature value does not belong to the certificate: it was not made with its key.",
    ),
    "changed_after_signing": (
        "签署之后文件又被改动。",
        "The file was changed after it was signed.",
    ),
    "change_not_permitted": (
        "签署时已声明不得再改动，之后仍有改动或加签。",
        "The signer allowed no further changes or signatures, and there are some.",
    ),
    "timestamp_wrong": (
        "签名所带的时间戳是别处的，或已被改动。",
        "The signature's timestamp belongs to something else, or has been altered.",
    ),
    "certificate_not_valid_then": (
        "签署时证书尚未生效或已经过期。",
        "The certificate was not yet or no longer valid at the time of signing.",
    ),
    "revoked_before_signing": (
        "签署时证书已被吊销。",
        "The certificate had been revoked before the time of signing.",
    ),
    "certificate_wrong_usage": (
        "该证书不得用于签章。",
        "The certificate may not be used for sealing.",
    ),
    # not proven right
    "untrusted_issuer": (
        "签名证书不是由受信任的机构签发，无法确认签章单位。",
        "The certificate was not issued by a trusted authority: who signed is not proven.",
    ),
    "no_trusted_time": (
        "没有可信的时间戳，无法确认签署时间。",
        "There is no trusted timestamp: when it was signed is not proven.",
    ),
    "timestamp_lapsed": (
        "时间戳单位的证书或所用算法已到期，而到期之前没有续加时间戳，签署时间已无法证明。",
        "The time-stamping unit's certificate or an algorithm has ended, and no further timestamp was put on"
        " the file before: when it was signed is no longer proven.",
    ),
    "unsupported_signature": (
        "签名的格式或算法不受支持或强度不足，无法验证。",
        "The signature's format or algorithm is not supported or too weak to be verified.",
    ),
    "later_signature_unproven": (
        "之后又有人加签，但其身份或时间无法确认，加签部分可能遮盖原内容。",
        "Somebody signed later whose identity or time is not proven; what was added may cover the content.",
    ),
    # good to know; these change no verdict, by themselves
    "revocation_not_checked": (
        "没有最新的吊销列表，未核对证书是否被吊销。",
        "No current revocation list: whether the certificate was revoked has not been checked.",
    ),
    "revoked_after_signing": (
        "证书在签署之后被吊销，不影响此前的签署。",
        "The certificate was revoked after the signing, which does not touch this signature.",
    ),
    "certificate_expired_since": (
        "证书在签署之后到期，不影响此前的签署。",
        "The certificate expired after the signing, which does not touch this signature.",
    ),
    "timestamp_rejected": (
        "签名带有时间戳，但签发机构不受信任，或算法不受支持。",
        "There is a timestamp, but its authority is not trusted, or its algorithm not supported.",
    ),
    "document_timestamp_untrusted": (
        "文件另有时间戳，其签发机构不受信任，未作为依据；它不影响结论。",
        "A further timestamp on the file is of no trusted authority; it was not relied on, and does no harm.",
    ),
    "document_timestamp_lapsed": (
        "文件末尾的时间戳已到期，而到期之前没有续加，未作为依据。",
        "The file's last timestamp has ended without a further one put on before; it was not relied on.",
    ),
    "unreadable_after_signing": (
        "签名之后的部分无法读取：可能没有下载完整，也可能被人添加了内容。请向对方重新索取文件。",
        "What follows the signature cannot be read: the file is incomplete, or something was added."
        " Ask for it again.",
    ),
    "only_timestamps": (
        "文件只有时间戳，没有签章。",
        "The file has a timestamp, but nobody's signature.",
    ),
    "record_earlier": (
        "与本平台记录的一个较早版本完全一致；之后又加盖过签章，请索取最新版本。",
        "It is an earlier version in our record, unchanged; seals were added since. Ask for the newest.",
    ),
    "record_continued": (
        "前面的部分就是本平台记录的版本；之后只增加了验证资料或别处的签章。",
        "It begins with a version in our record; only validation data or signatures of others were added.",
    ),
    "record_unarchived": (
        "与本平台记录的签章一致，但缺少末尾的长期验证资料。请向对方索取完整文件。",
        "The seal is in our record, but the file lacks its last part, which proves it for long."
        " Ask for the whole file.",
    ),
    "record_unrenewed": (
        "与本平台记录的签章完全一致；之后又续加过时间戳，换用最新文件可以证明得更久。",
        "It is the sealed file in our record; a further timestamp was added since. The newest file proves it"
        " for longer.",
    ),
    "record_newer": (
        "该文件之后又加盖过签章，请索取最新版本。",
        "Seals were added to the document since. Ask for the newest version.",
    ),
    "record_none": (
        "本平台没有这份文件的记录：签章有效，但不是在本平台加盖的，或记录不在这里。",
        "Our record does not have this file: the signatures are valid, but were not made here.",
    ),
    "record_paper": (
        "这是本平台自己出具并签章的文书，与平台记录完全一致。",
        "The platform itself made and sealed this paper; it is the one in our record, to the last byte.",
    ),
    "paper_over": (
        "请注意：文书所载内容现在已不再成立、已过有效期或未经核实，请打开记录查看现状。",
        "Mind: what this paper states holds no more, is out of date or was never verified. Open the record to"
        " see how it stands.",
    ),
    "seal_frozen_now": (
        "签署时有效；印章后来暂停使用，不影响此前的签署。",
        "It was good when signed; the seal was suspended since, which does not touch this.",
    ),
    "seal_revoked_now": (
        "签署时正常；印章的证书后来被吊销，不影响此前的签署。",
        "It was in good standing then; its certificate was revoked since, which does not touch this.",
    ),
    "seal_expired_now": (
        "签署时正常；印章的证书后来到期，不影响此前的签署。",
        "It was in good standing then; its certificate expired since, which does not touch this.",
    ),
    "seal_cancelled_now": (
        "签署时有效；印章后来注销，不影响此前的签署。",
        "It was good when signed; the seal was cancelled since, which does not touch this.",
    ),
    "traces_of_signature": (
        "文件中有签名的痕迹，但不构成签名。",
        "The file holds traces of a signature that is not part of the document.",
    ),
}

INVALIDATING: frozenset[str] = frozenset(
    {
        "signature_removed",
        "byte_range_odd",
        "contents_odd",
        "digest_mismatch",
        "signature_wrong",
        "changed_after_signing",
        "change_not_permitted",
        "timestamp_wrong",
        "certificate_not_valid_then",
        "revoked_before_signing",
        "certificate_wrong_usage",
    }
)
"""Reasons that prove a signature wrong; any other reason makes the answer unknown."""
