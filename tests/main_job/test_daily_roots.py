"""The sealer's role `work` makes the daily root; without a timestamp it waits, and is published later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from auth.models import StreamHead
from seals.audit.checking import check
from seals.audit.findings import Counts, Finding
from seals.pdf.trust import Trust
from seals.root_models import Root, RootLeaf, RootState
from server import secret_files
from server.demo import free_port
from server.file_verdicts import trust_certificates
from tests.main_job.members import Member
from tests.main_job.stage import Stage, until


def test_the_work_role_binds_and_publishes_when_it_can(stage: Stage, stage_owner: Member) -> None:
    database, settings = stage.server.database, stage.server.settings
    stage_owner.ask_for()

    async def roots() -> list[Root]:
        return await Root.all().order_by("number")

    async def begin_anew() -> None:
        await RootLeaf.all().delete()
        await Root.all().delete()

    stage.stop_sealer()
    database.forge(begin_anew)
    stage.start_sealer(EZHANG_TSA_URL=f"http://127.0.0.1:{free_port()}")
    until(lambda: [row.state for row in database.run(roots)] == [RootState.BOUND])
    (bound,) = database.run(roots)
    stage.stop_sealer()

    async def end_lease() -> None:
        await Root.all().update(lease_until=datetime.now(UTC) - timedelta(minutes=5))

    database.run(end_lease)
    stage.start_sealer()
    until(lambda: [row.state for row in database.run(roots)] == [RootState.PUBLISHED])
    (root,) = database.run(roots)
    assert root.text == bound.text

    async def found() -> tuple[list[Finding], int, int]:
        trust = Trust(trust_certificates(settings, "root"), trust_certificates(settings, "issuing", "tsa"))
        identity = secret_files.sealer_identity(settings)
        wrong = [each async for each in check(identity, trust, {}, datetime.now(UTC), Counts())]
        return wrong, await RootLeaf.all().count(), await StreamHead.all().count()

    wrong, leaves, heads = database.run(found)
    assert wrong == []
    assert leaves == root.chains <= heads
    answer = stage_owner.phone.http.get(f"/roots/{root.number}.txt")
    assert answer.text == root.text
