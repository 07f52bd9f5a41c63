"""Further seals over HTTP: made, numbered, previewed without a trace, collected, used; never by another."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime

import pytest

from auth.models import Company
from seals import reviewing
from seals.imprint import Imprint
from seals.models import Seal
from server.demo_contract import demo_contract
from tests.databases import Database
from tests.http.site import Party, Site, refused
from tests.seals.adding_rows import photo
from tests.seals.distorting import photo_of

KNOWN_PIN = "the owner's PIN is asked for, not set anew"
SOON = "seal.not_collected"
PLACE = {"page": 0, "x_mm": 120.0, "y_mm": 200.0}


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    """The owner of a company whose five seals are collected."""
    return site.owner(71, "罗文博", "北京文博印务有限公司")


def test_a_second_contract_seal_is_made_collected_with_the_known_pin_and_seals(owner: Party) -> None:
    made = owner.client.add_seal(owner.company, "contract")
    assert (made["name"], made["state"]) == ("北京文博印务有限公司合同专用章（2）", "issued")
    assert (made["ordinal"], made["reason_zh"]) == (2, None)
    assert re.fullmatch(r"110105\d{7}", made["number"])
    refused(lambda: owner.client.request_signing(_document(owner), made["id"], **PLACE), 409, SOON)
    card = owner.client.thread()["cards"][-1]
    assert card["title"] == made["name"]
    assert [action["href"] for action in card["actions"]] == [f"/m/collect/{owner.company}"]

    begun = owner.client.begin_collection(owner.company)
    assert begun["pin_known"] is True, KNOWN_PIN
    owner.demo.collect(owner.company, owner.pin)
    collected = {seal["id"]: seal["state"] for seal in owner.client.company(owner.company)["seals"]}
    assert collected[made["id"]] == "collected"
    asked = owner.client.request_signing(_document(owner), made["id"], **PLACE)
    done = owner.demo.scan_and_confirm(asked["id"], owner.pin)
    assert done["state"] == "signed"
    report = owner.client.verify("合同.pdf", owner.client.signed_file(done["id"]))
    assert report["verdict"] == "valid"


def _document(owner: Party) -> str:
    return str(
        owner.client.upload("合同.pdf", demo_contract(owner.company_name), company=owner.company)["id"]
    )


def test_only_one_legal_name_seal(owner: Party) -> None:
    told = refused(lambda: owner.client.add_seal(owner.company, "legal_name"), 409, "seal.only_one")
    assert told.field == "kind"


def test_a_preview_is_watermarked_and_changes_nothing(site: Site, owner: Party) -> None:
    before = site.state()
    shown = owner.client.preview_seal(owner.company, "department", unit="印前车间")
    assert site.state() == before
    assert (shown["width_mm"], shown["height_mm"]) == (38, 38)
    assert shown["svg"].count("<path") == 2, "the imprint and the words across it"
    assert "<text" not in shown["svg"]


def test_a_preview_says_which_of_its_kind_and_bearer_it_is(owner: Party) -> None:
    def ordinal(kind: str, **fields: str) -> int:
        return int(owner.client.preview_seal(owner.company, kind, **fields)["ordinal"])

    owner.client.add_seal(owner.company, "department", unit="装订车间")
    assert ordinal("department", unit="装订车间") == 2
    assert ordinal("department", unit="裁切车间") == 1
    assert owner.client.add_seal(owner.company, "department", unit="装订车间")["ordinal"] == 2


@pytest.mark.parametrize(
    ("kind", "fields", "field"),
    [
        ("", {}, "kind"),
        ("department", {}, "unit"),
        ("finance_head", {"person_name": "\u202e李"}, "person_name"),
        ("contract", {"foreign_text": "Wenbo Printing", "translation": "文博印务"}, "translation_confirmed"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    site: Site, owner: Party, kind: str, fields: dict[str, str], field: str
) -> None:
    before = site.state()
    answer = owner.http.post(
        f"/api/companies/{owner.company}/seals", json={"request_id": "a", "kind": kind, **fields}
    )
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == field
    assert site.state() == before


def test_the_same_request_is_one_seal_and_a_changed_one_is_refused(owner: Party) -> None:
    request = str(uuid.uuid4())
    first = owner.client.add_seal(owner.company, "branch", unit="通州分公司", request_id=request)
    again = owner.client.add_seal(owner.company, "branch", unit="通州分公司", request_id=request)
    assert first == again
    refused(
        lambda: owner.client.add_seal(owner.company, "branch", unit="大兴分公司", request_id=request),
        409,
        "seal.other_request",
    )


def test_a_photo_made_seal_waits_for_a_person_and_then_seals(site: Site, owner: Party) -> None:
    database = Database(f"sqlite://{site.database}")

    async def lifted() -> str:
        original = await Seal.get(id=owner.seal("finance"))
        copy = photo_of(Imprint(original.width_mm, original.height_mm, original.imprint), seed=9)
        return (await photo(await Company.get(id=owner.company), copy.d, 38, 38, kind="finance")).id

    made = owner.client.add_seal(owner.company, "finance", photo=database.run(lifted))
    assert made["state"] == "held"
    refused(
        lambda: owner.client.request_signing(_document(owner), made["id"], **PLACE), 409, "seal.not_issued"
    )
    assert owner.client.thread()["cards"][-1]["kind"] == "seal.held"
    declined = owner.client.add_seal(owner.company, "finance", photo=database.run(lifted))
    now = datetime.now(UTC)
    database.run(
        lambda: reviewing.decline(declined["id"], "host:desk", "照片不清", "The photo is not clear", now)
    )
    told = owner.client.thread()["cards"][-1]
    assert (told["kind"], "照片不清" in "".join(told["lines"])) == ("seal.declined", True)
    last = owner.client.company(owner.company)["seals"][-1]
    assert (last["id"], last["reason_zh"]) == (declined["id"], "照片不清")

    database.run(lambda: reviewing.approve(made["id"], "host:desk", now))
    owner.demo.collect(owner.company, owner.pin)
    asked = owner.client.request_signing(_document(owner), made["id"], **PLACE)
    done = owner.demo.scan_and_confirm(asked["id"], owner.pin)
    assert done["state"] == "signed"
    report = owner.client.verify("合同.pdf", owner.client.signed_file(done["id"]))
    assert report["verdict"] == "valid"


def test_another_companys_photo_is_not_there(site: Site, owner: Party) -> None:
    before = site.state()
    refused(lambda: owner.client.add_seal(owner.company, "hr", photo="0" * 24), 404, "photo.not_found")
    refused(lambda: owner.client.preview_seal(owner.company, "hr", photo="x" * 30), 404, "photo.not_found")
    assert site.state() == before


@pytest.mark.parametrize(
    ("number", "company_type", "size", "uscc", "name_seal"),
    [
        (72, "foreign_invested", (45, 30), "91", "representative"),
        (73, "sole_trader", (38, 38), "92", "operator"),
    ],
)
def test_company_types_have_their_own_shapes(
    site: Site, number: int, company_type: str, size: tuple[int, int], uscc: str, name_seal: str
) -> None:
    name = {"foreign_invested": "北京环宇精密仪器有限公司", "sole_trader": "朝阳区晓月早餐店"}[company_type]
    person = site.person(number, "董晓月")
    form = person.form(name, company_type=company_type)
    sent = person.client.apply(form)
    done = person.client.until(lambda: person.client.application(sent["id"]), "approved")
    company = person.client.company(done["company_id"])
    by_kind = {seal["kind"]: seal for seal in company["seals"]}
    assert (by_kind["legal_name"]["width_mm"], by_kind["legal_name"]["height_mm"]) == size
    assert company["uscc"].startswith(uscc)
    assert name_seal in by_kind
    assert len(by_kind) == 5
