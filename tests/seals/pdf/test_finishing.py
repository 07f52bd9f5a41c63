"""The finished signature before other people's judges, each with a tampered twin that must fail."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from asn1crypto import core as asn1_core
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation.status import SignatureCoverageLevel

from auth.errors import Conflict, Unavailable
from seals import pki, timestamps
from seals.pdf.cleaning import clean
from seals.pdf.finishing import Stamped, finish
from seals.pdf.inspecting import inspect
from seals.pdf.preparing import OtherField, Place, Prepared, Protection, signed_attributes
from tests.seals.pdf import samples
from tests.seals.pdf.checkers import mutool, nss_with_root, pdfsig, pyhanko, qpdf, tampered
from tests.seals.pdf.parties import (
    NOW,
    LocalTimeStamper,
    authorities,
    chain,
    company,
    finished,
    mark,
    prepared,
    sealed,
    trust,
)

CONTRACT = clean(samples.contract(3), remove_active=False).data
UNCHANGED = "The document is unchanged since signing."
EDITED = "The signature is valid but there have been edits since signing."


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nss_with_root(tmp_path_factory.mktemp("nss"))


# ---------------------------------------------------------------- one seal


@pytest.mark.parametrize(
    ("protection", "others"),
    [
        (Protection.SOLE, ()),
        (Protection.LISTED, (OtherField("乙方", 0, 20, 60),)),
        (Protection.OPEN, ()),
    ],
)
def test_every_judge_accepts_the_seal_and_refuses_its_tampered_twin(
    protection: Protection, others: tuple[OtherField, ...], database: Path, tmp_path: Path
) -> None:
    signed = sealed(CONTRACT, protection=protection, others=others, mark=mark())
    (status,) = pyhanko(signed)
    assert status.bottom_line
    assert status.trusted
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.trusted
    assert pdfsig(database, signed) == (1, 1, 1)
    assert UNCHANGED in mutool(tmp_path, signed)
    assert "Digest" not in mutool(tmp_path, signed)
    assert qpdf(tmp_path, signed) == ""

    forged = tampered(signed)
    assert not pyhanko(forged)[0].bottom_line
    assert pdfsig(database, forged)[1] == 0
    assert UNCHANGED not in mutool(tmp_path, forged)


def test_the_signature_is_pades_b_t_without_signing_time() -> None:
    signed = sealed(CONTRACT)
    (embedded,) = PdfFileReader(BytesIO(signed)).embedded_signatures
    info = embedded.signer_info
    names = {attribute["type"].native for attribute in info["signed_attrs"]}
    assert names == {"content_type", "message_digest", "signing_certificate_v2"}
    assert [attribute["type"].native for attribute in info["unsigned_attrs"]] == [
        "signature_time_stamp_token"
    ]
    assert info["digest_algorithm"]["algorithm"].native == "sha256"
    assert info["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"
    assert info["signed_attrs"].untag().dump() == signed_attributes(
        embedded.compute_digest(), company().certificate_der
    )
    certificates = {choice.chosen.dump() for choice in embedded.signed_data["certificates"]}
    assert certificates == {company().certificate_der, *chain()}


def test_finishing_again_gives_the_same_but_for_the_timestamp() -> None:
    ready = prepared(CONTRACT)
    attributes, value = company().sign(ready)
    first, second = (finish_with(ready, attributes, value).data for _ in range(2))
    start, end = ready.meta.reserved_start, ready.meta.reserved_end
    assert (first[:start], first[end:]) == (second[:start], second[end:])
    for signed in (first, second):
        (embedded,) = PdfFileReader(BytesIO(signed)).embedded_signatures
        assert embedded.signer_info["signature"].native == value
        assert embedded.signer_info["signed_attrs"].untag().dump() == attributes


# ---------------------------------------------------------------- two companies, one after the other


def unknown_others() -> tuple[bytes, bytes]:
    first = sealed(CONTRACT, protection=Protection.OPEN, mark=mark())
    return first, sealed(first, Place(0, 20, 60), by=2, protection=Protection.FOLLOWING, mark=mark())


def known_others() -> tuple[bytes, bytes]:
    others = (OtherField("乙方", 1, 20, 60),)
    first = sealed(CONTRACT, protection=Protection.LISTED, others=others, mark=mark())
    return first, sealed(first, by=2, protection=Protection.FOLLOWING, open_field="乙方")


@pytest.mark.parametrize("make", [unknown_others, known_others])
def test_the_second_seal_leaves_the_first_valid_before_every_judge(
    make: object, database: Path, tmp_path: Path
) -> None:
    first, both = make()  # type: ignore[operator]
    assert both.startswith(first)
    one, two = pyhanko(both)
    assert one.bottom_line
    assert two.bottom_line
    assert one.modification_level == ModificationLevel.FORM_FILLING
    assert one.docmdp_ok
    assert two.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert pdfsig(database, both) == (2, 2, 2)
    words = mutool(tmp_path, both)
    assert UNCHANGED in words
    assert EDITED in words
    assert qpdf(tmp_path, both) == ""

    forged = tampered(both)
    assert not any(status.bottom_line for status in pyhanko(forged))
    assert pdfsig(database, forged)[1] == 0
    assert EDITED not in mutool(tmp_path, forged)
    date = both.rindex(rb"/M (D\0722") + 9
    late = both[:date] + b"1" + both[date + 1 :]
    assert not pyhanko(late)[1].bottom_line
    assert pdfsig(database, late)[1] == 1


def test_the_last_of_known_others_makes_the_document_final(database: Path) -> None:
    others = (OtherField("乙方", 0, 20, 60), OtherField("丙方", 1, 20, 60))
    data = sealed(CONTRACT, protection=Protection.LISTED, others=others)
    data = sealed(data, by=2, protection=Protection.FOLLOWING, open_field="乙方")
    assert inspect(data).certification == 2
    last = sealed(data, by=1, protection=Protection.FOLLOWING, open_field="丙方")
    assert (inspect(last).certification, inspect(last).signatures) == (1, 3)
    assert [status.bottom_line for status in pyhanko(last)] == [True] * 3
    assert pdfsig(database, last)[:2] == (3, 3)


# ---------------------------------------------------------------- what must stop it


def test_bytes_changed_after_prepare_are_not_finished() -> None:
    ready = prepared(CONTRACT)
    attributes, value = company().sign(ready)
    stamper = LocalTimeStamper(authorities().tsa)
    start = ready.meta.reserved_start
    changed = (
        tampered(ready.data),
        ready.data + b"\n",
        ready.data[:-1],
        ready.data[: start + 1] + b"1" + ready.data[start + 2 :],
        b"",
    )
    for data in changed:
        with pytest.raises(Conflict) as refused:
            finish_with(replace(ready, data=data), attributes, value, stamper)
        assert refused.value.code == "pdf.changed_after_prepare"
    moved = replace(ready, meta=replace(ready.meta, reserved_start=start + 1))
    with pytest.raises(Conflict):
        finish_with(moved, attributes, value, stamper)
    assert stamper.asked == 0


def test_a_signature_that_does_not_belong_is_not_put_in() -> None:
    ready, other = prepared(CONTRACT), prepared(CONTRACT, reason="另一份")
    attributes, value = company().sign(ready)
    stranger = ec.generate_private_key(ec.SECP256R1()).sign(attributes, ec.ECDSA(hashes.SHA256()))
    foreign = signed_attributes(ready.digest, company(2).certificate_der)
    pairs = (
        company().sign(other),
        (attributes, stranger),
        (attributes, b"no signature"),
        (foreign, company().key.sign(foreign, ec.ECDSA(hashes.SHA256()))),
        (b"", value),
    )
    for these, that in pairs:
        with pytest.raises(Conflict) as refused:
            finish_with(ready, these, that)
        assert refused.value.code == "signature.mismatch"


class Unreachable(TimeStamper):
    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        raise ConnectionRefusedError


class Refusing(LocalTimeStamper):
    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        refusal = timestamps.answer(b"nonsense", self._tsa, (), NOW, 1)
        return tsp.TimeStampResp.load(refusal)


class AboutSomethingElse(LocalTimeStamper):
    """A token copied from another signature, with the right nonce."""

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return await super().async_timestamp(sha256(b"another signature").digest(), md_algorithm)


class OldAnswer(LocalTimeStamper):
    """An answer to an earlier question: its nonce is not ours."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        req["nonce"] = 7
        return await super().async_request_tsa_response(tsp.TimeStampReq.load(req.dump(force=True)))


