"""Held seals: an imprint too like another company's, and every photo, until a person has looked (R79)."""

from __future__ import annotations

import asyncio

import pytest

from auth.errors import Conflict, DomainError, Invalid, NotFound
from auth.models import Company, Event
from seals import reviewing
from seals.adding import add_seal
from seals.filing_models import MakerFiling
from seals.imprint import Imprint
from seals.models import Collection, Seal, SealState
from seals.seal_views import SealView
from seals.signing.preparing import require_collected
from tests.seals.adding_rows import NOW, form, founded, photo
from tests.seals.distorting import photo_of

pytestmark = pytest.mark.usefixtures("database")

ALMOST_ONE_NAME = ("北京未来精密仪器有限公司", "北京末来精密仪器有限公司")
TRACE = "M2 2L38 2L38 38L2 38ZM6 6L6 34L34 34L34 6Z"


async def add(company: Company, kind: str, **fields: object) -> SealView:
    return await add_seal(company.id, company.representative_id, form(kind, **fields), NOW)


async def from_photo(company: Company, kind: str = "contract", trace: str = TRACE) -> SealView:
    row = await photo(company, trace, kind=kind)
    return await add(company, kind, photo=row.id)


async def events_of(seal: str) -> list[tuple[str, str]]:
    rows = await Event.filter(subject=f"seal:{seal}").order_by("seq")
    return [(row.kind, row.actor) for row in rows]


async def test_founding_never_holds_though_the_imprints_be_alike() -> None:
    for name in ALMOST_ONE_NAME:
        company = await founded(name)
        assert not await Seal.exists(company_id=company.id, state=SealState.HELD)


async def test_a_drawn_imprint_that_is_another_companys_too_is_held() -> None:
    """Two names of the register, but nobody can tell their imprints apart."""
    first, second = [await founded(name) for name in ALMOST_ONE_NAME]
    made = await add(first, "hr")
    assert (made.state, made.reason_zh) == ("issued", None)
    held = await add(second, "hr")
    assert held.state == "held"
    assert held.reason_zh is not None
    assert held.reason_en is not None
    assert "过于相似" in held.reason_zh
    assert first.id not in held.reason_zh + held.reason_en
    assert await events_of(held.id) == [("seal.held", f"person:{second.representative_id}")]
    (waiting,) = await reviewing.held()
    assert (waiting.id, waiting.alike, waiting.photo) == (held.id, made.id, False)
    assert waiting.alike_company == first.name


@pytest.mark.parametrize("kind", ["hr", "contract"])
async def test_names_that_differ_in_one_character_are_both_issued(kind: str) -> None:
    first, second = await founded("北京云杉精密仪器有限公司"), await founded("北京云松精密仪器有限公司")
    assert [(await add(company, kind)).state for company in (first, second)] == ["issued"] * 2


async def test_two_people_may_share_a_name() -> None:
    first, second = await founded("北京云杉科技有限公司"), await founded("上海海纳贸易有限公司")
    states = [(await add(company, "finance_head", person_name="王芳")).state for company in (first, second)]
    assert states == ["issued", "issued"]


async def test_ones_own_seals_may_be_alike() -> None:
    company = await founded("北京云杉科技有限公司")
    assert [(await add(company, "hr")).state for _ in range(3)] == ["issued"] * 3


async def test_every_photo_is_held_and_signs_nothing() -> None:
    company = await founded("北京云杉科技有限公司")
    held = await from_photo(company)
    assert (held.state, held.width_mm, held.ordinal) == ("held", 40, 2)
    row = await Seal.get(id=held.id)
    assert row.imprint == TRACE
    with pytest.raises(Conflict, match=r"seal\.not_issued"):
        require_collected(row)
    assert await Collection.all().count() == 0


async def test_a_photo_made_copy_of_another_companys_seal_is_found() -> None:
    theirs = await founded("北京云杉精密仪器有限公司")
    others = [await founded(name) for name in ("上海海纳贸易有限公司", "深圳宏图文化传播有限公司")]
    original = await Seal.get(company_id=theirs.id, kind="contract")
    drawn = Imprint(original.width_mm, original.height_mm, original.imprint)
    copy = photo_of(drawn, seed=5, turn=73)
    row = await photo(others[0], copy.d, copy.width_mm, copy.height_mm)
    held = await add(others[0], "contract", photo=row.id)
    (waiting,) = await reviewing.held()
    assert (waiting.id, waiting.alike, waiting.photo) == (held.id, original.id, True)


