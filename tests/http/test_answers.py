"""What the server really answers fits the document that describes it, operation by operation."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from jsonschema import Draft202012Validator, ValidationError

from seals.kinds import SealKind
from server.api.operation import OPERATIONS, Operation
from server.client import DeviceKey
from tests.authenticator import Authenticator
from tests.http.daily import bind
from tests.http.desks import host, right_amount, staffed
from tests.http.entering import begun, code_of, enter, entry_form, fill_all, verified
from tests.http.site import Party, Site, access_code, filed, joined, joined_as, refused
from tests.http.test_push import Browser
from tests.seals.pdf.samples import contract
from tests.seals.photo.photos import Damage, known, photo, to_jpeg
from tests.seals.photo.test_codes import code, encoded

JSON = [each for each in OPERATIONS if each.answer is not None]


@pytest.fixture(scope="module")
def told(site: Site) -> list[tuple[str, str, int, Any]]:
    """Every JSON answer of a whole life: all operations, with their refusals."""
    begun = len(site.told)
    party = site.owner(91, "秦明月", "北京明月印刷有限公司")
    client = party.client
    done, data = party.sign(contract(), others="unknown")
    client.document(done["document"]["id"])
    client.application(party.application)
    client.collection(party.collection)
    client.present(party.company)
    client.me()
    shown = client.open_challenge(party.ask(contract())["id"])
    claim = client.claim(token=shown["url"].partition("#")[2])
    party.http.get(f"/api/challenges/{claim['id']}")
    client.reject(claim["id"], "金额不符")
    here = party.ask(contract())["id"]
    client.open_here(here)
    client.cancel(here)
    client.verify("合同.pdf", data)
    client.verify("draft.pdf", contract())
    client.ledger(party.company, person=client.me()["id"])
    client.ledger(party.company, "acts", seal=party.seal())
    client.export_ledger(party.company, "xlsx")
    client.verify_seal("合同.ses", client.ses_signature(done["id"]), data)
    client.export_seal(party.seal())
    client.verify_seal("draft.pdf", contract())
    client.record(done["document"]["code"])
    client.match(done["document"]["code"], "0" * 64)
    on_paper(site, party)
    client.paper(client.print_licence(party.company, "银行开户")["id"])
    client.papers(party.company)
    service_and_supervision(site, party, done["document"]["code"])
    client.roots()
    client.root(bind(site))
    client.thread(company=client.threads()[0]["company_id"])
    client.search("印章")
    party.http.post("/api/thread/messages", json={"text": "盖章"})
    party.http.post("/api/thread/read", json={"cursor": client.thread()["cursor"]})
    further_seals(party)
    other_ways_in(site, party)
    other_devices(party)
    approving(party, granted(site, party))
    client.filings(party.company)
    filing = filed(party)["id"]
    client.check_filing(filing)
    client.filing_receipt(filing)
    asked_by_an_agent(site, party)
    client.freeze(party.seal("invoice"))
    life_of_the_pin(party)
    life_of_a_seal(party)
    existing_company(site, party)
    party.http.post("/api/applications", json={"surprise": 1})
    party.http.get("/api/companies/none")
    party.http.get("/api/nowhere")
    client.log_out()
    party.http.get("/api/me")
    return site.told[begun:]


def on_paper(site: Site, party: Party) -> None:
    """Pages opened by the access code, and closed."""
    done, _ = party.sign(contract(), printed=True)
    party.client.open_printed(done["document"]["code"], access_code(site, done["document"]["code"]))
    party.client.switch_printed(done["document"]["id"], on=False)


def further_seals(party: Party) -> None:
    """A seal more, drawn, and an imprint out of a photo."""
    party.client.add_seal(party.company, "hr")
    party.client.preview_seal(party.company, "customs")
    begun = party.client.begin_collection(party.company, "bank")
    httpx.post(begun["check_url"], data={"outcome": "pass"}, trust_env=False)
    party.client.send_collection_code(begun["id"])
    stamped = to_jpeg(photo(known(SealKind.CONTRACT), Damage(tilt=5, turn=9), (1200, 900)))
    shown = party.client.look_at_photo("印章.jpg", stamped)
    assert shown == {"kind": "stamp", "text": "", "href": None}
    assert party.client.upload("现场.jpg", stamped, company=party.company, photo=True)["name"] == "现场.pdf"
    taken = party.client.take_photo(party.company, "印章.jpg", stamped, "contract")
    party.client.photo(taken["id"])
    party.client.scan_photo("码.png", encoded(code(), "PNG"))


def asked_by_an_agent(site: Site, party: Party) -> None:
    """On his letter, and declined."""
    agent, member = joined_as(site, party, 7457, "agent")
    party.client.paper(party.client.order_form(party.company, "mandate", member)["id"])
    asked = agent.client.ask_change(party.seal("invoice"), "cancel", "撤店")
    party.client.seal_asks(party.company)
    party.client.decline_ask(asked["id"], "暂不")


def existing_company(site: Site, party: Party) -> None:
    """An application of a company that exists, verified, submitted, taken back."""
    client = party.client
    entry = begun(party, 374)["entry"]
    party.client.order_entry_form(entry, "application")
    form = entry_form(party, "北京改名旧企业有限公司", code_of(374))
    client.change_entry(entry, form)
    fill_all(party, client.entry(entry), "374")
    verified(party, entry)
    client.submit_entry(entry)
    client.entries()
    at_a_desk(site, party, entry)
    client.submit_entry(entry)
    client.withdraw_entry(entry)


def at_a_desk(site: Site, party: Party, entry: str) -> None:
    """A payment; a reviewer: an application returned, one rejected, one approved, a held seal."""
    party.client.deposit(entry)
    party.client.ask_deposit(entry, "1100 1234 5678 9012 3456", "中国工商银行北京望京支行")
    party.client.until(lambda: party.client.deposit(entry), "sent")
    party.client.answer_deposit(entry, right_amount(site))
    desk = staffed(site, 7131, "沈砚秋").client
    desk.my_desk()
    desk.review_queue()
    desk.review_count()
    seal = party.client.add_seal(party.company, "customs")["id"]
    site.change("UPDATE seal SET state = 'held' WHERE id = ?", seal)
    desk.take_review("seals", seal)
    desk.review("seals", seal)
    desk.take_review("entries", entry)
    desk.review("entries", entry)
    desk.review_numbers(entry)
    desk.return_entry(entry, {"form": "企业名称与执照不一致"})
    applicant = site.person(7132, "许知远")
    for place, number in enumerate((7133, 7134)):
        company = f"北京知远第{'一二'[place]}信息技术有限公司"
        uscc = enter(applicant, number, company)
        form = entry_form(applicant, company, uscc, {"kind": "contract"})
        other = applicant.client.begin_entry(form)
        fill_all(applicant, other, f"知远{place}")
        verified(applicant, other["id"])
        applicant.client.submit_entry(other["id"])
        desk.take_review("entries", other["id"])
        if place:
            desk.approve_review("entries", other["id"])
        else:
            desk.reject_entry(other["id"], "材料与登记不符")


def service_and_supervision(site: Site, party: Party, code: str) -> None:
    """A report, a notice, guidance, and the desks that they come to."""
    desk, watch = staffed(site, 7421, "方静").client, staffed(site, 7422, "高远", "regulator")
    sent = party.client.send_ticket("abuse", "请核实", code=code)
    party.client.look_up_ticket(sent["number"], sent["secret"])
    party.client.tickets()
    (open_,) = (t for t in desk.desk_tickets()["tickets"] if t["ticket"]["number"] == sent["number"])
    for act in (desk.take_ticket, desk.ask_freeze, desk.close_ticket):
        act(open_["id"])
    party.client.send_ticket("question", "怎样换手机？")
    desk.answer_ticket(desk.desk_tickets()["tickets"][0]["id"], "在设备页添加。")
    told = {"title_zh": "公告", "title_en": "Notice", "text_zh": "内容", "text_en": "Words"}
    notice = desk.publish_notice(kind="service", **told)
    party.client.notices()
    desk.publish_notice(kind="training", topic="security", **told)
    desk.desk_notices()
    desk.withdraw_notice(notice["id"])
    given = watch.client.give_guidance("platform", "请公布服务时间。")
    desk.desk_guidance()
    desk.answer_guidance(given["id"], "已公布。")
    watch.client.supervision()
    host(site, "authority", watch.id, "public_security")
    watch.client.overdue_filings()
    party.client.withdraw_consent()
    party.client.agree()


def life_of_the_pin(party: Party) -> None:
    """Changed, and a seal brought back by an identity check."""
    party.client.pin()
    party.client.change_pin(party.pin, party.pin[::-1])
    party.client.send_pin_code()
    begun = party.client.begin_check("unfreeze", party.seal("invoice"))
    httpx.post(begun["url"], data={"outcome": "pass"}, trust_env=False)
    party.client.identity_check(begun["id"])
    party.client.use_check(begun["id"])


def life_of_a_seal(party: Party) -> None:
    """Cancelled with the PIN, the one before it having been changed meanwhile."""
    draft = party.client.draft_change(party.seal("invoice"), "cancel")
    party.client.send_change_code(draft["id"])
    party.client.confirm_change(draft, party.pin[::-1])


def told_at_once(party: Party) -> None:
    """A browser that is told, and no more."""
    browser = Browser("walk", f"http://127.0.0.1:{(party.http.base_url.port or 0) + 1}")
    party.client.push_key()
    party.client.sign_page("http://elsewhere/")
    browser.subscribe(party.client)
    party.client.unsubscribe(browser.endpoint)


def other_ways_in(site: Site, party: Party) -> None:
    """A PC that the phone lets in, and a phone that comes by WeChat; the owner's list of sessions."""
    desk = site.newcomer(92).client
    shown = desk.ask_login_code()
    claim = party.client.claim_login(shown["url"].partition("#")[2])
    party.client.scanned_login(claim["id"])
    desk.login_standing()
    party.client.confirm_login(claim["id"], shown["digits"], claim["intent"])
    desk.enter_scanned()
    new = site.newcomer(93)
    answer = httpx.post(new.client.begin_wechat()["url"], data={"user": "甲"}, trust_env=False)
    back = httpx.URL(answer.headers["location"]).params
    new.client.enter_wechat(back["code"], back["state"])
    new.client.send_code(new.demo.mobile)
    new.client.bind_wechat(new.demo.mobile, new.code())
    party.client.sessions()
    leaving = site.person(6941)
    leaving.client.account_closing()
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    leaving.client.send_closing_code()
    told_at_once(party)
    with_a_passkey(site, new)
    with_lost_passkeys(site, party)


