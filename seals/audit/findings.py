"""What `ezhang audit check` can find, and the words for it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

__all__ = ["WORDS", "Code", "Counts", "Finding"]


class Code(StrEnum):
    """What is wrong."""

    CONTENT = "event_content"
    COMMITMENT = "event_commitment"
    PREV = "event_prev"
    HASH = "event_hash"
    HEADER = "event_header"
    UNLINKED = "event_unlinked"
    REMOVED = "event_removed"
    MOVED = "event_moved"
    ORDER = "event_order"
    UNREADABLE = "event_unreadable"
    TAIL = "tail_removed"
    HEAD = "head_differs"
    HEAD_MISSING = "head_missing"
    STREAM = "stream_removed"
    SIGNATURE = "head_signature"
    SIGNED_HEAD = "signed_head_differs"
    LEAF = "bound_head_differs"
    LEAF_RANGE = "bound_range"
    UNBOUND = "unbound"
    ERASURE = "erasure_differs"
    ROOT_MISSING = "root_missing"
    ROOT_STATE = "root_state"
    ROOT_TEXT = "root_text"
    ROOT_LEAVES = "root_leaves"
    ROOT_PREVIOUS = "root_previous"
    ROOT_SIGNATURE = "root_signature"
    ROOT_TIMESTAMP = "root_timestamp"
    ROOT_KEPT = "root_kept_differs"
    ROOT_CUT = "root_cut"


WORDS: dict[Code, tuple[str, str]] = {
    Code.CONTENT: (
        "事件的操作人、所代表的企业、对象、内容、密文或盐值被改动。",
        "The event's actor, company, subject, facts, private text or salt was changed.",
    ),
    Code.COMMITMENT: ("事件的内容承诺值被改动。", "The event's commitment was changed."),
    Code.PREV: ("事件所记的前一事件哈希被改动。", "What the event names as the one before was changed."),
    Code.HASH: ("事件的哈希被改动。", "The event's hash was changed."),
    Code.HEADER: (
        "事件的所属链、序号、类型或时间被改动，或该事件不是系统写入的。",
        "The event's stream, number, kind or time was changed, or the system never wrote it.",
    ),
    Code.UNLINKED: (
        "事件与前一事件不相连：此处有事件被插入、调换或重写。",
        "The event does not follow from the one before: one was inserted, moved or rewritten here.",
    ),
    Code.REMOVED: ("此处的事件被删除。", "The events here were removed."),
    Code.MOVED: (
        "事件的序号不在链内：被改号或被插入。",
        "The event's number is not of this chain: it was renumbered or inserted.",
    ),
    Code.ORDER: (
        "事件写入的先后与序号不符：被调换或后来插入。",
        "The order of writing is not that of the numbers: it was moved, or inserted later.",
    ),
    Code.UNREADABLE: ("事件的数据无法读取。", "The event's row cannot be read."),
    Code.TAIL: ("链尾的事件被删除。", "The end of the chain was removed."),
    Code.HEAD: (
        "链头记录与最后的事件不符。",
        "The record of the chain's head is not that of the last event.",
    ),
    Code.HEAD_MISSING: ("链头记录被删除。", "The record of the chain's head was removed."),
    Code.STREAM: ("整条链的事件被删除。", "All events of the chain were removed."),
    Code.SIGNATURE: (
        "链头会签不是本系统签章服务所签，或已被改动。",
        "The countersignature of the head is not the sealer's, or was changed.",
    ),
    Code.SIGNED_HEAD: (
        "事件与当时会签的链头不符：此前的事件被重写。",
        "The event is not the head that was countersigned: the chain up to here was rewritten.",
    ),
    Code.LEAF: (
        "事件与每日根所绑定的不符：链被重写，或绑定记录被改动。",
        "The events are not those bound by the daily root: the chain was rewritten, or that record changed.",
    ),
    Code.LEAF_RANGE: (
        "每日根的绑定记录有缺失、重叠或被改动。",
        "The records of what daily roots bind have a gap, overlap or were changed.",
    ),
    Code.UNBOUND: (
        "事件已超过两天仍未被任何每日根绑定：绑定停止，或绑定记录被删除。",
        "For over two days no daily root has bound this event: that has stopped, or its record was removed.",
    ),
    Code.ERASURE: (
        "删除登记与平台链所记的不符，或被清空的事件此后被改动。",
        "The register of erasures is not as the platform's chain has it, or what it emptied changed since.",
    ),
    Code.ROOT_MISSING: ("每日根被删除。", "The daily root was removed."),
    Code.ROOT_STATE: ("每日根的状态被改动。", "The state of the daily root was changed."),
    Code.ROOT_TEXT: ("每日根的内容被改动。", "The text of the daily root was changed."),
    Code.ROOT_LEAVES: (
        "每日根与其绑定的各链记录不符：记录被改动、删除或添加。",
        "The daily root is not that of the chains recorded for it: one was changed, removed or added.",
    ),
    Code.ROOT_PREVIOUS: (
        "每日根所记的前一个根与实际不符。",
        "The daily root does not contain the one before it.",
    ),
    Code.ROOT_SIGNATURE: (
        "每日根的签名不是本系统签章服务所签。",
        "The signature of the daily root is not the sealer's.",
    ),
    Code.ROOT_TIMESTAMP: (
        "每日根的时间戳无效、缺失或属于其他内容。",
        "The timestamp of the daily root is not valid, missing, or of something else.",
    ),
    Code.ROOT_KEPT: (
        "每日根与您保存的不同：此日及以前的记录被重写。",
        "The daily root is not the one that you kept: what it binds was rewritten.",
    ),
    Code.ROOT_CUT: (
        "没有您保存的这个每日根：最后几天的记录被截去。",
        "The daily root that you kept is not there: the last days were cut off.",
    ),
}


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and where. to: the last seq of several that were removed."""

    code: Code
    stream: str | None = None
    seq: int | None = None
    kind: str | None = None
    root: int | None = None
    to: int | None = None

    def told(self) -> dict[str, Any]:
        """As a line of the command."""
        zh, en = WORDS[self.code]
        where = {name: getattr(self, name) for name in ("stream", "seq", "to", "kind", "root")}
        return {
            "finding": self.code.value,
            **{k: v for k, v in where.items() if v is not None},
            "zh": zh,
            "en": en,
        }


@dataclass
class Counts:
    """How much was looked at."""

    streams: int = 0
    events: int = 0
    countersigned: int = 0
    bound: int = 0
    roots: int = 0
    findings: int = 0
