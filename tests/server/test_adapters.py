"""The adapters against the running sandbox and against servers that misbehave, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import httpx
import pytest

from auth.errors import NotFound, Refused, Unavailable
from auth.ports import (
    Bank,
    DecisionState,
    IdentityState,
    IdentityWay,
    RealName,
    Registrar,
    RegistrarApplication,
    SmallPayment,
    Sms,
)
from seals.ports import PinResetApplication, PinResets, ResetCompany
from server.adapters.bank import HttpBank
from server.adapters.http import ATTEMPTS
from server.adapters.public_security import HttpPublicSecurity
from server.adapters.realname import HttpRealName
from server.adapters.registrar import HttpRegistrar
from server.adapters.sms import HttpSms
from server.adapters.wechat import HttpWeChat

BACK = "http://127.0.0.1:9/m"
REFERENCE = "collect:0123456789abcdef01234567"
FACE = IdentityWay.FACE
PERSON = ("张三", "11010519491231002X", "13812345678")
APPLICATION = RegistrarApplication(
    application_id="a/1 ?",
    company_name="北京云杉科技有限公司",
    company_type="有限责任公司",
    region="110105",
    address="北京市朝阳区建国路88号",
    capital_wan=Decimal("500.5"),
    business_scope="软件开发",
    representative_name="张三",
    representative_id_number="11010519491231002X",
    representative_mobile="13812345678",
    term_years=None,
)
RESET = PinResetApplication(
    application_id="r1",
    name=PERSON[0],
    id_number=PERSON[1],
    mobile=PERSON[2],
    companies=(ResetCompany("北京云杉科技有限公司", "91110105MA01ABCD5F", ("1101050000001",)),),
    applied_at=datetime(2026, 11, 21, 10, 0, tzinfo=UTC),
)
COMPANY = {
    "uscc": "91110105MA01ABCD5F",
    "licence_number": "1",
    "company_name": "北京云杉科技有限公司",
    "region": "110105",
    "authority": "x",
    "established_on": "2026-11-21",
    "valid_from": "2026-11-21",
    "valid_until": None,
}

PAYMENT = SmallPayment("d1", "11001234567890123456", "中国工商银行北京望京支行", "北京云杉科技有限公司", 37)


@pytest.fixture
def sms(open_adapter, sandbox) -> Sms:
    return open_adapter(HttpSms, sandbox)


@pytest.fixture
def realname(open_adapter, sandbox) -> RealName:
    return open_adapter(HttpRealName, f"{sandbox}/")


@pytest.fixture
def registrar(open_adapter, sandbox) -> Registrar:
    return open_adapter(HttpRegistrar, sandbox)


@pytest.fixture
def public_security(open_adapter, sandbox) -> PinResets:
    return open_adapter(HttpPublicSecurity, sandbox)


@pytest.fixture
def bank(open_adapter, sandbox) -> Bank:
    return open_adapter(HttpBank, sandbox)


async def switch(sandbox, **switches):
    async with httpx.AsyncClient(base_url=sandbox, trust_env=False) as client:
        (await client.post("/_control", json=switches)).raise_for_status()


def unavailable(service: str, cause: str | None = None):
    def fits(error):
        return error.code == f"{service}.unavailable" and cause in (None, error.facts["cause"])

    return pytest.raises(Unavailable, check=fits)


async def test_message_arrives(sms, sandbox):
    await sms.send("13812345678", "验证码 824619")
    async with httpx.AsyncClient(trust_env=False) as client:
        found = (await client.get(f"{sandbox}/api/sms/messages")).json()["messages"]
    assert [(each["mobile"], each["text"]) for each in found] == [("13812345678", "验证码 824619")]


async def pass_check(phone, url):
    """On the person's page, or at the counter where it shows a code."""
    code = re.search(r'id="code">([0-9]{4}) ([0-9]{4})<', (await phone.get(url)).text)
    data = {"outcome": "pass"}
    if code:
        url, data["code"] = str(httpx.URL(url).copy_with(path="/counter/")), code[1] + code[2]
    await phone.post(url, data=data)