def with_a_passkey(site: Site, party: Party) -> None:
    """Add one, prove with it, log in with it."""
    client, key = party.client, Authenticator(site.url, urlsplit(site.url).hostname or "")
    site.change("DELETE FROM throttle")
    client.send_first_code()
    client.prove_first(party.code())
    client.add_passkey("手机", key.make(client.begin_passkey()))
    client.prove(key.answer(client.begin_proof()))
    client.passkeys()
    client.log_out()
    client.send_code(party.demo.mobile)
    refused(lambda: client.log_in(party.demo.mobile, party.code()), 401, "login.factor_needed")
    client.enter_factor(key.answer(client.begin_factor()))


def with_lost_passkeys(site: Site, party: Party) -> None:
    """Another browser of an owner, who comes in by an identity check."""
    key = Authenticator(site.url, urlsplit(site.url).hostname or "")
    party.client.add_passkey("手机", key.make(party.client.begin_passkey()))
    browser = site.newcomer(94).client
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    browser.send_code(party.demo.mobile)
    refused(lambda: browser.log_in(party.demo.mobile, party.code()), 401, "login.factor_needed")
    httpx.post(browser.begin_lost()["url"], data={"outcome": "pass"}, trust_env=False)
    browser.enter_lost()


def granted(site: Site, owner: Party) -> Party:
    """A member and a seal that he collects."""
    member, grant = joined(site, owner, 95)
    whom = owner.client.members(owner.company)["members"][-1]["id"]
    owner.client.grants(owner.company)
    draft = owner.client.draft_grant(owner.seal("contract"), whom)
    owner.client.send_grant_code(draft["grant"]["id"])
    member.client.granted(grant)
    check = member.client.begin_joining(grant)
    httpx.post(check["url"], data={"outcome": "pass"}, trust_env=False)
    member.client.send_join_code(grant)
    member.client.join(grant, member.pin)
    return member


