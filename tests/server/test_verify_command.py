"""`ezhang verify` as a person runs it, on files of a real seal, and with what the data folder knows."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from auth.engine import close_database, open_database
from seals import pki
from seals.models import Crl
from server.migrating import migrate
from tests.seals.pdf.samples import contract
from tests.seals.pdf.sealing_kit import SIGNED, Clock, World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def sealed(world: World) -> bytes:
    return world.sign(contract())


@pytest.fixture
def files(tmp_path: Path, world: World, sealed: bytes) -> Path:
    (tmp_path / "sealed 合同.pdf").write_bytes(sealed)
    (tmp_path / "altered.pdf").write_bytes(sealed.replace(b"/ByteRange", b"/ByteRangf", 1))
    (tmp_path / "plain.pdf").write_bytes(contract())
    (tmp_path / "not.pdf").write_bytes(b"hello")
    (tmp_path / "root.pem").write_bytes(pki.dump_certificate(world.root.certificate))
    (tmp_path / "other.pem").write_bytes(pki.dump_certificate(pki.make_root(SIGNED).certificate))
    return tmp_path


def ezhang_verify(folder: Path, *arguments: str, **settings: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, the lines, standard error."""
    known = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "EZHANG_DATA": str(folder / "data")}
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "verify", *arguments],
        cwd=folder,
        env={**known, **settings},
        capture_output=True,
        text=True,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_a_stranger_needs_only_the_file_and_the_root(files: Path) -> None:
    status, (line,), _ = ezhang_verify(files, "--root", "root.pem", "sealed 合同.pdf")
    assert (status, line["verdict"], line["file"]) == (0, "valid", "sealed 合同.pdf")
    assert line["signatures"][0]["company"] == "北京红日科技有限公司"
    assert "revocation_not_checked" in line["notes"], "nobody gave it a revocation list"
    assert line["words"]["revocation_not_checked"]["zh"]
    assert not (files / "data").exists()


def test_the_roots_of_others_time_stamping_services_are_a_setting(files: Path, world: World) -> None:
    other = World()
    (files / "elsewhere.pdf").write_bytes(world.sign(contract(), timestamper=Clock(other.tsa, SIGNED)))
    (files / "tsa.pem").write_bytes(pki.dump_certificate(other.root.certificate))
    _, (without,), _ = ezhang_verify(files, "--root", "root.pem", "elsewhere.pdf")
    assert (without["verdict"], without["reasons"]) == ("unknown", ["no_trusted_time"])
    status, (known,), _ = ezhang_verify(
        files, "--root", "root.pem", "elsewhere.pdf", EZHANG_TSA_ROOTS=str(files / "tsa.pem")
    )
    assert (status, known["verdict"]) == (0, "valid")


def test_each_file_has_its_line_and_one_bad_file_spoils_the_status(files: Path) -> None:
    names = ["sealed 合同.pdf", "altered.pdf", "plain.pdf", "not.pdf", "absent.pdf"]
    status, lines, _ = ezhang_verify(files, "--root", "root.pem", *names)
    assert status == 1
    assert [line["file"] for line in lines] == names
    assert [line.get("verdict") for line in lines] == [
        "valid",
        lines[1]["verdict"],
        "unsigned",
        "unknown",
        None,
    ]
    assert lines[1]["verdict"] != "valid"
    assert lines[4]["error"]["code"] == "file.unreadable"


def test_under_another_root_nobody_is_named(files: Path) -> None:
    status, (line,), _ = ezhang_verify(files, "--root", "other.pem", "sealed 合同.pdf")
    assert (status, line["verdict"]) == (1, "unknown")
    assert line["signatures"][0]["company"] is None


@pytest.mark.parametrize("arguments", [["--root", "not.pdf", "plain.pdf"], ["plain.pdf"]])
def test_without_a_root_it_says_how_to_name_one(files: Path, arguments: list[str]) -> None:
    status, lines, said = ezhang_verify(files, *arguments)
    assert (status, lines) == (2, [])
    assert "--root" in said
    assert "Traceback" not in said


def test_the_data_folder_gives_root_and_revocation_lists(files: Path, world: World) -> None:
    trust = files / "data" / "trust"
    trust.mkdir(parents=True)
    (trust / "root.pem").write_bytes(pki.dump_certificate(world.root.certificate))
    (trust / "issuing.pem").write_bytes(pki.dump_certificate(world.issuing.certificate))
    revoked = pki.Revoked(world.seals[0].serial, SIGNED - timedelta(days=1))
    asyncio.run(_publish(files / "data" / "ezhang.db", {"root": world.root}, world, revoked))
    status, (line,), _ = ezhang_verify(files, "sealed 合同.pdf")
    assert (status, line["verdict"]) == (1, "invalid")
    assert "revoked_before_signing" in line["reasons"]


async def _publish(path: Path, empty: dict[str, pki.Authority], world: World, revoked: pki.Revoked) -> None:
    await migrate(f"sqlite://{path}")
    await open_database(f"sqlite://{path}")
    now, end = datetime.now(UTC), datetime.now(UTC) + timedelta(days=7)
    lists = {name: pki.make_crl(authority, [], 1, now, end) for name, authority in empty.items()}
    lists["issuing"] = pki.make_crl(world.issuing, [revoked], 1, now, end)
    for name, der in lists.items():
        text = base64.b64encode(der).decode()
        held = {"number": 1, "entries": int(name == "issuing"), "der": text}
        await Crl.create(id=f"{name}/1", authority=name, this_update=now, next_update=end, **held)
    await close_database()


def test_a_database_that_cannot_be_read_is_told_once(files: Path) -> None:
    (files / "data").mkdir()
    (files / "data" / "ezhang.db").write_bytes(b"no database at all")
    status, (line,), said = ezhang_verify(files, "--root", "root.pem", "sealed 合同.pdf")
    assert (status, line["verdict"]) == (0, "valid")
    assert "revocation_not_checked" in line["notes"]
    assert said.count("the database cannot be read") == 1
    assert "Traceback" not in said
