"""Why a seal or a signature is not good: the steps of GB/T 38540-2020 §6, §7 in order, and what each finds.

The first 27 causes, 1000 to 1026, are the refusals of those steps, format first and timestamp last; what
follows them says what a verifier could not decide or what only a file with its document shows.
"""

from __future__ import annotations

from enum import Enum, StrEnum

from seals.pdf.reports import Verdict

__all__ = ["NOTES", "Cause", "Step", "words"]


class Step(StrEnum):
    """What is checked, in the standards' order; a seal has those from `format` and `seal_…`."""

    FORMAT = "format"
    SIGNATURE_VALUE = "signature_value"
    SIGNER_LISTED = "signer_listed"
    SEAL_VALUE = "seal_value"
    SEAL_CREATION = "seal_creation"  # version 5
    MAKER_CERTIFICATE = "maker_certificate"
    SEAL_PERIOD = "seal_period"
    SEAL_TIMESTAMP = "seal_timestamp"  # version 5
    SIGNER_CERTIFICATE = "signer_certificate"
    SIGNING_TIME = "signing_time"
    DOCUMENT = "document"
    TIMESTAMP = "timestamp"


_WRONG, _OPEN = Verdict.INVALID, Verdict.UNKNOWN


class Cause(Enum):
    """One reason against `valid`: its number, its code, what it makes of the answer, words in zh and en."""

    FORMAT = (
        1000,
        "format",
        _WRONG,
        "数据不是合规的电子印章或电子签章结构：编码有误、字段缺失或有多余内容。",
        "The data is no proper seal or signature structure: badly encoded, or fields missing or added.",
    )
    VERSION = (
        1001,
        "version",
        _WRONG,
        "印章头标识或版本号有误，或签章与印章的版本不一致。",
        "The header's identifier or version is wrong, or signature and seal differ in version.",
    )
    TIMES = (
        1002,
        "times",
        _WRONG,
        "印章的制作日期或有效期不合规：无法读取、先后颠倒或晚于现在。",
        "The seal's dates are wrong: unreadable, in the wrong order, or made after now.",
    )
    PICTURE = (
        1003,
        "picture",
        _WRONG,
        "印章图片与所标类型不符，或尺寸不合理。",
        "The seal's picture is not of the kind it names, or its size makes no sense.",
    )
    CERTIFICATE_LIST = (
        1004,
        "certificate_list",
        _WRONG,
        "印章中的签章者证书列表为空或类型不明。",
        "The seal's list of signers' certificates is empty or of no known type.",
    )
    ALGORITHM = (
        1005,
        "algorithm",
        _OPEN,
        "签名算法不受支持、强度不足，或与证书的密钥不符，无法验证。",
        "The signature algorithm is not supported, too weak, or not that of the certificate's key.",
    )
    SIGNER_CERTIFICATE = (
        1006,
        "signer_certificate",
        _WRONG,
        "签章者证书无法读取。",
        "The signer's certificate cannot be read.",
    )
    SIGNATURE_VALUE = (
        1007,
        "signature_value",
        _WRONG,
        "签章的签名值不正确：签章内容被改动，或不是该证书所签。",
        "The signature value is wrong: what was signed has been altered, or another key signed it.",
    )
    SIGNER_NOT_LISTED = (
        1008,
        "signer_not_listed",
        _WRONG,
        "签章者证书不在印章的证书列表中，无权使用这枚印章。",
        "The signer's certificate is not in the seal's list: it may not use this seal.",
    )
    MAKER_CERTIFICATE = (
        1009,
        "maker_certificate",
        _WRONG,
        "制章者证书无法读取。",
        "The seal maker's certificate cannot be read.",
    )
    SEAL_VALUE = (
        1010,
        "seal_value",
        _WRONG,
        "印章的签名值不正确：印章被改动，或不是制章者所签。",
        "The seal's own signature value is wrong: the seal has been altered, or another key signed it.",
    )
    MAKER_UNTRUSTED = (
        1011,
        "maker_untrusted",
        _OPEN,
        "制章者证书不是由受信任的机构签发，无法确认印章由谁制作。",
        "The seal maker's certificate was not issued by a trusted authority.",
    )
    MAKER_CHAIN = (
        1012,
        "maker_chain",
        _WRONG,
        "制章者证书的信任链不合规：上级证书无权签发它。",
        "The seal maker's chain breaks the rules: a certificate above it may not issue it.",
    )
    MAKER_PERIOD = (
        1013,
        "maker_period",
        _WRONG,
        "制章者证书尚未生效或已经过期。",
        "The seal maker's certificate is not yet or no longer valid.",
    )
    MAKER_REVOKED = (
        1014,
        "maker_revoked",
        _WRONG,
        "制章者证书已被吊销。",
        "The seal maker's certificate has been revoked.",
    )
    MAKER_USAGE = (
        1015,
        "maker_usage",
        _WRONG,
        "制章者证书的用途不允许制作印章。",
        "The seal maker's certificate may not be used for making seals.",
    )
    SEAL_NOT_YET_VALID = (
        1016,
        "seal_not_yet_valid",
        _WRONG,
        "印章在所验时刻尚未生效。",
        "The seal was not yet valid at the time in question.",
    )
    SEAL_EXPIRED = (
        1017,
        "seal_expired",
        _WRONG,
        "印章在所验时刻已经过期。",
        "The seal had expired at the time in question.",
    )
    SEAL_TIMESTAMP = (
        1018,
        "seal_timestamp",
        _WRONG,
        "印章的时间戳无效、不属于这枚印章，或早于制作日期。",
        "The seal's timestamp is broken, belongs to something else, or is earlier than the seal's making.",
    )
    SIGNER_UNTRUSTED = (
        1019,
        "signer_untrusted",
        _OPEN,
        "签章者证书不是由受信任的机构签发，无法确认由谁签章。",
        "The signer's certificate was not issued by a trusted authority: who signed is not proven.",
    )
    SIGNER_CHAIN = (
        1020,
        "signer_chain",
        _WRONG,
        "签章者证书的信任链不合规：上级证书无权签发它。",
        "The signer's chain breaks the rules: a certificate above it may not issue it.",
    )
    SIGNER_PERIOD = (
        1021,
        "signer_period",
        _WRONG,
        "签章时签章者证书尚未生效或已经过期。",
        "The signer's certificate was not yet or no longer valid at the time of signing.",
    )
    SIGNER_REVOKED = (
        1022,
        "signer_revoked",
        _WRONG,
        "签章时签章者证书已被吊销。",
        "The signer's certificate had been revoked before the time of signing.",
    )
    SIGNER_USAGE = (
        1023,
        "signer_usage",
        _WRONG,
        "签章者证书的用途不允许签章。",
        "The signer's certificate may not be used for signing.",
    )
    SIGNING_TIME = (
        1024,
        "signing_time",
        _WRONG,
        "签章时间不合理：早于印章的制作日期，或晚于现在。",
        "The time of signing makes no sense: before the seal was made, or after now.",
    )
    DOCUMENT_HASH = (
        1025,
        "document_hash",
        _WRONG,
        "文件与签章时不一致，已被改动，或不是这份签章所签的文件。",
        "The document is not what was signed: it has been altered, or it is another one.",
    )
    TIMESTAMP = (
        1026,
        "timestamp",
        _WRONG,
        "签章的时间戳无效、不属于这个签章，或早于签章时间。",
        "The signature's timestamp is broken, belongs to something else, or is earlier than the signing.",
    )
    # What the steps leave to whoever verifies.
    DOCUMENT_RANGE = (
        1027,
        "document_range",
        _WRONG,
        "签章所保护的范围不是文件中该签名域实际覆盖的范围。",
        "The range that is signed is not what that signature field of the document covers.",
    )
    DOCUMENT_NOT_CHECKED = (
        1028,
        "document_not_checked",
        _OPEN,
        "没有提供被签的文件，未核对文件内容。请连同原文件一起验证。",
        "The document was not given, so its content has not been checked. Verify it together with it.",
    )
    DOCUMENT_CONTINUED = (
        1029,
        "document_continued",
        _OPEN,
        "签章之后文件又有追加，追加部分不在保护之内。请用签章时的版本，或在验真页验证这份 PDF。",
        "The document was added to after this signature, which does not protect the additions. Use the"
        " version that was signed, or verify the PDF by itself.",
    )
    TIMESTAMP_UNTRUSTED = (
        1030,
        "timestamp_untrusted",
        _OPEN,
        "时间戳不是由受信任的机构签发，或其算法不受支持，无法确认时间。",
        "The timestamp is not of a trusted authority, or its algorithm is not supported.",
    )
    TIME_UNPROVEN = (
        1031,
        "time_unproven",
        _OPEN,
        "证书现已被吊销，而没有时间戳证明印章制作或签章在此之前。",
        "A certificate has since been revoked, and no timestamp proves that the seal or the signature was"
        " made before.",
    )
    NOT_SES = (
        1032,
        "not_ses",
        Verdict.UNSIGNED,
        "这不是电子印章或电子签章文件。",
        "This is neither an electronic seal nor a signature file.",
    )
    TOO_LARGE = (
        1033,
        "too_large",
        _OPEN,
        "文件过大，未作验证。",
        "The file is too large to be verified.",
    )
    TOO_SLOW = (
        1034,
        "too_slow",
        _OPEN,
        "文件过于复杂，未能在限定时间和资源内验证。",
        "The file is too complex to be verified within its time and memory.",
    )
    NOT_JUDGED = (
        1035,
        "not_judged",
        _OPEN,
        "验证程序未能处理这份数据，无法判断真伪。请稍后再试；仍然如此时请联系平台。",
        "The verifier failed over this data. Try again later; if it stays so, tell the platform.",
    )

    def __init__(self, number: int, code: str, verdict: Verdict, zh: str, en: str) -> None:
        self.number, self.code, self.verdict, self.zh, self.en = number, code, verdict, zh, en


