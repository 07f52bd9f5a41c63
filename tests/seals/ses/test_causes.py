"""Each cause against `valid` is produced by a structure otherwise good, and nothing else is blamed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import core, x509
from cryptography import x509 as c_x509

from seals import pki, sm2, sm2_pki
from seals.certificates import POLICY_SEAL
from seals.pdf.reports import Verdict
from seals.ses import structures as asn1
from seals.ses.building import PictureData
from seals.ses.causes import NOTES, Cause, Step
from seals.ses.reading import MAX_STRUCTURE_BYTES
from seals.ses.reports import SesReport
from tests.seals.ses.kit import (
    DOCUMENT,
    END,
    MADE,
    NOW,
    PNG,
    SIGNED,
    START,
    Signer,
    World,
    assembled,
    certificate_of,
    for_times,
    members,
    old_seal,
    old_signature,
    reissued,
    resealed,
    sequence,
    with_extension,
)

DAY = timedelta(days=1)
Case = Callable[[World], SesReport]
CASES: list[tuple[Cause, str, Case]] = []


def case(cause: Cause) -> Callable[[Case], Case]:
    def add(make: Case) -> Case:
        CASES.append((cause, make.__name__, make))
        return make

    return add


def signed_part(**changes: Any) -> Callable[[bytes], bytes]:
    """TBS_Sign with fields changed."""

    def change(signature: bytes) -> bytes:
        tbs = asn1.TBS_Sign.load(members(signature)[0])
        for name, value in changes.items():
            tbs[name] = value
        return bytes(tbs.dump(force=True))

    return change


def info(path: str, value: object) -> Callable[[Any], None]:
    def change(seal_info: Any) -> None:
        *names, last = path.split(".")
        for name in names:
            seal_info = seal_info[name]
        seal_info[last] = value

    return change


# ---------------------------------------------------------------- form


@case(Cause.FORMAT)
def trailing_byte(w: World) -> SesReport:
    return w.judge(w.signature() + b"\0")


@case(Cause.VERSION)
def header_of_something_else(w: World) -> SesReport:
    return w.judge(resealed(w.seal(), w.maker, info("header.ID", "EX")))


@case(Cause.VERSION)
def version_that_is_none(w: World) -> SesReport:
    return w.judge(resealed(w.seal(), w.maker, info("header.version", 6)))


@case(Cause.VERSION)
def signature_of_another_version_than_its_seal(w: World) -> SesReport:
    tbs = signed_part(version=5)(w.signature())
    return w.judge(assembled(tbs, w.signer.der, w.signer.sign))


@case(Cause.VERSION)
def timestamp_on_a_seal_of_version_4(w: World) -> SesReport:
    return w.judge(w.stamped(w.seal(), MADE))


@case(Cause.TIMES)
def period_that_ends_before_it_begins(w: World) -> SesReport:
    return w.judge(w.seal(valid_start=END, valid_end=MADE))


@case(Cause.TIMES)
def a_day_that_is_none(w: World) -> SesReport:
    signed = members(w.seal())[0].replace(b"20260106020000Z", b"20260230020000Z", 1)
    return w.judge(assembled(signed, w.maker.der, w.maker.sign))


@case(Cause.TIMES)
def version_5_made_tomorrow(w: World) -> SesReport:
    return w.judge(w.seal(version=5, created_at=NOW + DAY, valid_start=MADE))


@case(Cause.PICTURE)
def picture_of_another_kind(w: World) -> SesReport:
    return w.judge(w.seal(picture=PictureData("GIF", PNG, 40, 40)))


@case(Cause.PICTURE)
def picture_of_no_size(w: World) -> SesReport:
    return w.judge(w.seal(picture=PictureData("PNG", PNG, 0, 40)))


@case(Cause.PICTURE)
def picture_as_large_as_a_wall(w: World) -> SesReport:
    return w.judge(w.seal(picture=PictureData("PNG", PNG, 40, 4000)))


@case(Cause.CERTIFICATE_LIST)
def nobody_may_sign(w: World) -> SesReport:
    return w.judge(w.seal(certificates=()))


@case(Cause.CERTIFICATE_LIST)
def list_of_a_third_type(w: World) -> SesReport:
    return w.judge(resealed(w.seal(), w.maker, info("property.certListType", 3)))


@case(Cause.ALGORITHM)
def algorithm_unknown(w: World) -> SesReport:
    tbs = members(w.signature())[0]
    return w.judge(assembled(tbs, w.signer.der, w.signer.sign, algorithm="1.2.3.4"))


@case(Cause.ALGORITHM)
def algorithm_of_the_seal_is_not_its_keys(w: World) -> SesReport:
    signed = members(w.seal())[0]
    return w.judge(assembled(signed, w.maker.der, w.maker.sign, algorithm="1.2.840.113549.1.1.11"))


@case(Cause.SIGNER_CERTIFICATE)
def signer_certificate_is_none(w: World) -> SesReport:
    return w.judge(assembled(members(w.signature())[0], b"\x30\x03\x02\x01\x01", w.signer.sign))


@case(Cause.MAKER_CERTIFICATE)
def maker_certificate_has_a_tail(w: World) -> SesReport:
    return w.judge(assembled(members(w.seal())[0], w.maker.der + b"\0", w.maker.sign))


# ---------------------------------------------------------------- values


@case(Cause.SIGNATURE_VALUE)
def document_hash_replaced_after_signing(w: World) -> SesReport:
    tbs, *rest = members(w.signature())
    return w.judge(sequence(signed_part(dataHash=sm2.sm3(b"x"))(sequence(tbs, *rest)), *rest))


@case(Cause.SIGNATURE_VALUE)
def signed_with_another_key(w: World) -> SesReport:
    return w.judge(assembled(members(w.signature())[0], w.signer.der, w.other.sign))


@case(Cause.SIGNATURE_VALUE)
def signed_under_another_identity(w: World) -> SesReport:
    """Z of an empty identity: right by SM2, wrong by GB/T 35276."""
    import gmssl_pyx

    def sign(message: bytes) -> bytes:
        head = (0).to_bytes(2) + sm2._Z_HEAD[2 + len(sm2.USER_ID) :]
        digest = sm2.sm3(sm2.sm3(head + w.signer.key.public) + message)
        return bytes(gmssl_pyx.sm2_sign_sm3_digest(w.signer.key.private, digest))

    return w.judge(assembled(members(w.signature())[0], w.signer.der, sign))


@case(Cause.SIGNER_NOT_LISTED)
def another_company_signs_with_the_seal(w: World) -> SesReport:
    return w.judge(w.signature(signer=w.other))


@case(Cause.SIGNER_NOT_LISTED)
def renewed_certificate_of_the_same_key(w: World) -> SesReport:
    renewed = reissued(w.signer, w.issuing, lambda tbs: tbs.__setitem__("serial_number", 99))
    return w.judge(w.signature(signer=renewed))


@case(Cause.SIGNER_NOT_LISTED)
def digest_of_another_certificate(w: World) -> SesReport:
    return w.judge(w.signature(with_digests(w, ("SM3", sm2.sm3(w.other.der)))))


@case(Cause.SEAL_VALUE)
def name_on_the_seal_replaced(w: World) -> SesReport:
    first, *rest = members(w.seal())
    forged = asn1.SES_SealInfo.load(first)
    forged["property"]["name"] = "上海蓝海贸易有限责任公司公章"
    return w.judge(sequence(bytes(forged.dump(force=True)), *rest))


@case(Cause.SEAL_VALUE)
def seal_of_ones_own_under_the_makers_certificate(w: World) -> SesReport:
    forged = assembled(members(w.seal())[0], w.maker.der, w.signer.sign)
    return w.judge(w.signature(forged))


@case(Cause.SEAL_VALUE)
def old_seal_signed_as_a_new_one(w: World) -> SesReport:
    """Version 1 signs the maker's certificate too; a value over the information alone is not its own."""
    information, (certificate, algorithm, _) = members(old_seal(w))[0], members(members(old_seal(w))[1])
    value = core.OctetBitString(w.maker.sign(information)).dump()
    return w.judge(sequence(information, sequence(certificate, algorithm, value)))


