"""Pictures of PDF pages, for people to look at before they seal and after.

A picture shows what a reader would print: annotations and form fields are drawn, so a seal in a
signature field is on it. A document that is not signed yet is shown with 「未签署」 laid over
(architecture §5.1): no picture of it can be passed off as the sealed one.
"""

from __future__ import annotations

import io
import os
from functools import lru_cache
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageDraw, ImageFont

from auth.errors import Invalid, NotFound, Unavailable
from seals.glyphs import FONTS_VARIABLE

__all__ = ["MAX_PIXELS", "MAX_WIDTH_PX", "MIN_WIDTH_PX", "UNSIGNED", "draw_page", "page_png", "page_webp"]

UNSIGNED = "未签署"  # the words laid over a document that nobody has signed yet

MIN_WIDTH_PX = 16
MAX_WIDTH_PX = 2400
MAX_HEIGHT_PX = 20_000
MAX_PIXELS = 12_000_000  # A4 at the greatest width is 8.1 million; 12 million are 36 MB while drawn
MAX_WATERMARK_CHARACTERS = 24

_FONT_FILE, _FONT_FAMILY = "NotoSansCJK-Regular.ttc", "Noto Sans CJK SC"
_FONT_FOLDER = "/usr/share/fonts/opentype/noto"
_FONT_FACES = 10  # in the collection: five regions, each also with half-width letters
# RGBA. Grey-blue, because the seal beneath is red; alpha of a quarter leaves black text well readable.
_WATERMARK_INK = (70, 80, 120, 64)
_WATERMARK_SIZE = 0.085  # height of the characters, part of the page's width
_WATERMARK_ANGLE = 30  # degrees, rising from left to right
# Measured on pages of text: sharp, 12 to 40 KiB, no slower than PNG. Photographs go down the ladder.
_WEBP_QUALITIES, _WEBP_METHOD = (85, 70, 55), 2
_WEBP_BYTES = 60 * 1024
_PNG_LEVEL = 3  # measured on pages of text: smaller and a third faster than level 6


def page_png(data: bytes, page: int, width_px: int, watermark: str | None = None) -> bytes:
    """Draw one page as PNG (RGB, white ground).

    data: the whole PDF; page: from 0; width_px: width of the picture in pixels, `MIN_WIDTH_PX` to
    `MAX_WIDTH_PX`. The height follows from the page as shown (rotation applied). A page so tall that the
    picture would have more than `MAX_PIXELS` or `MAX_HEIGHT_PX` comes out narrower than asked.
    watermark: words to lay over the page, slanted, repeated, half transparent; None for none.
    Raises Invalid: `page.width`, `page.watermark`, `pdf.encrypted`, `pdf.broken`, `pdf.page_shape`;
    NotFound: `pdf.no_such_page`; Unavailable: `page.no_font`.
    """
    out = io.BytesIO()
    _picture(data, page, width_px, watermark).save(out, "PNG", compress_level=_PNG_LEVEL)
    return out.getvalue()


def page_webp(data: bytes, page: int, width_px: int, watermark: str | None = None) -> bytes:
    """As `page_png`, for a screen: WebP, a third of the bytes or less, not exact in every pixel; of at most
    `_WEBP_BYTES` where its content allows that at a quality in which small print can be read.
    """
    picture = _picture(data, page, width_px, watermark)
    made = b""
    for quality in _WEBP_QUALITIES:
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=_WEBP_METHOD)
        made = out.getvalue()
        if len(made) <= _WEBP_BYTES:
            break
    return made


def _picture(data: bytes, page: int, width_px: int, watermark: str | None) -> Image.Image:
    if not MIN_WIDTH_PX <= width_px <= MAX_WIDTH_PX:
        raise Invalid(
            "page.width",
            f"图片宽度须在 {MIN_WIDTH_PX} 至 {MAX_WIDTH_PX} 像素之间。",
            f"Choose a picture width from {MIN_WIDTH_PX} to {MAX_WIDTH_PX} pixels.",
            field="w",
        )
    if watermark is not None and not 0 < len(watermark) <= MAX_WATERMARK_CHARACTERS:
        raise Invalid(
            "page.watermark",
            f"水印文字须为 1 至 {MAX_WATERMARK_CHARACTERS} 个字。",
            f"A watermark has 1 to {MAX_WATERMARK_CHARACTERS} characters.",
        )
    picture = draw_page(data, page, width_px)
    if watermark is not None:
        picture = _lay_over(picture, watermark)
    return picture


