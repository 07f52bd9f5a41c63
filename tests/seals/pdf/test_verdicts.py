"""Verdicts on honest documents, and on files that cannot be judged."""

from __future__ import annotations

import asyncio
import json
import subprocess
from pathlib import Path

import pikepdf
import pytest

from seals.pdf.preparing import OtherField, Protection
from seals.pdf.reports import INVALIDATING, REASONS
from seals.pdf.verdicts import Trust, Verdict, verify
from tests.seals.pdf.samples import (
    bomb,
    contract,
    contract_pdf,
    cut_off,
    deep_nesting,
    encrypted,
    no_pages,
    page_loop,
    save,
)
from tests.seals.pdf.sealing_kit import (
    BESIDE,
    NAMES,
    NOW,
    SIGNED,
    World,
    der,
    with_document_timestamp,
    with_dss,
)


@pytest.fixture(scope="module")
def sealed(world: World) -> bytes:
    return world.sign(contract(2), protection=Protection.SOLE)


def test_a_sealed_document_is_valid_and_says_who_and_when(world: World, sealed: bytes) -> None:
    report = world.judge(sealed)
    (signature,) = report.signatures
    assert (report.verdict, report.reasons, report.notes) == (Verdict.VALID, (), ())
    assert (signature.company, signature.seal_name) == (NAMES[0], NAMES[0])
    assert (signature.uscc, signature.seal_number) == ("91110105000000000X", "1101050000000")
    assert (signature.signed_at, signature.claimed_at, signature.level) == (SIGNED, SIGNED, "B-T")
    assert (signature.certificate_status_then, signature.certificate_status_now) == ("good", "good")
    assert signature.covers_whole_file
    assert not signature.changed_after


def test_the_report_is_plain_json(world: World, sealed: bytes) -> None:
    plain = json.loads(json.dumps(world.judge(sealed).to_json()))
    assert plain["verdict"] == "valid"
    assert plain["judged_at"] == "2026-07-24T02:00:00Z"
    assert plain["signatures"][0]["signed_at"] == "2026-04-15T02:00:00Z"
    assert plain["signatures"][0]["reasons"] == []


def test_pdfsig_agrees_and_refuses_the_tampered_twin(world: World, sealed: bytes, tmp_path: Path) -> None:
    database = f"sql:{tmp_path}"
    (tmp_path / "root.der").write_bytes(world.root.der)
    for command in (
        ["certutil", "-N", "-d", database, "--empty-password"],
        ["certutil", "-A", "-d", database, "-n", "root", "-t", "CT,CT,CT", "-i", str(tmp_path / "root.der")],
    ):
        subprocess.run(command, check=True, capture_output=True)

    def pdfsig(data: bytes) -> str:
        (tmp_path / "x.pdf").write_bytes(data)
        command = ["pdfsig", "-nssdir", database, str(tmp_path / "x.pdf")]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    twin = sealed.replace(b"/MediaBox", b"/MediaBos", 1)
    assert "Signature is Valid." in pdfsig(sealed)
    assert world.judge(sealed).verdict is Verdict.VALID
    assert "Signature is Valid." not in pdfsig(twin)
    assert world.judge(twin).verdict is not Verdict.VALID


def test_two_companies_one_after_the_other(world: World) -> None:
    first = world.sign(contract())
    both = world.sign(first, 1, protection=Protection.FOLLOWING, place=BESIDE)
    report = world.judge(both)
    assert report.verdict is Verdict.VALID
    assert [signature.company for signature in report.signatures] == list(NAMES)
    assert [signature.covers_whole_file for signature in report.signatures] == [False, True]


def test_listed_others_sign_in_their_own_fields_and_the_last_one_closes(world: World) -> None:
    others = [OtherField("乙方", 0, 20, 30), OtherField("丙方", 0, 20, 90)]
    data = world.sign(contract(), protection=Protection.LISTED, others=others)
    for number, name in enumerate(("乙方", "丙方"), 1):
        data = world.sign(data, number % 2, protection=Protection.FOLLOWING, place=None, open_field=name)
        report = world.judge(data)
        assert report.verdict is Verdict.VALID, report
        assert len(report.signatures) == number + 1


@pytest.mark.parametrize("protection", [Protection.SOLE, Protection.OPEN])
def test_validation_data_and_document_timestamps_are_no_change(world: World, protection: Protection) -> None:
    data = world.sign(contract(), protection=protection)
    for round_ in (1, 2):
        data = with_document_timestamp(with_dss(data, world), world.tsa)
        report = world.judge(data)
        assert (report.verdict, report.document_timestamps) == (Verdict.VALID, round_), report
    assert not report.signatures[0].covers_whole_file
    assert not report.signatures[0].changed_after


def test_a_document_of_many_bookmarks_takes_a_second_seal(world: World) -> None:
    """Difference analysis along paths ends in a recursion error here."""
    pdf = contract_pdf(3)
    with pdf.open_outline() as outline:
        outline.root.extend(pikepdf.OutlineItem(f"第{number}条", number % 3) for number in range(1500))
    both = world.sign(world.sign(save(pdf)), 1, protection=Protection.FOLLOWING, place=BESIDE)
    assert world.judge(both).verdict is Verdict.VALID


def test_judging_inside_a_running_event_loop(world: World, sealed: bytes) -> None:
    async def inside() -> Verdict:
        return world.judge(sealed).verdict

    assert asyncio.run(inside()) is Verdict.VALID


@pytest.mark.parametrize(
    ("data", "verdict", "reason"),
    [
        (b"", Verdict.UNKNOWN, "not_pdf"),
        (b"PK\x03\x04 a zip", Verdict.UNKNOWN, "not_pdf"),
        (b"%PDF-1.7\n", Verdict.UNKNOWN, "broken"),
        (b"%PDF-1.7\n" + b"\0" * 4096, Verdict.UNKNOWN, "broken"),
        (encrypted(), Verdict.UNKNOWN, "encrypted"),
        (cut_off(), Verdict.UNKNOWN, "broken"),
        (bomb(), Verdict.UNSIGNED, None),
        (deep_nesting(), Verdict.UNKNOWN, "broken"),
        (page_loop(), Verdict.UNSIGNED, None),
        (no_pages(), Verdict.UNSIGNED, None),
        (contract(), Verdict.UNSIGNED, None),
    ],
    ids=lambda value: f"{len(value)} bytes" if isinstance(value, bytes) else str(value),
)
def test_files_without_signatures(world: World, data: bytes, verdict: Verdict, reason: str | None) -> None:
    report = world.judge(data)
    assert report.verdict is verdict, report
    assert report.reasons == ((reason,) if reason else ())
    assert report.signatures == ()


def test_too_large_is_said_and_not_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seals.pdf.verdicts.MAX_BYTES", 1000)
    assert world.judge(contract()).reasons == ("too_large",)


def test_trust_in_nobody_trusts_nobody(sealed: bytes) -> None:
    assert verify(sealed, Trust(()), NOW).verdict is Verdict.UNKNOWN


def test_a_root_that_seals_with_its_own_key_is_no_company(world: World) -> None:
    seal = world.seals[0]
    root = type(seal)(world.root.key, der(world.root.certificate), seal.imprint, (), 1)
    assert "untrusted_issuer" in world.judge(world.sign(contract(), root)).reasons


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(REASONS) >= INVALIDATING
    for zh, en in REASONS.values():
        assert zh.endswith("。")
        assert en.endswith(".")