class OfTheFuture(LocalTimeStamper):
    """A service whose clock is an hour ahead."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = timestamps.answer(req.dump(), self._tsa, (), datetime.now(UTC) + timedelta(hours=1), 1)
        return tsp.TimeStampResp.load(answer)


class TooLarge(LocalTimeStamper):
    """A service that sends a chain of very many certificates."""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        self._chain = [authorities().issuing.certificate] * 12
        return await super().async_request_tsa_response(req)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Unreachable, "timestamp.unavailable"),
        (Refusing, "timestamp.unavailable"),
        (AboutSomethingElse, "timestamp.unavailable"),
        (OldAnswer, "timestamp.unavailable"),
        (OfTheFuture, "timestamp.unavailable"),
        (TooLarge, "signature.too_large"),
    ],
)
def test_without_a_timestamp_of_its_own_nothing_comes_out(kind: type[TimeStamper], code: str) -> None:
    stamper = kind() if kind is Unreachable else kind(authorities().tsa)  # type: ignore[call-arg]
    with pytest.raises(Unavailable) as refused:
        finished(prepared(CONTRACT), timestamper=stamper)
    assert refused.value.code == code


class WithoutCertificates(LocalTimeStamper):
    """Its tokens do not carry the unit's certificate."""

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        token = await super().async_timestamp(message_digest, md_algorithm)
        token["content"]["certificates"] = cms.CertificateSet([])
        return token


