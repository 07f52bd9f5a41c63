"""Tickets, notices and supervision, from the stranger's report to the regulator's totals."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest

from seals.service.supervision import VIEWS, Authority, View
from server.cli import AUTHORITIES
from server.client import Client
from tests.http.desks import Desk, host, staffed
from tests.http.site import Party, Site, client_at, refused
from tests.seals.pdf.samples import contract

NOTICE = {
    "title_zh": "用印安全培训",
    "title_en": "Safe sealing",
    "text_zh": "不要替别人输入口令。",
    "text_en": "Never type a PIN for somebody.",
}


@pytest.fixture(scope="module")
def operator(site: Site) -> Desk:
    return staffed(site, 7411, "方静", "operator")


@pytest.fixture(scope="module")
def regulator(site: Site) -> Desk:
    return staffed(site, 7412, "高远", "regulator")


def by_number(desk: Desk, number: str, **how: Any) -> Any:
    """The open ticket of this number."""
    listed = desk.client.desk_tickets(**how)["tickets"]
    return next((each for each in listed if each["ticket"]["number"] == number), None)


def test_a_strangers_report_is_followed_by_its_code(
    site: Site, a: Party, stranger: Client, operator: Desk
) -> None:
    done, _ = a.sign(contract())
    code = done["document"]["code"]
    sent = stranger.send_ticket("abuse", "这份合同我没有签过。", "13800000000", code)
    look = (sent["number"], sent["secret"])
    assert stranger.look_up_ticket(*look)["state"] == "received"
    refused(lambda: stranger.look_up_ticket(sent["number"], "A" * 12), 404, "ticket.not_found")
    ticket = by_number(operator, sent["number"])
    assert (ticket["contact"], ticket["ticket"]["code"]) == ("13800000000", code)
    for table, row in site.rows():
        assert "没有签过" not in repr(row), table
        assert sent["secret"] not in repr(row), table
    operator.client.take_ticket(ticket["id"])
    assert stranger.look_up_ticket(*look)["state"] == "working"
    operator.client.ask_freeze(ticket["id"])
    refused(lambda: operator.client.ask_freeze(ticket["id"]), 409, "ticket.asked")
    cards = [card for card in a.client.thread()["cards"] if card["kind"] == "seal.reported"]
    assert len(cards) == 1
    assert cards[0]["actions"][0]["href"] == f"/m/seals/{a.company}"
    assert site.column("seal", "state", id=a.seal()) == ["collected"], "a report is no verdict"
    assert stranger.record(code)["state"] == "found"
    operator.client.answer_ticket(ticket["id"], "已请企业核实。")
    seen = stranger.look_up_ticket(*look)
    assert (seen["state"], [each["text"] for each in seen["answers"]]) == ("answered", ["已请企业核实。"])
    operator.client.close_ticket(ticket["id"])
    assert stranger.look_up_ticket(*look)["state"] == "closed"
    refused(lambda: operator.client.answer_ticket(ticket["id"], "再答"), 409, "ticket.closed")
    refused(lambda: operator.client.close_ticket(ticket["id"]), 409, "ticket.closed")
    for kind in ("ticket.taken", "ticket.closed"):
        assert site.column("event", "actor", kind=kind, subject=f"ticket:{ticket['id']}") == [
            f"staff:{operator.id}"
        ]


def test_a_paper_of_the_platform_is_reported_by_its_code(
    site: Site, a: Party, stranger: Client, operator: Desk
) -> None:
    made = a.client.order_form(a.company, "mandate")["id"]
    (code,) = site.column("paper", "code", id=made)
    refused(lambda: stranger.send_ticket("abuse", "假的。", code=code), 404, "code.unknown")  # not yet made
    a.client.paper(made)
    sent = stranger.send_ticket("abuse", "这份授权委托书是假的。", code=code)
    ticket = by_number(operator, sent["number"])
    assert ticket["ticket"]["code"] == code
    refused(lambda: operator.client.ask_freeze(ticket["id"]), 409, "ticket.no_seal")
    operator.client.close_ticket(ticket["id"])


def test_nobody_answers_his_own_ticket_nor_one_about_his_company(
    site: Site, a: Party, stranger: Client, operator: Desk
) -> None:
    def own(ticket: str) -> None:
        for act in (
            lambda: operator.client.answer_ticket(ticket, "没有问题。"),
            lambda: operator.client.close_ticket(ticket),
            lambda: operator.client.ask_freeze(ticket),
        ):
            refused(act, 403, "staff.own_matter")

    sent = operator.client.send_ticket("complaint", "审核太慢。")
    own(by_number(operator, sent["number"])["id"])
    done, _ = a.sign(contract())
    sent = stranger.send_ticket("abuse", "假章。", code=done["document"]["code"])
    ticket = by_number(operator, sent["number"])["id"]
    (person,) = site.column("staff_role", "person_id", id=operator.id)
    (owner,) = site.column("company", "representative_id", id=a.company)
    change = "UPDATE company SET representative_id = ? WHERE id = ?"
    site.change(change, person, a.company)
    try:
        own(ticket)
    finally:
        site.change(change, owner, a.company)
    operator.client.close_ticket(ticket)


def test_an_own_ticket_is_answered_in_the_thread_and_is_late_after_its_time(
    site: Site, b: Party, operator: Desk
) -> None:
    sent = b.client.send_ticket("question", "怎样更换手机？")
    ticket = by_number(operator, sent["number"])
    assert not ticket["overdue"]
    assert by_number(operator, sent["number"], overdue=True) is None
    site.change("UPDATE ticket SET due_at = '2020-01-01 00:00:00+00:00' WHERE id = ?", ticket["id"])
    assert by_number(operator, sent["number"], overdue=True)["overdue"]
    refused(lambda: operator.client.ask_freeze(ticket["id"]), 409, "ticket.no_seal")
    operator.client.answer_ticket(ticket["id"], "在确认设备里添加新手机。")
    assert by_number(operator, sent["number"]) is None
    (own,) = (each for each in b.client.tickets() if each["number"] == sent["number"])
    assert own["answers"][0]["text"] == "在确认设备里添加新手机。"
    assert "ticket.answered" in {card["kind"] for card in b.client.thread()["cards"]}


def test_what_cannot_be_a_ticket(stranger: Client) -> None:
    refused(lambda: stranger.send_ticket("praise", "好"), 422, "ticket.kind")
    refused(lambda: stranger.send_ticket("question", "  "), 422, "ticket.text")
    refused(lambda: stranger.send_ticket("question", "x\x00"), 422, "ticket.text")
    refused(lambda: stranger.send_ticket("question", "长" * 2001), 422, "ticket.text")
    refused(lambda: stranger.send_ticket("abuse", "假的", code="7H2K"), 422, "code.malformed")
    refused(lambda: stranger.send_ticket("abuse", "假的", code="0" * 16), 404, "code.unknown")


def test_so_many_an_hour_and_no_more(site: Site) -> None:
    with client_at(site.url) as busy:
        for _ in range(20):
            busy.send_ticket("feedback", "建议")
        refused(lambda: busy.send_ticket("feedback", "建议"), 429, "rate.limited")


def test_a_training_is_a_notice_and_who_read_it_took_part(site: Site, a: Party, operator: Desk) -> None:
    desk = operator.client
    refused(lambda: desk.publish_notice(kind="training", **NOTICE), 422, "notice.topic")
    refused(lambda: desk.publish_notice(kind="policy", topic="security", **NOTICE), 422, "notice.topic")
    for wrong in ("2100-01-01T00:00:00", "0001-01-01T00:00:00+08:00"):
        refused(
            lambda wrong=wrong: desk.publish_notice(kind="service", shown_from=wrong, **NOTICE),
            422,
            "form.invalid",
        )
    past = "2020-01-01T00:00:00Z"
    refused(lambda: desk.publish_notice(kind="policy", shown_until=past, **NOTICE), 422, "notice.period")
    later = desk.publish_notice(kind="service", shown_from="2100-01-01T00:00:00Z", **NOTICE)
    told = desk.publish_notice(kind="training", topic="security", **NOTICE)
    page = a.http.get("/notices?lang=en").text
    assert page.count("Safe sealing") == 1, "what begins later is not shown yet"
    assert told["id"] in {each["id"] for each in a.client.notices()}
    assert later["id"] not in {each["id"] for each in a.client.notices()}
    a.client.read_notice(told["id"])
    a.client.read_notice(told["id"])
    assert told["id"] not in {each["id"] for each in a.client.notices()}, "a card once"
    (record,) = (each for each in desk.desk_notices()["trainings"] if each["notice"]["id"] == told["id"])
    assert (record["people"], record["companies"]) == (1, 1)
    desk.withdraw_notice(told["id"])
    refused(lambda: desk.withdraw_notice(told["id"]), 409, "notice.over")
    refused(lambda: a.client.read_notice(told["id"]), 404, "notice.not_found")
    assert "Safe sealing" not in a.http.get("/notices?lang=en").text


def test_supervision_sees_totals_and_is_answered(
    site: Site, a: Party, operator: Desk, regulator: Desk
) -> None:
    desk = regulator.client
    seen = desk.supervision()
    assert (seen["authority"], seen["views"]) == ("coordination", ["statistics"])
    assert len(seen["statistics"]["weeks"]) == 12
    assert all(row["companies"] >= 3 for name in ("districts", "kinds") for row in seen["statistics"][name])
    text = repr(seen["statistics"])
    assert a.company_name not in text
    assert a.company not in text
    rows = list(csv.reader(io.StringIO(desk.totals("csv").decode("utf-8-sig"))))
    assert ["每周用印 sealings"] in rows
    assert len(openpyxl.load_workbook(io.BytesIO(desk.totals("xlsx"))).sheetnames) == 6
    assert desk.http.get("/api/desk/supervision/totals/pdf").status_code == 404
    given = desk.give_guidance("platform", "请公布服务时间。")
    refused(lambda: desk.give_guidance("bank", "x"), 422, "guidance.addressee")
    waiting = operator.client.desk_guidance()
    assert given["id"] in {each["id"] for each in waiting["guidance"]}
    operator.client.answer_guidance(given["id"], "已公布。")
    refused(lambda: operator.client.answer_guidance(given["id"], "再答"), 409, "guidance.answered")
    (mine,) = (each for each in desk.supervision()["guidance"] if each["id"] == given["id"])
    assert mine["answer"] == "已公布。"


def test_the_view_of_each_authority_is_data(site: Site, a: Party, operator: Desk, regulator: Desk) -> None:
    """All read totals; what is filed late is told to whom it is filed."""
    assert set(VIEWS) == set(Authority)
    assert all(View.STATISTICS in views for views in VIEWS.values())
    assert [each for each, views in VIEWS.items() if View.OVERDUE_FILINGS in views] == ["public_security"]
    refused(regulator.client.overdue_filings, 404, "page.not_found")
    assert set(AUTHORITIES) == set(Authority)
    (said,) = host(site, "authority", operator.id, "tax")
    assert said["error"]["code"] == "staff.not_found", "of a regulator only"
    host(site, "authority", regulator.id, "public_security")
    assert regulator.client.supervision()["authority"] == "public_security"
    assert a.company_name not in {each["company_name"] for each in regulator.client.overdue_filings()}
    (first, *_) = site.column("maker_filing", "id", company_id=a.company)
    (before,) = site.column("maker_filing", "occurred_at", id=first)
    late = "UPDATE maker_filing SET state = 'refused', occurred_at = ? WHERE id = ?"
    site.change(late, "2020-01-01 00:00:00+00:00", first)
    assert a.company_name in {each["company_name"] for each in regulator.client.overdue_filings()}
    assert regulator.client.supervision()["statistics"]["filings_overdue"] > 0
    host(site, "authority", regulator.id, "coordination")
    site.change("UPDATE maker_filing SET state = 'accepted', occurred_at = ? WHERE id = ?", before, first)


def test_each_desk_is_there_for_its_role_only(site: Site, operator: Desk, regulator: Desk) -> None:
    nobody = site.person(7413, "路人").client
    for client in (nobody, regulator.client):
        refused(client.desk_tickets, 404, "page.not_found")
        refused(lambda client=client: client.publish_notice(kind="policy", **NOTICE), 404, "page.not_found")
    for client in (nobody, operator.client):
        refused(client.supervision, 404, "page.not_found")
        assert client.http.get("/desk/supervision").status_code == 404


def test_the_public_pages_say_what_is_not_recorded(stranger: Client) -> None:
    help_page = stranger.http.get("/help?lang=zh").text
    for said in ("第三条", "第十三条", "第十四条", "未记录", "电子认证服务许可证", "商用密码产品认证证书"):
        assert said in help_page, said
    status = stranger.http.get("/status?lang=en").text
    assert "Working" in status
    assert "0.1.0" in status
