"""Look at a paper that was photographed or scanned: is it readable, sharp, whole, not empty (R108, R109)?

Judged is what can be judged without reading: whether it is the right paper, and what it says, is a person's
to see. Every refusal says how to take a better picture.
"""

from __future__ import annotations

import io

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image

from auth.errors import DomainError, Invalid
from seals.pdf.pages import draw_page
from seals.photo.arrays import Float, Picture
from seals.photo.paper_facts import DRAWING_SIDE_PX, LEAST_SIDE_PX, MAX_PAGES, PDF, PaperSeen, Sought
from seals.photo.reading import read

__all__ = ["look_at_paper"]

LOOKED_AT_PX = 1600
"""Longer side of the picture that is judged: A4 at 137 pixels to the inch."""
PDF_WIDTH_PX = 1100
PDF_PAGES_SEEN = 5
BLANK_SPREAD = 5.0
"""Standard deviation of the light, of 255: an empty sheet, a covered lens."""
DARK = 75.0
"""Light of the brightest twentieth, of 255."""
CONTRAST = 50.0
"""Of 255, within a few pixels: the edges of print."""
EDGES = 0.001
"""Share of the picture that lies at such edges: less is nothing to be read."""
SHARP = 0.22
"""`PaperSeen.sharpness`; print of 3 mm is read down to about there."""
DARKER, STROKE_PX = 60, 9
"""Than what is round about it, and narrow: print, not the table under the sheet."""
AT_EDGE = 0.006
"""Of the shorter side: how near to the picture's edge print must not come."""
CUT = (0.05, 0.6)
"""Share of one side that print touches: less is a speck, more is the frame that a scanner leaves."""
REDDER, RED_SHARE = 45, 0.0006

_HOW = (
    "请把原件平放，手机在正上方拍摄，光线均匀，四边都拍进画面，对焦后拿稳再拍。",
    "Lay the original flat, hold the phone right above it in even light, get all four edges into the "
    "picture, let it focus and hold still.",
)
_HOW_CARD = (
    "请把证件平放在深色桌面，横着拍，四角都在画面内，避开反光。",
    "Lay the card on a dark table, photograph it across with all four corners in the picture, without glare.",
)


def look_at_paper(data: bytes, sought: Sought) -> PaperSeen:
    """Raises Invalid `material.empty`, `.format`, `.blank`, `.dark`, `.blurred`, `.cut_off`, `.no_stamp`,
    `.pages`, `pdf.encrypted`, `pdf.broken`, and of a photo's file those of `seals.photo.reading.read`.
    """
    if not data:
        raise Invalid(
            "material.empty", "文件是空的，请重新选择。", "The file is empty; choose it again.", field="file"
        )
    if b"%PDF-" in data[:1024]:
        return _pdf(data, sought)
    picture = _photo(data, DRAWING_SIDE_PX if sought.drawing else LEAST_SIDE_PX)
    seen = _small(picture)
    sharpness = _readable(seen, sought)
    if not (sought.part or sought.drawing) and _cut_off(seen):
        raise _refusal("cut_off", "原件没有拍全。", "The original is cut off.", sought)
    if sought.stamped and not _red(seen):
        raise _no_stamp(sought)
    with Image.open(io.BytesIO(data)) as opened:
        media = Image.MIME[opened.format or "JPEG"]
    return PaperSeen(media, 1, sharpness)


def _photo(data: bytes, smallest_px: int) -> Picture:
    try:
        return read(data, smallest_px)
    except DomainError as error:
        if error.code == "photo.format" and data[4:8] != b"ftyp":
            raise Invalid(
                "material.format",
                "请上传照片（JPEG、PNG、WebP）或 PDF 文件。",
                "Send a photo (JPEG, PNG, WebP) or a PDF.",
                field="file",
            ) from None
        raise


