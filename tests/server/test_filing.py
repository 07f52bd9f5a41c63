"""The maker's filings (R34, R40, R46) from the database to the authority's desk, on both engines; the desk is
the sandbox's, over real HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from stdnum.cn import ric

from auth.engine import transaction
from auth.errors import Conflict, DomainError, NotFound, Refused, Unavailable
from auth.login import person_by_mobile
from auth.models import Application, ApplicationState, Company, Deployment, Event
from auth.ports import DecisionState, RegisteredCompany, RegistrarApplication, RegistrarDecision
from auth.privacy import RecordsKey
from seals import founding, lapsing, living
from seals.filing import lapsed, makers, overdue, reviewing, sending, submitting, updates
from seals.filing.leases import LEASE
from seals.filing.own import check, listed
from seals.filing.submitting import FilingForm
from seals.filing.views import FilingView
from seals.filing_models import CompanyFiling, CompanyFilingState, FilingKind, FilingState, MakerFiling
from seals.life import Change
from seals.models import Seal, SealState
from seals.policies import DEFAULT, POLICIES
from seals.ports import FilingAnswer
from server.adapters.filing_desk import HttpFilingDesk
from server.sandbox.issuing import new_uscc
from tests.server.conftest import serving_sandbox

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RECORDS = RecordsKey(bytes(32))
POLICY = POLICIES[DEFAULT]
NAME = "张三"
_numbers = itertools.count(1)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[HttpFilingDesk]:
    async with serving_sandbox(tmp_path / "sandbox", 0) as url:
        adapter = HttpFilingDesk(url, allow_stand_in=True, timeout_s=5.0)
        adapter.address = url  # type: ignore[attr-defined]
        yield adapter
        await adapter.aclose()


async def switch(desk: Any, fault: str = "none", mode: str = "automatic") -> None:
    async with httpx.AsyncClient(base_url=desk.address, trust_env=False) as client:
        body = {"faults": {"filing_desk": fault}, "filing_desk_mode": mode}
        (await client.post("/_control", json=body)).raise_for_status()


def number_of_person() -> str:
    body = f"11010519880101{next(_numbers):03d}"
    return body + ric.calc_check_digit(f"{body}0")


async def founded() -> Company:
    """A company with its five seals, as the registrar's approval makes it."""
    number = next(_numbers)
    form = RegistrarApplication(
        application_id=f"a{number}",
        company_name=f"北京备案{'甲乙丙丁戊己庚辛'[number % 8]}{number}有限公司",
        company_type="有限责任公司",
        region="110105",
        address="北京市朝阳区建国路88号",
        capital_wan=Decimal(100),
        business_scope="软件开发",
        representative_name=NAME,
        representative_id_number=number_of_person(),
        representative_mobile=f"139{number:08d}",
        term_years=None,
    )
    person = await person_by_mobile(f"138{number:08d}", NOW, RECORDS)
    row = await Application.create(
        applicant_id=person.id,
        request_id="1",
        company_name=form.company_name,
        form_sealed=b"",
        state=ApplicationState.SENT,
        created_at=NOW,
    )
    company = RegisteredCompany(
        uscc=new_uscc("110105"),
        licence_number=str(number),
        company_name=form.company_name,
        region="110105",
        authority="x",
        established_on=date(2026, 11, 21),
        valid_from=date(2026, 11, 21),
        valid_until=None,
    )
    decision = RegistrarDecision(DecisionState.APPROVED, company=company)
    await founding.decide(row.id, form, decision, NOW, RECORDS, POLICY)
    return await Company.get(uscc=company.uscc)


async def step(desk: Any, now: datetime) -> bool:
    """What the sealer's role `work` does once; False where nothing has its turn."""
    row = await sending.take("work", now)
    if row is None:
        return False
    with contextlib.suppress(Unavailable):
        await sending.advance(row, lambda: now, RECORDS, desk)
    await sending.give_back(row, now)
    return True


async def all_sent(desk: Any, now: datetime) -> None:
    while await step(desk, now):
        pass


async def moved(change: Change, company: Company, seal: Seal, now: datetime) -> None:
    async with transaction():
        await living.tell(await living.move(change, company.id, [seal.id], now), "sealer", now)


async def states(seal: Seal) -> list[tuple[str, str]]:
    rows = await MakerFiling.filter(seal_id=seal.id).order_by("place")
    return [(row.kind.value, row.state.value) for row in rows]


