"""The sandbox over real HTTP: its interfaces, its pages, and that it never passes for real."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from auth.identifiers import uscc
from server.sandbox.issuing import last_day, new_uscc
from server.sandbox.realname import CHECK_LIFE, WAYS, check_by
from server.sandbox.settings import SandboxSettings, may_return_to, now
from server.sandbox.store import open_store

FORM = {
    "company_name": "北京云杉科技有限公司",
    "company_type": "有限责任公司",
    "region": "110105",
    "address": "北京市朝阳区建国路88号",
    "capital_wan": "500",
    "business_scope": "软件开发",
    "representative_name": "张三",
    "representative_id_number": "11010519491231002X",
    "representative_mobile": "13812345678",
    "term_years": 20,
}
CHECK = {
    "name": "张三",
    "id_number": "11010519491231002X",
    "mobile": "13812345678",
    "return_url": "http://127.0.0.1:9/m/collect/1?x=2",
    "reference": "collect:0123456789abcdef01234567",
    "way": "face",
}


@pytest.fixture
async def client(sandbox):
    async with httpx.AsyncClient(base_url=sandbox, trust_env=False) as held:
        yield held


async def put(client, application_id, **changed):
    answer = await client.put(f"/api/registrar/applications/{application_id}", json={**FORM, **changed})
    return answer.json()["reference"]


async def decided(client, reference):
    return (await client.get(f"/api/registrar/decisions/{reference}")).json()


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/sms",
        "/counter",
        "/registrar",
        "/companies",
        "/representatives",
        "/public-security",
        "/nothing",
        "/realname/nothing",
        "/wechat/authorize",
    ],
)
async def test_every_page_says_loudly_that_it_is_the_sandbox(client, path):
    answer = await client.get(path)
    assert answer.headers["X-Ezhang-Stand-In"] == "sandbox"
    assert "沙箱环境" in answer.text.split("</div>")[0]
    assert "script-src 'nonce-" in answer.headers["Content-Security-Policy"]


async def test_every_answer_carries_the_stand_in_header_errors_too(client):
    answers = [
        await client.get("/_control"),
        await client.post("/api/sms/messages", json={"mobile": "13812345678", "text": "x"}),
        await client.post("/api/sms/messages", json={"mobile": "1", "text": "x"}),
        await client.post("/api/sms/messages", content=b"{"),
        await client.post("/api/sms/messages", content=b"x" * 100_000),
        await client.get("/api/nothing"),
        await client.put("/api/sms/messages"),
    ]
    assert [each.status_code for each in answers] == [200, 202, 422, 400, 413, 404, 405]
    assert {each.headers["X-Ezhang-Stand-In"] for each in answers} == {"sandbox"}


async def test_inbox_shows_the_newest_message_first_with_its_code(client):
    for mobile, code in (("13812345678", "824619"), ("13987654321", "730591")):
        await client.post("/api/sms/messages", json={"mobile": mobile, "text": f"验证码 {code}，5 分钟有效"})
    found = (await client.get("/api/sms/messages")).json()["messages"]
    assert [each["code"] for each in found] == ["730591", "824619"]
    one = (await client.get("/api/sms/messages", params={"mobile": "13812345678"})).json()["messages"]
    assert [each["code"] for each in one] == ["824619"]
    page = (await client.get("/sms")).text
    assert page.index('<div class="code">730591') < page.index('<div class="code">824619')


async def test_text_of_a_message_is_shown_as_text(client):
    await client.post(
        "/api/sms/messages", json={"mobile": "13812345678", "text": "<script>alert(1)</script>"}
    )
    assert "&lt;script&gt;alert(1)" in (await client.get("/sms")).text


async def test_inbox_keeps_a_bounded_number_of_messages(client, tmp_path):
    db = open_store(tmp_path / "sandbox")
    db.executemany("INSERT INTO message (mobile, text, at) VALUES ('13812345678', ?, '2026')", [("x",)] * 700)
    await client.post("/api/sms/messages", json={"mobile": "13812345678", "text": "the last"})
    assert db.execute("SELECT count(*), max(text = 'the last') FROM message").fetchone()[:] == (500, 1)
    db.close()


@pytest.mark.parametrize(
    ("way", "outcome", "state", "reason"),
    [
        ("face", "pass", "passed", None),
        ("face", "refuse", "refused", "人脸比对未通过"),
        ("bank", "pass", "passed", None),
        ("bank", "refuse", "refused", "银行卡、姓名、证件号码与手机号不一致"),
    ],
)
async def test_its_page_decides_once_and_leads_back(client, way, outcome, state, reason):
    check = (await client.post("/api/realname/checks", json={**CHECK, "way": way})).json()
    assert check["id"] not in check["url"]  # the person's page does not tell the company's id
    page = await client.get(check["url"])
    assert {"face": "人脸识别（沙箱）", "bank": "银行卡核验（沙箱）"}[way] in page.text
    assert ("摄像头" in page.text) == (way == "face")
    assert "张*" in page.text
    assert "张三" not in page.text
    assert CHECK["id_number"] not in page.text
    assert (await client.get(f"/api/realname/checks/{check['id']}")).json()["state"] == "pending"
    pressed = await client.post(check["url"], data={"outcome": outcome})
    assert (pressed.status_code, pressed.headers["Location"]) == (303, CHECK["return_url"])
    await client.post(check["url"], data={"outcome": "refuse" if outcome == "pass" else "pass"})
    told = (await client.get(f"/api/realname/checks/{check['id']}")).json()
    assert abs(datetime.fromisoformat(told.pop("decided_at")) - now()) < timedelta(minutes=1)
    assert told == {
        "id": check["id"],
        "state": state,
        "name": "张三",
        "id_number": "11010519491231002X",
        "mobile": "13812345678",
        "reference": CHECK["reference"],
        "way": way,
        "reason": reason,
    }


@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [("pass", "passed", None), ("refuse", "refused", "窗口人员核验证件未通过")],
)
async def test_at_the_counter_the_clerk_decides_by_the_code(client, outcome, state, reason):
    check = (await client.post("/api/realname/checks", json={**CHECK, "way": "counter"})).json()

    async def stands():
        told = (await client.get(f"/api/realname/checks/{check['id']}")).json()
        return told["state"], told["reason"]

    code = re.search(r'id="code">([0-9]{4} [0-9]{4})<', (await client.get(check["url"])).text)[1]
    # Whoever is checked does not decide; nor does a code that nobody was given.
    assert (await client.post(check["url"], data={"outcome": "pass"})).status_code == 403
    assert (await client.post("/counter/", data={"code": "1", "outcome": "pass"})).status_code == 404
    assert await stands() == ("pending", None)
    assert "没有这个核验码" in (await client.get("/counter/?code=1")).text
    desk = (await client.get("/counter/", params={"code": code})).text
    assert "张三" in desk
    assert CHECK["id_number"] not in desk
    await client.post("/counter/", data={"code": code, "outcome": outcome})
    await client.post("/counter/", data={"code": code, "outcome": "pass"})
    assert await stands() == (state, reason)
    assert "返回" in (await client.get(check["url"])).text


@pytest.mark.parametrize("way", WAYS)
async def test_check_that_nobody_finishes_is_refused_in_time(client, tmp_path, way):
    check = (await client.post("/api/realname/checks", json={**CHECK, "way": way})).json()
    db = open_store(tmp_path / "sandbox")
    life = CHECK_LIFE[way]
    assert check_by(db, "id", check["id"], now() + life - timedelta(minutes=1))["state"] == "pending"
    late = check_by(db, "id", check["id"], now() + life + timedelta(minutes=1))
    db.close()
    assert (late["state"], late["reason"]) == ("refused", "核验超时，请重新发起")
    await client.post(check["url"], data={"outcome": "pass"})
    assert (await client.get(f"/api/realname/checks/{check['id']}")).json()["state"] == "refused"


@pytest.mark.parametrize("way", WAYS)
async def test_check_can_be_set_to_pass_or_to_be_refused_by_itself(client, way):
    asked = {**CHECK, "way": way}
    await client.post("/_control", json={"faults": {"realname": "refuse"}})
    check = (await client.post("/api/realname/checks", json=asked)).json()
    assert (await client.get(f"/api/realname/checks/{check['id']}")).json()["state"] == "refused"
    await client.post("/_control", json={"faults": {"realname": "none"}, "realname_mode": "pass"})
    check = (await client.post("/api/realname/checks", json=asked)).json()
    assert (await client.get(f"/api/realname/checks/{check['id']}")).json()["state"] == "passed"


@pytest.mark.parametrize("field", ["name", "id_number", "mobile", "way"])
async def test_check_of_nobody_is_refused(client, field):
    answer = await client.post("/api/realname/checks", json={**CHECK, field: "0"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example/",
        "http://127.0.0.1:9.evil.example/",
        "http://127.0.0.1:9@evil.example/",
        "http://user@127.0.0.1:9/",
        "http://127.0.0.1:10/",
        "https://127.0.0.1:9/",
        "//evil.example/",
        "/m/collect",
        "javascript:alert(1)",
        "http:\\\\127.0.0.1:9/",
        "http://evil.example\\@127.0.0.1:9/",
        "http://127.0.0.1:9/\r\nX: y",
        "http://127.0.0.1:99999/",
        "",
    ],
)
async def test_no_open_redirect(client, url):
    answer = await client.post("/api/realname/checks", json={**CHECK, "return_url": url})
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "realname.return_url"


def test_origins_compare_in_one_spelling():
    settings = SandboxSettings(Path(), "http://x", ("https://Ezhang.example/", "http://10.0.0.2:8000"))
    assert may_return_to("https://ezhang.example:443/m", settings)
    assert may_return_to("http://10.0.0.2:8000/m#x", settings)
    assert not may_return_to("http://ezhang.example/m", settings)


async def test_automatic_registrar_gives_valid_and_different_codes(client):
    references = [await put(client, f"a{n}", company_name=f"北京云杉{n}号科技有限公司") for n in range(5)]
    companies = [(await decided(client, reference))["company"] for reference in references]
    for company in companies:
        assert uscc(company["uscc"]).startswith("91110105")
        assert company["authority"] == "北京市朝阳区市场监督管理局（沙箱）"
        first, last = date.fromisoformat(company["valid_from"]), date.fromisoformat(company["valid_until"])
        assert last + timedelta(days=1) == first.replace(year=first.year + 20)
    assert len({company["uscc"] for company in companies}) == 5
    assert len({company["licence_number"] for company in companies}) == 5


async def test_same_application_again_is_the_same_application(client):
    first, again = await put(client, "a1"), await put(client, "a1")
    assert first == again
    differs = await client.put("/api/registrar/applications/a1", json={**FORM, "address": "elsewhere"})
    assert differs.status_code == 409


async def test_name_that_is_registered_is_rejected_with_the_reason(client):
    await put(client, "a1", company_name="云杉（北京）科技有限公司")
    second = await decided(client, await put(client, "a2", company_name="云杉(北京)科技有限公司"))
    assert (second["state"], second["company"]) == ("rejected", None)
    assert "名称已被登记" in second["reason"]


async def test_name_that_is_registered_needs_no_officer(client):
    await put(client, "a1")
    await client.post("/registrar/mode", data={"mode": "manual"})
    assert (await decided(client, await put(client, "a2")))["state"] == "rejected"


async def test_officer_approves_and_rejects_at_the_desk(client):
    await client.post("/registrar/mode", data={"mode": "manual"})
    good = await put(client, "a1")
    bad = await put(client, "a2", company_name="北京红松科技有限公司")
    assert (await decided(client, good))["state"] == "pending"
    page = (await client.get("/registrar")).text
    assert "北京云杉科技有限公司" in page
    assert FORM["representative_id_number"] not in page
    await client.post(f"/registrar/{good}/approve")
    assert (await client.post(f"/registrar/{bad}/reject", data={"reason": " "})).status_code == 400
    assert (await decided(client, bad))["state"] == "pending"
    await client.post(f"/registrar/{bad}/reject", data={"reason": "住所材料不全"})
    await client.post(f"/registrar/{bad}/approve")  # too late
    await client.post(f"/registrar/{good}/reject", data={"reason": "x"})
    assert (await decided(client, good))["state"] == "approved"
    assert (await decided(client, bad)) | {"company": None} == {
        "reference": bad,
        "state": "rejected",
        "reason": "住所材料不全",
        "company": None,
    }


async def test_two_waiting_applications_of_one_name_give_one_company(client):
    await client.post("/registrar/mode", data={"mode": "manual"})
    references = [await put(client, "a1"), await put(client, "a2")]
    for reference in references:
        await client.post(f"/registrar/{reference}/approve")
    assert [(await decided(client, each))["state"] for each in references] == ["approved", "rejected"]


@pytest.mark.parametrize(
    "changed",
    [
        {"capital_wan": "-1"},
        {"capital_wan": "NaN"},
        {"term_years": 0},
        {"region": "990000"},
        {"company_name": "x"},
        {"extra": "1"},
    ],
)
async def test_malformed_application_is_not_taken(client, changed):
    answer = await client.put("/api/registrar/applications/a1", json={**FORM, **changed})
    assert answer.status_code == 422
    assert (await client.put("/api/registrar/applications/a1", json=FORM)).status_code == 200


async def test_the_public_security_desk_decides_once_with_a_reason(client):
    await client.post("/public-security/mode", data={"mode": "manual"})
    form = {
        "name": "张三",
        "id_number": "11010519491231002X",
        "mobile": "13812345678",
        "companies": [{"name": "某公司", "uscc": "91110105MA01ABCD5F", "seals": ["1101050000001"]}],
        "applied_at": "2026-11-21T10:00:00+00:00",
    }

    async def applied(application):
        answer = await client.put(f"/api/public-security/pin-resets/{application}", json=form)
        return answer.json()["reference"]

    async def stands(reference):
        found = (await client.get(f"/api/public-security/pin-reset-decisions/{reference}")).json()
        return found["state"], found["reason"]

    good, bad = await applied("a1"), await applied("a2")
    assert await stands(good) == ("pending", None)
    page = (await client.get("/public-security")).text
    assert "1101050000001" in page
    assert form["id_number"] not in page
    await client.post(f"/public-security/{good}/approve")
    assert (await client.post(f"/public-security/{bad}/reject", data={"reason": " "})).status_code == 400
    await client.post(f"/public-security/{bad}/reject", data={"reason": "材料不全"})
    await client.post(f"/public-security/{bad}/approve")  # too late
    assert (await stands(good), await stands(bad)) == (("approved", None), ("rejected", "材料不全"))
    assert "材料不全" in (await client.get("/public-security")).text


@pytest.mark.parametrize("path", ["/registrar/mode", "/_control", "/api/sms/messages"])
async def test_pages_of_other_sites_cannot_press_buttons(client, path):
    answer = await client.post(path, headers={"Origin": "http://evil.example"}, data={"mode": "manual"})
    assert answer.status_code == 403
    own = await client.post(
        "/registrar/mode", headers={"Origin": str(client.base_url)}, data={"mode": "manual"}
    )
    assert own.status_code == 303


async def test_switches_change_one_at_a_time_and_refuse_nonsense(client):
    await client.post("/_control", json={"faults": {"sms": "down"}})
    stands = (await client.post("/_control", json={"faults": {"realname": "slow"}, "delay_s": 0.5})).json()
    others = dict.fromkeys(("registrar", "public_security", "filing_desk", "wechat", "bank", "push"), "none")
    assert stands["faults"] == {"sms": "down", "realname": "slow", **others}
    for nonsense in (
        {"faults": {"sms": "x"}},
        {"faults": {"x": "down"}},
        {"x": 1},
        {"delay_s": 1e9},
        [],
        None,
    ):
        assert (await client.post("/_control", json=nonsense)).status_code == 422
    assert (await client.get("/_control")).json() == stands


async def test_restart_forgets_nothing(start_sandbox):
    url, stack = await start_sandbox()
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        await client.post("/_control", json={"registrar_mode": "manual"})
        await client.post("/api/sms/messages", json={"mobile": "13812345678", "text": "验证码 824619"})
        check = (await client.post("/api/realname/checks", json=CHECK)).json()
        reference = await put(client, "a1")
    await stack.aclose()
    url, _ = await start_sandbox()
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        assert (await client.get("/_control")).json()["registrar_mode"] == "manual"
        assert (await client.get("/api/sms/messages")).json()["messages"][0]["code"] == "824619"
        assert (await client.get(f"/api/realname/checks/{check['id']}")).json()["state"] == "pending"
        assert await put(client, "a1") == reference


def test_codes_and_terms():
    assert len({uscc(new_uscc("440305")) for _ in range(200)}) == 200
    assert last_day(date(2026, 11, 21), None) is None
    assert last_day(date(2026, 11, 21), 20) == date(2046, 11, 20)
    assert last_day(date(2024, 2, 29), 4) == date(2028, 2, 28)
    assert last_day(date(2024, 2, 29), 1) == date(2025, 2, 28)


def test_program_starts_says_what_it_is_and_stops(tmp_path):
    command = [sys.executable, "-m", "server.sandbox", "--port", "0", "--data", str(tmp_path / "data")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline()
        assert "沙箱环境" in line
        url = re.search(r"http://[0-9.]+:[0-9]+", line)[0]
        with httpx.Client(transport=httpx.HTTPTransport(retries=5), trust_env=False) as client:
            assert client.get(url).headers["X-Ezhang-Stand-In"] == "sandbox"
        assert os.stat(tmp_path / "data" / "sandbox.db").st_mode & 0o077 == 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
    assert sqlite3.connect(tmp_path / "data" / "sandbox.db").execute("PRAGMA integrity_check").fetchone() == (
        "ok",
    )


def test_program_refuses_a_return_origin_that_is_no_address(tmp_path):
    command = [sys.executable, "-m", "server.sandbox", "--port", "0", "--data", str(tmp_path)]
    done = subprocess.run(
        [*command, "--return-origin", "ezhang.example"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2
    assert "ezhang.example" in done.stderr
