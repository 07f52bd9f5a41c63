"""What is kept for its time is not erased before, is erased then, and the chains stay whole (R38, R142)."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auth import events
from auth.engine import transaction
from auth.errors import Conflict
from auth.models import Application, ApplicationState, Company, CompanyState, Event, Licence
from seals.archiving import companies, files, register
from seals.archiving.companies import RULE
from seals.audit.findings import Code
from seals.erasure_models import Erasure
from seals.models import Document, Seal, SealState, SigningState
from seals.policies import DEFAULT, POLICIES
from server.adapters.blobs import LocalBlobs
from tests.databases import lift_guards
from tests.seals.audit_log import BEGUN, append, findings
from tests.seals.signing.rows import signing

POLICY = POLICIES[DEFAULT]
END = datetime(2027, 3, 1, 2, 0, tzinfo=UTC)
OVER = datetime(2032, 11, 22, 2, 0, tzinfo=UTC)  # the certificate ends on 21 November 2027


async def company_with_a_past(blobs: LocalBlobs) -> Company:
    """One that sealed a document, with an application, private text in its chain, and has ended."""
    row = await signing(SigningState.SIGNED)
    company = await Company.get(id=row.company_id)
    address = await blobs.put("合同".encode())
    await Document.filter(id=row.document_id).update(blob=address, original=address)
    await Seal.filter(company_id=company.id).update(state=SealState.CANCELLED, state_since=END)
    await Application.create(
        applicant_id=company.representative_id,
        request_id="r",
        company_name=company.name,
        form_sealed=b"form",
        state=ApplicationState.APPROVED,
        company_id=company.id,
        created_at=BEGUN,
    )
    for number in range(3):
        async with transaction():
            await append(events.company_stream(company.id), "seal.frozen", BEGUN, number)
    return company


@pytest.fixture
async def past(database: str, tmp_path: Path) -> tuple[Company, LocalBlobs]:
    blobs = LocalBlobs(tmp_path / "blobs")
    company = await company_with_a_past(blobs)
    await Company.filter(id=company.id).update(state=CompanyState.CLOSED)
    return company, blobs


async def erase(company: Company, now: datetime = OVER) -> register.Line:
    return await companies.erase(company.id, POLICY, "host:test", now)


async def wrong(now: datetime = OVER) -> set[Code]:
    """What the audit says, but for what this log was never given: roots and countersignatures."""
    return {each.code for each in await findings(now)} - {Code.UNBOUND}


async def test_it_is_refused_before_its_day_and_while_the_company_lives(
    past: tuple[Company, LocalBlobs],
) -> None:
    company, _ = past
    until = await companies.kept_until(company.id, POLICY)
    assert until == date(2032, 11, 21), "five years after the last certificate"
    last = datetime.combine(until, OVER.time(), UTC)
    with pytest.raises(Conflict, match=r"archive\.kept") as refused:
        await erase(company, last)
    assert until.isoformat() in refused.value.zh
    await Company.filter(id=company.id).update(state=CompanyState.ACTIVE)
    with pytest.raises(Conflict, match=r"archive\.company_lives"):
        await erase(company, last + timedelta(days=1))
    assert await Application.get(company_id=company.id, form_sealed=b"form")
    assert await Erasure.all().count() == 0


async def test_then_it_goes_and_the_register_and_the_chains_say_so(past: tuple[Company, LocalBlobs]) -> None:
    company, blobs = past
    (file,) = {each.blob for each in await Document.filter(company_id=company.id)}
    assert [each.over for each in await companies.due(POLICY, OVER)] == [True]
    line = await erase(company)
    assert (line.number, line.subject, line.rule) == (1, f"company:{company.id}", RULE)
    assert (line.events, file in line.files) == (3, True)
    assert await files.delete(line, blobs) == 1
    assert await files.delete(line, blobs) == 0, "safe to repeat"
    assert not await Application.exclude(form_sealed=b"").exists()
    assert not await Licence.filter(company_id=company.id).exclude(representative_sealed=b"").exists()
    assert {each.name for each in await Document.filter(company_id=company.id)} == {"—"}
    rows = await Event.filter(stream=f"company:{company.id}").order_by("seq")
    assert [(row.private, row.salt) for row in rows] == [(None, "")] * 3
    assert events.broken_link(rows) is None
    assert await wrong() == set()
    assert await companies.due(POLICY, OVER) == []
    with pytest.raises(Conflict, match=r"archive\.erased"):
        await erase(company)


async def test_what_was_erased_without_the_register_or_changed_since_is_found(
    past: tuple[Company, LocalBlobs],
) -> None:
    company, _ = past
    await lift_guards()
    mine = Event.filter(stream=f"company:{company.id}", seq=2)
    before = await mine.get()
    await mine.update(private=None, salt="")
    assert await wrong() == {Code.CONTENT}, "emptied by nobody's rule"
    await mine.update(private=before.private, salt=before.salt)
    await erase(company)
    assert await wrong() == set()

    for change in ({"facts": {"number": 9}}, {"actor": "person:other"}):
        kept: dict[str, Any] = {name: getattr(before, name) for name in change}
        await mine.update(**change)
        assert await wrong() == {Code.ERASURE}
        await mine.update(**kept)
    row = await Erasure.get(number=1)
    for change in ({"rule": "none"}, {"what": {**row.what, "files": []}}, {"kept_until": "2001-01-01"}):
        await Erasure.filter(id=row.id).update(**change)
        assert Code.ERASURE in await wrong()
        await Erasure.filter(id=row.id).update(**{name: getattr(row, name) for name in change})
    assert await wrong() == set()
    await Erasure.all().delete()
    assert Code.ERASURE in await wrong()


async def test_a_file_that_another_company_has_as_well_stays(past: tuple[Company, LocalBlobs]) -> None:
    company, _ = past
    (file,) = {each.blob for each in await Document.filter(company_id=company.id)}
    other = await signing(SigningState.SIGNED)
    await Document.filter(id=other.document_id).update(blob=file)
    await erase(company)
    (row,) = await Erasure.all()
    assert file not in row.what["files"]


async def test_two_erasures_at_once_have_numbers_one_after_the_other(database: str) -> None:
    async def one(number: int) -> None:
        async with transaction():
            await register.enter(register.Gone(f"person:{number}"), RULE, None, "operator:test", OVER)

    await asyncio.gather(*(one(number) for number in range(4)))
    assert [line.number for line in await register.lines()] == [1, 2, 3, 4]
