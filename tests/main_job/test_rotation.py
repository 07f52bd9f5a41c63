"""KEK rotation beside running sealers: seals are collected and signed with meanwhile, and nothing is lost."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.context import ForkServerContext
from pathlib import Path
from threading import Event, Thread

import pytest

from auth.models import Event as Row
from seals import custody
from seals.models import SealerKey, SealKey
from server.client import ApiError, Client
from server.demo import PIN
from server.keys import kek_store
from server.rotate_command import rotate_kek
from tests.main_job.members import Member
from tests.main_job.stage import Stage

ROUNDS = 2
LIMIT_S = 60.0


def rotate(stage: Stage) -> dict[str, object]:
    """`ezhang rotate-kek`, as an operator runs it."""
    environ = {**os.environ, **stage.server.settings.environment(), **stage.environ}
    command = [sys.executable, "-P", "-m", "server.cli", "rotate-kek"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=LIMIT_S)
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


def versions(stage: Stage) -> set[int]:
    """Which KEK versions rows name."""

    async def named() -> set[int]:
        keys = await SealKey.all().distinct().values_list("kek_version", flat=True)
        days = await SealerKey.all().distinct().values_list("kek_version", flat=True)
        return {int(str(each)) for each in (*keys, *days)}

    return stage.server.database.run(named)


def rotating_all_the_time(stage: Stage, stop: Event, done: list[dict[str, object]]) -> None:
    while not stop.is_set():
        done.append(rotate(stage))


def test_signing_and_collecting_go_on_while_the_kek_is_rotated(stage: Stage, stage_owner: Member) -> None:
    before = kek_store(stage.server.settings).version
    stop, rotations = Event(), list[dict[str, object]]()
    operator = Thread(target=rotating_all_the_time, args=(stage, stop, rotations))
    with stage.server.owner() as other, stage.server.member() as newcomer:
        newcomer.found_company()
        operator.start()
        try:
            with ThreadPoolExecutor(3) as pool:
                signing = [pool.submit(seal_some, each) for each in (stage_owner, other)]
                collecting = pool.submit(collect_in_the_end, newcomer)
                assert collecting.result() == "collected"
                assert [work.result() for work in signing] == [["signed"] * ROUNDS] * 2
                rotations_meanwhile = len(rotations)
        finally:
            stop.set()
            operator.join(LIMIT_S)
        assert rotations_meanwhile >= 1, "no rotation was finished while people worked"
        newest = kek_store(stage.server.settings).version
        assert [each["version"] for each in rotations] == list(range(before + 1, newest + 1))
        assert versions(stage) == {newest}
        for each in (stage_owner, other, newcomer):
            assert each.sealed()[0]["state"] == "signed"
            assert (each.holder().tries, each.holder().locked_at) == (0, None)

    async def told() -> list[dict[str, int]]:
        rows = await Row.filter(stream="platform", kind="kek.rotated").order_by("seq")
        return [row.facts for row in rows]

    facts = stage.server.database.run(told)[-len(rotations) :]
    assert [each["version"] for each in facts] == [each["version"] for each in rotations]


def collect_in_the_end(member: Member) -> str:
    """Collect; told that the sealer is busy, look again as a phone does. The state it ended in."""
    collection = member.checked(member.company)
    try:
        return str(member.phone.set_pin(collection, PIN)["state"])
    except ApiError as busy:
        if busy.code != "sealer.slow":
            raise
    return str(Client.until(lambda: member.phone.collection(collection), "collected", "failed")["state"])


def seal_some(owner: Member) -> list[str]:
    """Have some documents sealed, one after the other; the states they ended in."""
    return [str(owner.sealed()[0]["state"]) for _ in range(ROUNDS)]


def killed_rotation(environ: Mapping[str, str], log: Path, rows: int) -> None:
    """A rotation that kills itself after so many rows."""
    os.environ.clear()
    os.environ.update(environ)
    original, done = custody.rewrap_private, 0

    def counted(*arguments: object) -> bytes:
        nonlocal done
        if done == rows:
            os.kill(os.getpid(), signal.SIGKILL)
        done += 1
        return original(*arguments)  # type: ignore[arg-type]

    custody.rewrap_private = counted
    with log.open("a") as out:
        rotate_kek(out)


@pytest.mark.parametrize("rows", [0, 3])
def test_a_rotation_killed_in_the_middle_is_taken_up_by_the_next_run(
    stage: Stage, stage_owner: Member, forks: ForkServerContext, tmp_path: Path, rows: int
) -> None:
    before = kek_store(stage.server.settings).version
    environ = {**stage.server.settings.environment(), "PATH": os.environ["PATH"]}
    victim = forks.Process(target=killed_rotation, args=(environ, tmp_path / "log", rows), daemon=True)
    victim.start()
    victim.join(LIMIT_S)
    assert victim.exitcode == -signal.SIGKILL
    assert kek_store(stage.server.settings).versions() == [before, before + 1]
    assert before in versions(stage)
    assert stage_owner.sealed()[0]["state"] == "signed"
    resumed = rotate(stage)
    assert (resumed["version"], resumed["resumed"], resumed["retired"]) == (before + 1, True, [before])
    assert versions(stage) == {before + 1}
    assert stage_owner.sealed()[0]["state"] == "signed"


def test_what_cannot_be_opened_is_named_and_nothing_is_thrown_away(
    stage: Stage, stage_owner: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = stage.server.database.run(lambda: SealKey.filter(seal__company_id=stage_owner.company).first())
    assert key is not None

    async def write(text: str) -> None:
        await SealKey.filter(id=key.id).update(sealed_private=text)

    stage.server.database.run(lambda: write("AAAA"))
    for name, value in stage.server.settings.environment().items():
        monkeypatch.setenv(name, value)
    before = kek_store(stage.server.settings).version
    out = io.StringIO()
    assert rotate_kek(out) == 1
    error = json.loads(out.getvalue())["error"]
    assert error["code"] == "kek.rows_left"
    assert key.id in error["en"]
    assert kek_store(stage.server.settings).versions() == [before, before + 1]
    # As it was: under the version that is still held.
    stage.server.database.run(lambda: write(key.sealed_private))
    assert rotate(stage)["retired"] == [before]
    assert stage_owner.sealed()[0]["state"] == "signed"