def approving(owner: Party, member: Party) -> None:
    """A rule that names the member; he approves one signing, and refuses another."""
    phone, seal = owner.client, owner.seal("contract")
    (whom,) = (
        each["id"] for each in phone.approval_rule(seal)["candidates"] if each["id"] != "representative"
    )
    draft = phone.draft_rule(seal, [whom], amount="5", kinds=["bid"], four_eyes=True)
    phone.send_rule_code(draft["id"])
    phone.confirm_rule(draft, owner.pin)
    first, second = (owner.ask(contract())["id"] for _ in range(2))
    refused(lambda: phone.confirm(phone.open_here(first)["id"], owner.pin), 409, "approval.missing")
    token = phone.open_approver_code(first)["url"].partition("#")[2]
    member.client.claim_approval(token)
    member.client.send_approval_code(first)
    member.client.approve(first, member.pin)
    member.client.refuse_approval(second, "金额不符")
    member.client.thread()
    phone.thread()
    phone.set_approval_rule(seal, owner.pin, [])


def other_devices(party: Party) -> None:
    """A code by text message; a second device, enrolled."""
    client = party.client
    client.send_confirm_code(client.open_here(party.ask(contract())["id"])["id"])
    begun = client.begin_check("device")
    httpx.post(begun["url"], data={"outcome": "pass"}, trust_env=False)
    client.identity_check(begun["id"])
    client.device = DeviceKey()
    client.enrol_device(begun["id"], party.pin)
    client.devices()


