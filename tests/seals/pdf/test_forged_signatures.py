"""Forged signature values, ranges and certificates (peers §5.1). None may be called valid."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import pytest
from asn1crypto import cms
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import simple_cms_attribute

from seals.pdf.preparing import Protection
from seals.pdf.verdicts import Verdict
from tests.seals.pdf.forging import Writer, gap_of
from tests.seals.pdf.samples import contract
from tests.seals.pdf.sealing_kit import (
    BESIDE,
    SIGNED,
    Clock,
    World,
    appended,
    fill,
    signed_regardless,
)


def test_a_byte_of_the_content_is_flipped(world: World, sealed: bytes) -> None:
    report = world.judge(sealed.replace(b"595.276", b"295.276", 1))
    assert (report.verdict, report.reasons) == (Verdict.INVALID, ("digest_mismatch",))


def test_the_signature_of_another_document(world: World, sealed: bytes) -> None:
    seal = world.seals[0]
    other = world.prepare(contract(3), seal, at=SIGNED, place=BESIDE, protection=Protection.OPEN)
    gap = gap_of(sealed)
    value = bytes.fromhex(sealed[gap.start() + 1 : gap.end() - 1].decode()).rstrip(b"\0")
    assert world.judge(fill(other, value)).reasons == ("digest_mismatch",)


def test_byte_ranges_that_say_something_else(world: World, sealed: bytes) -> None:
    found = re.search(rb"/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", sealed)
    assert found is not None
    numbers = [int(number) for number in found.groups()]
    odd = [
        [1, *numbers[1:]],
        [*numbers[:3], numbers[3] - 10],
        [*numbers[:3], numbers[3] + 10],
        [numbers[0], numbers[1] - 1, *numbers[2:]],
        [numbers[0], numbers[1], numbers[2] + 2, numbers[3] - 2],
        [0, 0, 0, 0],
        [0, numbers[1], numbers[1], numbers[3]],
        [*numbers[:3], -67],
        numbers[:2],
        [0, 1, 2, 3, 4, 5],
    ]
    for given_numbers in odd:
        text = b"/ByteRange [%s]" % b" ".join(b"%d" % number for number in given_numbers)
        room = found.end() - found.start()
        assert len(text) <= room
        report = world.judge(sealed[: found.start()] + text.ljust(room) + sealed[found.end() :])
        assert (report.verdict, report.reasons) == (Verdict.INVALID, ("byte_range_odd",)), given_numbers


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", "contents_odd"),
        (b"\x30\x00", "contents_odd"),
        (b"\x30\x82\xff\xff", "contents_odd"),
        (b"not a signature", "contents_odd"),
    ],
)
def test_contents_that_are_no_signature(world: World, value: bytes, reason: str) -> None:
    ready = world.prepare(contract(), world.seals[0], at=SIGNED, place=BESIDE, protection=Protection.OPEN)
    report = world.judge(fill(ready, value))
    assert (report.verdict, report.reasons) == (Verdict.INVALID, (reason,))


@pytest.mark.parametrize("name", [b"/Contents", b"/ByteRange", b"/SubFilter"])
def test_a_part_of_the_signature_is_missing(world: World, sealed: bytes, name: bytes) -> None:
    assert world.judge(sealed.replace(name, name[:-1] + b"X")).verdict in (Verdict.INVALID, Verdict.UNKNOWN)


def test_something_hides_behind_the_signature_value(world: World, sealed: bytes) -> None:
    """The reserved zeros are covered by no signature."""
    gap = gap_of(sealed)
    at = gap.end() - 9
    report = world.judge(sealed[:at] + b"DEADBEEF" + sealed[at + 8 :])
    assert (report.verdict, report.reasons) == (Verdict.INVALID, ("contents_odd",))


def test_the_signature_is_wrapped_elsewhere(world: World, sealed: bytes) -> None:
    """SWA: the covered tail is moved back, and the attacker's objects fill the hole."""
    gap = gap_of(sealed)
    tail = sealed[gap.end() :]
    evil = b">>\nendobj\n99 0 obj\n<</Evil true>>\nendobj\n"
    moved = sealed[: gap.end()] + evil + tail
    numbers = re.search(rb"/ByteRange\s*\[[^\]]*\]", moved)
    assert numbers is not None
    room = numbers.end() - numbers.start()
    text = b"/ByteRange [0 %d %d %d]" % (gap.start(), gap.end() + len(evil), len(tail))
    data = moved[: numbers.start()] + text.ljust(room) + moved[numbers.end() :]
    assert world.judge(data).verdict is not Verdict.VALID


