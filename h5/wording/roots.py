"""Words of the page of daily roots."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "roots.title": ("每日根", "Daily roots"),
    "roots.experts": (
        "本页供审计、鉴定和技术人员使用。验证一份文件不需要它：请到验真页。",
        "This page is for auditors and experts. To verify a document you do not need it: use the "
        "verification page.",
    ),
    "roots.lead": (
        "每天把全部事件链的链头合成一个哈希值，由签章服务签名并加盖时间戳，公布于此。每个根都包含前一个根："
        "保存任何一个，就能查出此前的记录是否被改动或截去。",
        "Each day the heads of all chains of events become one hash, signed and timestamped, and "
        "are published here. Each root contains the one before: whoever keeps one can tell whether anything "
        "before it was changed or cut off.",
    ),
    "roots.keep": (
        "请把 .txt 文件保存到别处，并用 sha256sum 核对；时间戳用 openssl ts -verify 核对。",
        "Keep the .txt file elsewhere, and check it by sha256sum; the timestamp by openssl ts -verify.",
    ),
    "roots.none": (
        "还没有每日根。第一个将在次日零点以后公布。",
        "There is none yet: the first comes after midnight.",
    ),
    "roots.number": ("第 {number} 个 · {day}", "No. {number} · {day}"),
    "roots.stamped": ("时间戳", "Timestamp"),
    "roots.chains": ("当日有新事件的链", "Chains that grew"),
    "roots.sha256": ("内容的 SHA-256", "SHA-256 of the text"),
    "roots.text": ("内容 .txt", "Text .txt"),
    "roots.signature": ("签名 .sig", "Signature .sig"),
    "roots.timestamp": ("时间戳 .tst", "Timestamp .tst"),
    "roots.older": ("更早的", "Older ones"),
    "roots.link": (
        "每日根（事件日志的公开凭据，供审计和技术人员）",
        "Daily roots (public proof of the log of events, for auditors and experts)",
    ),
}
