"""A company's papers: the certificates that come with making and cancellation, and prints of the licence."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from auth.china import CHINA
from auth.identifiers import uscc_check
from seals.photo.codes import read_codes
from server.client import Client
from tests.http.entering import entry_form
from tests.http.site import Party, Site, joined_as, refused
from tests.seals.pdf.checkers import nss_with_root, pdfsig

OWNER, AGENT, APPLICANT = 6401, 6402, 6406
USCC = uscc_check("91320505", "MA906406")
PURPOSE = "投标资格审查"


def plain(words: str) -> str:
    return "".join(unicodedata.normalize("NFKC", words).split())


def text(pdf: bytes) -> str:
    """What it says, without spaces."""
    return "".join(plain(sheet.get_textpage().get_text_range()) for sheet in pypdfium2.PdfDocument(pdf))


def led_to(pdf: bytes) -> str:
    """Where the code on its first page leads."""
    out = BytesIO()
    pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil().save(out, "PNG")
    (found,) = read_codes(out.getvalue()).texts
    return found


def page(stranger: Client, code: str) -> str:
    return unescape(stranger.http.get(f"/v/{code}").text.partition("<main")[2])


def newest(party: Party, kind: str) -> dict[str, Any]:
    return next(each for each in party.client.papers(party.company) if each["kind"] == kind)


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    return site.owner(OWNER, "顾清妍", "苏州清妍丝绸有限公司")


@pytest.fixture(scope="module")
def making(site: Site, owner: Party) -> bytes:
    """The certificate of making; asked for first while a row of it says something else."""
    (listed,) = owner.client.papers(owner.company)
    assert (listed["kind"], listed["state"], listed["stands"]) == ("making", "waiting", None)
    (licence,) = site.column("licence", "id", company_id=owner.company)
    (data,) = site.column("licence", "data", id=licence)
    forged = (
        ("seal", "number", owner.seal("finance"), "1101050099999"),
        ("seal", "name", owner.seal("finance"), "别家公司财务专用章"),
        ("licence", "data", licence, data.replace('"uscc":"9', '"uscc":"8')),
    )
    for table, column, row, value in forged:
        (right,) = site.column(table, column, id=row)
        change = f"UPDATE {table} SET {column} = ? WHERE id = ?"  # noqa: S608 (names of this test)
        assert right != value
        site.change(change, value, row)
        try:
            refused(lambda: owner.client.paper(listed["id"]), 409, "paper.unfit")
        finally:
            site.change(change, right, row)
    return owner.client.paper(listed["id"])


def test_who_collects_gets_one_certificate_of_making_for_the_set(
    site: Site, owner: Party, stranger: Client, making: bytes, tmp_path: Path
) -> None:
    said, company = text(making), owner.client.company(owner.company)
    keys = site.column("seal_key", "serial")
    for seal in company["seals"]:
        for words in (seal["name"], seal["number"]):
            assert words in said, words
    wanted = (
        company["name"],
        company["uscc"],
        "顾清妍",
        "人脸核验",
        "印模(原大)",
        "制章者",
        "沙箱环境",
        "ZZ20",
    )
    for words in wanted:
        assert words in said, words
    assert sum(serial in said for serial in keys) == 10, "two certificates of each"
    told = stranger.verify("making.pdf", making)
    assert (told["verdict"], told["reasons"], told["notes"]) == ("valid", [], [])
    (one,) = told["signatures"]
    assert (one["company"], one["level"]) == ("e章通平台", "B-LTA")
    root = stranger.http.get("/trust/root.pem").content
    # The second is the document timestamp, which pdfsig does not judge.
    assert pdfsig(nss_with_root(tmp_path, root), making) == (2, 1, 1)
    paper = newest(owner, "making")
    assert led_to(making) == f"{site.url}/v/{paper['code']}"
    assert paper["state"] == "made"
    assert owner.client.paper(paper["id"]) == making, "made once"
    assert {"paper.made", "paper.exported"} <= {card["kind"] for card in owner.client.thread()["cards"]}


def test_the_imprints_are_as_large_as_the_seals(owner: Party, making: bytes) -> None:
    """In red ink on white paper: measured, not read from the file."""
    scale = 300 / 72
    measured = []
    for sheet in pypdfium2.PdfDocument(making):
        image = sheet.render(scale=scale).to_pil().convert("RGB")
        right = image.crop((image.width // 2, 0, image.width, image.height))
        red = right.convert("HSV").split()
        mask = red[1].point(lambda value: 255 if value > 150 else 0)
        rows = [bool(mask.crop((0, y, mask.width, y + 1)).getbbox()) for y in range(mask.height)]
        start = None
        for y, inked in enumerate([*rows, False]):
            if inked and start is None:
                start = y
            elif not inked and start is not None:
                box = mask.crop((0, start, mask.width, y)).getbbox()
                assert box is not None
                measured.append((round((box[2] - box[0]) / 300 * 25.4), round((y - start) / 300 * 25.4)))
                start = None
    sizes = [
        (round(s["width_mm"]), round(s["height_mm"])) for s in owner.client.company(owner.company)["seals"]
    ]
    assert [each for each in measured if min(each) > 15] == sizes


def test_a_cancelled_seal_has_its_certificate_and_the_one_of_making_says_so(
    site: Site, owner: Party, stranger: Client, making: bytes
) -> None:
    made = newest(owner, "making")
    before = page(stranger, made["code"])
    assert "所列印章均可使用" in before
    assert owner.client.company(owner.company)["name"] in before
    seal = owner.seal()
    draft = owner.client.draft_change(seal, "loss")
    owner.client.confirm_change(draft, owner.pin)
    paper = newest(owner, "cancelling")
    assert paper["state"] == "waiting"
    pdf = owner.client.paper(paper["id"])
    said = text(pdf)
    seals = {each["id"]: each for each in owner.client.company(owner.company)["seals"]}
    (another,) = [each for each in seals.values() if each["state"] == "issued"]
    for words in (
        "用章单位报失",
        "法定代表人本人凭用印口令确认",
        seals[seal]["number"],
        another["number"],
        "吊销",
    ):
        assert words in said, words
    assert stranger.verify("cancelling.pdf", pdf)["verdict"] == "valid"
    assert led_to(pdf) == f"{site.url}/v/{paper['code']}"
    assert "所列印章已注销" in page(stranger, paper["code"])
    after = page(stranger, made["code"])
    assert "有 1 枚已不是证书所载的状态" in after
    assert f"{seals[seal]['number']}）：于" in after
    record = stranger.record(made["code"])
    assert record["paper"]["stands"]["good"] is False
    assert newest(owner, "making")["stands"]["good"] is False
    assert stranger.verify("making.pdf", making)["verdict"] == "valid", "the paper itself is as it was"


def test_a_print_of_the_licence_is_for_one_purpose_and_ends(
    site: Site, owner: Party, stranger: Client
) -> None:
    ordered = owner.client.print_licence(owner.company, f"  {PURPOSE} ", 7)
    end = datetime.fromisoformat(ordered["valid_until"]).astimezone(CHINA)
    assert (end - datetime.now(CHINA)).days == 6
    assert (end.hour, end.minute, end.second) == (23, 59, 59)
    pdf = owner.client.paper(ordered["id"])
    said, licence = text(pdf), owner.client.company(owner.company)["licence"]["data"]
    wanted = (licence["company_name"], licence["uscc"], licence["representative_name"], licence["authority"])
    for words in (*wanted, f"仅用于:{PURPOSE}", "电子营业执照打印件", f"{datetime.now(CHINA):%Y-%m-%d}"):
        assert plain(words) in said, words
    assert said.count(f"仅用于:{PURPOSE}") > 10, "all over the page"
    told = stranger.verify("licence.pdf", pdf)
    assert (told["verdict"], told["signatures"][0]["level"]) == ("valid", "B-LTA")
    assert led_to(pdf) == f"{site.url}/v/{ordered['code']}"
    shown = page(stranger, ordered["code"])
    for words in ("打印件在有效期内", PURPOSE, licence["company_name"], licence["uscc"]):
        assert words in shown, words
    site.change(
        "UPDATE paper SET valid_until = ? WHERE id = ?",
        datetime(2020, 1, 1, tzinfo=UTC).isoformat(),
        ordered["id"],
    )
    assert "已过有效期" in page(stranger, ordered["code"])
    over = stranger.verify("licence.pdf", pdf)
    steps = [{step["step"]: step["codes"] for step in each["steps"]} for each in (told, over)]
    assert [each["seal"] for each in steps] == [[], ["paper_over"]]
    assert over["verdict"] == "valid", "the paper itself is as it was"
    assert "has expired" in stranger.http.get(f"/v/{ordered['code']}?lang=en").text
    for body, code in (("", "print.purpose"), ("x" * 41, "print.purpose")):
        refused(lambda body=body: owner.client.print_licence(owner.company, body), 422, code)
    refused(lambda: owner.client.print_licence(owner.company, PURPOSE, 367), 422, "print.days")


def test_an_agent_sees_the_prints_that_he_ordered_and_no_other_paper(site: Site, owner: Party) -> None:
    agent, _ = joined_as(site, owner, AGENT, "agent")
    assert agent.client.papers(owner.company) == []
    ordered = agent.client.print_licence(owner.company, "银行开户")
    assert [each["id"] for each in agent.client.papers(owner.company)] == [ordered["id"]]
    refused(lambda: agent.client.paper(newest(owner, "making")["id"]), 403, "access.denied")
    assert agent.client.paper(ordered["id"])[:5] == b"%PDF-"
    kinds = [card["kind"] for card in agent.client.thread()["cards"]]
    assert kinds.count("paper.made") == 1, "his own"
    sent, _ = joined_as(site, owner, AGENT + 1, "agent", matters=["ask"])
    refused(lambda: sent.client.print_licence(owner.company, PURPOSE), 403, "access.denied")


def test_the_receipt_of_a_filing_is_there_with_its_approval(
    site: Site, owner: Party, stranger: Client
) -> None:
    filed = owner.client.file_seal(owner.company, owner.seal("finance"), name="财务专用章", scope="收付款项")
    owner.client.until(lambda: owner.client.filing(filed["id"]), "approved")
    listed = newest(owner, "filing")
    receipt = owner.client.filing(filed["id"])["receipt"]
    pdf = owner.client.filing_receipt(filed["id"])
    assert pdf == owner.client.paper(listed["id"])
    said = text(pdf)
    for words in (receipt["number"], receipt["seal_number"], receipt["uscc"], "收付款项", "顾*", "有效期"):
        assert plain(words) in said, words
    assert f"{datetime.fromisoformat(receipt['valid_until']).astimezone(CHINA):%Y-%m-%d}" in said
    assert "顾清妍" not in said, "people are masked"
    assert stranger.verify("receipt.pdf", pdf)["verdict"] == "valid"
    assert "备案在有效期内" in page(stranger, listed["code"])
    site.change("UPDATE company_filing SET state = 'replaced' WHERE id = ?", filed["id"])
    assert "已由新的备案取代" in page(stranger, listed["code"])


def test_forms_are_filled_in_with_what_is_registered(site: Site, owner: Party, stranger: Client) -> None:
    data = owner.client.company(owner.company)["licence"]["data"]
    wanted = {
        "application": ("法定代表人本人", "发票专用章", "声明"),
        "mandate": ("受托人无权转委托", "授权范围和权限"),
        "confirmation": ("请在此处加盖实体印章",),
        "contract": (
            "服务期限",
            "年费",
            "初装费",
            "0.00",
            "违约责任",
            "安全与保密",
            "权利和义务",
            "不是乙方在本合同上的签章",
        ),
        "needs": ("功能需求", "国密SM2/SM3"),
    }
    for form, words in wanted.items():
        ordered = owner.client.order_form(owner.company, form)
        pdf = owner.client.paper(ordered["id"])
        said = text(pdf)
        for each in (data["company_name"], data["uscc"], ordered["number"], *words):
            assert plain(each) in said, (form, each)
        assert owner.id_number not in said
        assert owner.demo.mobile not in said
        assert stranger.verify(f"{form}.pdf", pdf)["verdict"] == "valid", form
    refused(lambda: owner.client.order_form(owner.company, "evidence"), 404, "paper.no_form")


def test_an_authorisation_states_what_a_member_may_do_and_ends_with_him(
    site: Site, owner: Party, stranger: Client
) -> None:
    agent, member = joined_as(site, owner, AGENT + 2, "agent", matters=["ask"])
    ordered = owner.client.order_form(owner.company, "mandate", member)
    said = text(owner.client.paper(ordered["id"]))
    for words in (agent.name, "代表本单位申请用印", "办事人", "受托人无权转委托"):
        assert words in said, words
    assert "出示、打印电子营业执照" not in said
    assert agent.id_number not in said
    assert "现在仍是该单位的人员" in page(stranger, ordered["code"])
    assert agent.name not in page(stranger, ordered["code"])
    owner.client.remove_member(member)
    assert "所载授权已终止" in page(stranger, ordered["code"])
    refused(lambda: owner.client.order_form(owner.company, "mandate", member), 404, "member.not_found")


def test_an_applicant_whose_company_is_not_here_yet_has_his_forms_filled_in(
    site: Site, stranger: Client, b: Party
) -> None:
    party = site.person(APPLICANT, "沈怀远")
    seals = ({"kind": "legal_name", "style": "digitised"}, {"kind": "contract"})
    draft = party.client.begin_entry(entry_form(party, "苏州怀远纺织有限公司", USCC, *seals))
    ordered = {
        form: party.client.order_entry_form(draft["id"], form) for form in ("application", "confirmation")
    }
    said = {form: text(pdf := party.client.paper(one["id"])) for form, one in ordered.items()}
    assert stranger.verify("form.pdf", pdf)["verdict"] == "valid"
    for words in ("苏州怀远纺织有限公司", USCC, "沈怀远", "法定名称章", "合同专用章"):
        assert words in said["application"], words
    assert "法定名称章" in said["confirmation"]
    assert "合同专用章" not in said["confirmation"], "it is drawn, not taken from a physical one"
    for secret in (party.id_number, party.demo.mobile):
        assert secret not in said["application"]
    for pages in said.values():
        assert "按申请人填写内容预填,未经核实" in pages
        assert "按登记信息预填" not in pages, "the platform's seal vouches for nothing of it"
    assert "平台未核实" in page(stranger, ordered["application"]["code"])
    assert stranger.record(ordered["application"]["code"])["paper"]["stands"]["good"] is False
    refused(lambda: party.client.order_entry_form(draft["id"], "contract"), 403, "paper.contract")
    cards = [card for card in party.client.thread()["cards"] if card["kind"] == "paper.made"]
    assert len(cards) == 2
    assert "苏州怀远纺织有限公司" not in page(stranger, ordered["application"]["code"])
    refused(lambda: b.client.paper(ordered["application"]["id"]), 404, "paper.not_found")
    refused(lambda: b.client.order_entry_form(draft["id"], "application"), 404, "entry.not_found")
