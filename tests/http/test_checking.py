"""Verification: neutral without the file, green with it, and nothing to be learnt by guessing."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from server.client import Client
from tests.http.site import Party, Site, refused
from tests.seals.pdf.samples import contract, encrypted
from tests.seals.pdf.sealing_kit import World, with_document_timestamp

ROOT = Path(__file__).resolve().parents[2]
GREEN = re.compile(r"is-good|notice-good|live-good|verdict-valid|record-good|真实|一致|Genuine|matches")


@dataclass(frozen=True)
class Sealed:
    """A document of two versions, as its parties hold it."""

    code: str
    source: bytes
    first: bytes
    second: bytes
    signings: tuple[str, str]


@pytest.fixture(scope="module")
def sealed(a: Party, b: Party) -> Sealed:
    source = contract(2)
    one, first = a.sign(source, "购销合同.pdf", others="unknown")
    two, second = b.sign(first, "购销合同（对方已签）.pdf", x_mm=120.0)
    assert one["document"]["code"] == two["document"]["code"]
    return Sealed(one["document"]["code"], source, first, second, (one["id"], two["id"]))


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tampered(data: bytes) -> bytes:
    """One byte of the page's content is another."""
    at = data.index(b"stream") + 60
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


# ---------------------------------------------------------------- by the code alone


def test_the_record_is_neutral_without_the_file(stranger: Client, a: Party, b: Party, sealed: Sealed) -> None:
    record = stranger.record(sealed.code)
    assert (record["state"], record["versions"]) == ("found", 2)
    assert [seal["company"] for seal in record["seals"]] == [a.company_name, b.company_name]
    assert all(re.fullmatch("[0-9A-Z]{18}", seal["uscc"]) for seal in record["seals"])
    page = stranger.http.get(f"/v/{sealed.code}")
    text = page.text.partition("<main")[2].partition("</main>")[0]
    assert page.status_code == 200
    assert a.company_name in text
    assert b.company_name in text
    assert "有记录不等于文件是真的" in text
    assert not GREEN.search(text)
    assert "A record alone proves nothing" in stranger.http.get(f"/v/{sealed.code}?lang=en").text


def test_the_record_tells_nothing_private(stranger: Client, a: Party, sealed: Sealed) -> None:
    told = json.dumps(stranger.record(sealed.code), ensure_ascii=False)
    page = stranger.http.get(f"/v/{sealed.code}").text
    for secret in (a.name, a.demo.mobile, a.id_number, "购销合同", digest(sealed.first), *sealed.signings):
        assert secret not in told
        assert secret not in page


def test_a_code_is_read_as_people_write_it(stranger: Client, sealed: Sealed) -> None:
    code = sealed.code
    for typed in (code.lower(), "-".join(re.findall("....", code)), f" {code} ", code.replace("0", "O")):
        assert stranger.record(typed)["code"] == code
        assert stranger.http.get(f"/v/{typed}").status_code == 200
    refused(lambda: stranger.record(code[:-1]), 422, "code.malformed")
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    refused(lambda: stranger.record(wrong), 422, "code.malformed")
    refused(lambda: stranger.record("0" * 16), 404, "code.unknown")
    assert stranger.http.get("/v/0000000000000000").status_code == 404


def test_the_code_of_a_draft_says_not_sealed(stranger: Client, a: Party) -> None:
    pending = a.ask(contract())
    code = pending["document"]["code"]
    nothing = {"code": code, "state": "not_sealed", "versions": 0, "seals": [], "paper": None}
    assert stranger.record(code) == nothing
    page = stranger.http.get(f"/v/{code}").text
    assert "这份文件还没有盖章" in page
    assert "record-bad" in page
    assert a.company_name not in page
    cancelled = a.client.cancel(pending["id"])
    assert (cancelled["state"], stranger.record(code)["state"]) == ("cancelled", "not_sealed")


# ---------------------------------------------------------------- by the hash


