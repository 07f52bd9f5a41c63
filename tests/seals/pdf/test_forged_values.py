"""Forgeries of the signature's own parts: value, range, certificates, timestamps (peers §5.1)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from asn1crypto import cms, core
from cryptography.hazmat.primitives.asymmetric import ec

from seals import pki
from seals.pdf.preparing import OtherField, Protection
from seals.pdf.verdicts import Verdict
from tests.seals.pdf.forging import GAP, by_hand, changed, gap_of, layout_of
from tests.seals.pdf.samples import contract
from tests.seals.pdf.sealing_kit import (
    BESIDE,
    SIGNED,
    START,
    Clock,
    Seal,
    World,
    appended,
    der,
    fill,
    signed_regardless,
    with_document_timestamp,
)
from tests.seals.pdf.test_forged_revisions import EDITS, new_page_content, nothing_at_all

HEAD = b"/Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached"
STAMP = b"/Type/DocTimeStamp/SubFilter/ETSI.RFC3161"
GENERALIZED = re.compile(rb"\x18\x0f20\d{12}Z")

# ---------------------------------------------------------------- universal forgery (USF)


@pytest.mark.parametrize(
    "parts",
    [
        b"",
        b"/ByteRange[0 10 20 30]",
        b"/ByteRange[0 10 20 30]/Contents null",
        b"/ByteRange[0 10 20 30]/Contents<>",
        b"/ByteRange[0 10 20 30]/Contents<00>",
        b"/ByteRange[0 10 20 30]/Contents[<3000>]",
        b"/ByteRange[0 10 20 30]/Contents 7",
        b"/Contents<3000>",
        b"/ByteRange null/Contents<3000>",
        b"/ByteRange[]/Contents<3000>",
        b"/ByteRange[0]/Contents<3000>",
        b"/ByteRange[0 -1 -5 -6]/Contents<3000>",
        b"/ByteRange[0 1.5 2 3]/Contents<3000>",
        b"/ByteRange[0 99999999999 1 99999999999]/Contents<3000>",
        b"/ByteRange(0 1 2 3)/Contents<3000>",
        b"/ByteRange[0 1 2 [3]]/Contents<3000>",
    ],
)
@pytest.mark.parametrize("kind", [HEAD, HEAD.replace(b"/Type/Sig", b""), STAMP])
def test_the_value_is_emptied_afterwards(world: World, sealed: bytes, kind: bytes, parts: bytes) -> None:
    """Readers were fooled by parts that are absent, empty or of another type, also as a timestamp's."""
    report = world.judge(by_hand(sealed, {layout_of(sealed).value: b"<<" + kind + parts + b">>"}))
    assert report.verdict is Verdict.INVALID
    assert "signature_removed" in report.reasons
    assert set(report.reasons) & {"contents_odd", "byte_range_odd"}


@pytest.mark.parametrize("value", [b"null", b"5", b"[]", b"(x)", b"<</Length 0>>stream\n\nendstream"])
def test_the_value_becomes_something_else(world: World, sealed: bytes, value: bytes) -> None:
    report = world.judge(by_hand(sealed, {layout_of(sealed).value: value}))
    assert report.verdict is Verdict.INVALID
    assert "signature_removed" in report.reasons


def test_ranges_that_overlap_or_leave_more_out_than_the_value(world: World) -> None:
    """Signed so by the signer himself: the digest is right, and yet bytes are covered by nothing."""
    seal = world.seals[0]
    ready = world.prepare(contract(), seal, at=SIGNED, place=BESIDE, protection=Protection.OPEN)
    found = re.search(rb"/ByteRange\s*\[\s*0 (\d+) (\d+) (\d+)\s*\]", ready.data)
    assert found is not None
    head, second, rest = (int(number) for number in found.groups())
    for range_ in (
        [0, head - 40, second, rest],
        [0, head, second + 40, rest - 40],
        [0, head + 2, second, rest],
        [0, head, second - 2, rest + 2],
        [0, second, head, rest],
        [0, head, 0, second + rest],
    ):
        report = world.judge(_resigned(world, ready.data, found.start(), found.end(), range_))
        assert (report.verdict, report.reasons) == (Verdict.INVALID, ("byte_range_odd",)), range_


