"""Two companies seal one document: both signatures hold, one code, and what was declared final stays so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from seals.models import Seal, Version
from tests.main_job.members import Json, Member, Server, refused

B_PLACE = {"x_mm": 130.0, "y_mm": 205.0}
KNOWN = {"name": "乙方", "page": 0, "x_mm": 130.0, "y_mm": 200.0}


@pytest.fixture(scope="module")
def a(server: Server) -> Iterator[Member]:
    """The owner of the company that seals first."""
    with server.owner() as owner:
        yield owner


@pytest.fixture(scope="module")
def b(server: Server) -> Iterator[Member]:
    """The owner of the company that seals second: another person, another mobile."""
    with server.owner() as owner:
        yield owner


def seals(report: Json) -> list[tuple[str, str]]:
    return [(one["verdict"], one["company"]) for one in report["signatures"]]


def match(member: Member, code: str, data: bytes) -> Json:
    found: Json = member.phone.match(code, hashlib.sha256(data).hexdigest())
    return found


def asked_again(member: Member, document: str, kind: str = "contract", **place: object) -> Json:
    asked: Json = member.phone.request_signing(document, member.seal_of(kind), page=0, **place)
    return asked


def test_a_second_company_seals_and_the_first_signature_holds(a: Member, b: Member) -> None:
    first, one = a.sealed(others="unknown")
    code = first["document"]["code"]
    assert match(a, code, one)["match"] == "latest"
    second, two = b.sealed(one, **B_PLACE)
    assert second["document"]["code"] == code

    assert two.startswith(one)
    report = b.phone.verify("合同.pdf", two)
    assert (report["verdict"], report["code"]) == ("valid", code)
    assert seals(report) == [("valid", a.company_name), ("valid", b.company_name)]
    record = a.phone.record(code)
    assert (record["state"], record["versions"]) == ("found", 2)
    assert [seal["company"] for seal in record["seals"]] == [a.company_name, b.company_name]
    assert (match(a, code, two)["match"], match(a, code, one)["match"]) == ("latest", "earlier")
    assert [seal["company"] for seal in match(a, code, one)["seals"]] == [a.company_name]
    versions = a.server.database.run(lambda: Version.filter(record_id=code).order_by("number"))
    assert [version.sha256 for version in versions] == [
        hashlib.sha256(each).hexdigest() for each in (one, two)
    ]

    # Who has only the older version is told so, and cannot drop B's seal by sealing that one.
    answer = refused(lambda: b.phone.upload("合同.pdf", one, company=b.company))
    assert (answer.code, answer.facts["newest"]) == ("document.newer_version", 2)


def test_one_company_never_sees_the_others_rows(a: Member, b: Member) -> None:
    asked = a.ask_for()["id"]
    document = a.phone.signing(asked)["document"]["id"]
    for look in (
        lambda: b.phone.signing(asked),
        lambda: b.phone.signed_file(asked),
        lambda: b.phone.open_challenge(asked),
        lambda: b.phone.cancel(asked),
        lambda: b.phone.document(document),
        lambda: b.phone.company(a.company),
        lambda: b.phone.freeze(a.seal_of("contract")),
        lambda: asked_again(b, document),
    ):
        assert refused(look).status == 404
    own = b.phone.upload("合同.pdf", a.sealed(others="unknown")[1], company=b.company)
    answer = refused(lambda: b.phone.request_signing(own["id"], a.seal_of("contract"), page=0))
    assert (answer.status, answer.code) == (404, "seal.not_found")
    assert a.phone.signing(asked)["state"] == "pending"


def test_a_known_party_seals_in_its_field_and_the_document_is_final(a: Member, b: Member) -> None:
    _, one = a.sealed(others="known", known=[KNOWN])
    document = b.phone.upload("合同.pdf", one, company=b.company)
    (field,) = document["open_fields"]
    assert (field["name"], field["page"]) == ("乙方", 0)
    assert (field["x_mm"], field["y_mm"]) == (pytest.approx(130, abs=0.1), pytest.approx(200, abs=0.1))

    beside = refused(lambda: asked_again(b, document["id"], **B_PLACE))
    assert (beside.status, beside.code) == (409, "pdf.only_open_fields")
    asked = asked_again(b, document["id"], field="乙方")
    assert b.scan_and_confirm(asked["id"])["state"] == "signed"
    two = b.phone.signed_file(asked["id"])
    report = b.phone.verify("合同.pdf", two)
    assert report["verdict"] == "valid"
    assert seals(report) == [("valid", a.company_name), ("valid", b.company_name)]

    third = a.phone.upload("合同.pdf", two, company=a.company)
    assert third["open_fields"] == []
    for place in (B_PLACE, {"field": "乙方"}):
        final = refused(lambda place=place: asked_again(a, third["id"], "finance", **place))
        assert (final.status, final.code) == (409, "pdf.final")
        assert "定稿" in final.zh


def test_a_document_that_nobody_else_is_to_seal_is_final(a: Member, b: Member) -> None:
    _, one = a.sealed()
    document = b.phone.upload("合同.pdf", one, company=b.company)
    assert (document["certification"], document["signed"]) == (1, True)
    answer = refused(lambda: asked_again(b, document["id"], **B_PLACE))
    assert (answer.status, answer.code) == (409, "pdf.final")


def test_of_two_seals_put_on_one_version_only_the_first_takes_effect(a: Member, b: Member) -> None:
    """B and A both have version 1; A's second seal comes first; B's confirmation is told to look again."""
    _, one = a.sealed(others="unknown")
    of_b = b.phone.upload("合同.pdf", one, company=b.company)
    waiting = asked_again(b, of_b["id"], **B_PLACE)
    of_a = a.phone.upload("合同.pdf", one, company=a.company)
    quick = asked_again(a, of_a["id"], "finance", **B_PLACE)
    assert a.scan_and_confirm(quick["id"])["state"] == "signed"
    done = b.scan_and_confirm(waiting["id"])
    assert done["state"] == "failed"
    code = done["document"]["code"]
    assert a.phone.record(code)["versions"] == 2
    report = a.phone.verify("合同.pdf", a.phone.signed_file(quick["id"]))
    assert seals(report) == [("valid", a.company_name), ("valid", a.company_name)]


def test_the_record_tells_when_a_seal_was_frozen_since(server: Server) -> None:
    with server.owner() as owner:
        done, signed = owner.sealed()
        owner.phone.freeze(owner.seal_of("contract"))
        (seal,) = owner.phone.record(done["document"]["code"])["seals"]
        assert (seal["seal_state_then"], seal["seal_state_now"]) == ("good", "frozen")
        assert owner.phone.verify("合同.pdf", signed)["verdict"] == "valid"
        row = server.database.run(lambda: Seal.get(id=owner.seal_of("contract")))
        assert row.state_since is not None
