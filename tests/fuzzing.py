"""Files gone wrong in a thousand ways, the same ones for the same seed; and a long run by hand.

`make fuzz` (or `python -m tests.fuzzing --seconds N --seed S`) sends them to a real inspector until the time
is over, and says which seeds were answered wrongly: by an error of ours, too slowly, or with `valid` for a
file in which a signed byte differs. `tests/server/test_fuzzed_files.py` runs a few of them every time.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from io import BytesIO

import pikepdf

from auth.errors import DomainError
from seals.pdf.preparing import Protection
from seals.pdf.verdicts import Trust, Verdict
from server.inspector.client import InspectorClient
from tests.seals.pdf.forging import GAP, by_hand
from tests.seals.pdf.samples import contract, contract_pdf, form, layers
from tests.seals.pdf.sealing_kit import (
    BESIDE,
    NOW,
    World,
    signed_regardless,
    with_document_timestamp,
    with_dss,
)
from tests.seals.pdf.strangers import Stranger
from tests.server.inspecting import running

__all__ = ["corpus", "mutants", "unsound"]

_NUMBER = re.compile(rb"(?<![\w.<])\d{1,10}(?![\w.>])")
_NAME = re.compile(rb"/[A-Za-z]{1,20}")
_TOKENS = (
    b"0", b"-1", b"1", b"65535", b"2147483648", b"99999999999999999999", b"null", b"true", b"[", b"]", b"<<",
    b">>", b"(", b")", b"<", b">", b"/", b"%", b"1 0 R", b"99 0 R", b"endobj", b"stream\n", b"endstream",
    b"[[[[[[[[", b"<<<<<<<<", b"\xff\xfe", b"\0", b"obj", b"xref\n", b"startxref\n0\n%%EOF\n",
    b"/Prev 9 0 R", b"/Length 99999999", b"trailer<</Size 3/Root 1 0 R>>",
)  # fmt: skip


@lru_cache(maxsize=1)
def corpus() -> tuple[World, Mapping[str, bytes]]:
    """What is mutated: files of our own seals and of others', of every make. Not within a running loop."""
    world = World()
    sealed = world.sign(contract())
    compressed = BytesIO()
    contract_pdf(2).save(compressed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    two = world.sign(sealed, 1, protection=Protection.FOLLOWING, place=BESIDE)
    return world, {
        "sealed": sealed,
        "two seals": two,
        "archived": with_document_timestamp(with_dss(two, world), world.tsa),
        "in streams": signed_regardless(world, compressed.getvalue()),
        "of others": Stranger().sign(contract(), "B-LTA"),
        "a form": world.sign(form()),
        "with layers": layers(),
        "by hand": by_hand(sealed, {}),
    }


def mutants(seed: int) -> Iterator[tuple[str, bytes, bytes]]:
    """Name, file and mutant, without end; the same ones for the same seed."""
    chance = random.Random(seed)
    _, files = corpus()
    names = list(files)
    while True:
        name = chance.choice(names)
        mutant = files[name]
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            mutant = chance.choice(_KINDS)(chance, mutant, files[chance.choice(names)])
        yield name, files[name], mutant


def unsound(data: bytes, mutant: bytes) -> bool:
    """Whether the mutant is another document than the one that was signed, or one of its versions.

    Inside a signature value bytes may differ: its unsigned attributes and spare certificates.
    """
    ended = mutant.rstrip().endswith(b"%%EOF")
    if ended and any(mutant == whole[: len(mutant)] for whole in corpus()[1].values()):
        return False  # cut back to an earlier version, which is as genuine
    gaps = [range(gap.start() + 1, gap.end() - 1) for gap in GAP.finditer(data)]
    pairs = enumerate(zip(data, mutant, strict=False))
    return len(data) != len(mutant) or any(
        one != other and not any(at in gap for gap in gaps) for at, (one, other) in pairs
    )


def _flip(chance: random.Random, data: bytes, _: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice((1, 1, 8))):
        out[chance.randrange(len(out))] = chance.randrange(256)
    return bytes(out)


def _cut(chance: random.Random, data: bytes, _: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.choice((1, 10, 200, 5000)) :] or b"%PDF-"


def _truncate(chance: random.Random, data: bytes, _: bytes) -> bytes:
    return data[: chance.randrange(1, len(data))]


def _insert(chance: random.Random, data: bytes, _: bytes) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + chance.choice(_TOKENS) * chance.choice((1, 1, 3, 300)) + data[at:]


def _number(chance: random.Random, data: bytes, _: bytes) -> bytes:
    return _replaced(
        chance, data, _NUMBER, lambda: chance.choice((b"0", b"-1", b"7", b"%d" % len(data), b"1e9"))
    )


def _name(chance: random.Random, data: bytes, other: bytes) -> bytes:
    names = _NAME.findall(other) or [b"/X"]
    return _replaced(chance, data, _NAME, lambda: chance.choice(names))


def _token(chance: random.Random, data: bytes, _: bytes) -> bytes:
    return _replaced(chance, data, _NUMBER, lambda: chance.choice(_TOKENS))


def _replaced(chance: random.Random, data: bytes, what: re.Pattern[bytes], by: Callable[[], bytes]) -> bytes:
    found = list(what.finditer(data))
    if not found:
        return data
    # Structure stands at the ends of files; what is in the middle is mostly streams.
    place = chance.choice((*found[-40:], *found[:40], *found))
    return data[: place.start()] + by() + data[place.end() :]


def _splice(chance: random.Random, data: bytes, other: bytes) -> bytes:
    return data[: chance.randrange(len(data))] + other[chance.randrange(len(other)) :]


def _append(chance: random.Random, data: bytes, other: bytes) -> bytes:
    return data + other[chance.randrange(len(other)) :]


def _repeat(chance: random.Random, data: bytes, _: bytes) -> bytes:
    at, length = chance.randrange(len(data)), chance.choice((20, 500, 4000))
    return data[:at] + data[at : at + length] * chance.choice((2, 5)) + data[at + length :]


_KINDS = (_flip, _cut, _truncate, _insert, _number, _name, _token, _splice, _append, _repeat)


async def _long_run(seconds: float, seed: int) -> int:
    world, _ = corpus()
    trust, bad, done, slowest = world.trust(), 0, 0, 0.0
    end = time.monotonic() + seconds
    async with running(2) as (client, _, _):
        for number in range(seed, sys.maxsize):
            if time.monotonic() > end:
                break
            for name, data, mutant in (next(mutants(number)),):
                began = time.monotonic()
                wrong = await _answer(client, trust, data, mutant)
                slowest = max(slowest, time.monotonic() - began)
                done += 1
                if wrong:
                    bad += 1
                    print(f"seed {number} ({name}): {wrong}", flush=True)
    print(f"{done} files, {bad} answered wrongly, the slowest in {slowest:.1f} s")
    return 1 if bad else 0


async def _answer(client: InspectorClient, trust: Trust, data: bytes, mutant: bytes) -> str | None:
    try:
        report = await client.verify(mutant, trust, NOW)
    except DomainError as error:
        return error.code
    if "too_slow" in report.reasons:
        return "too slow"
    return "valid" if report.verdict is Verdict.VALID and unsound(data, mutant) else None


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.fuzzing")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    corpus()  # signing runs a loop of its own
    sys.exit(asyncio.run(_long_run(arguments.seconds, arguments.seed)))