class Arrived:
    """The desk, with what arrives there written down; it may break off after the desk has it."""

    def __init__(self, desk: HttpFilingDesk, crash_after: int = -1) -> None:
        self.desk, self.came, self.crash_after = desk, [], crash_after  # type: ignore[var-annotated]

    async def file_seal(self, number: str, content: Any) -> FilingAnswer:
        answer = await self.desk.file_seal(number, content)
        self.came.append((number, content))
        if len(self.came) == self.crash_after:
            raise asyncio.CancelledError
        return answer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.desk, name)


async def test_what_happens_to_a_seal_is_filed_in_order_whatever_breaks(desk: HttpFilingDesk) -> None:
    """Made, cancelled, while the desk is down, answers nonsense, loses its answer, a worker dies."""
    company = await founded()
    seal = await Seal.get(company_id=company.id, kind="contract")
    assert await MakerFiling.filter(company_id=company.id, kind=FilingKind.MADE).count() == 5
    await Seal.filter(id=seal.id).update(state=SealState.COLLECTED, generation=1)
    for number, change in enumerate((Change.SUSPEND, Change.CANCEL)):
        await moved(change, company, seal, NOW + (number + 1) * HOUR)
    now = NOW + 3 * HOUR
    for fault in ("down", "nonsense"):
        await switch(desk, fault)
        assert await step(desk, now)
        assert not await MakerFiling.filter(company_id=company.id, state=FilingState.ACCEPTED).exists()
        now += 10 * HOUR
    await switch(desk, "lost")
    dying = Arrived(desk, crash_after=1)
    with pytest.raises(asyncio.CancelledError):  # it dies when the desk has it: nothing is given back
        await step(dying, now)
    await switch(desk)
    watched = Arrived(desk)
    await all_sent(watched, now)
    await all_sent(watched, now + LEASE)
    assert await states(seal) == [(kind, "accepted") for kind in ("made", "suspended", "cancelled")]
    ours = [number for number, _ in dying.came + watched.came if number.startswith(seal.number)]
    assert [each for each in ours if each.startswith(seal.number)][-2:] == [
        f"{seal.number}-002",
        f"{seal.number}-003",
    ]
    again = [each for each in watched.came if each[0] == dying.came[0][0]]
    assert again in ([], dying.came), "the same goes again, to the letter"
    async with httpx.AsyncClient(base_url=desk.address, trust_env=False) as client:  # type: ignore[attr-defined]
        shown = (await client.get("/filings")).text
    assert shown.count(f'<dd class="mono">{seal.number}-00') == 3
    # In full to the authority, encrypted here, and never in what is shown of it.
    made = next(content for number, content in watched.came + dying.came if number.endswith("-001"))
    row = await MakerFiling.get(number=f"{seal.number}-001")
    assert len(made["representative"]["id_number"]) == 18
    assert made["maker"]["licence"] == "SANDBOX-MAKER"
    assert row.sealed is not None
    assert NAME.encode() not in bytes(row.sealed)
    assert made["representative"]["id_number"] not in shown
    assert row.facts["imprint_sha256"]
    assert row.district == "110105"


async def test_two_workers_and_a_clock_set_back_file_each_thing_once(desk: HttpFilingDesk) -> None:
    company = await founded()
    watched = Arrived(desk)
    await asyncio.gather(*(step(watched, NOW) for _ in range(8)))
    await all_sent(watched, NOW)
    assert sorted(number for number, _ in watched.came) == sorted(
        [row.number async for row in MakerFiling.filter(company_id=company.id)]
    )
    # A lease that began tomorrow binds nobody today.
    seal = await Seal.get(company_id=company.id, kind="finance")
    await Seal.filter(id=seal.id).update(state=SealState.COLLECTED)
    await moved(Change.SUSPEND, company, seal, NOW)
    row = await sending.take("other", NOW + DAY)
    assert row is not None
    await all_sent(watched, NOW)
    assert (await states(seal))[-1] == ("suspended", "accepted")
    # Who comes back late with his answer changes nothing any more.
    with contextlib.suppress(Unavailable):
        await sending.advance(row, lambda: NOW + DAY, RECORDS, watched)
    late = await MakerFiling.get(id=row.id)
    assert (late.state, late.decided_at) == (FilingState.ACCEPTED, NOW)


