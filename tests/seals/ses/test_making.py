"""The seal structures that the platform makes, and what the sealer asks before it signs with one."""

from __future__ import annotations

import asyncio
import hashlib
import io
import subprocess
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from asn1crypto.core import OctetString
from PIL import Image
from pyhanko.sign.timestamps import TimeStamper

from auth.errors import Refused, Unavailable
from seals import pki, sm2, sm2_pki
from seals.certificates import SealSubject, load_certificate
from seals.design import Design
from seals.imprint import draw
from seals.kinds import SealKind
from seals.ses import building, structures
from seals.ses.making import MadeSeal, SealMaker, require_ours, timestamped
from tests.bench.parts import OwnClock

NOW = datetime.now(UTC).replace(microsecond=0)
MADE = NOW - timedelta(days=1)
COMPANY, USCC, NUMBER = "北京晨曦精密仪器有限公司", "91110105MA01ABCD0X", "1101050000001"
NAME = f"{COMPANY}合同专用章"
ROOT = sm2_pki.make_root(MADE)
ISSUING = sm2_pki.make_issuing(ROOT, MADE)
MAKER = sm2_pki.make_seal_maker(ISSUING, MADE)
KEY = sm2.generate()
CERTIFICATE = sm2_pki.issue_seal_certificate(
    ISSUING, KEY.public, SealSubject(COMPANY, USCC, NAME, NUMBER), NOW, NOW + timedelta(days=900)
)
VALID = (NOW - pki.BACKDATING, NOW + timedelta(days=900))
TSA = pki.make_tsa(pki.make_root(MADE), MADE)
CLOCK = OwnClock(TSA)
IMPRINT = draw(Design(SealKind.CONTRACT, COMPANY, USCC, NUMBER))
IDENTITY = "distid:1234567812345678"


@cache
def made(version: int = 4, picture: str = "png") -> MadeSeal:
    maker = SealMaker(MAKER, CLOCK, version, picture)
    return asyncio.run(maker.make(SealKind.CONTRACT, NAME, NUMBER, IMPRINT, CERTIFICATE, VALID, NOW))


def parsed(der: bytes) -> structures.SESeal:
    return structures.SESeal.load(der, strict=True)


@pytest.mark.parametrize("version", [4, 5])
def test_a_structure_says_what_was_filed(version: int) -> None:
    seal = parsed(made(version).der)
    info = seal["eSealInfo"].native
    assert info["header"] == {"ID": "ES", "version": version, "Vid": "ezhang"}
    assert info["esID"] == NUMBER
    assert (info["property"]["type"], info["property"]["name"]) == (4, NAME)
    assert info["property"]["certList"] == [CERTIFICATE]
    assert (info["property"]["createDate"], info["property"]["validStart"]) == (NOW, VALID[0])
    assert info["property"]["validEnd"] == VALID[1]
    assert (info["picture"]["width"], info["picture"]["height"]) == (38, 38)
    assert seal["cert"].native == MAKER.der
    assert (made(version).valid_start, made(version).valid_end) == VALID


def test_no_seal_outlives_its_maker() -> None:
    old = sm2_pki.make_seal_maker(ISSUING, NOW - timedelta(days=3600))
    end = old.certificate.not_valid_after_utc
    assert end < VALID[1]
    coroutine = SealMaker(old, CLOCK).make(SealKind.CONTRACT, NAME, NUMBER, IMPRINT, CERTIFICATE, VALID, NOW)
    assert asyncio.run(coroutine).valid_end == end


def test_the_picture_is_transparent_in_true_size_without_the_watermark() -> None:
    picture = parsed(made().der)["eSealInfo"]["picture"].native
    assert picture["type"] == "PNG"
    shown = Image.open(io.BytesIO(picture["data"]))
    assert shown.size == (449, 449)  # 38 mm at 300 dpi
    assert shown.info["dpi"] == pytest.approx((300, 300), abs=0.5)
    colours = {pixel for pixel in shown.convert("RGBA").get_flattened_data() if pixel[3]}
    assert {pixel[:3] for pixel in colours} == {(0xE6, 0x00, 0x12)}
    assert shown.convert("RGBA").getpixel((0, 0))[3] == 0


def test_the_picture_as_svg_by_option() -> None:
    picture = parsed(made(picture="svg").der)["eSealInfo"]["picture"].native
    assert picture["type"] == "SVG"
    assert picture["data"].startswith(b"<svg ")
    assert b"38mm" in picture["data"]


def openssl_accepts(folder: Path, certificate: bytes, signature: bytes, message: bytes) -> bool:
    public = asn1_x509.Certificate.load(certificate).public_key.dump()
    (folder / "public.der").write_bytes(public)
    (folder / "signature").write_bytes(signature)
    command = ["openssl", "dgst", "-sm3", "-sigopt", IDENTITY, "-keyform", "DER", "-verify", "public.der"]
    done = subprocess.run(
        [*command, "-signature", "signature"], cwd=folder, input=message, capture_output=True
    )
    return done.returncode == 0


@pytest.mark.parametrize("version", [4, 5])
def test_openssl_accepts_the_makers_signature_and_not_its_twin(version: int, tmp_path: Path) -> None:
    seal = parsed(made(version).der)
    message, signature = seal["eSealInfo"].dump(), seal["signedValue"].native
    assert openssl_accepts(tmp_path, MAKER.der, signature, message)
    assert not openssl_accepts(
        tmp_path, MAKER.der, signature, message.replace(b"1101050000001", b"1101050000002")
    )
    assert not openssl_accepts(tmp_path, CERTIFICATE, signature, message)


