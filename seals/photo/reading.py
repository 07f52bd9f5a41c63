"""Open a picture file: its header is judged before a single pixel is decoded."""

from __future__ import annotations

import io
import warnings

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from auth.errors import Invalid, TooLarge
from seals.photo import refusals
from seals.photo.arrays import Picture
from seals.photo.limits import FORMATS, MAX_BYTES, MAX_PIXELS, MIN_SIDE_PX, WORKING_PIXELS

__all__ = ["read", "require_side"]

_HEIF_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif")


def read(data: bytes, smallest_px: int = MIN_SIDE_PX) -> Picture:
    """The photo as people see it: turned as its EXIF says, on white, RGB, at most WORKING_PIXELS.

    smallest_px: of its shorter side.

    Raises TooLarge `photo.too_large`, `photo.too_many_pixels`; Invalid `photo.format`, `photo.broken`,
    `photo.too_small`.
    """
    if len(data) > MAX_BYTES:
        raise refusals.too_large()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is stricter
        try:
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
        except Image.DecompressionBombError:
            raise _too_many_pixels() from None
        except UnidentifiedImageError:
            raise _format(data) from None
        except Exception:  # decoders raise whatever comes to them of a damaged header
            raise _broken() from None
        return _decode(picture, smallest_px)


def require_side(width: int, height: int, smallest_px: int = MIN_SIDE_PX) -> None:
    """Raises Invalid `photo.too_small`."""
    if min(width, height) < smallest_px:
        raise Invalid(
            "photo.too_small",
            f"照片太小，短边至少要 {smallest_px} 像素。请用手机直接拍摄，不要用截图或缩略图。",
            f"The photo is too small: its shorter side needs {smallest_px} pixels. "
            "Take it with the phone itself; no screenshot or thumbnail.",
            field="file",
        )


def _decode(picture: Image.Image, smallest_px: int) -> Picture:
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    require_side(width, height, smallest_px)
    try:
        share = (width * height / WORKING_PIXELS) ** 0.5
        if share > 1:
            picture.draft("RGB", (round(width / share), round(height / share)))  # JPEG only: cheaper decoding
        picture.load()
        return np.asarray(_on_white(ImageOps.exif_transpose(_smaller(picture))))
    except MemoryError:
        raise
    except Exception:  # as above, of damaged pixels or EXIF
        raise _broken() from None


def _smaller(picture: Image.Image) -> Image.Image:
    """At most WORKING_PIXELS, in a mode in which pixels can be averaged."""
    if picture.mode not in ("RGB", "RGBA", "L"):
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    share = (picture.width * picture.height / WORKING_PIXELS) ** 0.5
    if share <= 1:
        return picture
    size = (max(1, round(picture.width / share)), max(1, round(picture.height / share)))
    smaller = picture.resize(size, Image.Resampling.BOX)
    smaller.getexif().update(picture.getexif())
    return smaller


def _on_white(picture: Image.Image) -> Image.Image:
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    ground.alpha_composite(picture.convert("RGBA"))
    return ground.convert("RGB")


def _too_many_pixels() -> TooLarge:
    return TooLarge(
        "photo.too_many_pixels",
        f"照片的像素超过 {MAX_PIXELS // 10_000} 万，请把相机调为普通画质（1200 万像素即可）后重拍。",
        f"The photo has over {MAX_PIXELS // 1_000_000} million pixels. "
        "Take it again at the camera's normal quality; 12 million are enough.",
        field="file",
        limit=MAX_PIXELS,
    )


def _format(data: bytes) -> Invalid:
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return Invalid(
            "photo.format",
            "暂不支持 HEIC 照片。请在手机「设置 → 相机 → 格式」中选「兼容性最佳」后重拍。",
            "HEIC photos are not read. Choose Settings, Camera, Formats, Most Compatible and take it again.",
            field="file",
        )
    return Invalid(
        "photo.format",
        "请上传 JPEG、PNG 或 WebP 格式的照片。",
        "Send a photo in JPEG, PNG or WebP format.",
        field="file",
    )


def _broken() -> Invalid:
    return Invalid(
        "photo.broken",
        "照片文件不完整或已损坏，请重新拍摄后上传。",
        "The photo's file is incomplete or damaged. Take the photo again and send it.",
        field="file",
    )
