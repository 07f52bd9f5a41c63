"""How like imprints are: one name is itself, another is not, a photo is known for what it is (R79)."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest

from seals import imprint
from seals.design import Design
from seals.imprint import Imprint
from seals.kinds import SealKind
from seals.likeness import RESEMBLES, SAME, Look, bands, look, resemblance, rough, sameness
from tests.seals.distorting import photo_of

MARGIN = 0.03
WORDED = (SealKind.LEGAL_NAME, SealKind.FINANCE, SealKind.CONTRACT, SealKind.INVOICE)
PLACES = ("北京", "上海", "深圳", "武汉市", "江苏省")
SYLLABLES = "云杉海纳启明星辰若涵天河远大宏图华信诚达盛世金源博雅知秋思远清和泰康安邦"
TRADES = ("科技", "贸易", "文化传播", "机械制造", "餐饮管理", "工程技术", "信息咨询", "精密仪器")
ENDS = ("有限公司", "有限责任公司", "股份有限公司")


def names(count: int, seed: int) -> list[str]:
    """Company names as they are."""
    choose = random.Random(seed)
    return [
        choose.choice(PLACES)
        + "".join(choose.sample(SYLLABLES, choose.choice((2, 3, 4))))
        + choose.choice(TRADES)
        + choose.choice(ENDS)
        for _ in range(count)
    ]


def with_another_character(name: str, seed: int) -> str:
    """The name with one character of its middle replaced."""
    choose = random.Random(seed)
    place = choose.randrange(2, len(name) - 4)
    other = choose.choice([char for char in SYLLABLES if char != name[place]])
    return name[:place] + other + name[place + 1 :]


@cache
def drawn(name: str, kind: SealKind, number: int = 1, ordinal: int = 1) -> Imprint:
    return imprint.draw(
        Design(kind, name, "91110105MA01ABCD5F", f"110105{number:07d}", "张三", ordinal=ordinal)
    )


@cache
def seen(name: str, kind: SealKind, number: int = 1) -> Look:
    return look(drawn(name, kind, number))


def shares_a_band(one: Look, other: Look) -> bool:
    return any(mine == theirs for mine, theirs in zip(bands(one), bands(other), strict=True))


@pytest.mark.parametrize("kind", WORDED)
def test_the_same_words_are_the_same_whatever_the_seal_number(kind: SealKind) -> None:
    for number, name in enumerate(names(8, 1)):
        one, other = seen(name, kind), seen(name, kind, 7777 + number)
        assert sameness(one, other) > SAME + MARGIN
        assert shares_a_band(one, other), name


@pytest.mark.parametrize("kind", WORDED)
def test_names_that_differ_in_one_character_are_not_held(kind: SealKind) -> None:
    for number, name in enumerate(names(12, 2)):
        other = with_another_character(name, number)
        assert sameness(seen(name, kind), seen(other, kind, 99)) < SAME - MARGIN, (name, other)


def test_names_that_only_differ_in_a_stroke_are_for_a_person_to_judge() -> None:
    one, other = ("北京未来科技有限公司", "北京末来科技有限公司")
    for kind in WORDED:
        assert sameness(seen(one, kind), seen(other, kind)) > SAME


@pytest.mark.parametrize("kind", WORDED)
def test_a_photo_of_a_seal_is_more_like_it_than_any_other_is(kind: SealKind) -> None:
    known = names(24, 3)
    looks = [seen(name, kind) for name in known]
    for number in range(6):
        turn = 0.0 if kind is SealKind.INVOICE else float(np.random.default_rng(number).uniform(-180, 180))
        copy = look(photo_of(drawn(known[number], kind), number, turn))
        assert copy.outline == looks[number].outline
        assert resemblance(copy, looks[number]) > RESEMBLES
        fits = rough(copy, looks)
        assert (fits > fits[number]).sum() < 5, "its original is not among those that are compared"
        assert resemblance(copy, looks[(number + 7) % len(looks)]) < RESEMBLES


def test_outlines_are_told_apart() -> None:
    name = "北京云杉科技有限公司"
    outlines = {kind: seen(name, kind).outline for kind in (*WORDED, SealKind.REPRESENTATIVE)}
    assert outlines == {
        SealKind.LEGAL_NAME: "round",
        SealKind.FINANCE: "round",
        SealKind.CONTRACT: "round",
        SealKind.INVOICE: "oval",
        SealKind.REPRESENTATIVE: "square",
    }
    assert sameness(seen(name, SealKind.CONTRACT), seen(name, SealKind.INVOICE)) == 0


def test_a_look_is_kept_as_text() -> None:
    one = seen("北京云杉科技有限公司", SealKind.CONTRACT)
    kept = Look.of(one.outline, one.ink)
    assert np.array_equal(kept.strip, one.strip)
    assert len(one.ink) < 2400
    assert all(len(band) <= 24 for band in bands(one))


@pytest.mark.parametrize("d", ["", "M0 0L40 0L40 40L0 40Z", "M20 20L20.1 20L20.1 20.1Z"])
def test_nothing_and_everything_have_a_look_too(d: str) -> None:
    empty = look(Imprint(40, 40, d))
    other = seen("北京云杉科技有限公司", SealKind.CONTRACT)
    assert sameness(empty, other) < SAME
    assert np.isfinite(rough(empty, [other, empty])).all()
