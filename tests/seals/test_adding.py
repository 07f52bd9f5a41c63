"""Further seals: one legal-name seal, numbered business seals, units, names, two scripts (R12-R26)."""

from __future__ import annotations

import asyncio
import dataclasses
import re
from collections import Counter

import pytest

from auth.errors import Conflict, DomainError, Invalid, NotFound
from auth.models import Company, CompanyState, Event
from seals import adding, duplicates, imprint
from seals.adding import add_seal, preview
from seals.design import Design
from seals.kinds import FIVE, CompanyForm
from seals.models import Likeness, Seal, SealNumber, SealState
from seals.seal_views import SealView
from tests.seals.adding_rows import DISTRICT, NOW, form, founded, photo

pytestmark = pytest.mark.usefixtures("database")
UYGHUR = "بېيجىڭ تېخنىكا چەكلىك شىركىتى"
AT_ONCE = 8


async def add(company: Company, kind: str, **fields: object) -> SealView:
    return await add_seal(company.id, company.representative_id, form(kind, **fields), NOW)


async def design(seal: SealView) -> Design:
    return Design.from_json((await Seal.get(id=seal.id)).design)


async def next_serial() -> int:
    return (await SealNumber.get(district=DISTRICT)).next


async def test_business_seals_of_a_kind_are_numbered_from_the_second_on() -> None:
    company = await founded("北京云杉科技有限公司")
    second, third = await add(company, "contract"), await add(company, "contract")
    assert second.name == "北京云杉科技有限公司合同专用章（2）"
    assert third.name == "北京云杉科技有限公司合同专用章（3）"
    assert (second.state, second.kind) == ("issued", "contract")
    assert ((await design(second)).ordinal, (await design(third)).ordinal) == (2, 3)
    first = await Seal.get(company_id=company.id, kind="contract", ordinal=1)
    assert len({first.imprint, *[(await Seal.get(id=seal.id)).imprint for seal in (second, third)]}) == 3
    fresh = await add(company, "examination")
    assert fresh.name == "北京云杉科技有限公司审验专用章"
    assert (await design(fresh)).ordinal == 1


async def test_each_seal_has_the_next_number_of_its_district() -> None:
    company = await founded("北京云杉科技有限公司")
    made = [await add(company, kind) for kind in ("contract", "hr", "customs")]
    assert [seal.number for seal in made] == [f"{DISTRICT}{serial:07d}" for serial in (6, 7, 8)]


@pytest.mark.parametrize("kind", ["legal_name", "representative"])
async def test_of_a_single_kind_there_is_one(kind: str) -> None:
    company = await founded("北京云杉科技有限公司")
    before = await next_serial()
    with pytest.raises(Conflict) as refused:
        await add(company, kind)
    assert (refused.value.code, refused.value.field) == ("seal.only_one", "kind")
    assert "改选其他种类" in refused.value.zh
    assert await next_serial() == before


async def test_of_many_legal_name_seals_at_once_one_comes_to_be() -> None:
    company = await founded("北京云杉科技有限公司", seals=False)
    answers = await asyncio.gather(
        *(add(company, "legal_name") for _ in range(AT_ONCE)), return_exceptions=True
    )
    refusals = Counter(answer.code for answer in answers if isinstance(answer, DomainError))
    assert refusals == {"seal.only_one": AT_ONCE - 1}
    assert [seal.ordinal for seal in await Seal.filter(company_id=company.id)] == [1]


async def test_seals_of_one_kind_made_at_once_are_numbered_without_a_gap() -> None:
    company = await founded("北京云杉科技有限公司")
    made = await asyncio.gather(*(add(company, "finance") for _ in range(AT_ONCE)))
    rows = await Seal.filter(company_id=company.id, kind="finance").order_by("ordinal")
    assert [row.ordinal for row in rows] == list(range(1, AT_ONCE + 2))
    assert len({row.number for row in rows}) == AT_ONCE + 1
    for seal in made:
        drawn = imprint.draw(await design(seal))
        assert (await Seal.get(id=seal.id)).imprint == drawn.d


async def test_the_same_request_again_is_the_same_seal() -> None:
    company = await founded("北京云杉科技有限公司")
    asked = form("department", unit="人力资源部")
    answers = await asyncio.gather(
        *(add_seal(company.id, company.representative_id, asked, NOW) for _ in range(AT_ONCE))
    )
    again = await add_seal(company.id, company.representative_id, asked, NOW)
    assert {answer.id for answer in answers} == {again.id}
    assert await Event.filter(subject=f"seal:{again.id}").count() == 1
    other = dataclasses.replace(asked, unit="市场部")
    with pytest.raises(Conflict, match=r"seal\.other_request"):
        await add_seal(company.id, company.representative_id, other, NOW)


