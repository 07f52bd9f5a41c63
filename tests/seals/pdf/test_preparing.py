"""What prepare puts into a document, where it stands, and what is refused."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name, pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from auth.errors import Conflict, DomainError, Invalid, NotFound
from seals import pki
from seals.kinds import SealKind
from seals.pdf.preparing import OtherField, Place, PreparedMeta, Protection, prepare, signed_attributes
from tests.seals.pdf import samples
from tests.seals.pdf.checkers import (
    contents,
    page_picture,
    qpdf,
    red_box_mm,
    widget,
)
from tests.seals.pdf.parties import NOW, authorities, chain, company, mark, prepared, sealed

BLANK = samples.unreferenced_secret()


def code_of(error: pytest.ExceptionInfo[DomainError]) -> str:
    return error.value.code


# ---------------------------------------------------------------- documents that are signed already


def test_a_following_seal_touches_no_page_content_and_brings_its_mark_in_its_own_look() -> None:
    first = sealed(samples.contract(2), protection=Protection.OPEN)
    ready = prepared(first, Place(0, 20, 60), by=2, protection=Protection.FOLLOWING, mark=mark())
    assert ready.data.startswith(first)
    assert contents(ready.data) == contents(first)
    assert ready.meta.mark_drawn
    look = widget(ready.data, "Seal2").AP.N
    assert float(look.BBox[2]) == pytest.approx((40 + 2 + mark().width_mm) / 25.4 * 72, abs=0.01)
    assert (ready.meta.x_mm, ready.meta.width_mm) == (20, 40)
    with pytest.raises(Invalid) as refused:
        prepared(
            first, Place(0, 20, 60), protection=Protection.FOLLOWING, mark=mark(), mark_place=Place(1, 5, 5)
        )
    assert code_of(refused) == "place.mark_on_other_page"


def test_a_seal_in_a_given_field_stands_in_its_middle_and_changes_nothing_else() -> None:
    others = [OtherField("乙方", 0, 20, 60, 50, 60), OtherField("丙方", 0, 120, 60)]
    first = sealed(BLANK, protection=Protection.LISTED, others=others)
    ready = prepared(first, by=2, protection=Protection.FOLLOWING, open_field="乙方", mark=mark())
    assert ready.field_name == "乙方"
    assert not ready.meta.mark_drawn
    assert (ready.meta.x_mm, ready.meta.y_mm) == pytest.approx((25, 70), abs=0.01)
    picture = page_picture(ready.data).crop((0, 200, 330, 500))
    left, top, right, bottom = red_box_mm(picture)
    assert (left, top + 50.8, right, bottom + 50.8) == pytest.approx((25, 70, 65, 110), abs=0.5)
    before, after = (widget(data, "乙方") for data in (first, ready.data))
    assert set(after.keys()) - set(before.keys()) == {"/V"}
    assert after.Rect == before.Rect


def test_the_mark_is_drawn_in_a_given_field_with_room_for_both() -> None:
    first = sealed(BLANK, protection=Protection.LISTED, others=[OtherField("乙方", 0, 20, 60, 70, 45)])
    ready = prepared(first, by=2, protection=Protection.FOLLOWING, open_field="乙方", mark=mark())
    assert ready.meta.mark_drawn


def test_a_field_smaller_than_the_seal_is_refused() -> None:
    first = sealed(BLANK, protection=Protection.LISTED, others=[OtherField("乙方", 0, 20, 60, 30, 30)])
    with pytest.raises(Conflict) as refused:
        prepared(first, by=2, protection=Protection.FOLLOWING, open_field="乙方")
    assert code_of(refused) == "place.field_too_small"
    small = company(2, SealKind.REPRESENTATIVE).imprint
    assert prepare(
        first,
        certificate_der=company(2).certificate_der,
        imprint=small,
        place=None,
        protection=Protection.FOLLOWING,
        claimed_at=NOW,
        open_field="乙方",
    ).meta.width_mm == pytest.approx(20)


def test_a_final_document_takes_no_further_seal() -> None:
    final = sealed(samples.contract(), protection=Protection.SOLE)
    with pytest.raises(Conflict) as refused:
        prepared(final, Place(0, 20, 60), by=2, protection=Protection.FOLLOWING)
    assert code_of(refused) == "pdf.final"


def test_a_certified_document_takes_seals_in_its_open_fields_only_and_the_last_one_last() -> None:
    others = [OtherField("乙方", 0, 20, 60), OtherField("丙方", 0, 80, 60)]
    first = sealed(BLANK, protection=Protection.LISTED, others=others)
    with pytest.raises(Conflict) as refused:
        prepared(first, Place(0, 140, 60), by=2, protection=Protection.FOLLOWING)
    assert code_of(refused) == "pdf.only_open_fields"
    assert refused.value.facts == {"open_fields": ["乙方", "丙方"]}
    with pytest.raises(Conflict) as order:
        prepared(first, by=2, protection=Protection.FOLLOWING, open_field="丙方")
    assert code_of(order) == "pdf.field_order"
    with pytest.raises(NotFound) as missing:
        prepared(first, by=2, protection=Protection.FOLLOWING, open_field="丁方")
    assert code_of(missing) == "pdf.no_such_field"
    second = sealed(first, by=2, protection=Protection.FOLLOWING, open_field="乙方")
    last = sealed(second, by=1, protection=Protection.FOLLOWING, open_field="丙方")
    with pytest.raises(Conflict) as final:
        prepared(last, Place(0, 140, 60), by=2, protection=Protection.FOLLOWING)
    assert code_of(final) == "pdf.final"


def test_a_signed_document_with_active_content_is_refused() -> None:
    signed = sealed(samples.contract(), protection=Protection.OPEN)
    writer = IncrementalPdfFileWriter(BytesIO(signed))
    script = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): pdf_string("app.alert(1)")}
    writer.add_object(generic.DictionaryObject(script))
    out = BytesIO()
    writer.write(out)
    with pytest.raises(Conflict) as refused:
        prepared(out.getvalue(), Place(0, 20, 60), protection=Protection.FOLLOWING)
    assert code_of(refused) == "pdf.active_content"


# ---------------------------------------------------------------- protection of unsigned documents


@pytest.mark.parametrize(
    ("protection", "others", "code"),
    [
        (Protection.FOLLOWING, [], "protection.not_signed"),
        (Protection.LISTED, [], "protection.others"),
        (Protection.SOLE, [OtherField("乙方", 0, 20, 60)], "protection.others"),
        (Protection.LISTED, [OtherField("a.b", 0, 20, 60)], "protection.name"),
        (Protection.LISTED, [OtherField("", 0, 20, 60)], "protection.name"),
        (Protection.LISTED, [OtherField("乙\u202e方", 0, 20, 60)], "protection.name"),
        (Protection.LISTED, [OtherField("乙方", 0, 20, 60)] * 2, "protection.name_twice"),
        (Protection.LISTED, [OtherField("乙方", 0, 200, 60)], "place.off_page"),
        (Protection.LISTED, [OtherField(str(n), 0, 20, 60) for n in range(21)], "protection.too_many"),
    ],
)
def test_the_words_about_others_must_make_sense(
    protection: Protection, others: list[OtherField], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        prepared(samples.contract(), protection=protection, others=others)
    assert code_of(refused) == code


def test_a_signed_document_cannot_be_protected_anew() -> None:
    signed = sealed(samples.contract(), protection=Protection.OPEN)
    with pytest.raises(Conflict) as refused:
        prepared(signed, Place(0, 20, 60), by=2, protection=Protection.SOLE)
    assert code_of(refused) == "pdf.already_signed"


def test_the_name_of_our_field_is_free() -> None:
    others = [OtherField("Seal1", 0, 20, 60)]
    assert prepared(BLANK, protection=Protection.LISTED, others=others).field_name == "Seal2"


# ---------------------------------------------------------------- bytes, digest, attributes


def test_the_digest_covers_all_but_the_place_of_the_signature(tmp_path: Path) -> None:
    ready = prepared(samples.contract(3), mark=mark(), reason="采购合同")
    start, first, second, rest = ready.byte_range
    assert (start, second + rest) == (0, len(ready.data))
    assert sha256(ready.data[:first] + ready.data[second:]).digest() == ready.digest
    assert ready.data[first:second] == b"<" + b"0" * 16_384 + b">"
    assert b"[%d %d %d %d]" % ready.byte_range in ready.data
    assert qpdf(tmp_path, ready.data) == ""
    assert PreparedMeta.from_json(json.loads(json.dumps(ready.meta.to_json()))) == ready.meta


def test_the_signature_says_who_when_and_why_in_pades() -> None:
    signature = widget(prepared(samples.contract(), reason="采购合同").data).V
    assert signature.SubFilter == pikepdf.Name("/ETSI.CAdES.detached")
    assert str(signature.Name) == company().name
    assert str(signature.Reason) == "采购合同"
    assert str(signature.M).startswith(f"D:{NOW:%Y%m%d%H%M%S}")
    assert str(widget(prepared(samples.contract()).data).TU) == f"{company().name}法定名称章"


def test_the_attributes_to_be_signed_depend_on_digest_and_certificate_only() -> None:
    one, other = company(1).certificate_der, company(2).certificate_der
    digest = sha256(b"x").digest()
    attributes = signed_attributes(digest, one)
    assert attributes[0] == 0x31
    assert digest in attributes
    assert sha256(one).digest() in attributes
    assert signed_attributes(digest, one) == attributes
    assert signed_attributes(digest, other) != attributes
    # signing time, id-signingTime 1.2.840.113549.1.9.5, which PAdES forbids
    assert bytes.fromhex("06092a864886f70d010905") not in attributes


@pytest.mark.parametrize("reason", ["", "x" * 201, "a\nb"])
def test_a_purpose_has_its_limits(reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        prepared(samples.contract(), reason=reason)
    assert code_of(refused) == "signing.reason"


def test_only_a_valid_p256_certificate_is_taken() -> None:
    root = authorities()
    subject = pki.SealSubject("公司", "91110105MA01ABCD5F", "公司章", "1101050000009")
    old = pki.issue_seal_certificate(
        root.issuing, company().key.public_key(), subject, NOW - timedelta(days=9), NOW - timedelta(days=1)
    )
    for der, code in (
        (old.public_bytes(Encoding.DER), "certificate.not_valid"),
        (other_curve(), "certificate.unusable"),
        (b"no certificate", "certificate.unusable"),
    ):
        with pytest.raises(DomainError) as refused:
            prepare(
                samples.contract(),
                certificate_der=der,
                chain_der=chain(),
                imprint=company().imprint,
                place=Place(0, 20, 20),
                protection=Protection.SOLE,
                claimed_at=NOW,
            )
        assert code_of(refused) == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (samples.cut_off(), "pdf.truncated"),
        (samples.encrypted(), "pdf.encrypted"),
        (samples.wrong_xref(), "pdf.broken"),
        (samples.javascript(), "pdf.active_content"),
        (samples.layers(), "pdf.active_content"),
    ],
)
def test_what_was_not_cleaned_is_not_prepared(data: bytes, code: str) -> None:
    with pytest.raises(DomainError) as refused:
        prepared(data)
    assert code_of(refused) == code


# ---------------------------------------------------------------- parts


def other_curve() -> bytes:
    key = ec.generate_private_key(ec.SECP384R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "P-384")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, NOW, NOW + timedelta(days=1))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)
