"""A photo of a document as a PDF of one page, to be sealed like any other."""

from __future__ import annotations

import io

import pikepdf
from PIL import Image

from seals.photo.reading import read

__all__ = ["photo_pdf"]

A4_PT = (595.28, 841.89)
MARGIN_PT = 14.0
LONGEST_PX = 3300  # 300 to the inch
QUALITY = 85


def photo_pdf(data: bytes) -> bytes:
    """One A4 page, upright or across as the photo is, with the picture as large as it fits.

    What else the photo's file holds (place, camera, preview) is not taken along. Raises as
    `seals.photo.reading.read`.
    """
    picture = Image.fromarray(read(data))
    picture.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.LANCZOS)
    jpeg = io.BytesIO()
    picture.save(jpeg, "JPEG", quality=QUALITY)
    pdf = pikepdf.new()
    sides = A4_PT if picture.height >= picture.width else A4_PT[::-1]
    pdf.add_blank_page(page_size=sides)
    page = pdf.pages[0]
    image = pdf.make_stream(jpeg.getvalue())
    image.Type, image.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
    image.Width, image.Height = picture.size
    image.ColorSpace, image.BitsPerComponent = pikepdf.Name.DeviceRGB, 8
    image.Filter = pikepdf.Name.DCTDecode
    name = page.add_resource(image, pikepdf.Name.XObject)
    page.Contents = pdf.make_stream(_drawn(str(name), picture.size, sides))
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def _drawn(name: str, pixels: tuple[int, int], sides: tuple[float, float]) -> bytes:
    room = tuple(side - 2 * MARGIN_PT for side in sides)
    scale = min(room[0] / pixels[0], room[1] / pixels[1])
    width, height = pixels[0] * scale, pixels[1] * scale
    x, y = (sides[0] - width) / 2, (sides[1] - height) / 2
    return f"q {width:.3f} 0 0 {height:.3f} {x:.3f} {y:.3f} cm {name} Do Q".encode()
