"""Words of 扫一扫: the camera or a photo, and codes that are not this site's."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "qr.title": ("扫一扫", "Scan a code"),
    "qr.lead": (
        "扫电脑上确认用印、登录或审批的二维码，也可以扫文件上的验真码。",
        "Scan the code on a computer that asks for a seal, a login or an approval, or the one on a document.",
    ),
    "qr.camera": ("相机画面", "The camera's view"),
    "qr.open_camera": ("打开相机", "Open the camera"),
    "qr.asking": ("正在打开相机…", "Opening the camera…"),
    "qr.aim": ("把二维码放进框内", "Hold the code inside the frame"),
    "qr.no_camera": (
        "相机没有打开。请允许使用相机后再试，或拍一张照片、从相册选一张。",
        "The camera did not open. Allow it and try again, or take or choose a photo.",
    ),
    "qr.by_photo": (
        "这个浏览器不能直接扫码。请给二维码拍一张照片，或从相册选一张。",
        "This browser cannot scan by itself. Take a photo of the code, or choose one.",
    ),
    "qr.photo": ("拍照或从相册选", "Take or choose a photo"),
    "qr.type_code": ("输入短码", "Enter a short code"),
    "qr.reading": ("正在识别照片…", "Reading the photo…"),
    "qr.found": ("已识别，正在打开…", "Found; opening…"),
    "qr.other": ("这不是本站的二维码，没有打开", "This code is not of this site, so it was not opened"),
    "qr.other_note": (
        "上面是它的内容，来源不明。请不要照着操作，也不要在别处输入验证码或口令。",
        "Above is what it says, whoever made it. Do not act on it, and enter no code or PIN elsewhere.",
    ),
}
