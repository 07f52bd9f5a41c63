"""A QR code as an SVG text for the screen: dark modules as one path, quiet zone included."""

from __future__ import annotations

import qrcode
from qrcode.constants import ERROR_CORRECT_M

__all__ = ["qr_svg"]

QUIET_MODULES = 4


def qr_svg(url: str) -> str:
    """SVG of a QR code (ISO/IEC 18004, level M), one unit a module, to be scaled by the page."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_MODULES)
    code.add_data(url)
    modules = code.get_matrix()
    size = len(modules)
    rows = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(modules) for x, dark in enumerate(row) if dark)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{"".join(rows)}"/></svg>'
    )
