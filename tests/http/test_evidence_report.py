"""The evidence report: what a judge reads, sealed by the platform, ordered by a row, the same for a day."""

from __future__ import annotations

import asyncio
import hashlib
import json
import unicodedata
from datetime import UTC, datetime

import pypdfium2
import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SM3, Hash

from auth.china import CHINA
from server.client import Client
from server.inspector.client import InspectorClient
from server.inspector.protocol import frame
from tests.http.daily import bind, settings_of
from tests.http.site import Party, Site, joined_as, refused
from tests.seals.pdf.samples import contract

AGENT = 962


@pytest.fixture(scope="module")
def signing(site: Site, a: Party) -> str:
    """A document that was sealed in two places, in a daily root."""
    done, _ = a.sign(contract(2), "采购合同 2026.pdf", also=[{"page": 1, "x_mm": 30.0, "y_mm": 40.0}])
    bind(site)
    return str(done["id"])


@pytest.fixture(scope="module")
def report(a: Party, signing: str) -> bytes:
    return a.client.evidence_report(signing)


@pytest.fixture(scope="module")
def text(report: bytes) -> str:
    """What it says, without spaces."""
    pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(report)]
    return "".join("".join(unicodedata.normalize("NFKC", each).split()) for each in pages)


def test_it_says_who_by_what_right_what_when_and_how_it_is_proved(
    site: Site, a: Party, signing: str, text: str
) -> None:
    row = a.client.signing(signing)
    signed = a.client.signed_file(signing)
    sm3 = Hash(SM3())
    sm3.update(signed)
    (original,) = site.column("document", "original", id=row["document"]["id"])
    (prepared,) = site.column("signing", "prepared_blob", id=signing)
    (device,) = set(site.column("device_key", "label", person_id=a.client.me()["id"]))
    wanted = (
        "采购合同2026.pdf",
        a.company_name,
        row["company"]["uscc"],
        "法定代表人",
        "人脸核验",
        "本次用印未经审批",
        row["document"]["code"],
        hashlib.sha256(signed).hexdigest(),
        sm3.finalize().hex(),
        original,
        row["digest_sha256"],
        row["digest_sm3"],
        prepared,
        "".join(str(device).split()),
        "平台复核:签名成立",
        "第1页(盖章页)",
        "第2页(盖章页)",
        "同一签名另盖于第2页",
        "结论为:签名有效",
        "沙箱环境",
        "确认用印",
        f"{datetime.now(CHINA):%Y-%m-%d}",
        "+08:00",
    )
    for words in wanted:
        # A code is printed in groups, a hash in groups of eight.
        assert "".join(words.split()) in text or "".join(words.split()) in text.replace("-", ""), words
    events = site.column("event", "hash", subject=f"signing:{signing}")
    assert sum(each in text for each in events) >= 6
    roots = site.column("root", "sha256")
    assert sum(each in text for each in roots) == 1, "the root that binds them"
    assert "待公布" not in text


def test_people_are_masked(a: Party, text: str) -> None:
    assert f"{a.name[0]}*" in text
    for secret in (a.name, a.demo.mobile, a.id_number, "127.0.0.1;"):
        assert secret not in text


def test_the_platform_sealed_it_with_a_key_of_its_own(
    site: Site, a: Party, stranger: Client, report: bytes
) -> None:
    told = stranger.verify("evidence.pdf", report)
    assert (told["verdict"], told["reasons"], told["notes"]) == ("valid", [], [])
    (one,) = told["signatures"]
    assert (one["company"], one["level"], one["covers_whole_file"]) == ("e章通平台", "B-LTA", False)
    own = x509.load_pem_x509_certificate(stranger.http.get("/trust/papers.pem").content)
    assert int(one["certificate_serial"], 16) == own.serial_number
    assert f"{own.serial_number:x}" not in site.column("seal_key", "serial")
    assert told["record"]["match"] == "latest"
    steps = {step["step"]: step for step in told["steps"]}
    assert steps["record"]["codes"] == ["record_paper"]
    assert steps["seal"]["outcome"] == "passed"


def test_its_own_code_leads_to_what_it_is(
    site: Site, stranger: Client, a: Party, signing: str, report: bytes, text: str
) -> None:
    (code,) = site.column("paper", "code", subject=signing)
    (number,) = site.column("paper", "number", subject=signing)
    record = stranger.record(code)
    assert (record["state"], record["seals"]) == ("paper", [])
    assert record["paper"]["number"] == number
    assert number in text
    assert code in text
    about = a.client.signing(signing)["document"]["code"]
    assert record["paper"]["about"] == about
    page = stranger.http.get(f"/v/{code}")
    for words in ("平台出具的文书", "电子签章证据报告", number, about[:4]):
        assert words in page.text, words
    assert a.company_name not in page.text.partition("<main")[2]
    assert "A paper made by the platform" in stranger.http.get(f"/v/{code}?lang=en").text
    digest = hashlib.sha256(report).hexdigest()
    assert stranger.match(code, digest)["match"] == "latest"
    assert stranger.match(code, "0" * 64)["match"] == "none"
    assert stranger.match(about, digest)["match"] == "none"