def test_a_hash_is_latest_earlier_or_none(stranger: Client, sealed: Sealed) -> None:
    latest = stranger.match(sealed.code, digest(sealed.second).upper())
    assert (latest["match"], latest["version"], len(latest["seals"])) == ("latest", 2, 2)
    earlier = stranger.match(sealed.code, digest(sealed.first))
    assert (earlier["match"], earlier["version"], earlier["newest"]) == ("earlier", 1, 2)
    assert len(earlier["seals"]) == 1, "who sealed later is not on this version"
    none = stranger.match(sealed.code, digest(tampered(sealed.second)))
    assert none == {"match": "none", "version": None, "newest": 2, "seals": []}


def test_source_and_prepared_bytes_are_never_found(site: Site, stranger: Client, sealed: Sealed) -> None:
    """Or a guesser could find out which text was sealed, or pass a draft off as the sealed file."""
    hidden = {digest(sealed.source)}
    for signing in sealed.signings:
        for column in ("base_blob", "prepared_blob", "digest_sha256"):
            hidden.update(site.column("signing", column, id=signing))
    hidden -= {digest(sealed.first), digest(sealed.second)}
    assert len(hidden) >= 5
    for sha256 in hidden:
        assert stranger.match(sealed.code, sha256)["match"] == "none"
    for name in hidden & {path.name for path in (site.data / "blobs").rglob("*")}:
        data = (site.data / "blobs" / name[:2] / name).read_bytes()
        assert stranger.verify("x.pdf", data)["record"] is None


def test_a_hash_counts_under_its_own_code_only(stranger: Client, a: Party, sealed: Sealed) -> None:
    other, _ = a.sign(contract(), "别的.pdf")
    assert stranger.match(other["document"]["code"], digest(sealed.second))["match"] == "none"
    refused(lambda: stranger.match("0" * 16, digest(sealed.second)), 404, "code.unknown")
    for malformed in ("", "0" * 63, "g" * 64, "0" * 65, digest(sealed.second) + "\n"):
        refused(partial(stranger.match, sealed.code, malformed), 422, "hash.malformed")


# ---------------------------------------------------------------- by the whole file


def test_the_newest_file_is_valid_and_named(stranger: Client, a: Party, b: Party, sealed: Sealed) -> None:
    told = stranger.verify("收到的.pdf", sealed.second)
    assert (told["verdict"], told["code"], told["record"]["match"]) == ("valid", sealed.code, "latest")
    assert [each["company"] for each in told["signatures"]] == [a.company_name, b.company_name]
    assert all(each["signed_at"] and each["seal_number"] for each in told["signatures"])
    assert stranger.verify("x.pdf", sealed.first)["record"]["match"] == "earlier"


@pytest.mark.parametrize("version", ["first", "second"])
def test_a_changed_file_is_invalid_and_of_no_record(stranger: Client, sealed: Sealed, version: str) -> None:
    told = stranger.verify("x.pdf", tampered(getattr(sealed, version)))
    assert (told["verdict"], told["code"], told["record"]) == ("invalid", None, None)
    assert "digest_mismatch" in told["reasons"]
    assert told["words"]["digest_mismatch"].keys() == {"zh", "en"}