async def test_a_photo_of_ones_own_seal_is_like_no_others() -> None:
    company, _ = await founded("北京云杉精密仪器有限公司"), await founded("上海海纳贸易有限公司")
    original = await Seal.get(company_id=company.id, kind="contract")
    copy = photo_of(Imprint(original.width_mm, original.height_mm, original.imprint), seed=6)
    await from_photo(company, trace=copy.d)
    (waiting,) = await reviewing.held()
    assert (waiting.alike, waiting.score) == (None, None)


async def test_an_approved_seal_is_issued() -> None:
    company = await founded("北京云杉科技有限公司")
    held = await from_photo(company)
    await reviewing.approve(held.id, "host:desk", NOW)
    row = await Seal.get(id=held.id)
    assert (row.state, row.reason) == (SealState.ISSUED, None)
    assert await events_of(held.id) == [
        ("seal.held", f"person:{company.representative_id}"),
        ("seal.issued", "host:desk"),
    ]
    assert await reviewing.held() == []
    filing = await MakerFiling.get(seal_id=held.id)
    assert filing.agent_id == company.representative_id, "who added it, though another approved it"


async def test_a_declined_seal_is_over_and_gives_its_place_free() -> None:
    company = await founded("北京云杉科技有限公司", seals=False)
    held = await from_photo(company, "legal_name")
    with pytest.raises(Conflict, match=r"seal\.only_one"):
        await add(company, "legal_name")
    await reviewing.decline(held.id, "host:desk", "印模与执照名称不符", "The imprint shows another name", NOW)
    row = await Seal.get(id=held.id)
    assert (row.state, row.sole) == (SealState.DECLINED, None)
    assert row.reason == "印模与执照名称不符\nThe imprint shows another name"
    assert (await events_of(held.id))[-1] == ("seal.declined", "host:desk")
    again = await from_photo(company, "legal_name")
    assert again.number != held.number
    await reviewing.decline(again.id, "host:desk", "照片不清", "The photo is not clear", NOW)
    third = await add(company, "legal_name")
    assert (third.state, third.ordinal) == ("issued", 1)


async def test_a_seal_is_reviewed_once() -> None:
    company = await founded("北京云杉科技有限公司")
    held = await from_photo(company)
    answers = await asyncio.gather(
        *(reviewing.approve(held.id, f"host:desk{number}", NOW) for number in range(4)),
        *(reviewing.decline(held.id, f"host:desk{number}", "不符", "no", NOW) for number in range(4)),
        return_exceptions=True,
    )
    refusals = [answer.code for answer in answers if isinstance(answer, DomainError)]
    assert refusals == ["seal.state"] * 7
    assert len(await events_of(held.id)) == 2


async def test_what_a_review_needs() -> None:
    company = await founded("北京云杉科技有限公司")
    held = await from_photo(company)
    for words in (("", "no"), ("不符", ""), ("不" * 500, "no"), ("不\x00符", "no")):
        with pytest.raises(Invalid):
            await reviewing.decline(held.id, "host:desk", *words, NOW)
    with pytest.raises(Invalid):
        await reviewing.approve(held.id, "", NOW)
    with pytest.raises(NotFound, match=r"seal\.not_found"):
        await reviewing.approve("0" * 24, "host:desk", NOW)
    issued = await add(company, "hr")
    with pytest.raises(Conflict, match=r"seal\.state"):
        await reviewing.approve(issued.id, "host:desk", NOW)
    assert (await Seal.get(id=held.id)).state is SealState.HELD


async def test_anothers_photo_makes_no_seal() -> None:
    company, other = await founded("北京云杉科技有限公司"), await founded("上海海纳贸易有限公司")
    row = await photo(other, TRACE)
    with pytest.raises(NotFound, match=r"photo\.not_found"):
        await add(company, "contract", photo=row.id)
