"""Words of the public pages: the record of a code, checking a file, the verdict and its reasons."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "record.title": ("用印记录", "Record of a sealed document"),
    "record.found": ("找到一条用印记录", "A record was found"),
    "record.code": ("验真码", "Verification code"),
    "record.count": ("印章", "Seals"),
    "record.count_value": ("{count} 枚", "{count}"),
    "record.company": ("签章单位", "Company"),
    "record.uscc": ("统一社会信用代码", "Unified social credit code"),
    "record.signed_at": ("签署时间", "Signed at"),
    "record.then": ("签署时的状态", "Status at signing"),
    "record.now": ("现在的状态", "Status now"),
    "record.check_title": ("您手里的文件是原件吗？", "Is the file in your hand the one?"),
    "record.check_text": (
        "有记录不等于文件是真的：二维码可以被复制到别的文件上。请选择您收到的 PDF 核对。",
        "A record alone proves nothing: a QR code can be copied onto any file. Check the PDF you received.",
    ),
    "record.pick": ("选择您手里的 PDF", "Choose the PDF you have"),
    "record.pick_note": (
        "或拖到这里。只在您的设备上计算指纹来比对，文件不上传。",
        "or drop it here. Only its fingerprint is compared; the file stays on your device.",
    ),
    "record.latest_title": ("文件与记录一致", "The file matches the record"),
    "record.latest_text": (
        "这就是当时签署的文件，一个字节都没有改动。",
        "This is the file that was sealed, unchanged to the last byte.",
    ),
    "record.earlier_title": ("真实，但不是最新版本", "Genuine, but an earlier version"),
    "record.earlier_text": (
        "文件没有改动；在这之后又有单位加盖了印章。请向对方索取最新版本。",
        "The file is unchanged, but further seals were added later. Ask for the newest version.",
    ),
    "record.none_title": ("不是记录里的文件", "This is not the recorded file"),
    "record.none_text": (
        "它不是当时签署的文件，或者之后被改动过。请不要采信。",
        "It is not the file that was sealed, or it was changed afterwards. Do not rely on it.",
    ),
    "record.other_title": ("签章有效，但不属于这个验真码", "Validly signed, but not under this code"),
    "record.other_text": (
        "文件的签名有效，但与这个验真码的记录不符。请核对文件上的验真码。",
        "The signatures are valid, but the file is not of this record. Compare the code on the file.",
    ),
    "record.compared": ("已比对：{name}", "Compared: {name}"),
    "record.whole": ("上传做完整验证", "Upload for full validation"),
    "record.whole_note": (
        "逐个检查签名、证书和时间戳；验证完即删除，不保存文件。",
        "Checks each signature, certificate and timestamp; the file is not kept.",
    ),
    "record.not_sealed": ("未盖章", "Not sealed"),
    "record.not_sealed_title": ("这份文件还没有盖章", "This document has not been sealed"),
    "record.not_sealed_text": (
        "验真码已经生成，但签署没有完成。印有它的文件目前没有任何效力。",
        "The code was made, but the signing was not completed. A file that carries it has no effect now.",
    ),
    "record.unknown": ("没有记录", "No record"),
    "record.unknown_title": ("查不到这个验真码", "There is no such code"),
    "record.unknown_text": (
        "可能输错了，也可能是伪造的。请对照文件重新输入。",
        "It may be mistyped, or forged. Please compare it with the document and retype it.",
    ),
    "record.retype": ("重新输入验真码", "Retype the code"),
    "verify.title": ("验真", "Verify"),
    "verify.heading": ("验证文件的真伪", "Is this document genuine?"),
    "verify.lead": (
        "选择收到的 PDF，几秒钟就知道：谁盖的章、什么时候、之后有没有改动。",
        "Choose the PDF you received: see who sealed it, when, and whether it was changed since.",
    ),
    "verify.pick": ("选择 PDF 文件", "Choose a PDF"),
    "verify.upload_note": (
        "或拖到这里。文件会上传验证，不保存。",
        "or drop it here. It is uploaded to be checked, and not kept.",
    ),
    "verify.code": ("或者输入文件上的验真码", "Or enter the code printed on it"),
    "verify.code_note": ("印在二维码下面，16 位字母和数字", "below its QR code: 16 letters and digits"),
    "verify.code_bad": (
        "验真码是 16 位，请对照文件检查。",
        "The code has 16 characters. Please compare it with the document.",
    ),
    "verify.code_go": ("查询记录", "Find the record"),
    "verify.to_record": ("查看这份文件的用印记录", "See the record of this document"),
    "verify.law": (
        "依照《电子签名法》第十四条，可靠的电子签名与手写签名或者盖章具有同等的法律效力。",
        "Under article 14 of the Electronic Signature Law, a reliable electronic signature has the same"
        " effect as a handwritten signature or a seal.",
    ),
    "verify.structure": ("收到的是 .esl 或 .ses 文件？", "Is it an .esl or .ses file?"),
    "verify.structure_link": ("去印章验真页", "Verify a seal file"),
    "verify.host": ("请核对地址栏，正确的网址是", "Compare your address bar; the right address is"),
    "verdict.checking": ("正在验证 {name} …", "Checking {name} …"),
    "verdict.valid_title": ("签章真实有效", "Genuine and valid"),
    "verdict.valid_text": (
        "文件自签署以后没有被改动。",
        "The file is unchanged since it was signed.",
    ),
    "verdict.earlier_title": ("真实有效，但不是最新版本", "Genuine, but an earlier version"),
    "verdict.earlier_text": (
        "文件没有被改动；之后又有单位加盖了印章。",
        "The file is unchanged; further seals were added later.",
    ),
    "verdict.invalid_title": ("不能采信", "Do not rely on this file"),
    "verdict.invalid_text": ("验证没有通过，原因如下。", "It did not pass the check, for these reasons."),
    "verdict.unknown_title": ("无法判断真伪", "It cannot be decided"),
    "verdict.unknown_text": (
        "没有足够的依据证明它是真的，请不要当作有效文件使用。",
        "There is not enough to prove it genuine. Do not treat it as valid.",
    ),
    "verdict.unsigned_title": ("没有电子签章", "Not electronically signed"),
    "verdict.unsigned_text": (
        "文件里没有电子签名。页面上的印章图案本身不能证明任何事。",
        "The file holds no electronic signature. A picture of a seal proves nothing by itself.",
    ),
    "verdict.short_valid": ("有效", "valid"),
    "verdict.short_invalid": ("无效", "invalid"),
    "verdict.short_unknown": ("无法判断", "undecided"),
    "verdict.short_unsigned": ("未签名", "unsigned"),
    "verdict.company": ("签章单位", "Company"),
    "verdict.subject": ("证书自称（未经证实）", "The certificate claims (unproven)"),
    "verdict.uscc": ("统一社会信用代码", "Unified social credit code"),
    "verdict.seal_number": ("印章编码", "Seal number"),
    "verdict.signed_at": ("签署时间（时间戳）", "Signed at (timestamp)"),
    "verdict.certificate_then": ("签署时的证书", "Certificate at signing"),
    "verdict.certificate_now": ("现在的证书", "Certificate now"),
    "verdict.level": ("签名级别", "Level"),
    "verdict.status_good": ("有效", "good"),
    "verdict.status_revoked": ("已吊销", "revoked"),
    "verdict.status_expired": ("已到期", "expired"),
    "verdict.status_not_yet_valid": ("尚未生效", "not yet valid"),
    "verdict.status_not_checked": ("未核对吊销列表", "revocation not checked"),
}