def _resigned(world: World, data: bytes, start: int, end: int, range_: list[int]) -> bytes:
    """The same file signed anew over the bytes of another range."""
    text = b"/ByteRange [%s]" % b" ".join(b"%d" % number for number in range_)
    assert len(text) <= end - start
    data = data[:start] + text.ljust(end - start) + data[end:]
    seal = world.seals[0]
    ready = world.prepare(contract(), seal, at=SIGNED, place=BESIDE, protection=Protection.OPEN)
    covered = data[: range_[1]] + data[range_[2] : range_[2] + range_[3]]
    odd = replace(ready, data=data, meta=replace(ready.meta, digest=sha256(covered).hexdigest()))
    return world.assemble(odd, seal, Clock(world.tsa, SIGNED))


# ---------------------------------------------------------------- inside the value (CMS)


def _value(data: bytes, number: int = 0) -> cms.ContentInfo:
    found = list(GAP.finditer(data))[number]
    return cms.ContentInfo.load(bytes.fromhex(found[0][1:-1].decode()))


def _with_value(data: bytes, value: bytes, number: int = 0) -> bytes:
    found = list(GAP.finditer(data))[number]
    digits, room = value.hex().encode(), len(found[0]) - 2
    assert len(digits) <= room
    return data[: found.start() + 1] + digits.ljust(room, b"0") + data[found.end() - 1 :]


def _encapsulated(signed: cms.SignedData) -> None:
    signed["encap_content_info"]["content"] = core.OctetString(b"what was really signed")


def _two_signers(signed: cms.SignedData) -> None:
    signed["signer_infos"].append(signed["signer_infos"][0].copy())


def _no_signer(signed: cms.SignedData) -> None:
    signed["signer_infos"] = cms.SignerInfos([])


def _no_certificate(signed: cms.SignedData) -> None:
    signed["certificates"] = cms.CertificateSet([])


def _no_attributes(signed: cms.SignedData) -> None:
    signed["signer_infos"][0]["signed_attrs"] = cms.CMSAttributes([])


def _weak_digest(signed: cms.SignedData) -> None:
    signed["signer_infos"][0]["digest_algorithm"] = {"algorithm": "sha1"}


def _unknown_digest(signed: cms.SignedData) -> None:
    signed["signer_infos"][0]["digest_algorithm"] = {"algorithm": "1.2.3.4"}


def _other_algorithm(signed: cms.SignedData) -> None:
    signed["signer_infos"][0]["signature_algorithm"] = {"algorithm": "sha512_ecdsa"}


def _flipped(signed: cms.SignedData) -> None:
    raw = signed["signer_infos"][0]["signature"].native
    signed["signer_infos"][0]["signature"] = raw[:-1] + bytes([raw[-1] ^ 1])


@pytest.mark.parametrize(
    ("edit", "verdict", "reason"),
    [
        (_encapsulated, Verdict.INVALID, "contents_odd"),
        (_two_signers, Verdict.INVALID, "contents_odd"),
        (_no_signer, Verdict.INVALID, "contents_odd"),
        (_no_certificate, Verdict.INVALID, "contents_odd"),
        (_no_attributes, Verdict.UNKNOWN, "unsupported_signature"),
        (_weak_digest, Verdict.INVALID, "digest_mismatch"),
        (_unknown_digest, Verdict.UNKNOWN, "unsupported_signature"),
        (_other_algorithm, Verdict.INVALID, "signature_wrong"),
        (_flipped, Verdict.INVALID, "signature_wrong"),
    ],
)
def test_a_value_that_was_tampered_with(
    world: World, sealed: bytes, edit: Callable[[cms.SignedData], None], verdict: Verdict, reason: str
) -> None:
    value = _value(sealed)
    edit(value["content"])
    report = world.judge(_with_value(sealed, value.dump()))
    assert (report.verdict, report.reasons[0]) == (verdict, reason)