# ---------------------------------------------------------------- the seal maker


@case(Cause.MAKER_UNTRUSTED)
def maker_under_another_root(w: World) -> SesReport:
    root = sm2_pki.make_root(START)
    maker = sm2_pki.make_seal_maker(sm2_pki.make_issuing(root, START), START)
    return w.judge(w.seal(maker=maker))


@case(Cause.MAKER_UNTRUSTED)
def maker_that_signed_its_own_certificate(w: World) -> SesReport:
    maker = Signer(w.maker.key, w.maker.der)
    return w.judge(w.seal(maker=reissued(maker, maker, lambda tbs: None)))


@case(Cause.MAKER_UNTRUSTED)
def maker_whose_issuers_value_is_another(w: World) -> SesReport:
    tbs = x509.Certificate.load(w.maker.der)["tbs_certificate"].dump()
    return w.judge(w.seal(maker=Signer(w.maker.key, certificate_of(tbs, w.other))))


@case(Cause.MAKER_CHAIN)
def maker_issued_by_a_signer(w: World) -> SesReport:
    """The oldest trick: an end certificate that issues. Its signatures hold up to the root."""

    def change(tbs: x509.TbsCertificate) -> None:
        tbs["issuer"] = x509.Certificate.load(w.signer.der).subject
        with_extension(tbs, "authority_key_identifier", key_id(w.signer.der))

    maker = sm2_pki.make_seal_maker(w.issuing, START)
    made = reissued(Signer(maker.key, maker.der), w.signer, change)
    trust = replace(w.trust(), intermediates=(w.issuing.der, w.signer.der))
    return w.judge(w.seal(maker=made), trust=trust)


