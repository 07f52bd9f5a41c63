"""Duties are apart: what an operator of the platform can reach, over HTTP and by his commands.

Nobody but a company's people, and for them nobody but the sealer, seals or reads. What there is of ways in,
commands and openings is written out here, so that a further one fails until somebody has written down for
whom it is; what the operator's commands do is done to them with nothing in reach but what they may use.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auth.authority import MAY, Role
from auth.member_models import GrantRole, MemberRole
from auth.models import LoginWay, Person
from auth.staff_models import StaffRoleName
from seals.adding import add_seal
from server import cli
from server.api.operation import OPERATIONS
from server.firststart import prepare
from server.migrating import mark, migrate
from server.openapi import document
from server.settings import Settings
from tests.databases import Database, Databases
from tests.http.site import routes
from tests.seals.adding_rows import NOW, form, founded, photo
from tests.security.reading import OURS, loaded, sources

# ---------------------------------------------------------------- ways in over HTTP

PUBLIC = {
    *("send_code", "log_in", "begin_factor", "enter_factor", "begin_lost", "enter_lost"),
    *("ask_login_code", "login_standing", "enter_scanned"),
    *("begin_wechat", "enter_wechat", "bind_wechat"),
    *("verify", "verify_seal", "record", "match", "open_printed", "printed_page"),
    *("list_roots", "daily_root", "sign_page", "send_ticket", "look_up_ticket"),
}
MACHINES = {
    *("health/live", "health/ready", "metrics", "openapi.json"),
    *("manifest.webmanifest", "icons/<name:str>", "sw.js"),
    *("trust/<name:str>", "crl/<name:str>", "ocsp", "ocsp/<asked:path>", "roots/<name:str>"),
}
HEADERS = {
    *("accept", "accept-encoding", "accept-language", "content-type", "host", "if-none-match"),
    *("last-event-id", "origin", "sec-fetch-site", "user-agent"),
}


def test_the_only_way_in_is_the_session_of_a_person() -> None:
    told = document(OPERATIONS, "https://seal.example.cn")
    assert list(told["components"]["securitySchemes"]) == ["session"]
    operations = [each for path in told["paths"].values() for each in path.values()]
    assert all(each["security"] in ([], [{"session": []}]) for each in operations)
    assert {each["operationId"] for each in operations if not each["security"]} == PUBLIC


def test_there_is_no_route_that_is_not_declared() -> None:
    declared = {(each.method, each.path.strip("/")) for each in OPERATIONS}
    others = [
        route for route in routes() if not {(method, route.path) for method in route.methods} <= declared
    ]
    forms = {"verify", "v/<code:str>"}  # of a browser without scripts: a file to be checked
    assert {route.path for route in others if set(route.methods) != {"GET"}} == {"ocsp", *forms}
    assert {route.path for route in others if "pages." not in str(route.name)} == MACHINES


def test_no_header_of_a_request_opens_anything() -> None:
    """What is read of a request's head; a token or a name of an operator would be a further one."""
    read: set[str] = set()
    for name, tree in sources("server", "h5"):
        if name.startswith(("server/adapters/", "server/client.py", "server/timeserver.py")):
            continue  # they read answers, and requests for timestamps
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"credentials", "basic_auth", "authorization"}, name
                assert not (node.attr == "token" and ast.unparse(node.value) == "request"), name
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("request.headers.get"):
                read.add(ast.literal_eval(node.args[0]))
            if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("request.headers"):
                read.add(ast.literal_eval(node.slice))
    assert read == HEADERS


def test_no_role_is_above_a_company() -> None:
    assert {role.value for role in Role} == {"representative", "manager", "agent", "keeper", "user"}
    assert {role.value for role in MemberRole} == {"manager", "agent"}
    assert {role.value for role in GrantRole} == {"keeper", "user"}
    assert all(roles <= set(Role) for roles in MAY.values())
    assert {way.value for way in LoginWay} == {"sms", "scan", "wechat"}
    columns = {"id", "mobile_index", "mobile_sealed", "name_sealed", "id_number_sealed", "created_at"}
    assert set(Person._meta.db_fields) == columns, "a person is his mobile and his name, and no rank"


# ---------------------------------------------------------------- the platform's own people