@pytest.mark.parametrize("way", list(IdentityWay))
async def test_identity_check_from_start_to_result(realname, way):
    check = await realname.start(*PERSON, BACK, REFERENCE, way)
    assert (await realname.result(check.id)).state is IdentityState.PENDING
    async with httpx.AsyncClient(trust_env=False) as phone:
        await pass_check(phone, check.url)
    result = await realname.result(check.id)
    assert (result.state, result.name, result.id_number, result.mobile, result.reason) == (
        IdentityState.PASSED,
        *PERSON,
        None,
    )
    assert (result.reference, result.way) == (REFERENCE, way)
    assert abs(result.decided_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert PERSON[0] not in repr(result)


async def test_application_from_submission_to_approval(registrar):
    reference = await registrar.submit(APPLICATION)
    assert await registrar.submit(APPLICATION) == reference
    decision = await registrar.result(reference)
    assert decision.state is DecisionState.APPROVED
    assert decision.company.company_name == APPLICATION.company_name
    assert decision.company.valid_from == decision.company.established_on
    assert isinstance(decision.company.established_on, date)
    assert decision.company.valid_until is None
    assert PERSON[0] not in repr(APPLICATION)


async def test_rejection_has_its_reason(registrar):
    await registrar.submit(APPLICATION)
    decision = await registrar.result(await registrar.submit(replace(APPLICATION, application_id="a2")))
    assert decision.state is DecisionState.REJECTED
    assert "名称已被登记" in decision.reason
    assert decision.company is None


async def test_a_pin_reset_from_application_to_decision(public_security, sandbox):
    reference = await public_security.submit(RESET)
    assert await public_security.submit(RESET) == reference
    decision = await public_security.result(reference)
    assert (decision.application_id, decision.state) == (RESET.application_id, DecisionState.APPROVED)
    assert PERSON[0] not in repr(RESET)
    with pytest.raises(Refused, check=lambda e: e.code == "public_security.refused"):
        await public_security.submit(replace(RESET, mobile="13987654321"))
    await switch(sandbox, faults={"public_security": "refuse"})
    refused = await public_security.submit(replace(RESET, application_id="r2"))
    assert (await public_security.result(refused)).reason == "沙箱设定：不予重置"
    with pytest.raises(NotFound, check=lambda e: e.code == "public_security.not_found"):
        await public_security.result("../none")
    await switch(sandbox, faults={"public_security": "down"})
    with unavailable("public_security", "status 503"):
        await public_security.submit(RESET)


async def test_a_refusal_without_a_reason_is_nonsense(scripted, open_adapter):
    adapter = open_adapter(HttpPublicSecurity, scripted.url)
    for told in (
        {"reference": "1", "application": "r", "state": "rejected"},
        {"reference": "2", "application": "r", "state": "approved"},
    ):
        scripted.add(200, json.dumps(told))
        with unavailable("public_security"):
            await adapter.result("1")


async def paid(sandbox) -> int:
    async with httpx.AsyncClient(base_url=sandbox, trust_env=False) as client:
        return (await client.get("/bank")).text.count("+0.37 元")


async def test_a_small_payment_is_made_once_however_often_it_is_sent(bank, sandbox):
    reference = await bank.pay(PAYMENT)
    assert await bank.pay(PAYMENT) == reference
    assert await paid(sandbox) == 1
    with pytest.raises(Refused, check=lambda e: e.code == "bank.refused"):
        await bank.pay(replace(PAYMENT, cents=38))
    await switch(sandbox, faults={"bank": "lost"})  # it pays, and its answer does not come
    await bank.pay(replace(PAYMENT, key="d2"))
    assert await paid(sandbox) == 2
    await switch(sandbox, faults={"bank": "refuse"})
    with pytest.raises(Refused, check=lambda e: "户名" in e.zh):
        await bank.pay(replace(PAYMENT, key="d3"))
    for fault in ("down", "nonsense"):
        await switch(sandbox, faults={"bank": fault})
        with unavailable("bank"):
            await bank.pay(replace(PAYMENT, key="d3"))
    assert await paid(sandbox) == 2
    assert PAYMENT.account not in repr(PAYMENT)


async def test_what_the_other_side_will_not_take_is_refused_with_its_words(sms, realname, registrar, sandbox):
    await registrar.submit(APPLICATION)
    with pytest.raises(
        Refused, check=lambda e: e.code == "registrar.refused" and "内容" in e.facts["reason"]
    ):
        await registrar.submit(replace(APPLICATION, address="elsewhere"))
    with pytest.raises(Refused, check=lambda e: e.code == "realname.refused" and "返回地址" in e.zh):
        await realname.start(*PERSON, "http://evil.example/", REFERENCE, FACE)
    await switch(sandbox, faults={"sms": "refuse", "realname": "refuse", "registrar": "refuse"})
    with pytest.raises(Refused, check=lambda e: e.code == "sms.refused"):
        await sms.send("13812345678", "x")
    check = await realname.start(*PERSON, BACK, REFERENCE, FACE)
    assert (await realname.result(check.id)).state is IdentityState.REFUSED
    reference = await registrar.submit(
        replace(APPLICATION, application_id="a3", company_name="北京红松有限公司")
    )
    assert (await registrar.result(reference)).reason == "沙箱设定：不予登记"


async def test_unknown_records_are_not_found(realname, registrar):
    with pytest.raises(NotFound, check=lambda e: e.code == "realname.not_found"):
        await realname.result("none")
    with pytest.raises(NotFound, check=lambda e: e.code == "registrar.not_found"):
        await registrar.result("../none")


async def test_service_that_is_down_is_unavailable(sms, realname, registrar, sandbox):
    await switch(sandbox, faults={"sms": "down", "realname": "down", "registrar": "down"})
    with unavailable("sms", "status 503"):
        await sms.send("13812345678", "x")
    with unavailable("realname", "status 503"):
        await realname.start(*PERSON, BACK, REFERENCE, FACE)
    with unavailable("registrar", "status 503"):
        await registrar.submit(APPLICATION)


async def test_slow_service_is_given_up(open_adapter, sandbox):
    await switch(sandbox, faults={"registrar": "slow"}, delay_s=0.6)
    with unavailable("registrar", "timeout"):
        await open_adapter(HttpRegistrar, sandbox, timeout_s=0.1).submit(APPLICATION)
    patient = open_adapter(HttpRegistrar, sandbox)
    assert (await patient.result(await patient.submit(APPLICATION))).state is DecisionState.APPROVED


async def test_adapter_lives_through_a_restart_of_the_service(start_sandbox, open_adapter):
    url, stack = await start_sandbox()
    registrar = open_adapter(HttpRegistrar, url)
    reference = await registrar.submit(APPLICATION)
    await stack.aclose()
    with unavailable("registrar", "ConnectError"):
        await registrar.result(reference)
    await start_sandbox(httpx.URL(url).port)
    assert (await registrar.result(reference)).state is DecisionState.APPROVED


async def test_production_hears_no_stand_in(open_adapter, sandbox):
    given = {"allow_stand_in": False}
    with unavailable("sms", "stand_in"):
        await open_adapter(HttpSms, sandbox, **given).send("13812345678", "x")
    with unavailable("realname", "stand_in"):
        await open_adapter(HttpRealName, sandbox, **given).start(*PERSON, BACK, REFERENCE, FACE)
    with unavailable("wechat", "stand_in"):
        await open_adapter(HttpWeChat, sandbox, app_id="a", secret="s", **given).code2session("c")
    registrar = open_adapter(HttpRegistrar, sandbox, **given)
    with unavailable("registrar", "stand_in"):
        await registrar.submit(APPLICATION)
    with unavailable("registrar", "stand_in"):  # an error answer of a stand-in is no answer either
        await registrar.result("none")


async def test_production_sends_nobody_to_a_page_without_tls(open_adapter, scripted):
    scripted.add(201, json.dumps({"id": "1", "url": "http://provider.example/x"}))
    scripted.add(201, json.dumps({"id": "1", "url": "https://provider.example/x"}))
    realname = open_adapter(HttpRealName, scripted.url, allow_stand_in=False)
    with unavailable("realname", "page without TLS"):
        await realname.start(*PERSON, BACK, REFERENCE, FACE)
    assert (await realname.start(*PERSON, BACK, REFERENCE, FACE)).url == "https://provider.example/x"


@pytest.mark.parametrize("first", [500, 502, 503, None])
async def test_idempotent_request_is_sent_again(open_adapter, scripted, first):
    scripted.add(first or 200)
    if first is None:
        scripted.answers[0] = None
    scripted.add(200, json.dumps({"reference": "r1"}))
    assert await open_adapter(HttpRegistrar, scripted.url).submit(APPLICATION) == "r1"
    assert len(scripted.requests) == 2
    assert scripted.requests[0].startswith(b"PUT /api/registrar/applications/a%2F1%20%3F HTTP/1.1")
    assert '"capital_wan":"500.5"' in scripted.requests[0].decode()


async def test_repeats_are_bounded(open_adapter, scripted):
    for _ in range(ATTEMPTS + 1):
        scripted.add(500)
    with unavailable("registrar", "status 500"):
        await open_adapter(HttpRegistrar, scripted.url).submit(APPLICATION)
    assert len(scripted.requests) == ATTEMPTS


@pytest.mark.parametrize("answer", [500, None])
async def test_message_that_may_have_left_is_not_sent_twice(open_adapter, scripted, answer):
    scripted.add(answer or 200)
    if answer is None:
        scripted.answers[0] = None
    scripted.add(202, '{"id":"1"}')
    with unavailable("sms"):
        await open_adapter(HttpSms, scripted.url).send("13812345678", "x")
    assert len(scripted.requests) == 1


async def test_message_that_never_left_is_sent_again(open_adapter):
    """Nobody listens at first; the gateway comes up while the adapter waits to try again."""
    port_holder = socket.create_server(("127.0.0.1", 0))
    port = port_holder.getsockname()[1]
    port_holder.close()
    sms = open_adapter(HttpSms, f"http://127.0.0.1:{port}")
    with unavailable("sms", "ConnectError"):
        await sms.send("13812345678", "x")
    sending = asyncio.create_task(sms.send("13812345678", "x"))
    requests = []

    async def serve(reader, writer):
        requests.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b'HTTP/1.1 202 X\r\nContent-Length: 10\r\nConnection: close\r\n\r\n{"id":"1"}')
        await writer.drain()
        writer.close()

    await asyncio.sleep(0.1)
    async with await asyncio.start_server(serve, "127.0.0.1", port):
        await sending
    assert len(requests) == 1