@case(Cause.MAKER_PERIOD)
def maker_has_ended_and_the_seal_is_of_version_4(w: World) -> SesReport:
    maker = w.odd_maker(lambda tbs: for_times(tbs, START, NOW - DAY))
    return w.judge(w.seal(maker=maker))


@case(Cause.MAKER_PERIOD)
def maker_not_begun(w: World) -> SesReport:
    maker = w.odd_maker(lambda tbs: for_times(tbs, NOW + DAY, END))
    return w.judge(w.seal(maker=maker))


@case(Cause.MAKER_PERIOD)
def version_5_made_before_the_maker_began(w: World) -> SesReport:
    maker = w.odd_maker(lambda tbs: for_times(tbs, MADE + DAY, END))
    return w.judge(w.seal(maker=maker, version=5))


@case(Cause.MAKER_REVOKED)
def maker_revoked_after_the_making_of_a_seal_of_version_4(w: World) -> SesReport:
    return w.judge(w.seal(), trust=w.trust(maker_revoked(w, NOW - DAY)))


@case(Cause.MAKER_REVOKED)
def maker_of_version_5_revoked_before_the_making(w: World) -> SesReport:
    return w.judge(w.seal(version=5), trust=w.trust(maker_revoked(w, MADE - DAY)))


@case(Cause.MAKER_REVOKED)
def maker_of_an_old_seal_revoked(w: World) -> SesReport:
    return w.judge(old_seal(w), trust=w.trust(maker_revoked(w, NOW - DAY)))


@case(Cause.MAKER_USAGE)
def a_signer_makes_itself_a_seal(w: World) -> SesReport:
    """Both certificates are of one authority and may sign: only the policy tells a maker from a company."""
    return w.judge(w.signature(w.seal(maker=w.signer)))


