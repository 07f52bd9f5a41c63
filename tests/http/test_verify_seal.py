"""Seal and signature files over HTTP: the same answers to everybody, and no way to bring the server down."""

from __future__ import annotations

import base64
import hashlib

import pytest

from seals.ses.reading import MAX_STRUCTURE_BYTES
from server.client import Client, Json
from tests.http.site import Party
from tests.seals.pdf.samples import contract
from tests.seals.ses.kit import World, tagged


@pytest.fixture(scope="module")
def signed(a: Party) -> tuple[bytes, bytes]:
    """A sealed document and the signature beside it."""
    signing, data = a.sign(contract(), "购销合同.pdf")
    return data, a.client.ses_signature(signing["id"])


def causes(answer: Json) -> list[str]:
    return [step["cause"] for one in answer["signatures"] for step in one["steps"] if step["cause"]]


def test_a_stranger_verifies_a_seal(stranger: Client, a: Party) -> None:
    seal = a.client.seal_structure(a.seal())
    answer = stranger.verify_seal("合同章.esl", seal)
    assert (answer["verdict"], answer["reasons"]) == ("valid", [])
    assert (answer["file"], answer["sha256"]) == ("合同章.esl", hashlib.sha256(seal).hexdigest())
    (found,) = answer["signatures"]
    assert (found["kind"], found["version"], found["maker_trusted"]) == ("seal", 4, True)
    assert found["name"] == f"{a.company_name}合同专用章"
    assert "data" not in found["picture"]
    assert all(step["ok"] for step in found["steps"])


def test_a_stranger_verifies_a_signature_with_its_document(
    stranger: Client, a: Party, signed: tuple[bytes, bytes]
) -> None:
    document, ses = signed
    answer = stranger.verify_seal("contract.ses", ses, document)
    assert (answer["verdict"], answer["reasons"]) == ("valid", [])
    (found,) = answer["signatures"]
    assert (found["signer"], found["signer_trusted"]) == (a.company_name, True)
    assert found["timestamp"] == found["signed_at"]
    alone = stranger.verify_seal("contract.ses", ses)
    assert (alone["verdict"], alone["reasons"]) == ("unknown", ["document_not_checked"])
    assert alone["signatures"][0]["signature_valid"] is True
    assert alone["words"]["document_not_checked"]["en"]
    changed = stranger.verify_seal("contract.ses", ses, document[:300] + b"." + document[301:])
    assert (changed["verdict"], causes(changed)) == ("invalid", ["document_hash"])


def test_the_picture_is_told_when_asked(stranger: Client, a: Party) -> None:
    files = {"file": ("seal.esl", a.client.seal_structure(a.seal()), "application/octet-stream")}
    answer = stranger.http.post("/api/verify-seal", files=files, data={"picture": "1"}).json()
    picture = answer["signatures"][0]["picture"]
    assert base64.b64decode(picture["data"]).startswith(b"\x89PNG")
    assert picture["media"] == "image/png"


def test_a_part_left_empty_by_a_form_is_no_document(stranger: Client, signed: tuple[bytes, bytes]) -> None:
    files = {"file": ("c.ses", signed[1]), "document": ("", b"")}
    answer = stranger.http.post("/api/verify-seal", files=files).json()
    assert answer["reasons"] == ["document_not_checked"]
    named = {"file": ("c.ses", signed[1]), "document": ("empty.pdf", b"")}
    assert stranger.http.post("/api/verify-seal", files=named).json()["reasons"] == ["document_hash"]


def test_a_seal_of_another_authority_is_nobodys(stranger: Client) -> None:
    answer = stranger.verify_seal("seal.esl", World().seal())
    assert answer["verdict"] == "unknown"
    assert "maker_untrusted" in answer["reasons"]
    assert answer["signatures"][0]["maker_trusted"] is False


@pytest.mark.parametrize(
    ("data", "verdict", "reason"),
    [
        (b"hello", "unsigned", "not_ses"),
        (b"%PDF-1.7", "unsigned", "not_ses"),
        (b"\x30\x80" * 100_000, "invalid", "format"),
        (tagged(0x30, bytes(1000)), "invalid", "format"),
        (b"\x30" + bytes(MAX_STRUCTURE_BYTES), "unknown", "too_large"),
    ],
    ids=["text", "PDF", "nested", "zeros", "large"],
)
def test_what_is_no_seal(stranger: Client, data: bytes, verdict: str, reason: str) -> None:
    answer = stranger.verify_seal("x.esl", data)
    assert (answer["verdict"], answer["reasons"], answer["signatures"]) == (verdict, [reason], [])


@pytest.mark.parametrize("files", [{}, {"file": ("x.esl", b"")}, {"document": ("x.pdf", b"x")}])
def test_without_a_file_it_says_which(stranger: Client, files: dict[str, tuple[str, bytes]]) -> None:
    response = stranger.http.post("/api/verify-seal", files=files or None)
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "upload.no_structure"


def test_the_pages_lead_to_each_other(stranger: Client) -> None:
    assert 'href="/verify-seal"' in stranger.http.get("/verify").text
    page = stranger.http.get("/verify-seal")
    assert 'href="/verify"' in page.text
    assert page.status_code == 200
