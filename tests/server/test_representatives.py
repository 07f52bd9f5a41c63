"""Who represents a company: the sandbox's desk, its interface, and the adapter that asks, over real HTTP."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal

import httpx
import pytest

from auth.errors import NotFound, Refused, Unavailable
from auth.ports import RegisteredRepresentative, Registrar, RegistrarApplication
from server.adapters.registrar import HttpRegistrar
from server.sandbox.settings import now

APPLICATION = RegistrarApplication(
    application_id="a1",
    company_name="北京云杉科技有限公司",
    company_type="有限责任公司",
    region="110105",
    address="北京市朝阳区建国路88号",
    capital_wan=Decimal("500"),
    business_scope="软件开发",
    representative_name="张三",
    representative_id_number="11010519491231002X",
    representative_mobile="13812345678",
    term_years=None,
)
NEXT = {"name": "李四", "id_number": "110105199001010010", "mobile": "13900000001"}
USCC = "91110105MA01ABCD5F"
SAID = {"uscc": USCC, **NEXT, "licence_number": "1", "since": "2026-11-21"}


@pytest.fixture
def registrar(open_adapter, sandbox) -> Registrar:
    return open_adapter(HttpRegistrar, sandbox)


@pytest.fixture
async def desk(sandbox):
    async with httpx.AsyncClient(base_url=sandbox, trust_env=False) as client:
        yield client


@pytest.fixture
async def uscc(registrar) -> str:
    """A company that is registered."""
    decision = await registrar.result(await registrar.submit(APPLICATION))
    return str(decision.company.uscc)


def form(code: str, **other: str) -> dict[str, str]:
    return {"uscc": code, **NEXT, "since": "2026-11-20", **other}


async def test_the_first_representative_is_whom_the_application_named(registrar, uscc):
    found = await registrar.representative(uscc)
    assert (found.uscc, found.name, found.id_number, found.mobile) == (
        uscc,
        "张三",
        "11010519491231002X",
        "13812345678",
    )
    assert await registrar.changes(0) == ()
    assert "张三" not in repr(found)
    assert "11010519491231002X" not in repr(found)


async def test_a_clerk_registers_a_change_and_the_register_tells_it_once(registrar, desk, uscc):
    first = await registrar.representative(uscc)
    answer = await desk.post("/representatives", data=form(uscc))
    assert answer.status_code == 303
    (change,) = await registrar.changes(0)
    assert change.uscc == uscc
    assert await registrar.changes(change.number) == ()
    found = await registrar.representative(uscc)
    assert found == RegisteredRepresentative(
        uscc,
        **NEXT,
        licence_number=found.licence_number,
        since=date(2026, 11, 20),
        company_name=APPLICATION.company_name,
    )
    assert found.licence_number != first.licence_number
    page = (await desk.get("/representatives")).text
    assert page.count("李四") == 2
    assert NEXT["id_number"] not in page

    await desk.post("/representatives", data=form(uscc, name="王五"))
    assert [each.uscc for each in await registrar.changes(0)] == [uscc, uscc]
    assert (await registrar.representative(uscc)).name == "王五"


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"name": ""}, 422),
        ({"id_number": "110105199001010018"}, 422),
        ({"mobile": "12"}, 422),
        ({"since": (now().date() + timedelta(days=2)).isoformat()}, 422),
        ({"uscc": USCC}, 400),
    ],
)
async def test_what_a_clerk_mistypes_changes_nothing(registrar, desk, uscc, other, status):
    assert (await desk.post("/representatives", data=form(uscc, **other))).status_code == status
    assert await registrar.changes(0) == ()


@pytest.mark.parametrize("fault", ["refuse", "down", "nonsense", "slow"])
async def test_a_registrar_that_does_not_answer_is_a_typed_failure(open_adapter, sandbox, desk, uscc, fault):
    registrar = open_adapter(HttpRegistrar, sandbox, timeout_s=0.3)
    await desk.post("/_control", json={"faults": {"registrar": fault}, "delay_s": 0.6})
    kind, code = (Refused, "refused") if fault == "refuse" else (Unavailable, "unavailable")
    for ask in (registrar.changes(0), registrar.representative(uscc)):
        with pytest.raises(kind, check=lambda error: error.code == f"registrar.{code}"):
            await ask


async def test_an_unknown_company_is_not_found(registrar):
    with pytest.raises(NotFound, check=lambda error: error.code == "registrar.not_found"):
        await registrar.representative(USCC)


@pytest.mark.parametrize(
    "other",
    [
        {"uscc": "91110105MA01ABCE3A"},
        {"uscc": "91110105MA01ABCD5X"},
        {"name": "\u202e李四"},
        {"name": None},
        {"id_number": "110105199001010018"},
        {"mobile": "1"},
        {"licence_number": ""},
        {"since": "soon"},
    ],
)
async def test_a_nonsensical_representative_is_none(open_adapter, scripted, other):
    adapter = open_adapter(HttpRegistrar, scripted.url)
    scripted.add(200, json.dumps(SAID))
    assert (await adapter.representative(USCC)).name == "李四"
    scripted.add(200, json.dumps({**SAID, **other}))
    with pytest.raises(Unavailable, check=lambda error: error.code == "registrar.unavailable"):
        await adapter.representative(USCC)


@pytest.mark.parametrize("numbers", [[5], [4], [7, 6], [6, 6], [0], [2**63], ["x"]])
async def test_changes_that_do_not_go_on_are_no_answer(open_adapter, scripted, numbers):
    adapter = open_adapter(HttpRegistrar, scripted.url)
    scripted.add(200, json.dumps({"changes": [{"number": 6, "uscc": USCC}, {"number": 9, "uscc": USCC}]}))
    assert [each.number for each in await adapter.changes(5)] == [6, 9]
    scripted.add(200, json.dumps({"changes": [{"number": number, "uscc": USCC} for number in numbers]}))
    with pytest.raises(Unavailable, check=lambda error: error.code == "registrar.unavailable"):
        await adapter.changes(5)