async def test_a_fact_that_comes_while_the_one_before_is_accepted_has_its_turn(desk: HttpFilingDesk) -> None:
    company = await founded()
    seal = await Seal.get(company_id=company.id, kind="contract")
    await Seal.filter(id=seal.id).update(state=SealState.COLLECTED)
    await asyncio.gather(all_sent(desk, NOW), moved(Change.SUSPEND, company, seal, NOW))
    await all_sent(desk, NOW + HOUR)
    assert await states(seal) == [("made", "accepted"), ("suspended", "accepted")]


async def test_what_is_refused_holds_back_the_rest_until_it_is_filed_again(desk: HttpFilingDesk) -> None:
    company = await founded()
    seal = await Seal.get(company_id=company.id, kind="contract")
    await switch(desk, "refuse")
    await all_sent(desk, NOW)
    await Seal.filter(id=seal.id).update(state=SealState.COLLECTED)
    await moved(Change.SUSPEND, company, seal, NOW)
    await switch(desk)
    await all_sent(desk, NOW + DAY)
    assert await states(seal) == [("made", "refused"), ("suspended", "waiting")]
    (first, *_) = await overdue.overdue(POLICY, NOW)
    assert (first.state, first.reason, first.overdue) == (
        FilingState.REFUSED,
        "沙箱设定：备案材料不符，退回",
        False,
    )
    await sending.file_again(f"{seal.number}-001", "ops", NOW + DAY)
    with pytest.raises(Conflict, check=lambda error: error.code == "filing.state"):
        await sending.file_again(f"{seal.number}-001", "ops", NOW + DAY)
    with pytest.raises(NotFound):
        await sending.file_again("0000000000000-001", "ops", NOW)
    await all_sent(desk, NOW + DAY)
    assert await states(seal) == [("made", "accepted"), ("suspended", "accepted")]


async def test_an_officer_takes_his_time_and_what_is_late_is_told(desk: HttpFilingDesk) -> None:
    company = await founded()
    await switch(desk, mode="manual")
    for _ in range(5):
        await step(desk, NOW)
    assert await MakerFiling.filter(company_id=company.id, state=FilingState.SENT).count() == 5
    assert await overdue.warn(POLICY, NOW + 17 * HOUR) == []
    assert len(await overdue.warn(POLICY, NOW + 18 * HOUR)) == 5
    assert await overdue.warn(POLICY, NOW + 19 * HOUR) == [], "each once"
    assert await overdue.overdue(POLICY, NOW + 24 * HOUR - timedelta(seconds=1)) == ()
    late = await overdue.overdue(POLICY, NOW + 24 * HOUR)
    assert [each.due_at for each in late] == [NOW + DAY] * 5
    found = await overdue.counts(POLICY, NOW + DAY)
    assert (found.waiting, found.overdue, found.accepted) == (5, 5, 0)
    async with httpx.AsyncClient(base_url=desk.address, trust_env=False) as client:  # type: ignore[attr-defined]
        for each in late:
            row = await MakerFiling.get(number=each.number)
            assert (await client.post(f"/filings/{row.reference}/approve")).status_code == 303
    await all_sent(desk, NOW + 2 * DAY)
    assert await overdue.overdue(POLICY, NOW + 2 * DAY) == ()


async def test_a_seal_that_nobody_collects_is_registered_cancelled_and_filed(desk: HttpFilingDesk) -> None:
    company = await founded()
    end = NOW + POLICY.uncollected_for
    for moment in (end - 20 * DAY, end - 7 * DAY, end):
        await lapsing.lapse(POLICY, moment)
    await all_sent(desk, end)
    await all_sent(desk, end + HOUR)
    register = await lapsed.lapsed(company.id)
    assert {each.filing_state for each in register} == {FilingState.ACCEPTED}
    assert [(each.cancelled_at, each.filing[-4:]) for each in register] == [(end, "-002")] * 5
    assert await lapsed.lapsed("another") == ()


async def test_in_production_no_seal_is_made_without_a_makers_licence() -> None:
    await Deployment.create(id=1, profile="production")
    for maker in (("", "", ""), ("某公司", "特-1", "2026-11-20")):
        await makers.store(*maker)
        with pytest.raises(Unavailable, check=lambda error: error.code == "maker.unlicensed"):
            await founded()
    assert not await Seal.exists()
    assert not await Company.exists()
    await makers.store("某公司", "特-1", "2026-11-21")
    await founded()
    assert await Seal.all().count() == 5