def test_of_a_day_there_is_one_and_its_making_is_an_event(
    site: Site, a: Party, signing: str, report: bytes
) -> None:
    assert a.client.evidence_report(signing) == report
    (paper,) = site.column("paper", "id", subject=signing)
    assert site.column("event", "kind", subject=f"paper:{paper}") == ["paper.made"]
    answer = a.http.get(str(a.client.export_signing(signing, "report")["download_url"]))
    assert (answer.headers["content-type"], answer.content) == ("application/pdf", report)
    site.change("UPDATE paper SET day = '2020-01-01' WHERE id = ?", paper)
    again = a.client.evidence_report(signing)
    assert again != report
    assert len(site.column("paper", "number", subject=signing)) == 2


def test_what_is_sealed_was_in_no_hands_of_a_worker_that_reads_for_others(site: Site, a: Party) -> None:
    client = InspectorClient(settings_of(site).inspector_socket)

    def papers() -> int:
        header, _ = asyncio.run(client._once(frame({"op": "ping"}, [])))
        return int(header["result"]["papers"])

    done, _ = a.sign(contract())
    before = papers()
    a.client.evidence_report(done["id"])
    assert papers() == before + 1


def test_what_was_being_made_when_its_maker_died_is_made(site: Site, a: Party) -> None:
    done, _ = a.sign(contract())
    first = a.client.evidence_report(done["id"])
    site.change(
        "UPDATE paper SET state = 'waiting', sha256 = '', made_at = NULL, lease_owner = 'gone', "
        "lease_until = ? WHERE subject = ?",
        datetime(2020, 1, 1, tzinfo=UTC).isoformat(),
        done["id"],
    )
    second = a.client.evidence_report(done["id"])
    assert second[:5] == first[:5] == b"%PDF-"
    assert second != first


def test_one_whose_rows_were_changed_is_not_made_and_is_when_they_are_right_again(
    site: Site, a: Party, b: Party
) -> None:
    done, _ = a.sign(contract())
    subject, own = f"signing:{done['id']}", {"subject": done["id"], "purpose": "confirm"}
    (device,) = set(site.column("device_key", "id", person_id=a.client.me()["id"]))
    (row,) = site.column("offer", "device", **own)
    said = json.loads(row)
    (signed,) = site.column("event", "seq", kind="signing.signed", subject=subject)
    stream = f"company:{a.company}"
    head = min(seq for seq in site.column("head_signature", "seq", stream=stream) if seq >= signed)
    forged: list[tuple[str, str, dict[str, str], str]] = [
        ("event", "subject", {"kind": "signing.confirmed", "subject": subject}, "signing:hidden"),
        ("event", "kind", {"kind": "signing.opened", "subject": subject}, "signing.other"),
        ("offer", "person_id", own, b.client.me()["id"]),
        (
            "version",
            "sha256",
            {"signing_id": done["id"]},
            site.column("signing", "prepared_blob", id=done["id"])[0],
        ),
        ("signing", "digest_sm3", {"id": done["id"]}, "0" * 64),
        ("device_key", "attestation", {"id": device}, "AAAA"),
        ("offer", "device", own, json.dumps({**said, "signature": "A" * 86 + "=="})),
        ("head_signature", "signature", {"stream": stream, "seq": head}, "AAAA"),
    ]
    for table, column, where, value in forged:
        (row,) = site.column(table, "id", **where)
        (right,) = site.column(table, column, id=row)
        change = f"UPDATE {table} SET {column} = ? WHERE id = ?"  # noqa: S608 (names of this test)
        assert right != value, (table, column)
        site.change(change, value, row)
        try:
            refused(lambda: a.client.evidence_report(done["id"]), 409, "evidence.unreadable")
        finally:
            site.change(change, right, row)
    assert a.client.evidence_report(done["id"])[:5] == b"%PDF-"


def test_who_may_not_have_the_package_may_not_have_the_report(
    site: Site, a: Party, b: Party, stranger: Client, signing: str
) -> None:
    agent, _ = joined_as(site, a, AGENT, "agent")
    refused(lambda: b.client.evidence_report(signing), 404, "signing.not_found")
    refused(lambda: agent.client.evidence_report(signing), 403, "access.denied")
    refused(lambda: stranger.evidence_report(signing), 401, "session.none")


def test_it_has_two_timestamps_of_the_same_unit_as_documents_have(report: bytes, stranger: Client) -> None:
    tsa = x509.load_pem_x509_certificate(stranger.http.get("/trust/tsa.pem").content)
    container = report[report.index(b"/Contents <") + 11 :]
    signed = cms.ContentInfo.load(bytes.fromhex(container[: container.index(b">")].decode()))
    (stamp,) = signed["content"]["signer_infos"][0]["unsigned_attrs"]
    unit = stamp["values"][0]["content"]["certificates"][0].chosen
    assert unit.serial_number == tsa.serial_number
    assert report.count(b"/ETSI.RFC3161") == 1
