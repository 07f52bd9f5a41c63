"""The registration form: all that is wrong is said at once, next to its field, in words."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from server.client import ApiError, Client
from tests.http.site import Party, Site, in_words

# Per field: what is typed, and the code it must meet.
WRONG: dict[str, tuple[tuple[Any, str], ...]] = {
    "company_name": (
        ("北京", "company_name.length"),
        ("Acme Limited Company", "company_name.character"),
        ("北京<b>科技</b>有限公司", "company_name.character"),
        ("北京（科技有限公司", "company_name.brackets"),
        ("北京\u202e科技有限公司", "company_name.character"),
        ("长" * 61, "company_name.length"),
    ),
    "company_type": (("llc", "company_type.unknown"),),
    "region": (("999999", "region.province"), ("11010", "region.format")),
    "address": (("北京", "address.length"), ("北京市\n朝阳区望京街", "address.length")),
    "capital_wan": (
        ("0", "capital_wan.range"),
        ("-5", "capital_wan.range"),
        ("很多", "capital_wan.range"),
        ("1e30", "capital_wan.range"),
        ("NaN", "capital_wan.range"),
        (-0.5, "capital_wan.range"),
    ),
    "business_scope": (("无", "business_scope.length"), ("长" * 2001, "business_scope.length")),
    "representative_name": (
        ("张", "name.length"),
        ("张3", "name.character"),
        ("·张三", "name.separator"),
        ("张\U000e0041三", "name.character"),
    ),
    "representative_id_number": (
        ("11010519491231002Y", "id_number.format"),
        ("110105194912310020", "id_number.check"),
        ("1101051949123100", "id_number.format"),
        ("", "id_number.format"),
    ),
    "representative_mobile": (("12800138000", "mobile.format"), ("1380013800", "mobile.format")),
    "term_years": ((0, "term_years.range"), (101, "term_years.range"), (-3, "term_years.range")),
    "declaration": ((False, "declaration.missing"),),
}


@pytest.fixture(scope="module")
def applicant(site: Site) -> Party:
    return site.person(51, "许文静")


def refusal(client: Client, sent: dict[str, Any]) -> list[dict[str, Any]]:
    with pytest.raises(ApiError) as caught:
        client.apply(sent)
    assert (caught.value.status, caught.value.code) == (422, "form.invalid")
    assert in_words({"zh": caught.value.zh, "en": caught.value.en})
    assert all(in_words(each) for each in caught.value.errors)
    return caught.value.errors


@pytest.mark.parametrize(
    ("field", "typed", "code"),
    [(field, typed, code) for field, cases in WRONG.items() for typed, code in cases],
    ids=ascii,
)
def test_a_wrong_field_is_told_beside_it(
    site: Site, applicant: Party, field: str, typed: Any, code: str
) -> None:
    before = site.state()
    errors = refusal(applicant.client, applicant.form("北京文静教育有限公司", **{field: typed}))
    assert [(error["field"], error["code"]) for error in errors] == [(field, code)]
    text = str(typed)
    if field.startswith("representative_") and len(text) > 2:
        assert text not in str(errors), "what was typed is never repeated"
    assert site.state() == before


def test_everything_wrong_is_told_at_once_in_the_order_of_the_form(site: Site, applicant: Party) -> None:
    worst = {field: cases[0][0] for field, cases in WRONG.items()}
    before = site.state()
    errors = refusal(applicant.client, applicant.form("北京文静教育有限公司", **worst))
    assert [(each["field"], each["code"]) for each in errors] == [
        (field, cases[0][1]) for field, cases in WRONG.items()
    ]
    assert site.state() == before


def test_a_character_that_no_font_has_is_named_beforehand(site: Site, applicant: Party) -> None:
    before = site.state()
    errors = refusal(applicant.client, applicant.form("北京\U0002fa20科技有限公司"))
    assert [error["field"] for error in errors] == ["company_name"]
    assert "U+2FA20" in errors[0]["zh"]
    assert site.state() == before


def test_identifiers_are_read_as_people_write_them(site: Site, applicant: Party) -> None:
    """Full width, spaces and small letters; the representative finds his company under his plain mobile."""
    owner = site.newcomer(52, "阿依古丽·买买提")
    written = applicant.form(
        " 北京(文静)教育有限公司 ",
        representative_name=" 阿依古丽•买买提 ",
        representative_id_number=f" {owner.id_number[:6]} {owner.id_number[6:14]} {owner.id_number[14:]}",
        representative_mobile=f"+86 {owner.demo.mobile[:3]} {owner.demo.mobile[3:7]} {owner.demo.mobile[7:]}",
        capital_wan="1,000",
        term_years=30,
    )
    done = applicant.client.apply(written)
    Client.until(lambda: applicant.client.application(done["id"]), "approved")
    owner.demo.log_in()
    (company,) = owner.client.me()["companies"]
    assert company["name"] == "北京（文静）教育有限公司"
    data = owner.client.company(company["id"])["licence"]["data"]
    assert data["representative_name"] == "阿依古丽·买买提"
    assert data["capital_wan"] == "1000"
    assert data["valid_until"] is not None
    assert owner.client.me()["name_masked"] == "阿*"
    assert applicant.client.me()["companies"] == [], "who fills in the form is not the owner"


def test_a_rejection_has_its_reason_and_sets_the_name_free(applicant: Party) -> None:
    def registrar(fault: str) -> None:
        control = {"faults": {"registrar": fault}}
        httpx.post(f"{applicant.demo.sandbox}/_control", json=control).raise_for_status()

    name = "北京文静出版有限公司"
    registrar("refuse")
    try:
        first = applicant.client.apply(applicant.form(name))["id"]
        told = Client.until(lambda: applicant.client.application(first), "rejected", "approved")
    finally:
        registrar("none")
    assert (told["state"], told["company_id"]) == ("rejected", None)
    assert told["reason"]
    second = applicant.client.apply(applicant.form(name))["id"]
    assert Client.until(lambda: applicant.client.application(second), "rejected", "approved")["company_id"]
