"""Photos that are of no use: each is refused for its own reason, and told how to take a better one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from auth.errors import Invalid
from seals.kinds import SealKind
from seals.photo.lifting import lift
from tests.seals.photo.photos import Damage, known, photo, shape_of, to_jpeg

SIZE = (1200, 900)
USUAL = Damage(tilt=5, turn=8)
LEGAL = SealKind.LEGAL_NAME


def stamped(damage: Damage = USUAL, kind: SealKind = LEGAL, **how: object) -> np.ndarray:
    return photo(known(kind), damage, SIZE, **how)  # type: ignore[arg-type]


def plain(grey: int) -> np.ndarray:
    return np.full((SIZE[1], SIZE[0], 3), grey, np.uint8)


def noise() -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (SIZE[1], SIZE[0], 3)).astype(np.uint8)


def face() -> np.ndarray:
    """Skin, eyes, lips, hair, on a white wall."""
    picture = plain(228)
    cv2.ellipse(picture, (600, 450), (250, 320), 0, 0, 360, (224, 172, 150), -1)
    cv2.ellipse(picture, (600, 190), (255, 150), 0, 180, 360, (40, 30, 25), -1)
    for x in (510, 690):
        cv2.ellipse(picture, (x, 390), (38, 20), 0, 0, 360, (250, 250, 250), -1)
        cv2.circle(picture, (x, 390), 15, (60, 40, 30), -1)
    cv2.ellipse(picture, (600, 600), (82, 30), 0, 0, 360, (190, 60, 70), -1)
    return picture


def apple() -> np.ndarray:
    picture = plain(240)
    cv2.circle(picture, (600, 450), 300, (200, 30, 40), -1)
    return picture


def blurred() -> np.ndarray:
    return np.asarray(cv2.GaussianBlur(stamped(), (0, 0), 5))


def bright() -> np.ndarray:
    return np.clip(stamped(Damage(shade=0)) * 3.4, 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: plain(235), "no_ink"),
        (lambda: plain(0), "no_ink"),
        (lambda: plain(255), "no_ink"),
        (face, "no_seal"),
        (apple, "no_seal"),
        (lambda: stamped(replace(USUAL, uneven=1.2)), "no_seal"),
        (lambda: stamped(replace(USUAL, fill=0.7), off_mm=(0, 16)), "cut_off"),
        (lambda: stamped(replace(USUAL, fill=0.35, turn=0), sheet_mm=(180, 90), copies=2), "several"),
        (lambda: stamped(replace(USUAL, fill=0.2)), "imprint_small"),
        (blurred, "blurred"),
        (lambda: (stamped() * 0.2).astype(np.uint8), "too_dark"),
        (bright, "over_exposed"),
        (lambda: stamped(kind=SealKind.INVOICE), "tilted"),
        (lambda: stamped(kind=SealKind.REPRESENTATIVE), "no_seal"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_cause_has_its_answer(make: Callable[[], np.ndarray], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        lift(to_jpeg(make()), shape_of(LEGAL))
    error = refused.value
    assert error.code == f"photo.{code}"
    assert error.field == "file"
    assert re.search("白纸.*正上方.*一半以上", error.zh)
    assert "half of the picture" in error.en
    assert not re.search("[,;:?!]", error.zh), "full-width punctuation"


def test_a_face_is_no_seal_of_any_shape() -> None:
    for kind in (LEGAL, SealKind.INVOICE, SealKind.REPRESENTATIVE):
        with pytest.raises(Invalid) as refused:
            lift(to_jpeg(face()), shape_of(kind))
        assert refused.value.code == "photo.no_seal"


def test_noise_is_nothing() -> None:
    with pytest.raises(Invalid) as refused:
        lift(to_jpeg(noise()), shape_of(LEGAL))
    assert refused.value.code in {"photo.no_seal", "photo.cut_off", "photo.no_ink"}


def test_faint_ink_is_said_to_be_faint_or_not_there() -> None:
    picture = stamped(Damage(shade=0, text=False)).astype(float)
    with pytest.raises(Invalid) as refused:
        lift(to_jpeg((255 - (255 - picture) * 0.3).astype(np.uint8)), shape_of(LEGAL))
    assert refused.value.code in {"photo.faint", "photo.no_ink"}
