"""What is taken, and how much of it."""

from __future__ import annotations

__all__ = ["FORMATS", "MAX_BYTES", "MAX_PIXELS", "MAX_TRACE_BYTES", "MIN_SIDE_PX", "WORKING_PIXELS"]

FORMATS = ("JPEG", "PNG", "WEBP")
"""What is decoded. Other formats of Pillow have seen fewer hostile files; HEIC needs a decoder of its own."""

MAX_BYTES = 25 * 2**20
MAX_PIXELS = 60_000_000  # phones make 12 to 50 million; 60 million are 180 MB while they are decoded
MIN_SIDE_PX = 300
WORKING_PIXELS = 16_000_000  # more shows nothing more of a seal; the rest is averaged away on opening
MAX_TRACE_BYTES = 200_000