def _pdf(data: bytes, sought: Sought) -> PaperSeen:
    pages = _page_count(data)
    if not 1 <= pages <= MAX_PAGES:
        raise Invalid(
            "material.pages",
            f"PDF 应为 1 至 {MAX_PAGES} 页，请只上传这一项材料。",
            f"A PDF has 1 to {MAX_PAGES} pages here; send just this material.",
            field="file",
            limit=MAX_PAGES,
        )
    seen = [
        _small(np.asarray(draw_page(data, number, PDF_WIDTH_PX)))
        for number in range(min(pages, PDF_PAGES_SEEN))
    ]
    written = [each for each in seen if not _blank(each)]
    sharpness = _readable(written[0] if written else seen[0], sought)
    if sought.stamped and not any(map(_red, seen)):
        raise _no_stamp(sought)
    return PaperSeen(PDF, pages, sharpness)


def _page_count(data: bytes) -> int:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        draw_page(data, 0, PDF_WIDTH_PX)  # says why, in its own words
        return 0
    try:
        return len(document)
    finally:
        document.close()


def _small(picture: Picture) -> Picture:
    scale = min(1.0, LOOKED_AT_PX / max(picture.shape[:2]))
    return cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def _light(picture: Picture) -> Float:
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)


def _blank(picture: Picture) -> bool:
    light = _light(picture)
    return bool(light.std() < BLANK_SPREAD) or not (_contrast(light) > CONTRAST / 2).any()


def _contrast(light: Float) -> Float:
    window = np.ones((STROKE_PX, STROKE_PX), np.uint8)
    return cv2.morphologyEx(cv2.medianBlur(light, 3), cv2.MORPH_GRADIENT, window)


def _readable(picture: Picture, sought: Sought) -> float:
    """How sharp it is. Raises `material.dark`, `.blank`, `.blurred`."""
    light = _light(picture)
    if not sought.drawing and np.percentile(light, 95) < DARK:
        raise _refusal("dark", "照片太暗。", "The photo is too dark.", sought)
    if _blank(picture):
        raise _refusal("blank", "画面上没有内容。", "There is nothing on it.", sought)
    contrast = _contrast(light)
    edges = contrast > CONTRAST
    sharpness = _sharpness(light, contrast, edges)
    if not sought.drawing and (edges.mean() < EDGES or sharpness < SHARP):
        raise _refusal(
            "blurred", "画面模糊，看不清文字。", "The picture is blurred and cannot be read.", sought
        )
    return round(sharpness, 3)


def _sharpness(light: Float, contrast: Float, edges: Float) -> float:
    """The steepest step of a pixel near each strong edge, as share of the contrast there: the upper quarter's
    beginning, so that soft pictures on the paper do not count.
    """
    if not edges.any():
        return 0.0
    smooth = cv2.medianBlur(light, 3).astype(np.float32)
    steps = np.maximum(abs(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, ksize=1)),
                       abs(cv2.Sobel(smooth, cv2.CV_32F, 0, 1, ksize=1))) / 2  # fmt: skip
    steepest = cv2.dilate(steps, np.ones((STROKE_PX, STROKE_PX), np.uint8))
    return float(np.percentile(steepest[edges] / contrast[edges], 75))


def _cut_off(picture: Picture) -> bool:
    """Whether print runs over an edge of the picture."""
    light = _light(picture)
    window = np.ones((STROKE_PX, STROKE_PX), np.uint8)
    print_ = cv2.morphologyEx(light, cv2.MORPH_BLACKHAT, window) > DARKER
    rim = max(3, round(min(light.shape) * AT_EDGE))
    sides = (print_[:rim].any(0), print_[-rim:].any(0), print_[:, :rim].any(1), print_[:, -rim:].any(1))
    return any(CUT[0] <= side.mean() <= CUT[1] for side in sides)


def _red(picture: Picture) -> bool:
    values = picture.astype(np.int16)
    red = values[:, :, 0] - np.maximum(values[:, :, 1], values[:, :, 2]) > REDDER
    return bool(red.mean() >= RED_SHARE)


def _no_stamp(sought: Sought) -> Invalid:
    return _refusal(
        "no_stamp",
        "没有看到红色的公章。该材料须加盖公章，并用彩色拍摄或扫描。",
        "No red stamp is seen. This material carries the official seal; photograph or scan it in colour.",
        sought,
    )


def _refusal(code: str, zh: str, en: str, sought: Sought) -> Invalid:
    how = _HOW_CARD if sought.card else _HOW
    return Invalid(f"material.{code}", f"{zh}{how[0]}", f"{en} {how[1]}", field="file")