def draw_page(data: bytes, page: int, width_px: int) -> Image.Image:
    """One page as a picture (RGB, white ground). Raises as `page_png`."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _cannot_open(error) from error
    try:
        if not 0 <= page < len(document):
            raise NotFound(
                "pdf.no_such_page",
                f"文件没有第 {page + 1} 页。",
                f"The document has no page {page + 1}.",
                pages=len(document),
            )
        document.init_forms()  # without it pdfium leaves the widgets of form fields out
        return _render(document[page], width_px)
    except pdfium.PdfiumError as error:
        raise Invalid(
            "pdf.broken",
            "这一页已损坏，无法显示。请重新导出 PDF 后再试。",
            "This page is damaged and cannot be shown. Export the PDF again and retry.",
        ) from error
    finally:
        document.close()


def _render(page: pdfium.PdfPage, width_px: int) -> Image.Image:
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        raise Invalid(
            "pdf.broken",
            "这一页没有大小，无法显示。请重新导出 PDF 后再试。",
            "This page has no size and cannot be shown. Export the PDF again and retry.",
        )
    scale = min(width_px / width, (MAX_PIXELS / (width * height)) ** 0.5, MAX_HEIGHT_PX / height)
    if min(width, height) * scale < 1:
        raise Invalid(
            "pdf.page_shape",
            "这一页过于狭长，无法显示。",
            "This page is too narrow and long to be shown.",
        )
    bitmap = page.render(scale=scale, may_draw_forms=True, draw_annots=True, rev_byteorder=True)
    picture: Image.Image = bitmap.to_pil().convert("RGB")
    # pdfium rounds the width up; a caller who laid out a page by width_px must get that width
    return picture.crop((0, 0, width_px, picture.height)) if picture.width == width_px + 1 else picture


def _lay_over(picture: Image.Image, words: str) -> Image.Image:
    tile = _tile(words, max(12, round(picture.width * _WATERMARK_SIZE)), os.environ.get(FONTS_VARIABLE))
    overlay = Image.new("RGBA", picture.size, (0, 0, 0, 0))
    step_x, step_y = round(tile.width * 1.15), round(tile.height * 1.1)
    for row, y in enumerate(range(-tile.height // 3, picture.height, step_y)):
        shift = (step_x // 2) * (row % 2)  # every other row moved by half, so no straight gap stays free
        for x in range(-shift - tile.width // 4, picture.width, step_x):
            overlay.paste(tile, (x, y))
    ground = picture.convert("RGBA")
    ground.alpha_composite(overlay)
    return ground.convert("RGB")


@lru_cache(maxsize=16)
def _tile(words: str, size_px: int, folder: str | None) -> Image.Image:
    font = _font(size_px, folder)
    left, top, right, bottom = font.getbbox(words)
    flat = Image.new("RGBA", (round(right - left) + 4, round(bottom - top) + 4), (*_WATERMARK_INK[:3], 0))
    ImageDraw.Draw(flat).text((2 - left, 2 - top), words, font=font, fill=_WATERMARK_INK)
    return flat.rotate(_WATERMARK_ANGLE, resample=Image.Resampling.BICUBIC, expand=True)


def _font(size_px: int, folder: str | None) -> ImageFont.FreeTypeFont:
    for place in (folder, _FONT_FOLDER):
        path = Path(place or _FONT_FOLDER) / _FONT_FILE
        for index in range(_FONT_FACES if path.is_file() else 0):
            font = ImageFont.truetype(str(path), size_px, index=index)
            if font.getname()[0] == _FONT_FAMILY:
                return font
    raise Unavailable(
        "page.no_font",
        f"服务器缺少字体文件 {_FONT_FILE}：请安装 Debian 软件包 fonts-noto-cjk，"
        f"或用环境变量 {FONTS_VARIABLE} 指定字体所在目录。",
        f"The font file {_FONT_FILE} is missing: install the Debian package fonts-noto-cjk, "
        f"or name the folder that holds it in {FONTS_VARIABLE}.",
        file=_FONT_FILE,
    )


def _cannot_open(error: pdfium.PdfiumError) -> Invalid:
    if "password" in str(error).lower():
        return Invalid(
            "pdf.encrypted",
            "文件有密码保护。请先去除密码再上传。",
            "The file is protected by a password. Remove the password and upload it again.",
        )
    return Invalid(
        "pdf.broken",
        "文件不是完好的 PDF，无法显示。请重新导出后再试。",
        "The file is not a sound PDF and cannot be shown. Export it again and retry.",
    )