async def test_the_desk_refuses_another_content_under_a_number_and_what_is_out_of_order(
    desk: HttpFilingDesk,
) -> None:
    await founded()
    watched = Arrived(desk)
    await all_sent(watched, NOW)
    number, content = watched.came[0]
    assert await desk.file_seal(number, content) == await desk.seal_filing(number)
    with pytest.raises(Refused):
        await desk.file_seal(number, {**content, "change": "cancel"})
    with pytest.raises(Refused):
        await desk.file_seal(f"{number[:13]}-003", {**content, "kind": "cancelled"})
    with pytest.raises(NotFound):
        await desk.seal_filing("../x")


# ---------------------------------------------------------------- a company's own filings


async def hand_in(
    company: Company, seal: Seal, kind: str = "first", now: datetime = NOW, **changed: Any
) -> str:
    values = {"name": "合同专用章", "scope": "签订合同", "note": "更正名称", "declared": True, **changed}
    form = FilingForm(request_id=f"r{next(_numbers)}", seal=seal.id, kind=kind, **values)
    row = await submitting.submit(company.id, form, company.representative_id, now, POLICY)
    return row.id


async def review(desk: Any, now: datetime) -> bool:
    """What the role `work` does once for them."""
    row = await reviewing.take("work", now)
    if row is None:
        return False
    with contextlib.suppress(Unavailable):
        await reviewing.advance(row, lambda: now, RECORDS, desk, POLICY)
    await reviewing.give_back(row, now)
    return True


async def seen(company: Company, now: datetime) -> list[FilingView]:
    found = await listed(company.id, company.representative_id, now, POLICY, RECORDS)
    return list(found.filings)


async def told(company: Company, kind: str) -> list[dict[str, Any]]:
    rows = await Event.filter(on_behalf=company.id, kind=kind).order_by("seq")
    return [row.facts for row in rows]


@pytest.mark.parametrize("fault", ["lost", "nonsense"])
async def test_a_company_files_a_seal_and_gets_one_receipt(desk: HttpFilingDesk, fault: str) -> None:
    company = await founded()
    seal = await Seal.get(company_id=company.id, kind="contract")
    await switch(desk, fault)
    filing = await hand_in(company, seal)
    await asyncio.gather(*(review(desk, NOW) for _ in range(4)))
    await switch(desk)
    for hours in (1, 2):
        await review(desk, NOW + hours * HOUR)
    (view,) = await seen(company, NOW + DAY)
    assert (view.id, view.state) == (filing, CompanyFilingState.APPROVED)
    assert (view.over, view.may_renew) == (False, False)
    paper = view.receipt
    assert paper is not None
    assert (paper.company_name, paper.seal_number, paper.scope) == (company.name, seal.number, "签订合同")
    assert (paper.filed_by, paper.in_force, paper.maker_filing) == ("张*", True, f"{seal.number}-001")
    assert paper.valid_until - paper.valid_from == POLICY.filed_for
    assert [each["receipt"] for each in await told(company, "filing.approved")] == [paper.number]
    async with httpx.AsyncClient(base_url=desk.address, trust_env=False) as client:  # type: ignore[attr-defined]
        shown = (await client.get("/filings")).text
    assert shown.count(paper.number) == 1
    row = await CompanyFiling.get(id=filing)
    assert row.sealed is not None
    assert NAME.encode() not in bytes(row.sealed)