@pytest.mark.parametrize(
    "body",
    [
        "",
        "null",
        "<html>",
        "[]",
        '{"reference":"r1","state":"approved"}',
        '{"reference":"r1","state":"rejected"}',
        '{"reference":"r1","state":"perhaps"}',
        '{"reference":"r2","state":"pending"}',
        json.dumps({"reference": "r1", "state": "pending", "company": COMPANY}),
        json.dumps(
            {"reference": "r1", "state": "approved", "company": COMPANY | {"uscc": "91110105MA01ABCD5X"}}
        ),
        json.dumps({"reference": "r1", "state": "approved", "company": COMPANY | {"region": "99"}}),
        json.dumps(
            {"reference": "r1", "state": "approved", "company": COMPANY | {"company_name": "\u202e京京京京"}}
        ),
        json.dumps(
            {"reference": "r1", "state": "approved", "company": COMPANY | {"valid_until": "2020-01-01"}}
        ),
        json.dumps({"reference": "r1", "state": "approved", "company": COMPANY | {"established_on": "soon"}}),
        "[" * 5000,
        '{"reference":"r1","state":"pending","x":"' + "x" * 70_000 + '"}',
    ],
)
async def test_nonsense_is_no_answer(open_adapter, scripted, body):
    scripted.add(200, body)
    with unavailable("registrar"):
        await open_adapter(HttpRegistrar, scripted.url).result("r1")


