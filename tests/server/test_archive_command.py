"""`ezhang archive`: what is due, what is erased, an old backup that comes back (R38, R142)."""

from __future__ import annotations

import io
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auth.engine import transaction
from auth.errors import Invalid
from auth.models import Application, Company, CompanyState, Person
from seals.archiving import persons
from seals.models import Document, Seal, SealKey, SealState, Signing, SigningState
from server import archive_command
from server.adapters.blobs import LocalBlobs
from tests.databases import Database, Databases
from tests.seals.signing.rows import signing
from tests.seals.test_archiving import BEGUN, company_with_a_past

LONG_AGO = datetime(2019, 3, 1, 2, 0, tzinfo=UTC)


@pytest.fixture
def database(databases: Databases, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Database:
    url = databases.migrated("sqlite")
    monkeypatch.setenv("EZHANG_DATABASE", url)
    monkeypatch.setenv("EZHANG_DATA", str(tmp_path))
    return Database(url)


def told(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def lines(command: Any, *given: Any) -> list[dict[str, Any]]:
    out = io.StringIO()
    command(*given, out)
    return told(out)


def test_an_old_backup_does_not_bring_back_what_was_erased(database: Database, tmp_path: Path) -> None:
    blobs = LocalBlobs(tmp_path / "blobs")

    async def make() -> tuple[str, str, str, str]:
        company = await company_with_a_past(blobs)
        lives = await signing(SigningState.SIGNED)
        person = await Person.create(mobile_index="m", mobile_sealed=b"sealed", created_at=BEGUN)
        file = (await Document.filter(company_id=company.id).first()).blob  # type: ignore[union-attr]
        return company.id, lives.company_id, person.id, file

    async def long_ago(company: str) -> None:
        await Company.filter(id=company).update(state=CompanyState.CLOSED, created_at=LONG_AGO)
        await Seal.filter(company_id=company).update(
            state=SealState.CANCELLED, state_since=LONG_AGO, created_at=LONG_AGO
        )
        keys = SealKey.filter(seal__company_id=company)
        ids = list(await keys.values_list("id", flat=True))
        await SealKey.filter(id__in=ids).update(not_after=LONG_AGO, revoked_at=LONG_AGO)  # type: ignore[call-overload]
        await Signing.filter(company_id=company).update(ended_at=LONG_AGO)

    company, lives, person, file = database.run(make)
    assert lines(archive_command.due) == [], "a company that lives is not on the list"
    (refused,) = lines(archive_command.erase, [lives])
    assert refused["error"]["code"] == "archive.company_lives"
    database.run(lambda: Company.filter(id=company).update(state=CompanyState.CLOSED))
    (waits,) = lines(archive_command.due)
    assert (waits["id"], waits["over"]) == (company, False)
    assert lines(archive_command.erase, []) == [], "nothing is over"
    (refused,) = lines(archive_command.erase, [company])
    assert refused["error"]["code"] == "archive.kept"
    database.forge(lambda: long_ago(company))
    assert [each["over"] for each in lines(archive_command.due)] == [True]

    path = Path(database.url.removeprefix("sqlite://"))
    shutil.copy(path, tmp_path / "backup.db")
    (erased,) = lines(archive_command.erase, [])
    assert (erased["subject"], erased["rule"]) == (f"company:{company}", "company")
    assert not (tmp_path / "blobs" / file[:2] / file).exists()

    async def close() -> None:
        async with transaction():
            await persons._erase(person, f"person:{person}", datetime.now(UTC))

    database.run(close)
    kept = tmp_path / "register.jsonl"
    out = io.StringIO()
    archive_command.register(out)
    kept.write_text(out.getvalue())
    assert [each["subject"] for each in told(out)] == [f"company:{company}", f"person:{person}"]

    shutil.copy(tmp_path / "backup.db", path)  # the backup is restored, with its files
    database.run(lambda: blobs.put("合同".encode()))
    assert lines(archive_command.register) == []
    assert [each["subject"] for each in lines(archive_command.replay, kept)] == [
        f"company:{company}",
        f"person:{person}",
    ]

    async def left() -> tuple[bytes, bytes]:
        form = (await Application.get(company_id=company)).form_sealed
        return bytes(form), bytes((await Person.get(id=person)).mobile_sealed)

    assert database.run(left) == (b"", b"")
    assert not (tmp_path / "blobs" / file[:2] / file).exists()
    assert lines(archive_command.replay, kept) == [], "safe to repeat"


def test_a_file_that_is_no_register_is_refused(tmp_path: Path) -> None:
    for text in ("{}", "no json", '{"subject": "seal:1"}'):
        (tmp_path / "kept").write_text(text)
        with pytest.raises(Invalid, match=r"archive\.register"):
            archive_command.replay(tmp_path / "kept")
