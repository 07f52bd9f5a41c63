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
        "这个地址不是 https，浏览器不提供提醒。新消息照样在对话里。",
        "This address is not https, so the browser offers no messages. What is new is in the conversation "
        "all the same.",
    ),
    "alerts.needs_install": (
        "在 iPhone 和 iPad 上，先点「分享」→「添加到主屏幕」，再从主屏幕打开 e章通，就能打开提醒。",
        "On iPhone and iPad, first choose Share, Add to Home Screen; opened from there, ezhang can switch "
        "messages on.",
    ),
    "alerts.none": ("这个浏览器没有推送功能。", "This browser has no push messages."),
    "alerts.refused": (
        "浏览器不让本站在后台运行，所以收不到提醒：无痕窗口和不受信任的证书都会这样。"
        "请在普通窗口打开，或换一个浏览器。",
        "The browser does not let this site run in the background, so it offers no messages: so it is in a "
        "private window, and with a certificate it does not trust. Use a usual window, or another browser.",
    ),
    "alerts.install": ("安装到桌面", "Install as an app"),
    "alerts.install_note": (
        "装好以后从桌面直接打开；没有网络时写下的话也会留着。",
        "It then opens from the home screen, and keeps what you write without a network.",
    ),
    "https.title": ("手机为什么提示证书", "Why the phone warns of the certificate"),
    "https.text": (
        "这台服务器的证书是它自己做的，只用于在真手机上试用：相机和设备密钥要求 https。"
        "没有机构为它担保，所以手机会警告一次；提醒和离线使用要求受信任的证书，在这里用不了。",
        "This server made its certificate itself, for trying it on real phones: camera and device key want "
        "https. Nobody vouches for it, so the phone warns once; messages to the device and use without a "
        "network want a trusted certificate and do not work here.",
    ),
    "https.ios": (
        "iPhone：在警告页点「显示详细信息」→「访问此网站」，再确认一次。",
        "iPhone: on the warning choose Show Details, then visit this website, and confirm.",
    ),
    "https.android": (
        "Android：点「高级」→「继续前往」。",
        "Android: choose Advanced, then Proceed.",
    ),
    "https.wechat": (
        "微信里的网页不接受自制证书，请用手机自带的浏览器打开。",
        "WeChat's browser takes no home-made certificate; open the page in the phone's own browser.",
    ),
    "https.compare": (
        "继续之前，请核对手机上显示的证书 SHA-256 指纹与下面这一行（以及服务器启动时打印的）相同：",
        "Before you go on, compare the certificate's SHA-256 fingerprint on the phone with this line, and "
        "with the one that the server printed at its start:",
    ),
    "https.until": ("证书有效期至 {day}", "The certificate ends on {day}"),
    "https.not_local": (
        "本站没有使用自制证书。若手机仍提示证书有问题，请不要继续，并告诉运营方。",
        "This site uses no home-made certificate. If the phone warns all the same, do not go on, and tell "
        "the operator.",
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
    "thread.unsent_count": (
        "有 {count} 条未发送的内容，联网后显示。",
        "{count} not sent; shown when there is a connection.",
    ),
    "thread.unsent": ("未发送", "Not sent"),
    "thread.unsent_waits": ("未发送，联网后自动发送", "Not sent; goes out with the next connection"),
    "thread.unsent_again": ("重新发送", "Send again"),
    "thread.unsent_drop": ("删除", "Delete"),
}
