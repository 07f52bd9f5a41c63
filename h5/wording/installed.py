"""Words of the site as an app: its description, what it shows without a network, what waits to be sent."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "installed.about": (
        "企业电子营业执照与电子印章：领章、用印、验真",
        "A company's electronic licence and seals: collect, seal, verify",
    ),
    "push.signing.requested": ("有文件等您用印", "A document waits for your seal"),
    "push.approval.asked": ("有一次用印等您审批", "A use of a seal waits for your approval"),
    "push.signing.signed": ("您请求的用印已完成", "What you asked to be sealed is sealed"),
    "push.body": ("点开查看。请核对文件后再确认。", "Open it and check the document before you confirm."),
    "alerts.title": ("用印提醒", "Messages to this device"),
    "alerts.lead": (
        "有文件等您用印或审批时，这台手机或电脑会立刻响。提醒里没有企业、姓名和文件名。",
        "When a document waits for your seal or approval, this phone or PC rings at once. The message "
        "names no company, person or document.",
    ),
    "alerts.on": ("打开提醒", "Switch on"),
    "alerts.off": ("关闭提醒", "Switch off"),
    "alerts.is_on": ("这台设备的提醒已打开。", "Messages to this device are on."),
    "alerts.is_off": ("这台设备的提醒没有打开。", "Messages to this device are off."),
    "alerts.denied": (
        "浏览器不允许本站发通知。请在浏览器的网站设置中允许通知，再回到这里打开。",
        "The browser forbids this site to notify you. Allow it in the browser's settings of this site, then "
        "come back.",
    ),
    "alerts.failed": (
        "浏览器没有接通推送服务，请稍后再试，或换一个浏览器。",
        "The browser did not reach its push service. Try again later, or in another browser.",
    ),
    "alerts.needs_https": (
        "这个地址不是 https，浏览器不提供提醒。",
        "This address is not https, so the browser offers no messages.",
    ),
    "alerts.needs_install": (
        "在 iPhone 和 iPad 上，先点「分享」→「添加到主屏幕」，再从主屏幕打开 e章通，就能打开提醒。",
        "On iPhone and iPad, first choose Share, Add to Home Screen; opened from there, ezhang can switch "
        "messages on.",
    ),
    "alerts.none": ("这个浏览器没有推送功能。", "This browser has no push messages."),
    "alerts.install": ("安装到桌面", "Install as an app"),
    "alerts.install_note": (
        "装好以后从桌面直接打开；没有网络时写下的话也会留着。",
        "It then opens from the home screen, and keeps what you write without a network.",
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