def test_the_unit_of_the_timestamp_is_told_where_the_token_carries_it() -> None:
    ready, unit = prepared(CONTRACT), authorities().tsa
    attributes = signed_attributes(ready.digest, company().certificate_der)
    value = company().key.sign(attributes, ec.ECDSA(hashes.SHA256()))
    told = finish_with(ready, attributes, value).units
    assert told == (unit.certificate.public_bytes(Encoding.DER),)
    assert finish_with(ready, attributes, value, WithoutCertificates(unit)).units == ()


class WithMore(LocalTimeStamper):
    """Certificates are laid into its tokens on their way: no signature covers them."""

    def __init__(self, tsa: pki.Authority, more: Sequence[bytes]) -> None:
        super().__init__(tsa)
        self._more = more

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        token = await super().async_timestamp(message_digest, md_algorithm)
        there = [each.chosen for each in token["content"]["certificates"]]
        more = [asn1_x509.Certificate.load(der) for der in self._more]
        token["content"]["certificates"] = cms.CertificateSet([*more, *there])
        return cms.ContentInfo.load(token.dump(force=True))


def unreadable(der: bytes) -> bytes:
    """A certificate with times that are none."""
    changed = asn1_x509.Certificate.load(der).copy()
    changed["tbs_certificate"]["validity"] = {
        name: asn1_x509.Time({"general_time": asn1_core.GeneralizedTime(contents=b"20260101000000.5Z")})
        for name in ("not_before", "not_after")
    }
    changed["tbs_certificate"]["serial_number"] = 7
    return bytes(changed.dump(force=True))


def test_only_certificates_that_prove_the_unit_are_told() -> None:
    """By these a renewal goes, and others who look at them later."""
    ready, unit, root = prepared(CONTRACT), authorities().tsa, authorities().root
    attributes = signed_attributes(ready.digest, company().certificate_der)
    value = company().key.sign(attributes, ec.ECDSA(hashes.SHA256()))
    stranger = pki.make_tsa(pki.make_root(NOW - timedelta(days=9000)), NOW - timedelta(days=8000))
    old_twin = pki.make_root(NOW - timedelta(days=9000), key=root.key)
    broken = unreadable(unit.der)
    with pytest.raises(ValueError, match="parsing"):
        x509.load_der_x509_certificate(broken)
    for more in ([stranger.der], [old_twin.der], [broken], [unit.der, company().certificate_der, root.der]):
        assert finish_with(ready, attributes, value, WithMore(unit, more)).units == (unit.der,)
    foreign = pki.make_tsa(pki.make_root(NOW - timedelta(days=9)), NOW - timedelta(days=9))
    assert finish_with(ready, attributes, value, WithMore(foreign, [unit.der])).units == ()


def finish_with(
    ready: Prepared, attributes: bytes, value: bytes, stamper: TimeStamper | None = None
) -> Stamped:
    return asyncio.run(
        finish(
            ready.data,
            ready.meta,
            certificate_der=company().certificate_der,
            chain_der=chain(),
            signed_attributes_der=attributes,
            signature_value=value,
            timestamper=stamper or LocalTimeStamper(authorities().tsa),
            trust=trust(),
        )
    )