@case(Cause.MAKER_USAGE)
def maker_for_encryption(w: World) -> SesReport:
    maker = w.odd_maker(lambda tbs: with_extension(tbs, "key_usage", {"key_encipherment"}, critical=True))
    return w.judge(w.seal(maker=maker))


@case(Cause.MAKER_USAGE)
def maker_that_is_an_authority(w: World) -> SesReport:
    maker = w.odd_maker(lambda tbs: with_extension(tbs, "basic_constraints", {"ca": True}, critical=True))
    return w.judge(w.seal(maker=maker))


# ---------------------------------------------------------------- the seal's own times


@case(Cause.SEAL_NOT_YET_VALID)
def seal_from_tomorrow_on(w: World) -> SesReport:
    return w.judge(w.seal(valid_start=NOW + DAY))


@case(Cause.SEAL_NOT_YET_VALID)
def signed_before_the_seals_period(w: World) -> SesReport:
    return w.judge(w.signature(w.seal(valid_start=SIGNED + DAY)))


@case(Cause.SEAL_EXPIRED)
def seal_until_yesterday(w: World) -> SesReport:
    return w.judge(w.seal(valid_end=NOW - DAY))


@case(Cause.SEAL_EXPIRED)
def signed_after_the_seals_period(w: World) -> SesReport:
    return w.judge(w.signature(w.seal(valid_end=SIGNED - DAY)))


@case(Cause.SEAL_TIMESTAMP)
def seal_with_the_timestamp_of_another(w: World) -> SesReport:
    other, mine = w.stamped(w.seal(version=5), MADE), w.seal(version=5)
    return w.judge(sequence(*members(mine), members(other)[4]))


@case(Cause.SEAL_TIMESTAMP)
def seal_stamped_before_it_was_made(w: World) -> SesReport:
    return w.judge(w.stamped(w.seal(version=5), MADE - timedelta(hours=1)))


# ---------------------------------------------------------------- the signer


@case(Cause.SIGNER_UNTRUSTED)
def signer_under_another_root(w: World) -> SesReport:
    stranger = World().signer
    return w.judge(w.signature(w.seal(certificates=(stranger.der,)), signer=stranger))


@case(Cause.SIGNER_CHAIN)
def signer_issued_by_a_signer(w: World) -> SesReport:
    def change(tbs: x509.TbsCertificate) -> None:
        tbs["issuer"] = x509.Certificate.load(w.other.der).subject
        with_extension(tbs, "authority_key_identifier", key_id(w.other.der))

    signer = reissued(w.new_signer(), w.other, change)
    trust = replace(w.trust(), intermediates=(w.issuing.der, w.other.der))
    return sign_by(w, signer, trust=trust)


@case(Cause.SIGNER_CHAIN)
def authority_below_an_authority_that_may_have_none(w: World) -> SesReport:
    def change(tbs: x509.TbsCertificate) -> None:
        tbs["issuer"] = x509.Certificate.load(w.issuing.der).subject
        with_extension(tbs, "authority_key_identifier", key_id(w.issuing.der))

    below = sm2_pki.make_issuing(w.root, START)
    lower = sm2_pki.Sm2Authority(below.key, reissued(Signer(below.key, below.der), w.issuing, change).der)
    key = sm2.generate()
    subject = pki.SealSubject("公司", "91110105MA01ABCD5F", "章", "1101050000001")
    signer = Signer(key, sm2_pki.issue_seal_certificate(lower, key.public, subject, START, END))
    return sign_by(w, signer, trust=replace(w.trust(), intermediates=(w.issuing.der, lower.der)))


@case(Cause.SIGNER_PERIOD)
def signed_after_the_certificate_ended(w: World) -> SesReport:
    return sign_by(w, w.new_signer(end=SIGNED - DAY))


