"""The main job through the real processes over HTTP: register, licence, five seals, sign by scan, verify."""

from __future__ import annotations

import asyncio
import hashlib
import uuid
from collections.abc import Iterator
from io import BytesIO

import pytest
from asn1crypto import ocsp, pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from auth import events
from auth.models import Event, HeadSignature
from seals.models import Signing
from server.client import Client
from server.demo import PIN
from tests.main_job.members import Member, Server, contract, refused, token_of
from tests.main_job.stage import until


@pytest.fixture(scope="module")
def newcomer(server: Server) -> Iterator[Member]:
    """Somebody whose company is registered and whose seals are not collected."""
    with server.member() as member:
        member.found_company()
        yield member


def test_with_the_licence_come_five_seals_without_a_key(newcomer: Member) -> None:
    company = newcomer.phone.company(newcomer.company)
    assert (company["name"], company["licence"]["state"]) == (newcomer.company_name, "valid")
    seals = company["seals"]
    assert [seal["kind"] for seal in seals] == [
        "legal_name",
        "finance",
        "invoice",
        "contract",
        "representative",
    ]
    assert {seal["state"] for seal in seals} == {"issued"}
    assert len({seal["number"] for seal in seals}) == 5
    assert refused(newcomer.ask_for).code == "seal.not_collected"


def test_the_whole_main_job(server: Server) -> None:
    with server.member() as member:
        company = member.found_company()
        assert member.collect(company)["state"] == "collected"
        asked = member.ask_for()
        code = asked["document"]["code"]
        assert asked["state"] == "pending"
        assert member.phone.record(code)["state"] == "not_sealed"
        done = member.scan_and_confirm(asked["id"])
        assert done["state"] == "signed", done
        signed = member.phone.signed_file(asked["id"])

        verdict = member.phone.verify("合同.pdf", signed)
        assert (verdict["verdict"], verdict["code"]) == ("valid", code)
        (signature,) = verdict["signatures"]
        company_row = member.phone.company(company)
        assert (signature["company"], signature["uscc"]) == (member.company_name, company_row["uscc"])
        assert (signature["level"], signature["certificate_status_now"]) == ("B-LTA", "good")
        assert member.phone.record(code)["state"] == "found"
        match = member.phone.match(code, hashlib.sha256(signed).hexdigest())
        assert match["match"] == "latest"
        assert [seal["company"] for seal in match["seals"]] == [member.company_name]

        forged = signed.replace(b"/MediaBox", b"/MediaB0x", 1)
        assert forged != signed
        assert member.phone.verify("合同.pdf", forged)["verdict"] == "invalid"
        assert member.phone.match(code, hashlib.sha256(forged).hexdigest())["match"] == "none"


def test_an_independent_reader_trusts_the_signature(server: Server, sealed_owner: Member) -> None:
    _, signed = sealed_owner.sealed()
    _, _, root = pem.unarmor(sealed_owner.phone.http.get("/trust/root.pem").content)
    context = ValidationContext(trust_roots=[x509.Certificate.load(root)], allow_fetching=False)
    (embedded,) = PdfFileReader(BytesIO(signed)).embedded_regular_signatures
    status = asyncio.run(async_validate_pdf_signature(embedded, context, context))
    assert status.bottom_line
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted
    assert embedded.docmdp_level is not None
    assert embedded.docmdp_level.value == 1


def test_what_proves_it_is_inside_and_not_older_than_its_timestamp(
    server: Server, sealed_owner: Member
) -> None:
    """With the root alone, nothing fetched, revocation data demanded: ETSI EN 319 102-1 for B-LTA."""
    _, signed = sealed_owner.sealed()
    _, _, root = pem.unarmor(sealed_owner.phone.http.get("/trust/root.pem").content)
    trust = SimpleTrustManager.build(trust_roots=[x509.Certificate.load(root)])
    spec = PdfSignatureValidationSpec(
        SignatureValidationSpec(
            CertValidationPolicySpec(trust, CertRevTrustPolicy(REQUIRE_REVINFO)),
            RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
        )
    )
    reader = PdfFileReader(BytesIO(signed))
    (embedded,) = reader.embedded_regular_signatures
    result = asyncio.run(ades_lta_validation(embedded, spec))
    assert result.ades_subindic is AdESPassed.OK
    stamped_at = result.best_signature_time
    said = [
        single["this_update"].native
        for stored in DocumentSecurityStore.read_dss(reader).ocsps
        for single in ocsp.OCSPResponse.load(stored.get_object().data).response_data["responses"]
    ]
    assert len(said) == 3  # of seal, issuing authority, time-stamping unit
    assert min(said) >= stamped_at


def test_a_file_without_its_archive_is_ours_and_said_not_to_be_whole(sealed_owner: Member) -> None:
    done, signed = sealed_owner.sealed()
    (embedded,) = PdfFileReader(BytesIO(signed)).embedded_regular_signatures
    _, _, second, rest = embedded.byte_range
    cut = signed[: second + rest]
    found = sealed_owner.phone.verify("合同.pdf", cut)
    assert (found["verdict"], found["record"]["match"]) == ("valid", "unarchived")
    assert [each["level"] for each in found["signatures"]] == ["B-T"]
    (step,) = (each for each in found["steps"] if each["step"] == "record")
    assert (step["outcome"], step["codes"]) == ("noted", ["record_unarchived"])
    code = done["document"]["code"]
    assert sealed_owner.phone.match(code, hashlib.sha256(cut).hexdigest())["match"] == "unarchived"
    more = sealed_owner.phone.verify("合同.pdf", signed + b"\n% more")
    assert more["verdict"] == "invalid"


