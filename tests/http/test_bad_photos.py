"""Photos over HTTP: what an owner gets, what is refused, whose it is; bombs and garbage get words."""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime

import numpy as np
import pytest
from PIL import Image

from seals.kinds import SealKind
from seals.photographing import PHOTOS_PER_PERSON
from server.client import Json
from tests.http.site import Party, Site, in_words, refused
from tests.seals.photo.photos import Damage, known, photo, to_jpeg
from tests.seals.photo.test_codes import TEXT, code, encoded

KIND = "contract"


@pytest.fixture(scope="module")
def stamped() -> bytes:
    return to_jpeg(photo(known(SealKind.CONTRACT), Damage(tilt=5, turn=9), (1200, 900)))


@pytest.fixture(scope="module")
def taken(a: Party, stamped: bytes) -> Json:
    return a.client.take_photo(a.company, "印章.jpg", stamped, KIND)


def test_an_imprint_comes_out_of_a_photo(site: Site, a: Party, taken: Json, stamped: bytes) -> None:
    assert (taken["kind"], taken["width_mm"], taken["height_mm"]) == (KIND, 38, 38)
    assert taken["quality"]["weak"] == []
    assert abs(taken["quality"]["turned_degrees"] + 9) < 1
    assert a.client.photo(taken["id"]) == taken
    (trace,) = site.column("seal_photo", "trace", id=taken["id"])
    assert trace.startswith("M")
    (blob,) = site.column("seal_photo", "blob", id=taken["id"])
    stored = next(path for path in (site.data / "blobs").rglob("*") if path.name == blob).read_bytes()
    assert Image.open(io.BytesIO(stored)).mode == "RGBA"
    for path in (site.data / "blobs").rglob("*"):
        assert not path.is_file() or path.read_bytes() != stamped, "the photo itself is not kept"


def test_its_picture_is_transparent_and_says_that_it_is_no_seal(a: Party, taken: Json) -> None:
    answer = a.http.get(taken["picture_url"])
    assert answer.headers["content-type"] == "image/png"
    pixels = np.asarray(Image.open(io.BytesIO(answer.content)).convert("RGBA")).astype(int)
    seen = pixels[pixels[:, :, 3] > 100]
    assert (pixels[:, :, 3] == 0).mean() > 0.3
    assert (abs(seen[:, 0] - seen[:, 1]) < 20).sum() > 1000, "grey words lie over the red"


def test_the_width_that_was_measured_counts(a: Party, stamped: bytes) -> None:
    assert a.client.take_photo(a.company, "x.jpg", stamped, KIND, "40.5")["width_mm"] == 40.5
    for wrong in ("0", "9.9", "46", "1e9", "NaN", "-38", "宽", "4" * 40):
        refused(lambda w=wrong: a.client.take_photo(a.company, "x.jpg", stamped, KIND, w), 422, "photo.width")


@pytest.mark.parametrize("kind", ["", "stamp", "contract\0", "合同专用章"])
def test_a_kind_that_is_none_is_refused(a: Party, stamped: bytes, kind: str) -> None:
    refused(lambda: a.client.take_photo(a.company, "x.jpg", stamped, kind), 422, "seal.kind")


def jpeg_of(width: int, height: int) -> bytes:
    data = bytearray(to_jpeg(np.full((320, 320, 3), 200, np.uint8)))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"", 422, "photo.missing"),
        (b"%PDF-1.7\n", 422, "photo.format"),
        (b"\0\0\0\x18ftypheic" + bytes(100), 422, "photo.format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 422, "photo.format"),
        (to_jpeg(np.full((900, 1200, 3), 235, np.uint8))[:-400], 422, "photo.broken"),
        (to_jpeg(np.full((900, 1200, 3), 235, np.uint8)), 422, "photo.no_ink"),
        (to_jpeg(np.full((100, 100, 3), 235, np.uint8)), 422, "photo.too_small"),
        (jpeg_of(12_000, 12_000), 413, "photo.too_many_pixels"),
        (bytes(25 * 2**20 + 1), 413, "photo.too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_photos_of_no_use_are_refused_and_leave_nothing(
    site: Site, a: Party, data: bytes, status: int, code: str
) -> None:
    before = site.state()
    answer = a.http.post(
        f"/api/companies/{a.company}/photos", data={"kind": KIND}, files={"file": ("x.jpg", data)}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert in_words(answer.json()["error"])
    assert site.state() == before


def test_without_a_file_there_is_nothing_to_do(a: Party) -> None:
    answer = a.http.post(f"/api/companies/{a.company}/photos", json={"kind": KIND})
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "seal.kind")


def test_anothers_photo_is_not_there(a: Party, b: Party, taken: Json, stamped: bytes) -> None:
    refused(lambda: b.client.photo(taken["id"]), 404, "photo.not_found")
    refused(lambda: b.client.photo_imprint(taken["id"]), 404, "photo.not_found")
    refused(lambda: b.client.take_photo(a.company, "x.jpg", stamped, KIND), 404, "company.not_found")


def test_photos_are_limited_by_person(site: Site, b: Party) -> None:
    window = int(datetime.now(UTC).timestamp()) // PHOTOS_PER_PERSON.window_s
    person = b.client.me()["id"]
    for each in (window, window + 1):  # the hour may end meanwhile
        site.change(
            "INSERT OR REPLACE INTO throttle (id, count, ends_at) VALUES (?, ?, ?)",
            f"{PHOTOS_PER_PERSON.name}/{each}/{person}",
            PHOTOS_PER_PERSON.most,
            "2099-01-01 00:00:00+00:00",
        )
    refused(lambda: b.client.take_photo(b.company, "x.jpg", b"x", KIND), 429, "rate.limited")


def test_the_codes_in_a_photo_are_told_and_nothing_is_kept(site: Site, a: Party, stamped: bytes) -> None:
    before = site.state()
    assert a.client.scan_photo("码.png", encoded(code(), "PNG")) == [TEXT]
    refused(lambda: a.client.scan_photo("x.jpg", stamped), 422, "scan.no_code")
    refused(lambda: a.client.scan_photo("x.jpg", b""), 422, "photo.missing")
    refused(lambda: a.client.scan_photo("x.jpg", b"GIF89a"), 422, "photo.format")
    assert site.state() == before
