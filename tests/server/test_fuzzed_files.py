"""Mutated files against the inspector: an answer for each, within its limits, and never a false `valid`.

A longer run of the same is `make fuzz`.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import islice

import pytest

from auth.errors import Conflict, Invalid, TooLarge
from seals.pdf.steps import Step
from seals.pdf.verdicts import Verdict
from tests.fuzzing import corpus, mutants, unsound
from tests.seals.pdf.sealing_kit import NOW
from tests.server.inspecting import running

COUNT = 150
SEED = 20260115


@pytest.fixture(scope="module", autouse=True)
def made() -> None:
    """The files are signed before a loop runs."""
    corpus()


async def test_every_mutant_has_a_verdict() -> None:
    world, files = corpus()
    trust = world.trust()
    async with running(1) as (client, pool, _):
        (worker,) = pool._alive
        before = {name: (await client.verify(data, trust, NOW)).verdict for name, data in files.items()}
        assert before["sealed"] is Verdict.VALID
        for name, data, mutant in islice(mutants(SEED), COUNT):
            report = await client.verify(mutant, trust, NOW)
            assert report.verdict is not Verdict.VALID or not unsound(data, mutant), name
            assert "too_slow" not in report.reasons, name
            assert [one.step for one in report.steps] == list(Step), name
        assert {one.pid for one in pool._alive} == {worker.pid}, "a file ended the reader"
        after = {name: (await client.verify(data, trust, NOW)).verdict for name, data in files.items()}
        assert after == before


async def test_every_mutant_is_taken_or_refused_with_words() -> None:
    """Inspecting and cleaning, as an upload does it."""
    async with running(1) as (client, pool, _):
        for _, _, mutant in islice(mutants(SEED + 1), 60):
            with suppress(Invalid, Conflict, TooLarge):
                await client.inspect(mutant)
                await client.clean(mutant, True)
        assert pool.state()["workers"] == 1


def test_a_file_that_is_cut_is_another_unless_a_version_ends_there() -> None:
    sealed = corpus()[1]["sealed"]
    version = sealed.index(b"%%EOF") + len(b"%%EOF")
    assert version < len(sealed.rstrip())
    assert not unsound(sealed, sealed[:version])
    assert unsound(sealed, sealed[: version - 1])
    assert unsound(sealed, sealed.rstrip()[:-1])
