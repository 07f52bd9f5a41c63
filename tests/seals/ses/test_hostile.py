"""Seals and signatures that somebody changed, cut, grew or made up: never `valid`, never an error."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from asn1crypto import cms, x509
from hypothesis import given, settings
from hypothesis import strategies as st

from seals.pdf.reports import Verdict
from seals.ses import building
from seals.ses.causes import Cause
from seals.ses.der import MAX_CHILDREN, MAX_DEPTH, NotDer, check_frame, load
from seals.ses.reading import MAX_STRUCTURE_BYTES, Malformed, read
from seals.ses.verifying import verify_ses
from tests.seals.ses.kit import (
    MADE,
    NOW,
    SIGNED,
    World,
    assembled,
    members,
    old_signature,
    sequence,
    tagged,
)

WORLD = World()
TRUST = WORLD.trust()
SEAL = WORLD.seal()
SIGNATURE = WORLD.signature(SEAL)
STAMPED = WORLD.stamped(WORLD.signature(WORLD.stamped(WORLD.seal(version=5), MADE)), SIGNED)
OLD = old_signature(WORLD)
ALL = {"seal": SEAL, "signature": SIGNATURE, "version 5, stamped": STAMPED, "version 1": OLD}


def leaves(der: bytes, start: int = 0) -> Iterator[tuple[int, int]]:
    """Where the content of each simple value is, the ends of tags and lengths left out."""
    value = load(der)
    head = len(der) - len(value.content)
    if not value.constructed:
        yield start + head, start + len(der)
        return
    at = head
    while at < len(der):
        length = size(der[at:])
        yield from leaves(der[at : at + length], start + at)
        at += length


def size(der: bytes) -> int:
    width = der[1] & 0x7F if der[1] & 0x80 else 0
    return 2 + width + (int.from_bytes(der[2 : 2 + width]) if width else der[1])


def judged(data: bytes) -> Verdict:
    return WORLD.judge(data, trust=TRUST).verdict


@pytest.mark.parametrize("name", ALL)
def test_every_field_changed_is_noticed(name: str) -> None:
    """Each simple value of the structure, in its first, middle and last byte."""
    data = ALL[name]
    assert judged(data) is Verdict.VALID
    places = [span for span in leaves(data) if span[0] < span[1]]
    assert len(places) >= 15
    for start, end in places:
        for at in {start, (start + end) // 2, end - 1}:
            changed = bytearray(data)
            changed[at] ^= 0x01
            assert judged(bytes(changed)) is not Verdict.VALID, f"byte {at} of {name}"


@pytest.mark.parametrize("name", ["seal", "signature", "version 1"])
def test_every_single_byte_changed_is_noticed(name: str) -> None:
    """All bytes, tags and lengths and the certificates included; what is changed, another at each byte."""
    data, chance = ALL[name], random.Random(38540)
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= chance.randrange(1, 256)
        assert judged(bytes(changed)) is not Verdict.VALID, f"byte {at} of {name}"


@pytest.mark.parametrize("name", ALL)
def test_cut_off_anywhere(name: str) -> None:
    data = ALL[name]
    for end in range(0, len(data), 7):
        assert judged(data[:end]) in (Verdict.INVALID, Verdict.UNSIGNED)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("tail", [b"\0", b"\x05\x00", b"\n"])
def test_anything_behind_it(name: str, tail: bytes) -> None:
    report = WORLD.judge(ALL[name] + tail, trust=TRUST)
    assert report.reasons == (Cause.FORMAT.code,)


@pytest.mark.parametrize("name", ALL)
def test_a_member_more_or_less(name: str) -> None:
    parts = members(ALL[name])
    for count in range(min(len(parts), 4)):
        assert judged(sequence(*parts[:count])) is Verdict.INVALID
    assert judged(sequence(*parts, parts[-1])) is not Verdict.VALID
    assert judged(sequence(parts[0], *parts)) is not Verdict.VALID


def test_without_its_timestamp_the_time_is_the_signers_word() -> None:
    """No key is needed to take it off: it is outside of what is signed, in every version."""
    report = WORLD.judge(sequence(*members(STAMPED)[:4]), trust=TRUST)
    assert (report.verdict, report.notes) == (Verdict.VALID, ("signing_time_claimed",))
    assert report.signatures[0].timestamp is None


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_arbitrary_bytes(data: bytes) -> None:
    report = verify_ses(data, TRUST, NOW, b"")
    assert report.verdict in (Verdict.INVALID, Verdict.UNSIGNED)
    assert report.reasons
    report.to_json(picture=True)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_arbitrary_members_of_a_sequence(data: bytes) -> None:
    assert verify_ses(sequence(data), TRUST, NOW, b"").verdict is Verdict.INVALID


_values = st.recursive(
    st.builds(tagged, st.integers(0, 255).filter(lambda tag: not tag & 0x20), st.binary(max_size=20)),
    lambda inner: st.builds(
        tagged, st.sampled_from([0x30, 0x31, 0xA0, 0xA1]), st.lists(inner, max_size=6).map(b"".join)
    ),
    max_leaves=30,
)


@settings(deadline=None)
@given(_values)
def test_arbitrary_der(data: bytes) -> None:
    assert verify_ses(data, TRUST, NOW, b"").verdict is not Verdict.VALID


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(ALL)), st.data())
def test_mutated_structures(name: str, data: st.DataObject) -> None:
    """Bytes replaced, taken out, put in, at several places at once."""
    whole = bytearray(ALL[name])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(whole) - 1))
        taken = data.draw(st.integers(0, 8))
        whole[at : at + taken] = data.draw(st.binary(max_size=8))
    report = WORLD.judge(bytes(whole), trust=TRUST)
    assert report.verdict is not Verdict.VALID or bytes(whole) == ALL[name] or name == "version 5, stamped"
    assert report.verdict is Verdict.VALID or report.reasons


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([0, 2, 3]), _values)
def test_members_replaced_and_signed_anew(place: int, value: bytes) -> None:
    """An insider's nonsense: well signed, so that every later step gets to see it."""
    parts = members(members(SEAL)[0])
    parts[place] = value
    made = assembled(sequence(*parts), WORLD.maker.der, WORLD.maker.sign)
    assert WORLD.judge(made, trust=TRUST).verdict is not Verdict.VALID