def test_a_signer_who_leaves_the_end_uncovered(world: World) -> None:
    """Cryptographically sound, but the last bytes are anybody's."""
    seal = world.seals[0]
    ready = world.prepare(contract(), seal, at=SIGNED, place=BESIDE, protection=Protection.OPEN)
    found = re.search(rb"/ByteRange\s*\[\s*0 \d+ (\d+) (\d+)\s*\]", ready.data)
    assert found is not None
    for short in (1, 6, 40):
        rest = b"%d" % (int(found[2]) - short)
        data = ready.data[: found.start(2)] + rest.ljust(len(found[2])) + ready.data[found.end(2) :]
        covered = data[: ready.meta.reserved_start] + data[ready.meta.reserved_end : -short]
        odd = replace(ready, data=data, meta=replace(ready.meta, digest=sha256(covered).hexdigest()))
        report = world.judge(world.assemble(odd, seal, Clock(world.tsa, SIGNED)))
        assert report.verdict is Verdict.INVALID
        assert report.reasons[0] in ("byte_range_odd", "changed_after_signing")


def test_a_signature_that_names_no_certificate(world: World) -> None:
    """Without signingCertificateV2 the certificate could be exchanged; PAdES demands it."""
    seal = world.seals[0]
    ready = world.prepare(contract(), seal, at=SIGNED, place=BESIDE, protection=Protection.OPEN)
    attributes = cms.CMSAttributes(
        [
            simple_cms_attribute("content_type", "data"),
            simple_cms_attribute("message_digest", ready.digest),
        ]
    )
    data = world.assemble(ready, seal, Clock(world.tsa, SIGNED), attributes.dump())
    assert world.judge(data).reasons == ("contents_odd",)


def test_another_certificate_is_put_beside_the_signature(world: World, sealed: bytes) -> None:
    """The certificates in a CMS are not signed; the bound one must be the one that is used."""
    gap = gap_of(sealed)
    value = cms.ContentInfo.load(bytes.fromhex(sealed[gap.start() + 1 : gap.end() - 1].decode()))
    old = world.seals[0].certificate_der
    new = world.seals[1].certificate_der
    raw = value.dump()
    assert old in raw
    start = gap.start() + 1
    swapped = raw.replace(
        old, new + b"\0" * (len(old) - len(new)) if len(new) < len(old) else new[: len(old)]
    )
    digits = swapped.hex().encode()
    data = sealed[:start] + digits + sealed[start + len(digits) :]
    assert world.judge(data).verdict is not Verdict.VALID


def test_a_copy_of_the_signature_in_a_later_revision(world: World, sealed: bytes) -> None:
    """The copy points at the covered bytes of the original, and says another time and reason."""

    def copy(writer: Writer) -> None:
        field = writer.root["/AcroForm"]["/Fields"][0]
        value = generic.DictionaryObject(field["/V"])
        value[pdf_name("/M")] = pdf_string("D:20200101000000Z")
        field[pdf_name("/V")] = writer.add_object(value)
        writer.update_container(field)

    report = world.judge(appended(sealed, copy))
    assert report.verdict is Verdict.INVALID
    assert "byte_range_odd" in report.reasons


def test_a_cross_reference_to_what_is_yet_to_be_written(world: World) -> None:
    """The signed file says that an object lies behind its own end; the attacker puts it there."""
    plain = contract()
    reader = PdfFileReader(BytesIO(plain))
    page = reader.root["/Pages"]["/Kids"].raw_get(0)
    table = b"xref\n60 1\n%010d 00000 n \n" % (len(plain) + 400_000)
    trailer = b"trailer\n<</Size 61/Root %d 0 R/Prev %d>>\n" % (reader.root_ref.idnum, reader.last_startxref)
    trap = plain + table + trailer + b"startxref\n%d\n%%%%EOF\n" % len(plain)
    assert page.idnum < 60
    report = world.judge(signed_regardless(world, trap))
    assert (report.verdict, report.reasons) == (Verdict.INVALID, ("byte_range_odd",))