# What whoever has a role can ask for, beside what everybody with a session can: nothing of it seals, and of
# what companies have it shows what they handed in for review, imprints that wait, what they ask or complain
# of, and totals that tell of no single one.
DESK = {
    *("my_desk", "begin_desk_proof", "open_desk", "open_desk_by_code"),
    *("review_queue", "review_count"),
    *("take_entry", "release_entry", "review_entry", "review_material", "review_numbers"),
    *("approve_entry", "return_entry", "reject_entry"),
    *("take_seal", "release_seal", "review_seal", "review_seal_picture", "review_seal_alike"),
    *("approve_seal", "decline_seal"),
    *("desk_tickets", "take_ticket", "answer_ticket", "close_ticket", "ask_freeze"),
    *("desk_notices", "publish_notice", "withdraw_notice", "desk_guidance", "answer_guidance"),
    *("supervision", "overdue_filings", "export_totals", "give_guidance"),
}
ASKING_FOR_STAFF = {
    *("server/api/desk.py", "server/api/reviews.py", "server/api/service_desk.py"),
    *("server/api/supervision.py", "h5/desk_pages.py", "h5/service_pages.py"),
}


def test_whoever_works_at_a_desk_has_these_operations_and_no_others() -> None:
    assert {each.name for each in OPERATIONS if each.path.startswith("/api/desk")} == DESK
    assert {role.value for role in StaffRoleName} == {"operator", "regulator"}
    asking = {name for name, tree in sources("server/api", "h5") if _imports(tree, "auth.staff")}
    assert asking == ASKING_FOR_STAFF