def token_of(der: bytes, kind: type[structures.SESeal] | type[structures.SES_Signature]) -> tsp.TSTInfo:
    token = cms.ContentInfo.load(kind.load(der)["timeStamp"].native, strict=True)
    return token["content"]["encap_content_info"]["content"].parsed


def test_version_5_has_the_makers_timestamp_over_its_value() -> None:
    assert parsed(made(4).der)["timeStamp"].native is None
    info = token_of(made(5).der, structures.SESeal)
    assert info["message_imprint"]["hash_algorithm"]["algorithm"].native == "sha256"
    value = building.signature_value(made(5).der)
    assert value == parsed(made(5).der)["signedValue"].native
    assert info["message_imprint"]["hashed_message"].native == hashlib.sha256(value).digest()
    assert info["gen_time"].native >= parsed(made(5).der)["eSealInfo"]["property"]["createDate"].native


class NoClock(TimeStamper):
    """A service that cannot be reached."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        raise OSError("no route to host")


def test_without_a_timestamp_there_is_no_version_5_and_none_is_needed_for_4() -> None:
    for version in (4, 5):
        maker = SealMaker(MAKER, NoClock(), version)
        work = maker.make(SealKind.CONTRACT, NAME, NUMBER, IMPRINT, CERTIFICATE, VALID, NOW)
        if version == 4:
            assert asyncio.run(work).version == 4
        else:
            with pytest.raises(Unavailable, match=r"timestamp\.unavailable"):
                asyncio.run(work)


# ---------------------------------------------------------------- before it is signed with


def refused(seal: bytes, certificate: bytes = CERTIFICATE, key: sm2.Sm2Key = KEY) -> bool:
    try:
        require_ours(seal, ISSUING.key.public, certificate, key)
    except Refused as refusal:
        return refusal.code == "ses.seal_changed"
    return False


@pytest.mark.parametrize("version", [4, 5])
def test_our_seal_is_signed_with_only_as_it_was_made(version: int) -> None:
    der = made(version).der
    assert not refused(der)
    # Everything that the maker signed, and who he is: each byte of it counts. Of the picture, some.
    picture = parsed(der)["eSealInfo"]["picture"]["data"].native
    begin = der.index(picture)
    ranges = (
        range(begin),
        range(begin, begin + len(picture), 997),
        range(begin + len(picture), len(made(4).der)),
    )
    spared = len(der) if version == 4 else der.index(building.signature_value(der)) + 60
    for places in ranges:
        for at in places:
            if 4 <= at < spared - 4:
                assert refused(der[:at] + bytes([der[at] ^ 1]) + der[at + 1 :]), at


@pytest.mark.parametrize(
    "junk", [b"", b"\x30", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80" * 2000, b"0" * 5_000_000]
)
def test_what_is_no_seal_at_all_is_refused(junk: bytes) -> None:
    assert refused(junk)
    assert refused(made().der + junk) or not junk


def test_a_seal_of_another_key_is_refused() -> None:
    other = sm2.generate()
    assert refused(made().der, key=other)
    foreign = sm2_pki.issue_seal_certificate(
        ISSUING, other.public, SealSubject(COMPANY, USCC, NAME, NUMBER), NOW, NOW + timedelta(days=9)
    )
    assert refused(made().der, certificate=foreign, key=other)
    assert refused(made().der, certificate=b"junk")


def built(maker: sm2_pki.Sm2Authority, certificate: bytes = CERTIFICATE) -> bytes:
    picture = building.PictureData("SVG", b"<svg/>", 38, 38)
    data = building.SealData(NUMBER, 4, NAME, [certificate], picture, NOW, *VALID)
    return building.build_seal(data, maker.der, maker.sign)


def test_only_our_seal_maker_makes_seals() -> None:
    """Not a seal's own key, whose certificate is of the same authority; not another platform's maker."""
    assert not refused(built(MAKER))
    assert refused(built(sm2_pki.Sm2Authority(KEY, CERTIFICATE)))
    elsewhere = sm2_pki.make_issuing(sm2_pki.make_root(MADE), MADE)
    assert refused(built(sm2_pki.make_seal_maker(elsewhere, MADE)))
    assert refused(built(ISSUING))


def test_a_later_maker_of_the_same_authority_is_ours_too() -> None:
    assert not refused(built(sm2_pki.make_seal_maker(ISSUING, NOW)))


# ---------------------------------------------------------------- timestamps of signatures


@pytest.mark.parametrize("version", [4, 5])
def test_a_signature_carries_the_seal_byte_for_byte_and_a_timestamp_of_its_value(version: int) -> None:
    bare = building.build_signature(
        made(version).der,
        signer_certificate=CERTIFICATE,
        data_hash=sm2.sm3(b"document"),
        property_info=building.property_of_range("Seal1", 10, 20, 40),
        signed_at=NOW,
        sign=lambda message: sm2.sign(KEY, message),
    )
    der = asyncio.run(timestamped(bare, CLOCK))
    read = structures.SES_Signature.load(der, strict=True)
    assert read["toSign"]["eseal"].dump() == made(version).der
    assert read["toSign"].dump() == structures.SES_Signature.load(bare)["toSign"].dump()
    info = token_of(der, structures.SES_Signature)
    value = hashlib.sha256(read["signature"].native).digest()
    assert info["message_imprint"]["hashed_message"].native == value


def test_the_certificate_in_the_list_is_carried_as_it_is() -> None:
    listed = parsed(made().der)["eSealInfo"]["property"]["certList"]
    assert listed[0].native == OctetString(CERTIFICATE).native
    assert load_certificate(listed[0].native).not_valid_after_utc == VALID[1]