@case(Cause.SIGNER_PERIOD)
def timestamp_shows_that_the_certificate_had_ended(w: World) -> SesReport:
    signer = w.new_signer(end=SIGNED + DAY)
    signature = w.signature(w.seal(certificates=(signer.der,)), signer=signer)
    return w.judge(w.stamped(signature, SIGNED + 2 * DAY))


@case(Cause.SIGNER_REVOKED)
def signed_after_revocation(w: World) -> SesReport:
    return w.judge(w.signature(), trust=w.trust(pki.Revoked(w.signer.serial, SIGNED - DAY)))


@case(Cause.SIGNER_REVOKED)
def dated_back_but_stamped_after_revocation(w: World) -> SesReport:
    revoked = pki.Revoked(w.signer.serial, SIGNED + DAY)
    return w.judge(w.stamped(w.signature(), SIGNED + 2 * DAY), trust=w.trust(revoked))


@case(Cause.SIGNER_USAGE)
def signer_for_encryption(w: World) -> SesReport:
    encrypts = {"key_encipherment", "data_encipherment"}
    return sign_by(w, w.odd_signer(lambda tbs: with_extension(tbs, "key_usage", encrypts, critical=True)))


@case(Cause.SIGNER_USAGE)
def the_maker_signs_documents(w: World) -> SesReport:
    return sign_by(w, Signer(w.maker.key, w.maker.der))


@case(Cause.SIGNER_USAGE)
def signer_for_timestamps(w: World) -> SesReport:
    purpose = ["time_stamping"]
    return sign_by(w, w.odd_signer(lambda tbs: with_extension(tbs, "extended_key_usage", purpose)))


@case(Cause.SIGNER_USAGE)
def signer_with_a_critical_extension_nobody_knows(w: World) -> SesReport:
    def change(tbs: x509.TbsCertificate) -> None:
        with_extension(tbs, "1.2.3.4.5", core.ParsableOctetString(b"\x05\x00"), critical=True)

    return sign_by(w, w.odd_signer(change))


@case(Cause.SIGNING_TIME)
def signed_before_the_seal_was_made(w: World) -> SesReport:
    seal = w.seal(created_at=SIGNED + DAY, valid_start=MADE)
    return w.judge(w.signature(seal))


@case(Cause.SIGNING_TIME)
def signed_tomorrow(w: World) -> SesReport:
    return w.judge(w.signature(at=NOW + DAY))


@case(Cause.DOCUMENT_HASH)
def document_altered(w: World) -> SesReport:
    return w.judge(w.signature(), DOCUMENT.replace("三".encode(), "四".encode()))


@case(Cause.DOCUMENT_HASH)
def document_empty(w: World) -> SesReport:
    return w.judge(w.signature(), b"")


@case(Cause.DOCUMENT_HASH)
def range_beyond_the_document(w: World) -> SesReport:
    whole = f"PDF;Field=A;ByteRange=[0 1 2 {len(DOCUMENT)}]"
    return w.judge(w.signature(property_info=whole))


@case(Cause.TIMESTAMP)
def timestamp_of_another_signature(w: World) -> SesReport:
    other = w.stamped(w.signature(), SIGNED)
    return w.judge(sequence(*members(w.signature()), members(other)[4]))


@case(Cause.TIMESTAMP)
def stamped_before_it_was_signed(w: World) -> SesReport:
    return w.judge(w.stamped(w.signature(), SIGNED - timedelta(hours=1)))


@case(Cause.TIMESTAMP)
def timestamp_whose_time_was_moved(w: World) -> SesReport:
    stamped = w.stamped(w.signature(), SIGNED + timedelta(seconds=77))
    moved = stamped.replace(b"20260415020117Z", b"20260415020116Z")
    assert moved != stamped
    return w.judge(moved)


@case(Cause.TIMESTAMP)
def timestamp_that_is_none(w: World) -> SesReport:
    token = b"\x30\x03\x02\x01\x01"
    signed, *_ = members(w.signature())
    return w.judge(assembled(signed, w.signer.der, w.signer.sign, token=token))