async def test_a_request_id_belongs_to_its_company() -> None:
    one, other = await founded("北京云杉科技有限公司"), await founded("上海海纳贸易有限公司")
    asked = form("hr")
    first = await add_seal(one.id, one.representative_id, asked, NOW)
    second = await add_seal(other.id, other.representative_id, asked, NOW)
    assert first.id != second.id


async def test_a_unit_stands_in_its_seals_name() -> None:
    company = await founded("北京云杉科技有限公司")
    department = await add(company, "department", unit=" 人力资源部 ")
    branch = await add(company, "branch", unit="上海分公司")
    assert department.name == "北京云杉科技有限公司人力资源部章"
    assert branch.name == "北京云杉科技有限公司上海分公司章"
    assert (await design(department)).unit == "人力资源部"


@pytest.mark.parametrize("unit", ["财务专用章", "公章", "合同专用", "法定代表人印", "（发票专用章）"])
async def test_a_unit_that_would_look_like_another_seal_is_none(unit: str) -> None:
    company = await founded("北京云杉科技有限公司")
    for kind in ("department", "branch"):
        with pytest.raises(Invalid) as refused:
            await add(company, kind, unit=unit)
        assert (refused.value.code, refused.value.field) == ("imprint.unit", "unit")
    assert await add(company, "department", unit="印章管理处")


async def test_numerals_tell_apart_the_seals_of_one_unit_or_person_only() -> None:
    """R20: another department is told apart by its name already."""
    company = await founded("北京云杉科技有限公司")
    made = [await add(company, "department", unit=unit) for unit in ("人事部", "财务部", "财务部")]
    people = [await add(company, "principal", person_name=name) for name in ("李一", "王二")]
    assert [(await design(seal)).ordinal for seal in (*made, *people)] == [1, 1, 2, 1, 1]


async def test_a_mongolian_suffix_stays_with_its_word() -> None:
    company = await founded("内蒙古云杉牧业有限公司")
    text = "\u182e\u1823\u1829\u182d\u1823\u182f\u202f\u1824\u1828  \u182f"
    seal = await add(
        company, "contract", foreign_text=text, translation="云杉牧业", translation_confirmed=True
    )
    assert (await design(seal)).foreign_text == text.replace("  ", " ")


async def test_a_photo_of_one_kind_makes_no_seal_of_another() -> None:
    company = await founded("北京云杉科技有限公司")
    taken = await photo(company, "M0 0L1 0L1 1Z", kind="hr")
    with pytest.raises(Invalid) as refused:
        await add(company, "customs", photo=taken.id)
    assert (refused.value.code, refused.value.field) == ("photo.other_kind", "kind")


@pytest.mark.parametrize("kind", ["operator", "principal", "finance_head", "authorised"])
async def test_other_holders_have_name_seals(kind: str) -> None:
    company = await founded("北京云杉科技有限公司")
    seal = await add(company, kind, person_name="阿依古丽•买买提")
    assert seal.name.startswith("阿依古丽·买买提")
    assert (seal.state, seal.width_mm) == ("issued", 20)


