"""Why a photo is of no use, and what to do about it: always how to take a better one."""

from __future__ import annotations

from auth.errors import Invalid, TooLarge
from seals.photo.limits import MAX_BYTES

__all__ = [
    "blurred",
    "check_size",
    "cut_off",
    "faint",
    "no_ink",
    "no_seal",
    "over_exposed",
    "several",
    "tilted",
    "too_dark",
    "too_large",
    "too_small",
]

_HOW_ZH = "请把印章盖在白纸上平放，手机在正上方拍摄，光线均匀，印章占画面一半以上。"
_HOW_EN = (
    "Lay the stamped white sheet flat, hold the phone right above it in even light, "
    "and let the imprint fill more than half of the picture."
)


def _refusal(code: str, zh: str, en: str, **facts: object) -> Invalid:
    return Invalid(f"photo.{code}", f"{zh}{_HOW_ZH}", f"{en} {_HOW_EN}", field="file", **facts)


def check_size(data: bytes) -> None:
    """Raises Invalid `photo.missing`, TooLarge `photo.too_large`."""
    if not data:
        raise Invalid("photo.missing", "请选择一张照片。", "Choose a photo.", field="file")
    if len(data) > MAX_BYTES:
        raise too_large()


def too_large() -> TooLarge:
    """More bytes than are read."""
    return TooLarge(
        "photo.too_large",
        f"照片超过 {MAX_BYTES >> 20} MB，请用普通画质重拍后再上传。",
        f"The photo is over {MAX_BYTES >> 20} MB; take it again at normal quality.",
        field="file",
        limit=MAX_BYTES,
    )


def no_ink() -> Invalid:
    """Nothing red on it."""
    return _refusal("no_ink", "照片里没有找到红色印迹。", "No red ink was found in the photo.")


def no_seal() -> Invalid:
    """Something red, but not with the border of a seal."""
    return _refusal(
        "no_seal",
        "照片里没有找到完整的印章边框，请确认所选的印章种类与照片一致。",
        "No complete border of a seal was found in the photo; check that it is of the kind chosen.",
    )


def several() -> Invalid:
    """More than one imprint."""
    return _refusal(
        "several", "照片里不止一枚印章，请只拍一枚。", "There is more than one imprint; photograph just one."
    )


def cut_off() -> Invalid:
    """The imprint goes beyond the picture."""
    return _refusal(
        "cut_off",
        "印章没有拍全，四周请留出空白。",
        "The imprint is cut off; leave some white all around it.",
    )


def too_small(px_per_mm: float, least: float) -> Invalid:
    """Too few pixels on the imprint. px_per_mm: those there are; least: those needed."""
    return _refusal(
        "imprint_small",
        "印章在照片里太小，请靠近一些。",
        "The imprint is too small in the photo; come closer.",
        px_per_mm=round(px_per_mm, 1),
        least=least,
    )


def tilted() -> Invalid:
    """Seen from so far aside that a circle cannot be told from an ellipse."""
    return _refusal(
        "tilted",
        "拍摄角度太斜，或所选的印章种类与照片不符（圆形、椭圆形请勿选错）。",
        "The photo is taken too far from the side, or the seal is of another kind than the one chosen: "
        "do not take a round one for an oval one.",
    )


def blurred(edge_mm: float, most: float) -> Invalid:
    """Out of focus or moved. edge_mm: the width over which an edge of ink fades; most: what is allowed."""
    return _refusal(
        "blurred",
        "照片模糊，请对焦后拿稳手机再拍。",
        "The photo is blurred; let the camera focus and hold it still.",
        edge_mm=round(edge_mm, 2),
        most=most,
    )


def too_dark() -> Invalid:
    """Too little light on the paper."""
    return _refusal("too_dark", "照片太暗。", "The photo is too dark.")


def over_exposed() -> Invalid:
    """The paper is burnt out and the ink with it."""
    return _refusal(
        "over_exposed",
        "照片过曝，印迹发白，请避开闪光灯和强光。",
        "The photo is over-exposed and the ink washed out; avoid flash and glare.",
    )


def faint() -> Invalid:
    """The ink itself is weak."""
    return _refusal(
        "faint",
        "印迹太淡或缺损，请蘸足印泥重新盖一次再拍。",
        "The imprint is too faint or has gaps; ink the seal well, stamp again and take the photo anew.",
    )