def test_the_value_of_another_kind(world: World, sealed: bytes) -> None:
    for other in (world.seals[0].certificate_der, world.crl(), b"\x30\x03\x02\x01\x05"):
        report = world.judge(_with_value(sealed, other))
        assert (report.verdict, report.reasons) == (Verdict.INVALID, ("contents_odd",))


def test_a_certificate_with_another_key(world: World) -> None:
    """A self-made signature that names somebody's true certificate."""
    mine, theirs = world.seals
    thief = type(mine)(mine.key, theirs.certificate_der, mine.imprint, theirs.chain_der, 1)
    ready = world.prepare(contract(), thief, at=SIGNED, place=BESIDE, protection=Protection.OPEN)
    report = world.judge(world.assemble(ready, thief, Clock(world.tsa, SIGNED)))
    assert (report.verdict, report.reasons) == (Verdict.INVALID, ("signature_wrong",))
    assert report.signatures[0].company is None


def test_a_seal_does_not_issue_certificates(world: World) -> None:
    """Whoever has a seal of his own makes one of a bank with its key."""
    mine, theirs = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    subject = pki.SealSubject("Acme", "91110105000000008X", "Acme", "1101050000008")
    end = START + timedelta(days=900)
    own = pki.issue_seal_certificate(world.issuing, mine.public_key(), subject, START, end)
    bank = pki.SealSubject("中国某某银行", "91110105000000009X", "中国某某银行", "1101050000009")
    raw = pki.issue_seal_certificate(pki.Authority(mine, own), theirs.public_key(), bank, START, end)
    forged = Seal(theirs, der(raw), world.seals[0].imprint, [der(own)], raw.serial_number)
    report = world.judge(world.sign(contract(), forged))
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, ("untrusted_issuer",))
    assert report.signatures[0].company is None


# ---------------------------------------------------------------- timestamps


def _unsigned(value: cms.ContentInfo) -> cms.CMSAttributes:
    return value["content"]["signer_infos"][0]["unsigned_attrs"]


def test_a_timestamp_is_copied_from_another_signature(world: World, sealed: bytes) -> None:
    """In the place of its own, or beside it: one that is forged spoils the signature."""
    other = _value(world.sign(contract(3), at=SIGNED - timedelta(days=50)))
    for beside in (False, True):
        value = _value(sealed)
        signer = value["content"]["signer_infos"][0]
        if beside:
            signer["unsigned_attrs"][0]["values"].append(_unsigned(other)[0]["values"][0])
        else:
            signer["unsigned_attrs"] = _unsigned(other)
        report = world.judge(_with_value(sealed, value.dump()))
        assert (report.verdict, report.reasons) == (Verdict.INVALID, ("timestamp_wrong",))
        assert report.signatures[0].signed_at is None


def test_the_time_in_a_timestamp_is_another(world: World, sealed: bytes) -> None:
    raw = _value(sealed).dump()
    found = GENERALIZED.search(raw)
    assert found is not None
    earlier = raw[: found.start() + 2] + b"20250101000000Z" + raw[found.end() :]
    report = world.judge(_with_value(sealed, earlier))
    assert (report.verdict, report.reasons) == (Verdict.INVALID, ("timestamp_wrong",))


def test_the_timestamp_is_taken_away(world: World, sealed: bytes) -> None:
    """Not a forgery: what is left is a signature without a proven time."""
    value = _value(sealed)
    del value["content"]["signer_infos"][0]["unsigned_attrs"]
    report = world.judge(_with_value(sealed, value.dump()))
    assert (report.verdict, report.reasons) == (Verdict.UNKNOWN, ("no_trusted_time",))


def test_a_document_timestamp_is_copied_from_another_file(world: World, sealed: bytes) -> None:
    stamped, other = (with_document_timestamp(data, world.tsa) for data in (sealed, world.sign(contract(3))))
    report = world.judge(_with_value(stamped, _value(other, -1).dump(), -1))
    assert report.verdict is Verdict.INVALID
    assert report.document_timestamps == 0
    assert "digest_mismatch" in report.reasons
    changed(report)