@pytest.fixture(scope="module")
def description(site: Site) -> dict[str, Any]:
    document: dict[str, Any] = httpx.get(f"{site.url}/openapi.json").raise_for_status().json()
    return document


def declared(method: str, path: str) -> Operation | None:
    """The operation that a request met."""
    for each in OPERATIONS:
        if each.method == method and re.fullmatch(re.sub("<[^>]+>", "[^/]+", each.path), path):
            return each
    return None


def validate(body: Any, schema: dict[str, Any], description: dict[str, Any]) -> None:
    Draft202012Validator({**schema, "components": description["components"]}).validate(body)


def answers(description: dict[str, Any], operation: Operation, status: str) -> dict[str, Any]:
    path = re.sub(r"<(\w+)(?::\w+)?>", r"{\1}", operation.path)
    responses = description["paths"][path][operation.method.lower()]["responses"]
    schema: dict[str, Any] = responses[status]["content"]["application/json"]["schema"]
    return schema


@pytest.mark.parametrize("operation", JSON, ids=lambda operation: operation.name)
def test_an_answer_is_as_described_and_has_nothing_more(
    told: list[tuple[str, str, int, Any]], description: dict[str, Any], operation: Operation
) -> None:
    bodies = [
        body for method, path, status, body in told if status < 400 and declared(method, path) == operation
    ]
    assert bodies, "no answer of this operation: add it to the life above"
    schema = answers(description, operation, str(operation.status))
    name = schema.get("items", schema)["$ref"].rpartition("/")[2]
    known = set(description["components"]["schemas"][name]["properties"])
    for body in bodies:
        validate(body, schema, description)
        assert all(set(each) == known for each in (body if "items" in schema else [body]))


def test_the_status_is_the_described_one(told: list[tuple[str, str, int, Any]]) -> None:
    for method, path, status, _ in told:
        operation = declared(method, path)
        assert status >= 400 or operation is None or operation.status == status, path


def test_refusals_are_as_described(
    told: list[tuple[str, str, int, Any]], description: dict[str, Any]
) -> None:
    refusals = [body for _, _, status, body in told if status >= 400]
    assert len(refusals) >= 4
    for body in refusals:
        validate(body, {"$ref": "#/components/schemas/Error"}, description)


def test_a_wrong_answer_would_be_noticed(
    told: list[tuple[str, str, int, Any]], description: dict[str, Any]
) -> None:
    me = next(body for _, path, status, body in told if path == "/api/me" and status == 200)
    schema = answers(description, next(each for each in OPERATIONS if each.name == "me"), "200")
    for wrong in ({**me, "id": 5}, {key: me[key] for key in me if key != "companies"}):
        with pytest.raises(ValidationError):
            validate(wrong, schema, description)