def _imports(tree: ast.AST, module: str) -> bool:
    """Whether a source uses a module, or one that its name begins."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = {str(node.module), *(f"{node.module}.{each.name}" for each in node.names)}
            if any(name.startswith(module) for name in names):
                return True
    return False


# ---------------------------------------------------------------- the operator's commands

COMMANDS = {
    *("run", "demo", "migrate", "rotate-kek", "rotate-tsa", "verify", "verify-seal"),
    *("review list", "review approve", "review decline", "audit check"),
    # Lists without a person in them; a refused filing goes once more. No key, no seal moves.
    *("filings overdue", "filings lapsed", "filings again"),
    *("staff add", "staff authority", "staff code", "staff end", "staff list"),
    *("archive due", "archive erase", "archive register", "archive replay"),
}
USING_KEYS = {
    *("seals.attesting", "seals.granted", "seals.making", "seals.reclosing", "seals.rotation"),
    *("seals.signing.confirming", "seals.ruled", "seals.approved", "seals.life_acting"),
}
OPENING = {
    *USING_KEYS,
    *("server.keys", "server.token", "server.sealer", "server.sealer_roles"),
    *("seals.daykeys", "seals.holders", "seals.keks", "seals.offers", "seals.signing.finishing"),
}
READING = {"server.adapters.blobs", "server.context", "seals.uploading", "seals.exporting"}
# The KEK and nothing under it: what lies under a PIN stays closed (`seals/rotating.py`).
ROTATING = {"server.keys", "server.token"}
OPENERS = {
    "seals/daykeys.py": {"open_day_key"},
    "seals/offers.py": {"open_offer"},
    "seals/holders.py": {"open_holder"},
    "seals/granted.py": {"unwrap_secret"},
    "seals/keks.py": {"kept_secret", "open_private"},
    "seals/rotating.py": {"rewrap_private", "rewrap_day_key", "rewrap_kept"},
}


def _commands(parser: argparse.ArgumentParser, name: str = "") -> Iterator[str]:
    below = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    if not below:
        yield name.strip()
    for action in below:
        for step, inner in action.choices.items():
            yield from _commands(inner, f"{name} {step}")


def test_these_are_all_commands() -> None:
    assert set(_commands(cli._parser())) == COMMANDS


@pytest.mark.parametrize(
    ("module", "opens"),
    [
        ("server.review_command", set()),
        ("server.staff_command", set()),
        ("server.audit_command", set()),
        ("server.archive_command", {"server.adapters.blobs"}),
        ("server.migrating", set()),
        ("server.verify_command", set()),
        ("server.verify_seal_command", set()),
        ("server.demo", set()),
        ("server.rotate_command", ROTATING),
        ("server.unit_command", ROTATING),
    ],
)
def test_a_command_knows_nothing_that_opens_keys_or_documents(module: str, opens: set[str]) -> None:
    there = loaded(module)
    assert module in there
    assert there & (OPENING | READING) == opens


def test_the_web_process_has_no_keys() -> None:
    there = loaded("server.web")
    assert "server.app" in there
    assert not there & {"server.keys", "server.token", "server.sealer", "server.sealer_roles"}
    assert not there & USING_KEYS


def _using(module: str, names: set[str]) -> dict[str, set[str]]:
    """Which sources use these names of a module of seals, by `module.name` or by importing the name."""
    found: dict[str, set[str]] = {}
    for path, tree in sources(*OURS):
        used: set[str] = set()
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) == module:
                used.add(node.attr)
            if isinstance(node, ast.ImportFrom) and node.module == f"seals.{module}":
                used |= {each.name for each in node.names}
        if used & names:
            found[path] = used & names
    return found


def test_keys_are_opened_in_these_places_only() -> None:
    assert _using("custody", set().union(*OPENERS.values())) == OPENERS
    users = _using("holders", {"open_holder"}) | _using("keks", {"private_of", "kept_of"})
    assert {path.removesuffix(".py").replace("/", ".") for path in users} == USING_KEYS


def test_key_files_are_opened_by_the_sealer_and_in_rotation_the_kek() -> None:
    found: dict[str, set[str]] = {}
    for name, tree in sources("server"):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "server.keys":
                found[name] = {each.name for each in node.names}
            names = {each.name for each in node.names} if isinstance(node, ast.ImportFrom) else set()
            if isinstance(node, ast.ImportFrom) and node.module == "server" and "keys" in names:
                found[name] = {"*"}
    assert set(found) == {"server/sealer.py", "server/rotate_command.py", "server/firststart.py"}
    assert found["server/rotate_command.py"] == {"kek_store", "open_token"}


def test_an_operator_is_named_where_he_decides_and_where_staff_is_made() -> None:
    accounts, actors = set(), set()
    for name, tree in sources(*OURS):
        for node in ast.walk(tree):
            if isinstance(node, ast.Name) and node.id == "operator_account":
                accounts.add(name)
            if isinstance(node, ast.JoinedStr) and "host:" in ast.unparse(node):
                actors.add(name)
    # Who has a refused filing go once more is named in the log: it decides nothing.
    commands = ("archive", "review", "rotate", "filings", "staff")
    assert accounts == {f"server/{name}_command.py" for name in commands}
    acting = {f"server/{name}_command.py" for name in ("archive", "review")}
    assert actors == acting | {"auth/staff.py", "seals/rotating.py", "seals/service/supervision.py"}


def _tables(url: str) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(url.removeprefix("sqlite://"))) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(db.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}  # noqa: S608


def _changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in after if before[name] != after[name]} - {"sqlite_sequence"}


def _command(capsys: pytest.CaptureFixture[str], *given: str) -> list[dict[str, Any]]:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(given))
    assert ended.value.code == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def held(databases: Databases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, str]:
    """Two seals that wait, and their database, on a machine with no secret and no document."""
    url = databases.migrated("sqlite")
    monkeypatch.setenv("EZHANG_DATABASE", url)
    monkeypatch.setenv("EZHANG_DATA", str(tmp_path / "nothing"))

    async def make(name: str) -> str:
        company = await founded(name)
        row = await photo(company, "M2 2L38 2L38 38L2 38ZM6 6L6 34L34 34L34 6Z")
        return (await add_seal(company.id, company.representative_id, form("contract", photo=row.id), NOW)).id

    seals = [
        Database(url).run(lambda name=name: make(name)) for name in ("北京云杉有限公司", "北京白桦有限公司")
    ]
    return url, seals[0], seals[1]


def test_a_reviewer_sees_imprints_and_decides_and_that_is_all(
    held: tuple[str, str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, first, second = held
    before = _tables(url)
    told = _command(capsys, "review", "list", "--pictures", str(tmp_path))
    assert _changed(before, _tables(url)) == set(), "looking changes nothing"
    assert len(told) == 2
    for line in told:
        assert set(line) == {
            *("id", "company", "uscc", "kind", "name", "number", "photo", "reason", "created_at"),
            *("alike", "alike_company", "score", "picture", "alike_picture"),
        }
    _command(capsys, "review", "approve", first)
    _command(capsys, "review", "decline", second, "--reason", "印模与执照名称不符")
    after = _tables(url)
    assert _changed(before, after) == {"seal", "event", "stream_head", "maker_filing"}
    assert after["seal_key"] == [], "an approved seal waits for its owner, without a key"
    assert not (tmp_path / "nothing").exists()


def test_a_rotation_needs_the_kek_and_finds_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {"EZHANG_PROFILE": "development", "EZHANG_DATA": str(tmp_path / "data")}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    settings = prepare(Settings.from_env(environ), datetime.now(UTC))
    asyncio.run(migrate(settings.database))
    asyncio.run(mark(settings))
    for path in (settings.data / "secrets").iterdir():
        if path.name != "kek":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.rmtree(settings.trust_folder)
    shutil.rmtree(settings.blobs_folder)
    before = _tables(settings.database)
    (line,) = _command(capsys, "rotate-kek")
    assert (line["version"], line["retired"]) == (2, [1])
    assert _changed(before, _tables(settings.database)) == {"kek", "event", "stream_head"}