NOTES: dict[str, tuple[str, str]] = {
    "revocation_not_checked": (
        "没有最新的吊销列表，未核对证书是否被吊销。",
        "No current revocation list: whether a certificate was revoked has not been checked.",
    ),
    "maker_expired_since": (
        "制章者证书现已到期，制作印章时有效，不影响已制作的印章。",
        "The seal maker's certificate has ended since; it was valid when the seal was made.",
    ),
    "maker_revoked_since": (
        "制章者证书在制作印章之后被吊销，不影响此前制作的印章。",
        "The seal maker's certificate was revoked after the seal was made.",
    ),
    "signer_expired_since": (
        "签章者证书在签章之后到期，不影响此前的签章。",
        "The signer's certificate ended after the signing, which does not touch this signature.",
    ),
    "signer_revoked_since": (
        "签章者证书在签章之后被吊销，不影响此前的签章。",
        "The signer's certificate was revoked after the signing, which does not touch this signature.",
    ),
    "seal_expired_since": (
        "印章在签章之后到期，不影响此前的签章。",
        "The seal expired after the signing, which does not touch this signature.",
    ),
    "hash_with_identity": (
        "文件杂凑值按带签名者标识的方式计算（Z 值预处理），不是通行做法。",
        "The document's hash includes the signer's identity (Z), which is not the usual way.",
    ),
    "digest_with_identity": (
        "证书列表中的杂凑值按带签名者标识的方式计算（Z 值预处理），不是通行做法。",
        "The digest in the certificate list includes the signer's identity (Z), which is not the usual way.",
    ),
    "raw_value": (
        "签名值是 64 字节原始格式，不是标准要求的 DER 格式。",
        "A signature value is in the raw form of 64 bytes, not in DER as the standard has it.",
    ),
    "signing_time_claimed": (
        "没有时间戳，签章时间由签章者自行填写。",
        "There is no timestamp: the time of signing is the signer's own word.",
    ),
}
"""What is good to know and changes no verdict."""

_CAUSES = {cause.code: cause for cause in Cause}


def words(code: str) -> tuple[str, str]:
    """The words of a cause or note, zh and en; KeyError when there is no such code."""
    return (_CAUSES[code].zh, _CAUSES[code].en) if code in _CAUSES else NOTES[code]
