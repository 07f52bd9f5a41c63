"""Words of the site as an app: its description, what it shows without a network, what waits to be sent."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "installed.about": (
        "企业电子营业执照与电子印章：领章、用印、验真",
        "A company's electronic licence and seals: collect, seal, verify",
    ),
    "offline.title": ("现在没有网络", "No connection"),
    "offline.text": (
        "这个页面要联网才能打开。在消息里写下的话和选好的文件会留在手机上，联网后再发送。",
        "This page needs a connection. What you write or choose in the conversation stays on this phone "
        "and is sent when there is one.",
    ),
    "offline.again": ("打开消息", "Open the conversation"),
    "thread.offline": (
        "没有网络。现在写下的会留着，联网后发送。",
        "No connection. What you write is kept and sent later.",
    ),
    "thread.unsent": ("未发送", "Not sent"),
    "thread.unsent_waits": ("未发送，联网后自动发送", "Not sent; goes out with the next connection"),
    "thread.unsent_again": ("重新发送", "Send again"),
    "thread.unsent_drop": ("删除", "Delete"),
}
