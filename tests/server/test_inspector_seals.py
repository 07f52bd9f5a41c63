"""Seal structures are judged in the inspector's workers, which may be killed over one."""

from __future__ import annotations

import subprocess
import sys

from seals.pdf.reports import Verdict
from seals.ses.causes import Cause
from server.inspector.pool import LIMITS_S
from tests.seals.ses.kit import DOCUMENT, NOW, SIGNED, World
from tests.server.inspecting import running


async def test_the_worker_answers_as_the_function_does() -> None:
    world = World()
    signature = world.stamped(world.signature(), SIGNED)
    async with running() as (client, _, _):
        for data, document in ((world.seal(), None), (signature, DOCUMENT), (signature, None), (b"x", None)):
            told = await client.verify_ses(data, world.trust(), document, NOW)
            assert told == world.judge(data, document)


async def test_what_takes_too_long_is_undecided() -> None:
    world = World()
    async with running(limits_s={**LIMITS_S, "verify_ses": 0.0}) as (client, _, _):
        report = await client.verify_ses(world.seal(), world.trust(), None, NOW)
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, (Cause.TOO_SLOW.code,))


def test_a_worker_tells_its_own_words_and_none_of_the_libraries() -> None:
    telling = (
        "import logging; from server.inspector import worker; worker._log_own_words_only();"
        "logging.getLogger('seals.ses').warning('TypeError');"
        "logging.getLogger('pyhanko').critical('somebody')"
    )
    told = subprocess.run([sys.executable, "-c", telling], capture_output=True, text=True, check=True).stderr
    assert told == "TypeError\n"