# ---------------------------------------------------------------- beyond the 27


@case(Cause.DOCUMENT_RANGE)
def range_of_a_file_that_is_no_pdf(w: World) -> SesReport:
    info = f"PDF;Field=A;ByteRange=[0 4 5 {len(DOCUMENT) - 5}]"
    digest = sm2.sm3(DOCUMENT[:4] + DOCUMENT[5:])
    return w.judge(w.signature(data_hash=digest, property_info=info))


@case(Cause.DOCUMENT_NOT_CHECKED)
def document_not_given(w: World) -> SesReport:
    return w.judge(w.signature(), None)


@case(Cause.TIMESTAMP_UNTRUSTED)
def timestamp_of_a_strangers_unit(w: World) -> SesReport:
    tsa = pki.make_tsa(pki.make_root(START), START)
    return w.judge(w.stamped(w.signature(), SIGNED, tsa=tsa))


@case(Cause.TIMESTAMP_UNTRUSTED)
def seal_stamped_by_a_strangers_unit(w: World) -> SesReport:
    tsa = pki.make_tsa(pki.make_root(START), START)
    return w.judge(w.stamped(w.seal(version=5), MADE, tsa=tsa))


@case(Cause.TIME_UNPROVEN)
def revoked_since_and_no_timestamp(w: World) -> SesReport:
    return w.judge(w.signature(), trust=w.trust(pki.Revoked(w.signer.serial, SIGNED + DAY)))


@case(Cause.TIME_UNPROVEN)
def revoked_since_and_the_token_of_2014_is_of_the_document_only(w: World) -> SesReport:
    """Anybody has a text stamped, and signs it with the key that he steals later."""
    signature = old_signature(w, time=w.token(sm2.sm3(DOCUMENT), SIGNED))
    return w.judge(signature, trust=w.trust(pki.Revoked(w.signer.serial, SIGNED + DAY)))


@case(Cause.TIME_UNPROVEN)
def maker_revoked_and_the_seal_stamped_afterwards(w: World) -> SesReport:
    """A stolen maker's key dates a forged seal back; the stamp, honest, is of today."""
    seal = w.stamped(w.seal(version=5), NOW - DAY)
    return w.judge(seal, trust=w.trust(maker_revoked(w, MADE + DAY)))


@case(Cause.NOT_SES)
def a_pdf(w: World) -> SesReport:
    return w.judge(b"%PDF-1.7\n")


@case(Cause.NOT_SES)
def nothing(w: World) -> SesReport:
    return w.judge(b"")


@case(Cause.TOO_LARGE)
def a_picture_beyond_all_measure(w: World) -> SesReport:
    return w.judge(w.seal(picture=PictureData("PNG", PNG + bytes(MAX_STRUCTURE_BYTES), 40, 40)))


def maker_revoked(w: World, at: datetime) -> pki.Revoked:
    return pki.Revoked(x509.Certificate.load(w.maker.der).serial_number, at)


def key_id(der: bytes) -> dict[str, bytes]:
    return {"key_identifier": bytes(x509.Certificate.load(der).key_identifier)}


def sign_by(w: World, signer: Signer, **judged: Any) -> SesReport:
    return w.judge(w.signature(w.seal(certificates=(signer.der,)), signer=signer), **judged)


def with_digests(w: World, *digests: tuple[str, bytes]) -> bytes:
    """A seal of certListType 2."""

    def change(seal_info: Any) -> None:
        seal_info["property"]["certListType"] = asn1.DIGESTS
        listed = [asn1.CertDigestObj({"type": name, "value": value}) for name, value in digests]
        seal_info["property"]["certList"] = asn1.CertDigestList(listed)

    return resealed(w.seal(), w.maker, change)


# ---------------------------------------------------------------- the tests


