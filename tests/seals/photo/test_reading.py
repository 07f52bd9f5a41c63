"""Picture files, sound and hostile: the header is judged before anything is decoded."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from auth.errors import Invalid, TooLarge
from seals.kinds import SealKind
from seals.photo.lifting import lift
from seals.photo.limits import MAX_BYTES, MAX_PIXELS, WORKING_PIXELS
from seals.photo.reading import read
from tests.seals.photo.photos import Damage, known, photo, shape_of, to_jpeg

ROTATED = 6  # EXIF: the picture has to be turned a quarter clockwise to be seen as taken


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_bomb(width: int, height: int) -> bytes:
    """A PNG that says it is huge; what follows of its pixels does not matter."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(1 + width * 3) * 20)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg_that_says(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    data = bytearray(to_jpeg(np.full((320, 320, 3), 200, np.uint8)))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)  # type: ignore[arg-type]
    return out.getvalue()


def refusal(data: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read(data)
    return refused.value


@pytest.fixture(scope="module")
def small() -> Image.Image:
    picture = np.full((300, 400, 3), 255, np.uint8)
    picture[:100, :100] = (200, 0, 0)
    return Image.fromarray(picture)


@pytest.mark.parametrize(
    "data",
    [png_bomb(10_000, 10_000), jpeg_that_says(10_000, 10_000), jpeg_that_says(65_000, 65_000)],
    ids=["png", "jpeg", "jpeg of 4 thousand million"],
)
def test_a_hundred_megapixels_are_refused_undecoded(data: bytes) -> None:
    assert len(data) < 1_000_000
    tracemalloc.start()
    error = refusal(data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert isinstance(error, TooLarge)
    assert error.code == "photo.too_many_pixels"
    assert error.facts["limit"] == MAX_PIXELS
    assert peak < 10 * 2**20


def test_too_many_bytes_are_refused() -> None:
    assert refusal(bytes(MAX_BYTES + 1)).code == "photo.too_large"


def test_a_thumbnail_is_refused() -> None:
    assert refusal(saved(Image.new("RGB", (1000, 200)), "JPEG")).code == "photo.too_small"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_cameras_make_is_read(small: Image.Image, kind: str) -> None:
    found = read(saved(small, kind))
    assert found.shape == (300, 400, 3)
    assert abs(found[50, 50].astype(int) - (200, 0, 0)).max() < 12


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_formats_are_refused(small: Image.Image, kind: str) -> None:
    assert refusal(saved(small, kind)).code == "photo.format"


def test_heic_is_refused_with_the_setting_to_change() -> None:
    error = refusal(b"\0\0\0\x18ftypheic" + bytes(200))
    assert error.code == "photo.format"
    assert "兼容性最佳" in error.zh


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_a_file_that_breaks_off_is_refused(kind: str, share: float) -> None:
    picture = Image.fromarray(np.random.default_rng(1).integers(0, 255, (400, 400, 3)).astype(np.uint8))
    whole = saved(picture, kind)
    assert refusal(whole[: int(len(whole) * share)]).code in {"photo.broken", "photo.format"}


def test_the_camera_says_which_way_it_was_held(small: Image.Image) -> None:
    exif = Image.Exif()
    exif[0x0112] = ROTATED
    found = read(saved(small, "JPEG", exif=exif))
    assert found.shape == (400, 300, 3)
    assert found[50, 250, 1] < 60, "the red corner is at the upper right"


def test_a_large_photo_keeps_its_turn_when_it_is_made_smaller() -> None:
    exif = Image.Exif()
    exif[0x0112] = ROTATED
    large = Image.new("RGB", (6000, 4000), "white")
    found = read(saved(large, "PNG", exif=exif, compress_level=1))
    assert found.shape[0] * found.shape[1] <= WORKING_PIXELS * 1.01
    assert found.shape[0] > found.shape[1]


def test_transparent_is_white(small: Image.Image) -> None:
    clear = Image.new("RGBA", (400, 300), (0, 0, 0, 0))
    assert read(saved(clear, "PNG")).min() == 255
    palette = Image.new("P", (400, 300), 0)
    assert (read(saved(palette, "PNG", transparency=0)) == 255).all()
    assert read(saved(small.convert("CMYK"), "JPEG")).shape == (300, 400, 3)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBP"]),
)
def test_random_bytes_are_refused(tail: bytes, head: bytes) -> None:
    assert refusal(head + tail).code in {
        "photo.format",
        "photo.broken",
        "photo.too_small",
        "photo.too_many_pixels",
    }


WHOLE = to_jpeg(photo(known(SealKind.LEGAL_NAME), Damage(tilt=4), (640, 480)), 80)


@settings(max_examples=5, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), min_size=1, max_size=12))
def test_a_damaged_photo_gives_an_imprint_or_a_refusal(changes: list[tuple[int, int]]) -> None:
    data = bytearray(WHOLE)
    for place, value in changes:
        data[place] = value
    with suppress(Invalid):  # and no other error
        assert lift(bytes(data), shape_of(SealKind.LEGAL_NAME)).trace.startswith("M")