def test_the_time_in_a_document_timestamp_is_another(world: World, sealed: bytes) -> None:
    stamped = with_document_timestamp(sealed, world.tsa)
    raw = _value(stamped, -1).dump()
    earlier = GENERALIZED.sub(b"\x18\x0f20250101000000Z", raw, count=1)
    assert earlier != raw
    changed(world.judge(_with_value(stamped, earlier, -1)))


def test_a_seals_signature_passes_for_a_timestamp(world: World, sealed: bytes) -> None:
    value = _value(sealed)
    del value["content"]["signer_infos"][0]["unsigned_attrs"]  # else it does not fit
    stamped = with_document_timestamp(sealed, world.tsa)
    changed(world.judge(_with_value(stamped, value.dump(), -1)))


def test_a_file_with_a_timestamp_alone_is_judged_as_strictly(world: World) -> None:
    """It is nobody's signature, and no innocent file either once it was changed."""
    stamped = with_document_timestamp(appended(contract(2), nothing_at_all), world.tsa)
    report = world.judge(stamped)
    assert (report.verdict, report.notes) == (Verdict.UNSIGNED, ("only_timestamps",))
    for forged, reason in (
        (appended(stamped, new_page_content), "changed_after_signing"),
        (stamped.replace(b"595.276", b"295.276", 1), "digest_mismatch"),
    ):
        report = world.judge(forged)
        assert (report.verdict, report.reasons) == (Verdict.INVALID, (reason,))


def test_a_broken_timestamp_before_a_seal_spoils_the_file(world: World) -> None:
    stamped = with_document_timestamp(appended(contract(2), nothing_at_all), world.tsa)
    report = world.judge(signed_regardless(world, stamped.replace(b"595.276", b"295.276", 1)))
    assert report.signatures[0].verdict is Verdict.VALID
    assert (report.verdict, report.reasons) == (Verdict.INVALID, ("digest_mismatch",))


# ---------------------------------------------------------------- a change under somebody's own signature


@pytest.mark.parametrize("edit", EDITS[:8])
def test_a_self_made_signature_on_top_heals_nothing(
    world: World, sealed: bytes, edit: Callable[..., None]
) -> None:
    """A change, then a sound signature under a certificate and a timestamp that anybody can make."""
    stranger = World()
    report = world.judge(signed_regardless(stranger, sealed, edit=edit))
    changed(report)
    report = world.judge(signed_regardless(stranger, appended(sealed, edit)))
    changed(report)
    signed = signed_regardless(stranger, appended(sealed, edit))
    report = world.judge(with_document_timestamp(signed, world.tsa))
    changed(report)
    assert report.signatures[-1].verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("edit", [edit for edit in EDITS if edit is not nothing_at_all])
def test_a_certified_document_takes_no_annotation_and_no_form_value(
    world: World, edit: Callable[..., None]
) -> None:
    """EAA and its kin: also where others were permitted to sign, nothing else is."""
    certified = world.sign(contract(), protection=Protection.LISTED, others=[OtherField("乙方", 0, 20, 30)])
    assert world.judge(certified).verdict is Verdict.VALID
    changed(world.judge(appended(certified, edit)))


def test_two_signatures_in_one_revision(world: World, sealed: bytes) -> None:
    """One of them covers the other's empty place, so only one can be sound."""
    gap = gap_of(sealed)
    value = sealed[gap.start() : gap.end()]
    at = layout_of(sealed)
    twin = b"<</FT/Sig/T(Twin)/V %d 0 R>>" % (at.size + 1)
    body = b"<<" + HEAD + b"/ByteRange[0 %d %d %d]/Contents" % (gap.start(), gap.end(), 10) + value + b">>"
    report = world.judge(by_hand(sealed, {at.size: twin, at.size + 1: body}))
    assert report.verdict is Verdict.INVALID


def test_a_later_broken_value_spoils_what_came_before(world: World, sealed: bytes) -> None:
    ready = world.prepare(sealed, world.seals[1], at=SIGNED, place=BESIDE, protection=Protection.FOLLOWING)
    changed(world.judge(fill(ready, _value(sealed).dump())))