async def test_the_twin_of_the_nonsense_is_an_answer(open_adapter, scripted):
    scripted.add(200, json.dumps({"reference": "r1", "state": "approved", "company": COMPANY}))
    decision = await open_adapter(HttpRegistrar, scripted.url).result("r1")
    assert decision.company.uscc == COMPANY["uscc"]


@pytest.mark.parametrize("status", [301, 302, 401, 403, 429])
async def test_other_statuses_are_no_answer_and_no_redirect_is_followed(open_adapter, scripted, status):
    scripted.add(status, '{"id":"1"}', headers=f"Location: {scripted.url}/elsewhere\r\n")
    with unavailable("sms", f"status {status}"):
        await open_adapter(HttpSms, scripted.url).send("13812345678", "x")
    assert len(scripted.requests) == 1


async def test_wrong_base_address_is_not_a_missing_record(open_adapter, scripted):
    scripted.add(404)
    with unavailable("sms", "status 404"):
        await open_adapter(HttpSms, scripted.url).send("13812345678", "x")


async def test_answer_about_another_check_is_no_answer(open_adapter, scripted):
    told = {"name": "张三", "id_number": "x", "mobile": "y", "reference": REFERENCE, "way": "face"}
    scripted.add(200, json.dumps({"id": "2", "state": "passed", "decided_at": "2026-11-22T00:00Z", **told}))
    with unavailable("realname", "answer about another check"):
        await open_adapter(HttpRealName, scripted.url).result("1")


async def test_reason_of_the_other_side_is_cut_and_cleaned(open_adapter, scripted):
    scripted.add(422, json.dumps({"error": {"reason": "不行\u202e\r\n" + "长" * 500}}))
    with pytest.raises(Refused) as caught:
        await open_adapter(HttpSms, scripted.url).send("13812345678", "x")
    assert caught.value.facts["reason"] == "不行" + "长" * 198


async def test_bearer_token_goes_along(open_adapter, scripted):
    scripted.add(202, '{"id":"1"}')
    await open_adapter(HttpSms, scripted.url, bearer="s3cret").send("13812345678", "x")
    assert b"authorization: bearer s3cret" in scripted.requests[0].lower()