async def test_a_filing_from_rejection_to_renewal(desk: HttpFilingDesk) -> None:
    """Rejected, filed again, corrected, updated, renewed in time, replaced by the next; nothing is lost."""
    company = await founded()
    seal = await Seal.get(company_id=company.id, kind="contract")
    with pytest.raises(Conflict, check=lambda error: error.code == "filing.none"):
        await hand_in(company, seal, "renewal")
    await switch(desk, "refuse")
    await hand_in(company, seal)
    with pytest.raises(Conflict, check=lambda error: error.code == "filing.open"):
        await hand_in(company, seal)
    await review(desk, NOW)
    assert [(each.state.value, each.reason) for each in await seen(company, NOW)] == [
        ("rejected", "沙箱设定：备案材料不符，退回")
    ]
    await switch(desk)
    first = await hand_in(company, seal)
    await review(desk, NOW)
    with pytest.raises(Conflict, check=lambda error: error.code == "filing.filed"):
        await hand_in(company, seal)
    await check(first, company.representative_id, NOW, POLICY, RECORDS)
    async with transaction():
        await updates.due(company.id, "licence", NOW)
        await updates.due(company.id, "licence", NOW)
    assert [each["why"] for each in await told(company, "filing.update_due")] == ["licence"]
    assert (await seen(company, NOW))[0].update_due == ("licence",)
    end = NOW + POLICY.filed_for
    await hand_in(company, seal, "correction", NOW + DAY)
    await review(desk, NOW + DAY)
    newest = (await seen(company, NOW + DAY))[0]
    assert newest.receipt is not None
    assert (newest.update_due, newest.receipt.valid_until) == ((), end), "a correction keeps the end"
    with pytest.raises(Conflict, check=lambda error: error.code == "filing.not_due"):
        await hand_in(company, seal, "renewal", end - POLICY.filing_renewed - DAY)
    for moment in (end - 61 * DAY, end - 60 * DAY, end - 30 * DAY, end - 30 * DAY, end - 7 * DAY):
        await updates.remind(POLICY, moment)
    assert [each["days"] for each in await told(company, "filing.ending")] == [60, 30, 7]
    await hand_in(company, seal, "renewal", end - DAY)
    await review(desk, end - DAY)
    newest, *before = await seen(company, end)
    assert newest.receipt is not None
    assert newest.receipt.valid_until == end + POLICY.filed_for, "nothing of the one before is lost"
    assert [each.state.value for each in before] == ["replaced", "replaced", "rejected"]
    # Over: it stands, and says so, until it is renewed.
    after = end + POLICY.filed_for
    await updates.remind(POLICY, after)
    assert (await told(company, "filing.ending"))[-1]["days"] == 0
    assert (await seen(company, after))[0].over
    assert (await seen(company, after))[0].may_renew


async def test_an_answer_that_comes_after_the_seals_end_changes_nothing(
    desk: HttpFilingDesk,
) -> None:
    company = await founded()
    seal = await Seal.get(company_id=company.id, kind="contract")
    other = await Seal.get(company_id=company.id, kind="finance")
    await hand_in(company, seal)
    await hand_in(company, other)
    await review(desk, NOW)
    await review(desk, NOW)
    await hand_in(company, seal, "update")
    row = await reviewing.take("work", NOW)
    assert row is not None
    await Seal.filter(id=seal.id).update(state=SealState.COLLECTED)
    await moved(Change.CANCEL, company, seal, NOW)
    await reviewing.advance(row, lambda: NOW, RECORDS, desk, POLICY)
    found = {(each.seal == seal.id, each.state.value) for each in await seen(company, NOW)}
    assert found == {(True, "ended"), (False, "approved")}
    with pytest.raises(Conflict, check=lambda error: error.code == "filing.seal_state"):
        await hand_in(company, seal)
    # A change of the representative, and new keys, are told of what still stands.
    await Seal.filter(id=other.id).update(state=SealState.COLLECTED, generation=1)
    await moved(Change.RENEW, company, other, NOW)
    async with transaction():
        await living.tell(await living.move(Change.SUCCEED, company.id, None, NOW), "registrar", NOW)
    assert [each["why"] for each in await told(company, "filing.update_due")] == [
        "certificates",
        "representative",
    ]


async def test_of_two_filings_at_once_one_is_under_way_and_another_companys_seal_is_none() -> None:
    company, stranger = await founded(), await founded()
    seal = await Seal.get(company_id=company.id, kind="contract")
    made = await asyncio.gather(*(hand_in(company, seal) for _ in range(4)), return_exceptions=True)
    assert len([each for each in made if isinstance(each, str)]) == 1
    assert {getattr(each, "code", "filing.open") for each in made} == {"filing.open"}
    for code, work in (
        ("seal.not_found", lambda: hand_in(company, Seal(id="0" * 24))),
        ("company.not_found", lambda: _as_stranger(company, seal, stranger)),
        ("filing.declared", lambda: hand_in(company, seal, declared=False)),
        ("filing.kind", lambda: hand_in(company, seal, "x")),
        ("filing.scope", lambda: hand_in(company, seal, scope="x" * 201)),
        ("filing.name", lambda: hand_in(company, seal, name="a\u202eb")),
        ("filing.note", lambda: hand_in(company, seal, "correction", note="")),
    ):
        with pytest.raises(DomainError) as error:
            await work()
        assert error.value.code == code


async def _as_stranger(company: Company, seal: Seal, stranger: Company) -> None:
    form = FilingForm("r", seal.id, "first", "合同专用章", "签订合同", "", declared=True)
    await submitting.submit(company.id, form, stranger.representative_id, NOW, POLICY)