def test_the_pc_follows_every_step_live(sealed_owner: Member) -> None:
    asked = sealed_owner.ask_for()["id"]
    shown = sealed_owner.phone.open_challenge(asked)
    pc = sealed_owner.same_session()
    seen = []
    for view in pc.follow(asked):
        seen.append((view["state"], view["scan"]["state"]))
        if seen[-1] == ("pending", "waiting"):
            claim = sealed_owner.phone.claim(token=token_of(shown))
        elif seen[-1] == ("pending", "claimed"):
            assert view["scan"]["by_masked"] == "王*"
            sealed_owner.phone.confirm(claim["id"], PIN, shown["digits"])
    states = [state for state, _ in seen]
    assert seen[:2] == [("pending", "waiting"), ("pending", "claimed")]
    assert states[-1] == "signed"
    assert states == sorted(states, key=["pending", "confirmed", "keyed", "signed"].index)


def test_signing_on_the_asking_phone_itself_needs_no_digits_and_says_so(sealed_owner: Member) -> None:
    asked = sealed_owner.ask_for()["id"]
    claim = sealed_owner.phone.open_here(asked)
    assert claim["needs_digits"] is False
    sealed_owner.phone.confirm(claim["id"], PIN)
    assert sealed_owner.ended(asked)["state"] == "signed"
    told = sealed_owner.server.database.run(
        lambda: Event.get(subject=f"signing:{asked}", kind="signing.confirmed")
    )
    assert told.facts["same_device"] is True


def test_the_same_request_sent_twice_is_one_signing(sealed_owner: Member) -> None:
    document = sealed_owner.phone.upload("合同.pdf", contract(), company=sealed_owner.company)
    ask = {
        "request_id": str(uuid.uuid4()),
        "document_id": document["id"],
        "seal_id": sealed_owner.seal_of("contract"),
        "x_mm": 40.0,
        "y_mm": 205.0,
    }
    answers = [sealed_owner.phone.http.post("/api/signings", json=ask).json()["id"] for _ in range(2)]
    assert answers[0] == answers[1]
    rows = sealed_owner.server.database.run(
        lambda: Signing.filter(company_id=sealed_owner.company, request_id=ask["request_id"]).count()
    )
    assert rows == 1


def test_rejecting_with_a_reason_and_cancelling_end_a_signing(sealed_owner: Member) -> None:
    asked = sealed_owner.ask_for()["id"]
    claim, _ = sealed_owner.claimed(asked)
    assert refused(lambda: sealed_owner.phone.reject(claim["id"], " ")).code == "reject.reason"
    assert sealed_owner.phone.reject(claim["id"], "金额不对")["state"] == "rejected"
    assert sealed_owner.phone.signing(asked)["reason"] == "金额不对"
    other = sealed_owner.ask_for()["id"]
    assert sealed_owner.phone.cancel(other)["state"] == "cancelled"
    for ended in (asked, other):
        assert refused(lambda ended=ended: sealed_owner.phone.cancel(ended)).code == "signing.not_pending"
        refusal = refused(lambda ended=ended: sealed_owner.phone.open_challenge(ended))
        assert refusal.code == "signing.not_pending"


def test_the_log_of_the_company_is_one_chain_and_the_sealer_signs_its_head(sealed_owner: Member) -> None:
    # Not fetched: that is an event too, and waits for the next signing or hour.
    sealed_owner.scan_and_confirm(sealed_owner.ask_for()["id"], PIN)
    stream = events.company_stream(sealed_owner.company)
    database = sealed_owner.server.database

    async def rows() -> tuple[list[Event], HeadSignature | None]:
        told = await Event.filter(stream=stream).order_by("seq")
        return told, await HeadSignature.filter(stream=stream).order_by("-seq").first()

    until(lambda: (database.run(rows)[1] or HeadSignature(seq=0)).seq == len(database.run(rows)[0]))
    told, head = database.run(rows)
    assert events.broken_link(told) is None
    assert head is not None
    assert (head.seq, head.hash) == (told[-1].seq, told[-1].hash)


def test_what_is_shown_before_signing_is_what_is_signed(sealed_owner: Member) -> None:
    """The digest on the phone is that of the signed bytes, computed from the finished file."""
    done, signed = sealed_owner.sealed()
    (embedded,) = PdfFileReader(BytesIO(signed)).embedded_regular_signatures
    start, length, second, rest = embedded.byte_range
    covered = signed[start : start + length] + signed[second : second + rest]
    assert hashlib.sha256(covered).hexdigest() == done["digest_sha256"]
    assert second + rest < len(signed)  # the archive revision comes after it


def test_nobody_gets_the_file_before_it_is_signed(sealed_owner: Member) -> None:
    asked = sealed_owner.ask_for()["id"]
    assert refused(lambda: sealed_owner.phone.signed_file(asked)).code == "signing.not_signed"
    sealed_owner.claimed(asked)
    assert refused(lambda: sealed_owner.phone.signed_file(asked)).code == "signing.not_signed"
    assert Client.until(lambda: sealed_owner.phone.signing(asked), "pending")["file_url"] is None