@pytest.mark.parametrize(("cause", "make"), [(c, m) for c, _, m in CASES], ids=[n for _, n, _ in CASES])
def test_the_cause_and_no_other(world: World, cause: Cause, make: Case) -> None:
    report = make(world)
    assert report.reasons == (cause.code,)
    assert report.verdict is cause.verdict
    for found in report.signatures:
        failed = [step for step in found.steps if step.cause]
        assert {step.cause for step in failed} == {cause.code}
        assert {step.ok for step in failed} == {False if cause.verdict is Verdict.INVALID else None}


def test_every_cause_has_its_case() -> None:
    # test_documents, test_inspector_seals, and the one below
    elsewhere = {Cause.DOCUMENT_CONTINUED, Cause.TOO_SLOW, Cause.NOT_JUDGED}
    assert {cause for cause, _, _ in CASES} | elsewhere == set(Cause)


def test_where_the_verifier_fails_nothing_is_said_of_the_data(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    unusable = replace(world.trust(), crls=None)
    report = world.judge(world.signature(), trust=unusable)
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, (Cause.NOT_JUDGED.code,))
    assert "could not be judged: TypeError" in caplog.text


def test_the_first_27_causes_are_numbered_as_the_steps_go() -> None:
    numbers = [cause.number for cause in Cause]
    assert numbers == list(range(1000, 1000 + len(numbers)))
    assert (Cause.FORMAT.number, Cause.DOCUMENT_HASH.number, Cause.TIMESTAMP.number) == (1000, 1025, 1026)


def test_the_guide_lists_them_all() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "guide" / "integrator.md").read_text()
    listed = [line for line in guide.splitlines() if line.startswith("| 1")]
    assert listed == [f"| {c.number} | `{c.code}` | {c.verdict.value} | {c.en} |" for c in Cause]


def test_causes_and_notes_have_words_in_both_languages() -> None:
    said = [(cause.zh, cause.en) for cause in Cause] + list(NOTES.values())
    assert all(zh.endswith("。") and en.endswith(".") for zh, en in said)
    assert not {cause.code for cause in Cause} & NOTES.keys()


def test_what_follows_a_proven_wrong_is_not_done(world: World) -> None:
    (found,) = signed_with_another_key(world).signatures
    assert [(step.step, step.ok) for step in found.steps][:3] == [
        (Step.FORMAT, True),
        (Step.SIGNATURE_VALUE, False),
        (Step.SIGNER_LISTED, None),
    ]
    assert all(step.ok is None and step.cause is None for step in found.steps[2:])
    assert not found.signature_valid


def test_what_cannot_be_decided_does_not_hide_what_is_wrong(world: World) -> None:
    stranger = World().signer
    signature = world.signature(world.seal(certificates=(stranger.der,)), signer=stranger)
    report = world.judge(signature, b"another document")
    assert report.verdict is Verdict.INVALID
    assert report.reasons == ("signer_untrusted", "document_hash")


@pytest.mark.parametrize("version", [4, 5])
def test_a_good_seal_goes_through_every_step_in_order(world: World, version: int) -> None:
    seal = world.seal(version=version)
    stamped = world.stamped(seal, MADE) if version == 5 else seal
    report = world.judge(world.stamped(world.signature(stamped), SIGNED))
    assert (report.verdict, report.reasons, report.notes) == (Verdict.VALID, (), ())
    (found,) = report.signatures
    newest = {Step.SEAL_CREATION, Step.SEAL_TIMESTAMP}
    assert [step.step for step in found.steps] == [s for s in Step if version == 5 or s not in newest]
    assert all(step.ok for step in found.steps)
    assert (found.kind, found.version, found.signature_valid) == ("signature", version, True)
    assert (found.signed_at, found.timestamp) == (SIGNED, SIGNED)
    assert (found.signer, found.signer_trusted, found.maker_trusted) == ("北京红日科技有限公司", True, True)