@pytest.mark.parametrize(("place", "value"), [(1, b"\x16\x00"), (1, b"\x0c\x01A"), (1, b"\x16\x01\xff")])
def test_a_seal_without_a_number_of_its_own(place: int, value: bytes) -> None:
    parts = members(members(SEAL)[0])
    parts[place] = value
    made = assembled(sequence(*parts), WORLD.maker.der, WORLD.maker.sign)
    assert WORLD.judge(made, trust=TRUST).reasons == (Cause.FORMAT.code,)


# ---------------------------------------------------------------- lengths, depth, number


@pytest.mark.parametrize(
    "data",
    [
        b"\x30\x84\xff\xff\xff\xff",
        b"\x30\x89\x01" + bytes(8),
        b"\x30\xff" + bytes(127),
        b"\x30\x82\x00\x03\x02\x01\x01",
        b"\x30\x81\x03\x02\x01\x01",
        b"\x30\x80\x02\x01\x01\x00\x00",
        b"\x30\x80" * 50_000,
        b"\x30\x05\x3f\x81\x01\x01\x00",
        b"\x30",
    ],
    ids=["4 GB", "9 bytes", "reserved", "padded", "long form", "no end", "no end, nested", "long tag", "one"],
)
def test_lengths_and_tags_that_der_has_not(data: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        read(data)
    assert refused.value.cause is Cause.FORMAT
    with pytest.raises(NotDer):
        check_frame(data)


def nested(depth: int) -> bytes:
    data = b""
    for _ in range(depth):
        data = tagged(0x30, data)
    return data


@pytest.mark.parametrize("place", ["top", "certificate", "token"])
def test_deep_nesting(place: str) -> None:
    deep = nested(20_000)
    signed = members(SIGNATURE)[0]
    made = {
        "top": deep,
        "certificate": assembled(signed, deep, WORLD.signer.sign),
        "token": assembled(signed, WORLD.signer.der, WORLD.signer.sign, token=deep),
    }[place]
    assert judged(made) is Verdict.INVALID


def test_a_token_full_of_certificates_is_not_searched() -> None:
    """They are no part of what its unit signs, so anybody can put them in."""
    content = cms.ContentInfo.load(WORLD.token(building.signature_value(SIGNATURE), SIGNED))
    own = content["content"]["certificates"][0].chosen.dump()
    crowd = [x509.Certificate.load(one) for one in [own] + [WORLD.new_signer().der for _ in range(16)]]
    content["content"]["certificates"] = crowd
    stamped = building.with_timestamp(SIGNATURE, bytes(content.dump(force=True)))
    assert WORLD.judge(stamped, trust=TRUST).reasons == (Cause.TIMESTAMP_UNTRUSTED.code,)
    content["content"]["certificates"] = crowd[:3]
    stamped = building.with_timestamp(SIGNATURE, bytes(content.dump(force=True)))
    assert judged(stamped) is Verdict.VALID


def test_depth_has_its_limit() -> None:
    check_frame(nested(MAX_DEPTH))
    with pytest.raises(NotDer):
        check_frame(nested(MAX_DEPTH + 2))


def test_a_sequence_of_a_million_members() -> None:
    many = sequence(b"\x05\x00" * 1_000_000)
    assert judged(sequence(many, many)) is Verdict.INVALID
    with pytest.raises(NotDer):
        load(many).children(most=MAX_CHILDREN)
    with pytest.raises(NotDer):
        check_frame(many)


def test_at_the_limit_of_size() -> None:
    assert WORLD.judge(b"\x30" + bytes(MAX_STRUCTURE_BYTES)).reasons == (Cause.TOO_LARGE.code,)
    assert WORLD.judge(b"\x30" + bytes(MAX_STRUCTURE_BYTES - 1)).reasons == (Cause.FORMAT.code,)


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01", b"\xff\x80", bytes(9), b"\x7f" * 200],
    ids=["empty", "padded", "padded negative", "nine", "long"],
)
def test_integers_that_are_none_of_ours(content: bytes) -> None:
    with pytest.raises(NotDer):
        load(tagged(2, content)).integer()


@pytest.mark.parametrize(
    "content", [b"", b"\x80\x01", b"\x2a\x80\x01", b"\x2a\x86"], ids=["empty", "padded", "inside", "cut"]
)
def test_identifiers_that_are_none(content: bytes) -> None:
    with pytest.raises(NotDer):
        load(tagged(6, content)).oid()


@pytest.mark.parametrize("content", [b"", b"\x07\x80", b"\x08"], ids=["empty", "unused bits", "nonsense"])
def test_bit_strings_of_no_whole_bytes(content: bytes) -> None:
    with pytest.raises(NotDer):
        load(tagged(3, content)).bits()


@pytest.mark.parametrize(
    "text",
    [b"20260415020000", b"20260415020000+0800", b"202604150200Z", b"20261315020000Z", b"20260415020000.Z"],
)
def test_times_that_are_not_in_utc(text: bytes) -> None:
    with pytest.raises(NotDer):
        load(tagged(0x18, text)).time()


def test_short_years() -> None:
    assert load(tagged(0x17, b"491231235959Z")).time().year == 2049
    assert load(tagged(0x17, b"500101000000Z")).time().year == 1950
