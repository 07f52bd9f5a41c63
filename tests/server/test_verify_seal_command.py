"""`ezhang verify-seal` as a person runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem

from seals import pki, sm2_pki
from tests.seals.ses.kit import DOCUMENT, NAME, World

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def world() -> World:
    return World()


def certificates(*ders: bytes) -> bytes:
    return b"".join(bytes(pem.armor("CERTIFICATE", der)) for der in ders)


@pytest.fixture
def files(tmp_path: Path, world: World) -> Path:
    """Issuers are in the data folder, the roots in a file of their own."""
    signature = world.signature(at=datetime.now(UTC))
    (tmp_path / "seal 印章.esl").write_bytes(world.seal())
    (tmp_path / "contract.ses").write_bytes(signature)
    (tmp_path / "altered.ses").write_bytes(signature.replace(NAME.encode()[:3], b"\xe4\xb8\x8a", 1))
    (tmp_path / "plain.pdf").write_bytes(b"%PDF-1.7 no seal")
    (tmp_path / "contract.txt").write_bytes(DOCUMENT)
    (tmp_path / "root.pem").write_bytes(certificates(world.root.der, world.stamp_root.der))
    (tmp_path / "other.pem").write_bytes(certificates(sm2_pki.make_root(datetime.now(UTC)).der))
    trust = tmp_path / "data" / "trust"
    trust.mkdir(parents=True)
    (trust / "sm2-issuing.pem").write_bytes(certificates(world.issuing.der))
    return tmp_path


def verify_seal(folder: Path, *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, the lines, standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "verify-seal", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "EZHANG_DATA": str(folder / "data")},
        capture_output=True,
        text=True,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_a_line_for_each_file(files: Path) -> None:
    names = ["seal 印章.esl", "contract.ses", "altered.ses", "plain.pdf", "absent.esl"]
    status, lines, _ = verify_seal(files, "--root", "root.pem", "--document", "contract.txt", *names)
    assert status == 1
    assert [line["file"] for line in lines] == names
    verdicts = [line.get("verdict") for line in lines]
    assert verdicts == ["valid", "valid", "invalid", "unsigned", None]
    assert [line.get("reasons") for line in lines[:4]] == [[], [], ["signature_value"], ["not_ses"]]
    assert lines[2]["words"]["signature_value"]["zh"]
    assert lines[4]["error"]["code"] == "file.unreadable"
    (seal,) = lines[0]["signatures"]
    assert (seal["kind"], seal["version"], seal["name"], seal["seal_id"]) == (
        "seal",
        4,
        NAME,
        "1101050000001",
    )
    assert seal["picture"] == {"type": "PNG", "width_mm": 40, "height_mm": 40, "media": "image/png"}
    (signature,) = lines[1]["signatures"]
    assert (signature["kind"], signature["signature_valid"]) == ("signature", True)
    assert {step["step"]: step["ok"] for step in signature["steps"]}["document"] is True


def test_all_good_is_status_0(files: Path) -> None:
    status, (line,), _ = verify_seal(files, "--root", "root.pem", "seal 印章.esl")
    assert (status, line["verdict"]) == (0, "valid")
    assert line["notes"] == ["revocation_not_checked"], "nobody gave it a revocation list"


def test_a_signature_without_its_document_is_unknown(files: Path) -> None:
    status, (line,), _ = verify_seal(files, "--root", "root.pem", "contract.ses")
    assert (status, line["verdict"], line["reasons"]) == (1, "unknown", ["document_not_checked"])
    assert line["signatures"][0]["signature_valid"] is True


def test_under_another_root_nothing_is_proven(files: Path) -> None:
    status, (line,), _ = verify_seal(files, "--root", "other.pem", "seal 印章.esl")
    assert (status, line["verdict"], line["reasons"]) == (1, "unknown", ["maker_untrusted"])
    assert line["signatures"][0]["maker_trusted"] is False


def test_the_data_folder_gives_both_roots(files: Path, world: World) -> None:
    trust = files / "data" / "trust"
    (trust / "sm2-root.pem").write_bytes(certificates(world.root.der))
    (trust / "root.pem").write_bytes(pki.dump_certificate(world.stamp_root.certificate))
    moment = datetime.now(UTC) - timedelta(seconds=2)
    (files / "stamped.ses").write_bytes(world.stamped(world.signature(at=moment), moment))
    status, (line,), _ = verify_seal(files, "--document", "contract.txt", "stamped.ses")
    assert (status, line["verdict"]) == (0, "valid")
    assert line["signatures"][0]["timestamp"] is not None


@pytest.mark.parametrize(
    "arguments",
    [["seal 印章.esl"], ["--root", "plain.pdf", "seal 印章.esl"]],
    ids=["no root", "no certificate"],
)
def test_without_a_root_it_says_how_to_name_one(files: Path, arguments: list[str]) -> None:
    status, lines, said = verify_seal(files, *arguments)
    assert (status, lines) == (2, [])
    assert "--root" in said
    assert "Traceback" not in said


def test_a_document_that_is_not_there_is_said_at_once(files: Path) -> None:
    status, lines, said = verify_seal(files, "--root", "root.pem", "--document", "absent.pdf", "contract.ses")
    assert (status, lines) == (2, [])
    assert "--document" in said


def test_the_words_of_a_file_do_not_steer_the_terminal(files: Path, world: World) -> None:
    """U+009B begins an escape sequence, U+202E turns what follows around."""
    name = "正常章\x9b2J\u202e\U000e0001"
    (files / "hostile.esl").write_bytes(world.seal(name=name))
    done = subprocess.run(
        [sys.executable, "-m", "server.cli", "verify-seal", "--root", "root.pem", "hostile.esl"],
        cwd=files,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "EZHANG_DATA": str(files / "data")},
        capture_output=True,
    )
    printed = done.stdout.decode().rstrip("\n")
    assert printed.isprintable()
    assert json.loads(printed)["signatures"][0]["name"] == name
    assert "正常章" in printed