def test_a_good_seal_alone(world: World) -> None:
    report = world.judge(world.seal())
    (found,) = report.signatures
    assert (report.verdict, found.kind, found.signer, found.signed_at) == (Verdict.VALID, "seal", None, None)
    assert (found.created_at, found.valid_start, found.valid_end) == (MADE, MADE, END)
    assert (found.seal_id, found.picture.type, found.picture.width_mm) == ("1101050000001", "PNG", 40)


@pytest.mark.parametrize("old", [old_seal, old_signature], ids=["seal", "signature"])
def test_a_good_one_of_2014(world: World, old: Callable[[World], bytes]) -> None:
    report = world.judge(old(world))
    assert (report.verdict, report.signatures[0].version) == (Verdict.VALID, 1)
    assert report.signatures[0].steps[0].ok


def test_version_5_lets_the_maker_end_and_says_so(world: World) -> None:
    maker = world.odd_maker(lambda tbs: for_times(tbs, START, NOW - DAY))
    report = world.judge(world.seal(maker=maker, version=5))
    assert (report.verdict, report.reasons) == (Verdict.VALID, ())
    assert "maker_expired_since" in report.notes


def test_version_5_lets_the_maker_be_revoked_after_a_proven_making(world: World) -> None:
    seal = world.stamped(world.seal(version=5), MADE)
    report = world.judge(seal, trust=world.trust(maker_revoked(world, MADE + DAY)))
    assert (report.verdict, report.notes) == (Verdict.VALID, ("maker_revoked_since",))


def test_a_signature_outlives_its_certificate_its_seal_and_the_signers_revocation(world: World) -> None:
    signer = world.new_signer(end=SIGNED + DAY)
    seal = world.seal(certificates=(signer.der,), valid_end=SIGNED + DAY)
    report = world.judge(world.stamped(world.signature(seal, signer=signer), SIGNED))
    assert report.verdict is Verdict.VALID
    assert {"seal_expired_since", "signer_expired_since"} <= set(report.notes)
    revoked = pki.Revoked(world.signer.serial, SIGNED + DAY)
    report = world.judge(world.stamped(world.signature(), SIGNED), trust=world.trust(revoked))
    assert (report.verdict, report.notes) == (Verdict.VALID, ("signer_revoked_since",))


def test_without_revocation_lists_it_says_so(world: World) -> None:
    report = world.judge(world.seal(), trust=replace(world.trust(), crls=()))
    assert (report.verdict, report.notes) == (Verdict.VALID, ("revocation_not_checked",))


def test_a_list_that_another_authority_signed_is_none(world: World) -> None:
    other = World()
    crl = sm2_pki.make_crl(other.issuing, (), 1, NOW, NOW + DAY)
    report = world.judge(world.seal(), trust=replace(world.trust(), crls=(crl,)))
    assert report.notes == ("revocation_not_checked",)
    renamed = c_x509.load_der_x509_crl(world.crls()[1])
    forged = bytearray(renamed.public_bytes(pki.serialization.Encoding.DER))
    forged[-1] ^= 1
    report = world.judge(world.seal(), trust=replace(world.trust(), crls=(bytes(forged),)))
    assert report.notes == ("revocation_not_checked",)


def test_our_signers_policy_is_what_keeps_a_company_from_making_seals(world: World) -> None:
    """The same certificate without a policy of ours, as other authorities issue them, may make seals."""
    assert "maker_usage" in a_signer_makes_itself_a_seal(world).reasons
    foreign = [{"policy_identifier": "1.2.156.1.2.3"}]
    signer = world.odd_signer(lambda tbs: with_extension(tbs, "certificate_policies", foreign))
    assert world.judge(world.seal(maker=signer)).verdict is Verdict.VALID
    assert POLICY_SEAL.dotted_string not in foreign[0].values()


def test_times_are_told_in_utc(world: World) -> None:
    told = world.judge(world.seal()).to_json()
    assert told["signatures"][0]["created_at"] == MADE.astimezone(UTC).isoformat().replace("+00:00", "Z")
