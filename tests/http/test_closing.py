"""A person closes his account (个人信息保护法 art. 47), over HTTP: what goes, what stays."""

from __future__ import annotations

import hashlib

import httpx
import pypdfium2

from auth.people import CLOSED
from server.client import Client
from tests.http.site import Party, Site, joined, refused
from tests.seals.pdf.samples import contract

OWN_PIN = "58203917"


def test_not_while_he_represents_a_company(site: Site) -> None:
    owner = site.owner(6901, "顾云舟", "北京云舟航运有限公司")
    (stands,) = owner.client.account_closing()["hindered"]
    assert (stands["code"], stands["company"]) == ("account.represents", owner.company)
    assert "北京云舟航运有限公司" in stands["zh"]
    refused(owner.client.send_closing_code, 409, "account.represents")
    refused(lambda: owner.client.close_account("000000"), 422, "login.code_wrong")
    assert owner.client.me()["id"]


def test_what_is_his_goes_and_what_is_the_companys_stays(site: Site) -> None:
    owner = site.owner(6902, "沈知微", "北京知微文化有限公司")
    member, grant = joined(site, owner, 6903)
    check = member.client.begin_joining(grant)
    httpx.post(check["url"], data={"outcome": "pass"}, trust_env=False)
    member.client.join(grant, OWN_PIN)
    before = member.client.me()["id"]
    asked = member.ask(contract())["id"]
    assert owner.demo.scan_and_confirm(asked, owner.pin)["state"] == "signed"
    member.client.say("我家住在建国路 88 号")

    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    with Client(site.url) as second:
        member.demo.log_in(second)
    (asker,) = site.column("signing", "asker_id", id=asked)

    assert member.client.account_closing() == {"hindered": [], "memberships": 1}
    refused(lambda: member.client.close_account("000000"), 422, "login.code_wrong")
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    member.client.send_closing_code()
    # Nothing ends before the code is spent, should somebody else spend it first.
    unspent = "(SELECT used_at FROM sms_code ORDER BY created_at DESC LIMIT 1) IS NULL"
    too_early = "BEGIN SELECT RAISE(ABORT, 'too early'); END"
    site.change(f"CREATE TRIGGER early BEFORE UPDATE ON member WHEN {unspent} {too_early}")
    try:
        member.client.close_account(member.code())
    finally:
        site.change("DROP TRIGGER early")
    refused(member.client.me, 401, "session.none")

    # Nothing of him is left in the rows that are his alone.
    (row,) = [row for table, row in site.rows() if table == "person" and row["id"] == before]
    assert (row["mobile_sealed"], row["name_sealed"], row["id_number_sealed"]) == (b"", None, None)
    for table, row in site.rows():
        if table in {"holder", "passkey", "wechat_account", "read_mark"}:
            assert before not in row.values(), table
        if table == "session" and row["person_id"] == before:
            assert (row["address"] == "") == (row["id"] != asker), "where he asked from is evidence"
            assert (row["user_agent"] == "") == (row["id"] != asker)
            assert row["ended_at"] is not None
        if table == "event" and row["stream"] == f"person:{before}":
            assert row["private"] is None
    (entry,) = [row for table, row in site.rows() if table == "erasure"]
    assert (entry["subject"], entry["rule"]) == (f"person:{before}", "account")

    # The company knows that he was there, and has nobody with his rights.
    ended = [card["kind"] for card in owner.client.thread()["cards"]]
    assert {"member.removed", "grant.left"} <= set(ended)
    assert not [each for each in owner.client.members(owner.company)["members"] if each["state"] == "active"]

    # The evidence still names him, out of the company's archive.
    pages = pypdfium2.PdfDocument(owner.client.evidence_report(asked))
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert "李*" in text
    assert CLOSED not in text
    assert owner.client.signing(asked)["asker_masked"] == CLOSED

    # His mobile is free for another account.
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    member.client.send_code(member.demo.mobile)
    member.client.log_in(member.demo.mobile, member.code())
    again = member.client.me()
    assert again["id"] != before
    assert again["companies"] == []


def test_a_sealed_file_that_was_erased_is_there_again_as_somebody_brings_it(
    site: Site, a: Party, b: Party
) -> None:
    """The archive of the company that sealed it is over; whoever kept the file brings it, to seal it too."""
    _, file = a.sign(contract())
    sha256 = hashlib.sha256(file).hexdigest()
    (site.data / "blobs" / sha256[:2] / sha256).unlink()
    brought = b.client.upload("合同.pdf", file)
    assert brought["version"] == 1
    page = b.http.get(f"/api/documents/{brought['id']}/pages/0.png?w=480")
    assert (page.status_code, page.headers["content-type"]) == (200, "image/png")