@pytest.mark.parametrize(
    ("kind", "fields", "wrong"),
    [
        ("llc", {}, "kind"),
        ("department", {}, "unit"),
        ("branch", {"unit": "x" * 300}, "unit"),
        ("department", {"unit": "财务\u202e部"}, "unit"),
        ("department", {"unit": "开心😀部"}, "unit"),
        ("operator", {}, "person_name"),
        ("finance_head", {"person_name": "张\x00三"}, "person_name"),
        ("finance_head", {"person_name": "张\U0002fa20"}, "person_name"),  # no font has it
        ("invoice", {"foreign_text": "Spruce Ltd"}, "foreign_text"),
        ("operator", {"foreign_text": "Spruce Ltd", "person_name": "张三"}, "foreign_text"),
        ("contract", {"foreign_text": "x" * 500}, "foreign_text"),
        ("contract", {"foreign_text": "Spruce Ltd"}, "translation"),
        ("contract", {"foreign_text": "Spruce Ltd", "translation": "Spruce"}, "translation"),
        ("contract", {"foreign_text": "Spruce Ltd", "translation": "云杉\u202e公司"}, "translation"),
        ("contract", {"foreign_text": "Spruce Ltd", "translation": "云杉公司"}, "translation_confirmed"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_costs_no_number(
    kind: str, fields: dict[str, str], wrong: str
) -> None:
    company = await founded("北京云杉科技有限公司")
    before = await next_serial()
    with pytest.raises(Invalid) as refused:
        await add(company, kind, **fields)
    assert refused.value.field == wrong
    assert await next_serial() == before
    assert await Seal.filter(company_id=company.id).count() == len(FIVE)


@pytest.mark.parametrize("text", [UYGHUR, "Beijing Spruce Technology Co., Ltd."])
async def test_a_second_script_needs_the_translation_that_the_company_confirms(text: str) -> None:
    company = await founded("北京云杉科技有限公司")
    seal = await add(
        company,
        "contract",
        foreign_text=text,
        translation="北京云杉科技有限公司",
        translation_confirmed=True,
    )
    stored = await design(seal)
    assert (stored.foreign_text, stored.translation) == (text, "北京云杉科技有限公司")
    (event,) = await Event.filter(subject=f"seal:{seal.id}")
    assert re.fullmatch("[0-9a-f]{64}", event.facts["translation_confirmed"])
    assert event.actor == f"person:{company.representative_id}"
    plain = await add(company, "contract")
    (event,) = await Event.filter(subject=f"seal:{plain.id}")
    assert "translation_confirmed" not in event.facts


async def test_only_its_owner_adds_to_a_company_and_only_while_it_is_active() -> None:
    company, other = await founded("北京云杉科技有限公司"), await founded("上海海纳贸易有限公司")
    for act in (add_seal, preview):
        with pytest.raises(NotFound, match=r"company\.not_found"):
            await act(company.id, other.representative_id, form("hr"), NOW)
    company.state = next(state for state in CompanyState if state is not CompanyState.ACTIVE)
    await company.save()
    with pytest.raises(Conflict, match=r"company\.closed"):
        await add(company, "hr")


async def test_a_company_that_is_dissolved_meanwhile_gets_no_seal(monkeypatch: pytest.MonkeyPatch) -> None:
    company = await founded("北京云杉科技有限公司")

    async def dissolved(*_: object) -> None:
        await Company.filter(id=company.id).update(state=CompanyState.CLOSED)

    monkeypatch.setattr(duplicates, "drawn_copy", dissolved)  # between the first look and the lock
    with pytest.raises(Conflict, match=r"company\.closed"):
        await add(company, "hr")
    assert await Seal.filter(company_id=company.id).count() == len(FIVE)


async def test_a_company_has_so_many_seals_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "MAX_SEALS", len(FIVE) + 1)
    company = await founded("北京云杉科技有限公司")
    await add(company, "hr")
    with pytest.raises(Conflict, match=r"seal\.too_many"):
        await add(company, "hr")


async def test_a_preview_is_what_will_be_drawn_and_changes_nothing() -> None:
    company = await founded("北京云杉科技有限公司")
    before = await next_serial()
    shown, _ = await preview(company.id, company.representative_id, form("contract"), NOW)
    assert await next_serial() == before
    assert await Seal.filter(company_id=company.id).count() == len(FIVE)
    seal = await add(company, "contract")
    as_shown = dataclasses.replace(await design(seal), seal_number="0" * 13)
    assert imprint.draw(as_shown) == shown


@pytest.mark.parametrize(
    ("company_type", "shape", "size", "names"),
    [
        ("股份有限公司", CompanyForm.JOINT_STOCK, (42, 42), "王若涵法定代表人名章"),
        ("外商投资企业", CompanyForm.FOREIGN_INVESTED, (45, 30), "王若涵法定代表人名章"),
        ("个体工商户", CompanyForm.SOLE_TRADER, (38, 38), "王若涵经营者名章"),
    ],
)
async def test_the_company_type_decides_shape_and_name_seal(
    company_type: str, shape: CompanyForm, size: tuple[int, int], names: str
) -> None:
    company = await founded("北京云杉科技有限公司", company_type=company_type)
    legal = await Seal.get(company_id=company.id, kind="legal_name")
    assert (legal.width_mm, legal.height_mm) == size
    assert await Seal.filter(company_id=company.id).count() == len(FIVE)
    assert await Seal.exists(company_id=company.id, name=names)
    assert (await design(await add(company, "hr"))).form is shape


async def test_a_sole_trader_has_no_legal_representative() -> None:
    company = await founded("朝阳区晓月早餐店", company_type="个体工商户")
    with pytest.raises(Invalid) as refused:
        await add(company, "representative")
    assert refused.value.field == "kind"
    operator = await add(company, "operator", person_name="别人")
    assert (await design(operator)).person_name == "王若涵"  # as the licence says, whoever is asked for


async def test_a_preview_of_a_second_legal_name_seal_says_that_there_is_one() -> None:
    company = await founded("北京云杉科技有限公司")
    with pytest.raises(Conflict, match=r"seal\.only_one"):
        await preview(company.id, company.representative_id, form("legal_name"), NOW)


async def test_every_seal_is_remembered_by_its_look() -> None:
    company = await founded("北京云杉科技有限公司")
    seal = await add(company, "hr")
    assert seal.state == SealState.ISSUED.value
    assert await Likeness.filter(seal__company_id=company.id).count() == len(FIVE) + 1
