"""Daily roots are for everybody, tell nobody's name, and `ezhang audit check` believes a copy outside."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.client import Client
from tests.http.daily import bind
from tests.http.site import Party, Site, refused
from tests.seals.pdf.samples import contract

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def made(site: Site, a: Party) -> list[int]:
    """Two roots, after a signing and after another."""
    numbers = []
    for _ in range(2):
        a.sign(contract())
        numbers.append(bind(site))
    return numbers


def audit(site: Site, *kept: Path, data: Path | None = None) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, the lines, standard error of `ezhang audit check`."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "server.cli",
            "audit",
            "check",
            *[part for file in kept for part in ("--root", str(file))],
        ],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "EZHANG_DATA": str(data or site.data)},
        capture_output=True,
        text=True,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_everybody_may_read_them_and_check_them_with_openssl(
    site: Site, a: Party, stranger: Client, made: list[int], tmp_path: Path
) -> None:
    shown = stranger.roots()["roots"]
    assert [root["number"] for root in shown[:2]] == made[::-1]
    assert stranger.roots(before=made[1])["roots"][0] == shown[1] == stranger.root(made[0])
    assert f"previous: {shown[1]['sha256']}\n" in shown[0]["text"]
    for name, ending in (("text_url", "txt"), ("signature_url", "sig"), ("timestamp_url", "tst")):
        (tmp_path / f"root.{ending}").write_bytes(stranger.http.get(shown[0][name]).content)
    for name in ("root", "tsa", "sealer-identity"):
        (tmp_path / f"{name}.pem").write_bytes(stranger.http.get(f"/trust/{name}.pem").content)
    for command in (
        f"test $(sha256sum < root.txt | cut -c1-64) = {shown[0]['sha256']}",
        "openssl ts -verify -data root.txt -in root.tst -token_in -CAfile root.pem -untrusted tsa.pem",
        "openssl pkeyutl -verify -rawin -pubin -inkey sealer-identity.pem -in root.txt -sigfile root.sig",
    ):
        done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, (command, done.stderr)
    page = stranger.http.get("/roots").text
    for root in shown:
        assert f'href="/roots/{root["number"]}.txt"' in page
    answers = page + json.dumps(shown) + json.dumps(stranger.roots(before=made[1]))
    assert not any(stream in answers for stream in site.column("stream_head", "stream") if ":" in stream)
    assert a.company not in answers


def test_what_is_no_root(stranger: Client) -> None:
    for name in ("0.txt", "99999.txt", "1.pem", "1", "99999999999.txt", "٣.txt"):
        assert stranger.http.get(f"/roots/{name}").status_code == 404
    for number in ("0", "x", "99999999999", "1.0"):
        refused(lambda number=number: stranger.root(number), 404, "root.unknown")
    answer = stranger.http.get("/api/roots?before=x")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "root.number")


def test_a_root_that_waits_for_its_timestamp_is_not_published(
    site: Site, stranger: Client, made: list[int]
) -> None:
    site.change(
        "UPDATE root SET state = 'bound', lease_until = '2100-01-01 00:00:00+00:00' WHERE number = ?", made[1]
    )
    try:
        assert stranger.roots()["roots"][0]["number"] == made[0]
        assert stranger.http.get(f"/roots/{made[1]}.txt").status_code == 404
    finally:
        site.change("UPDATE root SET state = 'published' WHERE number = ?", made[1])


def test_the_command_says_what_was_changed_in_a_real_life(
    site: Site, stranger: Client, made: list[int], tmp_path: Path
) -> None:
    kept = tmp_path / "root.txt"
    kept.write_bytes(stranger.http.get(f"/roots/{made[0]}.txt").content)
    status, (summary,), _ = audit(site, kept)
    assert status == 0
    assert summary["summary"]["findings"] == 0
    assert summary["summary"]["events"] == len(site.column("event", "id"))
    assert summary["summary"]["roots"] >= 2

    copy = tmp_path / "data"
    copy.mkdir()
    (copy / "trust").symlink_to(site.data / "trust")
    with closing(sqlite3.connect(site.database)) as real, closing(sqlite3.connect(copy / "ezhang.db")) as db:
        real.backup(db)
        stream, seq = db.execute("SELECT stream, seq FROM event WHERE kind = 'signing.signed'").fetchone()
        db.execute("DROP TRIGGER keep_event_update")  # as who owns the tables can
        db.execute("UPDATE event SET facts = '{}' WHERE stream = ? AND seq = ?", (stream, seq))
        db.commit()
    status, lines, _ = audit(site, kept, data=copy)
    assert status == 1
    assert [(line["finding"], line["stream"], line["seq"], line["kind"]) for line in lines[:-1]] == [
        ("event_content", stream, seq, "signing.signed")
    ]
    assert lines[0]["zh"]
    assert lines[0]["en"]
    assert lines[-1]["summary"]["findings"] == 1
    kept.write_text(kept.read_text().replace("heads: ", "heads: ")[:-3] + "00\n")
    status, lines, _ = audit(site, kept)
    assert (status, [line["finding"] for line in lines[:-1]]) == (1, ["root_kept_differs"])


def test_without_what_it_needs_it_says_so(site: Site, tmp_path: Path) -> None:
    status, lines, said = audit(site, data=tmp_path / "nowhere")
    assert (status, lines) == (2, [])
    assert "Traceback" not in said
    (tmp_path / "x.txt").write_text("hello")
    status, lines, said = audit(site, tmp_path / "x.txt")
    assert (status, lines) == (2, [])
    assert "--root" in said
