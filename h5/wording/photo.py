"""Words of taking an imprint out of a photo."""

from __future__ import annotations

__all__ = ["WORDS"]

WORDS: dict[str, tuple[str, str]] = {
    "photo.title": ("拍照采集印模", "Imprint from a photo"),
    "photo.lead": (
        "已有实物印章？盖在白纸上拍一张，去掉白底，就能做成电子印模。",
        "You have a stamp already? Stamp a white sheet and photograph it: the white ground is taken off.",
    ),
    "photo.example": (
        "示意图：白纸平放，手机在正上方，印章占画面一半以上。",
        "How it should look: the sheet flat, the phone right above, the imprint over half of the picture.",
    ),
    "photo.tip_paper": ("用白纸，印泥蘸足，平放在桌上。", "White paper, well inked, flat on the table."),
    "photo.tip_above": ("手机在正上方，不要斜拍。", "The phone right above, not aslant."),
    "photo.tip_light": ("光线均匀，不开闪光灯。", "Even light, no flash."),
    "photo.tip_large": (
        "印章拍全、拍正、拍清楚，占画面一半以上，四周留白。",
        "All of it, upright and sharp, over half of the picture, with some white around it.",
    ),
    "photo.kind": ("照片里是哪种印章？", "What kind of seal is it?"),
    "photo.width": ("印章宽度（可不填）", "Width of the stamp (optional)"),
    "photo.width_unit": ("毫米", "mm"),
    "photo.width_note": (
        "用尺量印章最宽处。不填则按这种印章的常用尺寸。",
        "Measure it at its widest. Left empty, the usual size of the kind is taken.",
    ),
    "photo.handed": ("使用刚才发送的照片", "Use the photo that was just sent"),
    "photo.camera": ("拍照", "Take a photo"),
    "photo.album": ("从相册选择", "Choose from the album"),
    "photo.note": (
        "照片只用来提取印模，不会保存。JPEG、PNG、WebP，不超过 25 MB。",
        "The photo serves to take out the imprint and is not kept. JPEG, PNG or WebP, up to 25 MB.",
    ),
    "photo.sending": ("正在上传…", "Sending…"),
    "photo.working": ("正在提取印模，大约需要几秒…", "Taking out the imprint; this takes some seconds…"),
    "photo.done": ("印模已提取", "The imprint is taken out"),
    "photo.picture": ("从照片提取的印模", "The imprint taken out of the photo"),
    "photo.size": ("{width} × {height} mm", "{width} × {height} mm"),
    "photo.measured": ("按纸边测得宽 {measured} mm", "{measured} mm wide by the edges of the sheet"),
    "photo.good": (
        "照片清楚，可以使用。请再核对一遍文字和方向。",
        "The photo is good. Check the words and which way up it is.",
    ),
    "photo.weak": ("可以使用，但重拍会更好：", "It can be used, but another photo would be better:"),
    "photo.weak_small": ("印章在画面里偏小，请靠近一些。", "The imprint is rather small; come closer."),
    "photo.weak_soft": (
        "不够清晰，请对焦后拿稳再拍。",
        "It is not quite sharp; hold still.",
    ),
    "photo.weak_gaps": (
        "边框有缺损，请蘸足印泥重新盖。",
        "The border has gaps; ink well and stamp anew.",
    ),
    "photo.weak_dim": ("光线偏暗。", "The light is dim."),
    "photo.weak_shadow": ("有明显的阴影。", "There is a strong shadow."),
    "photo.weak_glare": ("过亮发白，请避开强光。", "It is over-bright; avoid glare."),
    "photo.weak_tilted": ("拍得太斜，请在正上方拍。", "It is taken aslant; hold the phone right above."),
    "photo.weak_which_way_up": (
        "无法判断上下方向，请把印章摆正再拍。",
        "Which way is up could not be told; lay it upright and take it again.",
    ),
    "photo.weak_size": (
        "量得的大小与所填尺寸不一致，请核对印章宽度。",
        "Its measured size differs from the size given; check the width of the stamp.",
    ),
    "photo.use": ("用这个印模", "Use this imprint"),
    "photo.again": ("重新拍照", "Take another photo"),
    "photo.held": (
        "照片不是印章。用它制作的印章须经人工核对，核对通过后才能领取。",
        "A photo is no seal. A seal made of it is compared by a person before it can be collected.",
    ),
}
