"""`ezhang review`: what waits, one JSON line each; a decision of the operator; words when it cannot be."""

from __future__ import annotations

import io
import json
import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from auth.errors import NotFound
from auth.models import Event
from seals.adding import add_seal
from seals.models import Seal, SealState
from server import cli
from server.review_command import approve, decline, listed
from tests.databases import Database, Databases
from tests.seals.adding_rows import NOW, form, founded, photo

TRACE = "M2 2L38 2L38 38L2 38ZM6 6L6 34L34 34L34 6Z"


@pytest.fixture
def database(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database that the command finds by its environment."""
    url = databases.migrated("sqlite")
    monkeypatch.setenv("EZHANG_DATABASE", url)
    return Database(url)


@pytest.fixture
def held(database: Database) -> str:
    """The id of a seal that waits."""

    async def make() -> str:
        company = await founded("北京云杉科技有限公司")
        row = await photo(company, TRACE)
        made = await add_seal(company.id, company.representative_id, form("contract", photo=row.id), NOW)
        return made.id

    return database.run(make)


def told(out: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def state(database: Database, seal: str) -> SealState:
    return database.run(lambda: Seal.get(id=seal)).state


def test_what_waits_is_listed_with_its_picture(held: str, tmp_path: Path) -> None:
    out = io.StringIO()
    assert listed(tmp_path, out) == 0
    (line,) = told(out)
    assert (line["id"], line["company"], line["photo"]) == (held, "北京云杉科技有限公司", True)
    assert line["alike"] is None
    assert Path(line["picture"]).read_bytes().startswith(b"\x89PNG")


def test_a_seal_is_approved_once(database: Database, held: str) -> None:
    out = io.StringIO()
    assert approve(held, out) == 0
    assert state(database, held) is SealState.ISSUED
    assert approve(held, out) == 1
    done, refused = told(out)
    assert done == {"seal": held, "state": "issued"}
    assert refused["error"]["code"] == "seal.state"


def test_a_decision_is_of_whom_the_system_knows(
    database: Database, held: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(variable, "somebody-else")
    assert approve(held, io.StringIO()) == 0
    told = database.run(lambda: Event.get(subject=f"seal:{held}", kind="seal.issued"))
    assert told.actor == f"host:{pwd.getpwuid(os.getuid()).pw_name}"


def test_a_seal_is_declined_with_a_reason(
    database: Database, held: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["review", "decline", held, "--reason", "印模与执照名称不符"])
    assert ended.value.code == 0
    assert json.loads(capsys.readouterr().out) == {"seal": held, "state": "declined"}
    assert state(database, held) is SealState.DECLINED
    with pytest.raises(SystemExit) as ended:
        cli.main(["review", "decline", held])
    assert ended.value.code == 2, "a reason is a must"


def test_a_bad_decision_changes_nothing(database: Database, held: str) -> None:
    out = io.StringIO()
    assert decline(held, " ", None, out) == 1
    assert approve("x", out) == 1
    assert [line["error"]["code"] for line in told(out)] == ["review.reason", "seal.not_found"]
    assert state(database, held) is SealState.HELD


def test_without_a_database_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EZHANG_DATABASE", f"sqlite://{tmp_path / 'none.db'}")
    with pytest.raises(NotFound, match=r"review\.no_database"):
        listed(None)
    assert not (tmp_path / "none.db").exists()
