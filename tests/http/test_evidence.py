"""The evidence package is checked with common tools alone, by the commands of its own README, and no change
passes them."""

from __future__ import annotations

import io
import os
import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from seals.exporting import EVIDENCE_PER_PERSON
from server.client import Client
from tests.http.daily import bind
from tests.http.site import Party, Site, joined_as, refused
from tests.http.test_rate_limits import check, exhausted
from tests.seals.pdf.samples import contract

BLOCK = re.compile(r"```sh\n(.*?)\n```", re.S)
TOOLS = "cat cmp cut echo grep head od openssl pdfsig sha256sum sh tail tr".split()  # noqa: SIM905


@pytest.fixture(scope="module")
def signed(site: Site, a: Party) -> str:
    """A document that was sealed, in a daily root of two days."""
    done, _ = a.sign(contract(2), "采购合同 2026.pdf")
    bind(site)
    return str(done["id"])


@pytest.fixture
def package(a: Party, signed: str, tmp_path: Path) -> Path:
    """It, unpacked."""
    return unpacked(a.client.evidence(signed), tmp_path / "package")


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of commands with nothing of ours among them."""
    folder = tmp_path_factory.mktemp("tools")
    for name in TOOLS:
        (folder / name).symlink_to(which(name))
    return folder


def which(name: str) -> str:
    found = next((f for p in ("/usr/bin", "/bin") if os.access(f := f"{p}/{name}", os.X_OK)), None)
    assert found, name
    return found


def unpacked(data: bytes, folder: Path) -> Path:
    zipfile.ZipFile(io.BytesIO(data)).extractall(folder)
    return folder


def failing(package: Path, tools: Path) -> list[int]:
    """The numbers of the README's steps whose commands fail, from 1."""
    steps = BLOCK.findall((package / "README.md").read_text())
    bad = []
    for number, commands in enumerate(steps, 1):
        done = subprocess.run(
            [tools / "sh", "-ec", commands],
            cwd=package,
            env={"PATH": str(tools)},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            bad.append(number)
            print(number, commands, done.stdout[-500:], done.stderr)
    return bad


def test_the_commands_of_its_readme_pass(package: Path, tools: Path, site: Site) -> None:
    readme = (package / "README.md").read_text()
    assert len(BLOCK.findall(readme)) == 12
    assert failing(package, tools) == []
    assert "采购合同 2026.pdf" in readme
    assert f"{site.url}/roots" in readme
    assert "signing.confirmed" in readme
    assert "尚未" not in readme, "a root tells of every event"


def test_the_pdfs_in_it_are_not_compressed_once_more(a: Party, signed: str) -> None:
    entries = zipfile.ZipFile(io.BytesIO(a.client.evidence(signed))).infolist()
    types = {entry.filename: entry.compress_type for entry in entries}
    assert {types.pop(name) for name in ("document.pdf", "evidence.pdf")} == {zipfile.ZIP_STORED}
    assert set(types.values()) == {zipfile.ZIP_DEFLATED}


def test_what_was_asked_for_once_is_not_packed_without_end(site: Site, a: Party, signed: str) -> None:
    url = a.client.export_signing(signed, "evidence")["download_url"]
    site.change("DELETE FROM throttle WHERE id LIKE 'evidence.%'")
    check(exhausted(lambda: a.http.get(url), EVIDENCE_PER_PERSON), EVIDENCE_PER_PERSON)
    site.change("DELETE FROM throttle WHERE id LIKE 'evidence.%'")
    assert a.http.get(url).status_code == 200


def test_what_it_brings_is_what_is_published(package: Path, stranger: Client) -> None:
    for name in ("root", "issuing", "sm2-root", "sm2-issuing"):
        assert (package / f"certificates/{name}.pem").read_bytes() == stranger.http.get(
            f"/trust/{name}.pem"
        ).content
    roots = sorted((package / "roots").glob("*.txt"))
    assert roots
    for root in roots:
        assert root.read_bytes() == stranger.http.get(f"/roots/{root.name}").content


def test_it_tells_nothing_of_others(package: Path, a: Party, b: Party, signed: str) -> None:
    everything = b"".join(file.read_bytes() for file in package.rglob("*") if file.is_file())
    assert a.company.encode() in everything
    assert b.company.encode() not in everything
    subjects = {file.read_bytes()[16:].decode() for file in (package / "events").glob("*.content")}
    document = a.client.signing(signed)["document"]["id"]
    assert all(f'"signing:{signed}"' in each or f'"document:{document}"' in each for each in subjects)


def flip(path: Path, at: int = -9) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


CHANGED = {
    "document.pdf": {2, 3},  # changed behind the signature is found too: the file's hash
    "document.ses": {7},
    "signature/signature.p7s": {3},
    "certificates/seal.pem": {4},
    "certificates/sm2-seal.pem": {7, 8},
    "crls/issuing.crl.pem": {5},
    "crls/sm2-issuing.crl.pem": {8},
    "evidence.pdf": {12},
}


def resummed(package: Path) -> None:
    """The sums made anew, as whoever changes a file would."""
    names = sorted(str(f.relative_to(package)) for f in package.rglob("*") if f.is_file())
    done = subprocess.run(
        ["sha256sum", *[name for name in names if name != "SHA256SUMS"]],
        cwd=package,
        capture_output=True,
        check=True,
    )
    (package / "SHA256SUMS").write_bytes(done.stdout)


@pytest.mark.parametrize("name", sorted(CHANGED))
def test_a_file_that_was_changed_passes_no_more(
    package: Path, tools: Path, a: Party, signed: str, tmp_path: Path, name: str
) -> None:
    file = package / name
    flip(file, 1000 if name == "document.pdf" else len(file.read_bytes()) // 2)
    assert 1 in failing(package, tools), "the sums"
    fresh = unpacked(a.client.evidence(signed), tmp_path / "fresh")
    flip(fresh / name, 1000 if name == "document.pdf" else len((fresh / name).read_bytes()) // 2)
    resummed(fresh)
    assert CHANGED[name] & set(failing(fresh, tools))


@pytest.mark.parametrize("ending", ["content", "json", "leaf", "events", "heads"])
def test_an_event_or_proof_that_was_changed_passes_no_more(package: Path, tools: Path, ending: str) -> None:
    folder = package / ("events" if ending in {"content", "json"} else "proofs")
    file = next(f for f in sorted(folder.glob(f"*.{ending}")) if f.stat().st_size > 9)
    flip(file)
    resummed(package)
    assert failing(package, tools) == [9]


def test_another_root_passes_no_more(package: Path, tools: Path) -> None:
    (root,) = (package / "roots").glob("*.txt")
    flip(root)
    resummed(package)
    assert failing(package, tools) == [9, 11]


def test_another_document_of_the_same_company_passes_no_more(
    package: Path, tools: Path, a: Party, site: Site
) -> None:
    done, data = a.sign(contract())
    (package / "document.pdf").write_bytes(data)
    resummed(package)
    assert {3, 10} <= set(failing(package, tools))
    assert done["state"] == "signed"


def test_before_the_day_ends_it_says_what_no_root_tells_yet(a: Party, tools: Path, tmp_path: Path) -> None:
    done, _ = a.sign(contract())
    fresh = unpacked(a.client.evidence(done["id"]), tmp_path / "fresh")
    assert failing(fresh, tools) == []
    assert "尚未进入每日根" in (fresh / "README.md").read_text()
    assert not (fresh / "roots").exists()


MISSING = {
    "event": "UPDATE event SET seq = seq + ? WHERE kind = 'signing.signed' AND subject = 'signing:' || ?",
    "leaf": "UPDATE root SET chains = chains + ? WHERE ? <> '' AND number = (SELECT max(number) FROM root)",
    "root": "UPDATE root SET number = number + ? WHERE ? <> '' AND number = (SELECT max(number) FROM root)",
}
"""What hides a row of each kind, the event of another document; the same with the negative shows it again."""


def test_where_bound_rows_are_missing_there_is_no_package(site: Site, a: Party) -> None:
    (other, _), (done, _) = a.sign(contract()), a.sign(contract())
    bind(site)
    for name, statement in MISSING.items():
        site.change("DELETE FROM throttle WHERE id LIKE 'told/%'")
        site.change(statement, 100_000, other["id"])
        try:
            refused(lambda: a.client.evidence(done["id"]), 409, "evidence.unreadable")
        finally:
            site.change(statement, -100_000, other["id"])
        assert a.client.evidence(done["id"])[:2] == b"PK", name


def test_only_those_who_see_the_signing_take_it_and_their_company_sees_it(
    site: Site, a: Party, b: Party, stranger: Client, signed: str
) -> None:
    site.change("DELETE FROM throttle WHERE id LIKE 'told/%'")
    agent, _ = joined_as(site, a, 961, "agent")
    refused(lambda: b.client.evidence(signed), 404, "signing.not_found")
    refused(lambda: agent.client.evidence(signed), 403, "access.denied")
    refused(lambda: stranger.evidence(signed), 401, "session.none")
    known = {card["id"] for card in a.client.thread()["cards"]}
    answer = a.http.get(str(a.client.export_signing(signed, "evidence")["download_url"]))
    assert (answer.headers["content-type"], answer.content[:2]) == ("application/zip", b"PK")
    assert ".evidence.zip" in answer.headers["content-disposition"]
    told = [card for card in a.client.thread()["cards"] if card["id"] not in known]
    assert [(card["kind"], card["title"]) for card in told] == [("signing.exported", "下载了证据包")]
