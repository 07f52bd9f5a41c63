"""Pictures of papers as a phone takes them: a sheet on a table, an ID card, each as good or bad as asked."""

from __future__ import annotations

import io
from functools import cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from seals.imprint import to_png
from seals.kinds import SealKind
from tests.seals.photo.photos import FONT, known

__all__ = ["card", "jpeg", "scan_pdf", "sheet"]

SIZE = (1500, 2000)
TABLE, PAPER, PRINT = (92, 74, 60), (246, 245, 240), (38, 36, 40)
MARGIN = 130


@cache
def _stamp(px: int) -> Image.Image:
    picture = Image.open(io.BytesIO(to_png(known(SealKind.LEGAL_NAME), 600))).convert("RGBA")
    return picture.resize((px, px), Image.Resampling.LANCZOS)


def sheet(title: str, lines: int = 16, *, stamped: bool = True, shift: int = 0) -> Image.Image:
    """A sheet of print on a table, with a red seal. shift: so many px to the right, over the edge at last."""
    picture = Image.new("RGB", SIZE, TABLE)
    pen = ImageDraw.Draw(picture)
    left, top, right, bottom = MARGIN + shift, MARGIN, SIZE[0] - MARGIN + shift, SIZE[1] - MARGIN
    pen.rectangle((left, top, right, bottom), fill=PAPER)
    pen.text((left + 90, top + 90), title, font=ImageFont.truetype(FONT, 64), fill=PRINT)
    words = ImageFont.truetype(FONT, 34)
    for line in range(lines):
        text = f"{title}第{line + 1}条统一社会信用代码与登记事项一致并由本单位盖章确认"
        pen.text((left + 80, top + 230 + line * 78), text, font=words, fill=PRINT)
    if stamped:
        picture.paste(_stamp(330), (right - 480, bottom - 480), _stamp(330))
    return picture


def card(name: str) -> Image.Image:
    """An ID card on a dark table."""
    picture = Image.new("RGB", (1600, 1100), (48, 46, 44))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((140, 110, 1460, 940), 50, fill=(226, 236, 240))
    words = ImageFont.truetype(FONT, 52)
    for line, text in enumerate(
        (f"姓名　{name}", "性别　女　民族　汉", "住址　北京市朝阳区望京街十号", "公民身份号码")
    ):
        pen.text((220, 200 + line * 160), text, font=words, fill=PRINT)
    pen.rectangle((1080, 220, 1380, 640), fill=(150, 170, 190))
    return picture


def jpeg(picture: Image.Image, *, blur: float = 0.0, light: float = 1.0, quality: int = 90) -> bytes:
    """As the phone stores it. blur: standard deviation, px; light: share of the light."""
    pixels = np.asarray(picture).astype(np.float32) * light
    if blur:
        pixels = cv2.GaussianBlur(pixels, (0, 0), blur)
    chance = np.random.default_rng(len(pixels))
    pixels += chance.normal(0, 1.5, pixels.shape).astype(np.float32)
    out = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(out, "JPEG", quality=quality)
    return out.getvalue()


def scan_pdf(picture: Image.Image) -> bytes:
    """The same, as a scanner's PDF."""
    out = io.BytesIO()
    picture.save(out, "PDF", resolution=180)
    return out.getvalue()