def test_a_stripped_file_is_not_one_of_ours(stranger: Client, sealed: Sealed) -> None:
    """The first revision without its signature, the source, a picture of the seal: nothing is green."""
    for data in (sealed.source, sealed.first[: len(sealed.first) // 2], sealed.second + b"\n%more\n"):
        told = stranger.verify("x.pdf", data)
        assert told["verdict"] != "valid"
        assert told["record"] is None


def outcomes(told: dict[str, Any]) -> dict[str, tuple[str, list[str]]]:
    return {one["step"]: (one["outcome"], one["codes"]) for one in told["steps"]}


def test_the_last_steps_are_our_record_and_the_seal(stranger: Client, sealed: Sealed) -> None:
    newest = stranger.verify("x.pdf", sealed.second)
    assert [outcome for outcome, _ in outcomes(newest).values()] == ["passed"] * 10
    earlier = outcomes(stranger.verify("x.pdf", sealed.first))
    assert earlier["record"] == ("noted", ["record_earlier"])
    changed = outcomes(stranger.verify("x.pdf", tampered(sealed.second)))
    assert changed["digest"][0] == "failed"
    assert (changed["record"], changed["seal"]) == (("skipped", []), ("skipped", []))


def test_a_recorded_version_with_a_harmless_addition(stranger: Client, sealed: Sealed) -> None:
    """An archive stamps what it keeps: still the recorded version, and not the newest bytes of it."""
    kept = with_document_timestamp(sealed.first, World().tsa)
    told = stranger.verify("x.pdf", kept)
    assert (told["verdict"], told["code"]) == ("valid", sealed.code)
    assert (told["record"]["match"], told["record"]["version"]) == ("continued", 1)
    assert outcomes(told)["record"] == ("noted", ["record_continued", "record_newer"])
    assert stranger.match(sealed.code, digest(kept))["match"] == "none", "a hash alone shows no beginning"


def test_a_valid_file_without_a_record_says_so(site: Site, stranger: Client, sealed: Sealed) -> None:
    was, other = digest(sealed.first), "0" * 64
    (signed,) = site.column("version", "signed_sha256", sha256=was)
    forget = "UPDATE version SET sha256 = ?, signed_sha256 = ? WHERE sha256 = ?"
    forget_file = "UPDATE archived_file SET sha256 = ? WHERE sha256 = ?"
    site.change(forget, other, other, was)
    site.change(forget_file, other, was)
    try:
        told = stranger.verify("x.pdf", sealed.first)
    finally:
        site.change(forget, was, signed, other)
        site.change(forget_file, was, other)
    assert (told["verdict"], told["record"], told["code"]) == ("valid", None, None)
    assert outcomes(told)["record"] == ("noted", ["record_none"])
    assert told["words"]["record_none"]["zh"]


def test_page_and_command_give_the_same_verdicts(
    site: Site, stranger: Client, sealed: Sealed, tmp_path: Path
) -> None:
    world = World()
    files = {
        "最新.pdf": sealed.second,
        "earlier.pdf": sealed.first,
        "tampered.pdf": tampered(sealed.second),
        "appended.pdf": sealed.second + b"\n%more\n",
        "foreign.pdf": world.sign(contract()),
        "unsigned.pdf": sealed.source,
        "cut.pdf": sealed.second[: len(sealed.second) // 2],
        "encrypted.pdf": encrypted(),
        "not.pdf": b"hello",
    }
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "server.cli", "verify", *files],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "EZHANG_DATA": str(site.data)},
        capture_output=True,
        text=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [line["file"] for line in lines] == list(files), done.stderr
    same = ("file", "sha256", "verdict", "reasons", "notes", "signatures", "words", "steps")
    for line, (name, data) in zip(lines, files.items(), strict=True):
        told = stranger.verify(name, data)
        assert {key: told[key] for key in same} == {key: line.get(key) for key in same}, name
    assert {line["verdict"] for line in lines} == {"valid", "invalid", "unknown", "unsigned"}


def test_nothing_that_was_verified_is_kept(site: Site, stranger: Client, sealed: Sealed) -> None:
    before = site.state()
    mine = contract(3)
    stranger.verify("private.pdf", mine)
    stranger.verify("private.pdf", tampered(sealed.first))
    assert site.state() == before
    (everything,) = {b"private.pdf" in path.read_bytes() for path in site.data.glob("ezhang.db*")}
    assert not everything


@pytest.fixture(scope="module")
def frozen(site: Site) -> Any:
    return site.owner(161, "何雨桐", "北京雨桐物流有限公司")


def test_a_seal_frozen_later_was_good_then_and_is_not_now(stranger: Client, frozen: Party) -> None:
    done, data = frozen.sign(contract())
    frozen.client.freeze(frozen.seal())
    (seal,) = stranger.record(done["document"]["code"])["seals"]
    assert (seal["seal_state_then"], seal["seal_state_now"]) == ("good", "frozen")
    page = stranger.http.get(f"/v/{done['document']['code']}").text
    assert "印章已暂停使用（20" in page
    told = stranger.verify("x.pdf", data)
    assert told["verdict"] == "valid", "what was sealed before stays sealed"
    assert outcomes(told)["seal"] == ("noted", ["seal_frozen_now"])
    document = frozen.client.upload("x.pdf", contract())
    place = {"page": 0, "x_mm": 20.0, "y_mm": 20.0}
    ask = lambda: frozen.client.request_signing(document["id"], frozen.seal(), **place)  # noqa: E731
    refused(ask, 409, "seal.frozen")
