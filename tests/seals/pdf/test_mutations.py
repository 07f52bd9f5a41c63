"""Random changes of sealed files: nothing that is signed may change unseen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seals.pdf.pages import page_png
from seals.pdf.preparing import Protection
from seals.pdf.verdicts import Verdict
from tests.seals.pdf.forging import GAP
from tests.seals.pdf.sealing_kit import (
    BESIDE,
    World,
    with_document_timestamp,
    with_dss,
)


@st.composite
def mutations(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    place = draw(st.floats(0, 1, exclude_max=True))
    kind = draw(st.sampled_from(["flip", "cut", "insert", "truncate", "copy", "append"]))
    amount = draw(st.integers(1, 200))
    junk = draw(st.binary(min_size=1, max_size=40))

    def mutate(data: bytes) -> bytes:
        at = int(place * len(data))
        if kind == "flip":
            return data[:at] + bytes([data[at] ^ (amount % 255 + 1)]) + data[at + 1 :]
        if kind == "cut":
            return data[:at] + data[at + amount :]
        if kind == "insert":
            return data[:at] + junk + data[at:]
        if kind == "truncate":
            return data[:at]
        if kind == "copy":
            return data[:at] + data[at : at + amount] + data[at:]
        return data + junk

    return mutate


@pytest.mark.parametrize("which", ["one seal", "two seals", "archived"])
@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutate=mutations())
def test_no_mutation_is_valid(
    world: World, sealed: bytes, which: str, mutate: Callable[[bytes], bytes]
) -> None:
    data = _documents(world, sealed)[which]
    mutant = mutate(data)
    report = world.judge(mutant)
    if report.verdict is Verdict.VALID:
        _assert_same_in_what_is_signed(data, mutant)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(mutate=mutations())
def test_no_mutation_of_unsigned_validation_data_changes_what_is_seen(
    world: World, sealed: bytes, mutate: Callable[[bytes], bytes]
) -> None:
    """A DSS at the end is covered by nothing: it may be damaged, but not be used for anything else."""
    data = _documents(world, sealed)["with validation data"]
    mutant = sealed + mutate(data[len(sealed) :])
    report = world.judge(mutant)
    assert report.verdict in (Verdict.VALID, Verdict.INVALID, Verdict.UNKNOWN)
    if report.verdict is Verdict.VALID:
        assert page_png(mutant, 0, 200) == page_png(sealed, 0, 200)


_MADE: dict[str, bytes] = {}


def _documents(world: World, sealed: bytes) -> dict[str, bytes]:
    if not _MADE:
        _MADE["one seal"] = sealed
        _MADE["two seals"] = world.sign(sealed, 1, protection=Protection.FOLLOWING, place=BESIDE)
        _MADE["with validation data"] = with_dss(sealed, world)
        _MADE["archived"] = with_document_timestamp(with_dss(sealed, world), world.tsa)
        for data in _MADE.values():
            assert world.judge(data).verdict is Verdict.VALID
    return _MADE


def _assert_same_in_what_is_signed(data: bytes, mutant: bytes) -> None:
    """Only inside a signature value may bytes differ: its unsigned attributes and spare certificates."""
    if mutant in _MADE.values():
        return  # cut back to an earlier version, which is as genuine
    assert len(data) == len(mutant)
    gaps = [range(gap.start() + 1, gap.end() - 1) for gap in GAP.finditer(data)]
    for index, (one, other) in enumerate(zip(data, mutant, strict=True)):
        assert one == other or any(index in gap for gap in gaps)
