"""The review desk over HTTP: taken by one, looked at, returned, given anew, approved; held seals."""

from __future__ import annotations

from functools import partial
from typing import Any

import httpx
import pytest

from auth.people import set_identity
from auth.privacy import RecordsKey
from seals.deposits import asking
from server.adapters.registrar import HttpRegistrar
from server.client import Json
from tests.http.desks import Desk, right_amount, staffed
from tests.http.entering import code_of, decide, enter, entry_form, fill_all, material, verified
from tests.http.site import Party, Site, refused
from tests.seals.photo.papers import jpeg, sheet

COMPANY = "北京晚晴信息技术有限公司"
LONG_AGO = "2020-01-01 00:00:00+00:00"
ACCOUNT, BANK = "1100 1234 7115 9012 3456", "中国工商银行北京望京支行"
NOT_TAKEN = (409, "review.not_taken")
TAKEN = (409, "review.taken")
OWN = (403, "staff.own_matter")
PROVE = (403, "staff.prove_first")
NO_PAGE = (404, "page.not_found")


@pytest.fixture(scope="module")
def first(site: Site) -> Desk:
    return staffed(site, 7111, "沈砚秋")


@pytest.fixture(scope="module")
def second(site: Site) -> Desk:
    return staffed(site, 7112, "贺知微")


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    return site.person(7113, "苏晚晴")


@pytest.fixture(scope="module")
def entry(site: Site, owner: Party) -> str:
    """An application that waits for a reviewer, its company verified by a deposit."""
    uscc = enter(owner, 7113, COMPANY)
    draft = owner.client.begin_entry(entry_form(owner, COMPANY, uscc, {"kind": "contract"}))
    fill_all(owner, draft, "晚晴")
    deposited(site, owner, draft["id"])
    owner.client.submit_entry(draft["id"])
    return str(draft["id"])


def log(site: Site, kind: str, subject: str) -> int:
    return len(site.column("event", "id", kind=kind, subject=subject))


def fault(site: Site, service: str, kind: str) -> None:
    url = f"http://127.0.0.1:{site.port + 1}/_control"
    httpx.post(url, json={"faults": {service: kind}}, trust_env=False).raise_for_status()


def outcomes(seen: Json) -> dict[str, str]:
    return {each["item"]: each["outcome"] for each in seen["checks"]}


def item(desk: Desk, entry: str) -> Json:
    (found,) = [each for each in desk.client.review_queue("entry")["items"] if each["id"] == entry]
    return dict(found)


def test_one_reviewer_takes_it_and_no_other_sees_or_decides(
    site: Site, first: Desk, second: Desk, owner: Party, entry: str, a: Party
) -> None:
    assert item(first, entry)["taken_by"] is None
    refused(lambda: first.client.review("entries", entry), *NOT_TAKEN)
    first.client.take_review("entries", entry)
    assert (item(second, entry)["taken_by"], item(second, entry)["mine"]) == ("沈砚秋", False)
    refused(lambda: second.client.take_review("entries", entry), *TAKEN)
    seen = first.client.review("entries", entry)
    assert set(outcomes(seen).values()) == {"equal"}
    whole = {"id_number": owner.id_number, "mobile": owner.demo.mobile}
    assert not [text for text in whole.values() if text in repr(seen)], "masked until asked for"
    for _ in range(2):
        shown = first.client.review_numbers(entry)
        assert {name: shown[f"representative_{name}"] for name in whole} == whole
    assert log(site, "review.viewed", f"entry:{entry}") == 1, "repeats collapse"
    slot = next(each for each in seen["entry"]["slots"] if each["key"] == "licence_copy")
    given = slot["material"]["id"]
    assert first.client.review_material(entry, given) == material("licence_copy", "晚晴")
    assert first.client.review_material(entry, given)
    assert log(site, "review.viewed", f"entry:{entry}") == 2
    refused(
        lambda: first.client.review_material(entry, given, imprint=True), 404, "entry.not_found"
    )  # no imprint is taken off a licence
    for act in (
        lambda: second.client.review("entries", entry),
        lambda: second.client.review_numbers(entry),
        lambda: second.client.review_material(entry, given),
        lambda: second.client.return_entry(entry, {"licence_copy": "图片模糊"}),
        lambda: second.client.approve_review("entries", entry),
        lambda: second.client.reject_entry(entry, "材料不全"),
    ):
        refused(act, *NOT_TAKEN)
    refused(lambda: a.client.review("entries", entry), *NO_PAGE)
    second.client.release_review("entries", entry)  # what is not his stays as it is
    assert item(second, entry)["taken_by"] == "沈砚秋"
    site.change("UPDATE review_lease SET until = ? WHERE id = ?", LONG_AGO, f"entry:{entry}")
    second.client.take_review("entries", entry)
    second.client.release_review("entries", entry)
    first.client.take_review("entries", entry)


def test_the_register_that_differs_or_does_not_answer_is_told_item_by_item(
    site: Site, first: Desk, entry: str
) -> None:
    party = site.person(7115, "顾南乔")
    uscc = enter(party, 7115, "北京南乔仓储有限公司")
    other = party.client.begin_entry(
        entry_form(party, "北京南乔物流有限公司", uscc, {"kind": "contract"}, company_type="joint_stock")
    )["id"]
    fill_all(party, party.client.entry(other), "南乔")
    verified(party, other)
    party.client.submit_entry(other)
    first.client.take_review("entries", other)
    checks = {each["item"]: each for each in first.client.review("entries", other)["checks"]}
    different = {item for item, each in checks.items() if each["outcome"] == "different"}
    assert different == {"company_name", "company_type"}
    assert {each["outcome"] for item, each in checks.items() if item not in different} == {"equal"}
    assert (checks["company_name"]["ours"], checks["company_name"]["theirs"]) == (
        "北京南乔物流有限公司",
        "北京南乔仓储有限公司",
    )
    first.client.release_review("entries", other)
    fault(site, "registrar", "down")
    assert set(outcomes(first.client.review("entries", entry)).values()) == {"unavailable"}
    fault(site, "registrar", "none")
    site.change("UPDATE throttle SET count = 120 WHERE id LIKE 'review.register/%'")
    refused(lambda: first.client.review("entries", entry), 429, "rate.limited")
    site.change("DELETE FROM throttle WHERE id LIKE 'review.register/%'")


def test_whoever_opened_it_long_ago_looks_but_does_not_decide(site: Site, first: Desk, entry: str) -> None:
    site.change(
        "UPDATE staff_opening SET at = datetime(at, '-10 minutes') || '+00:00' WHERE staff_id = ?", first.id
    )
    assert first.client.review("entries", entry)
    refused(lambda: first.client.return_entry(entry, {"licence_copy": "图片模糊"}), *PROVE)
    first.open()


def test_returned_given_anew_and_approved(
    site: Site, first: Desk, second: Desk, owner: Party, entry: str
) -> None:
    first.client.return_entry(entry, {"licence_copy": "图片模糊，请重新拍摄"})
    assert owner.client.entry(entry)["missing"] == ["licence_copy"]
    first.client.take_review("entries", entry)  # to reject it, should it lie
    refused(lambda: first.client.approve_review("entries", entry), 409, "entry.state")
    first.client.release_review("entries", entry)
    owner.client.give_material(entry, "licence_copy", "again.jpg", jpeg(sheet("晚晴营业执照重拍", 9)))
    owner.client.submit_entry(entry)
    second.client.take_review("entries", entry)
    seen = second.client.review("entries", entry)
    assert [each["outcome"] for each in seen["entry"]["rounds"]] == ["returned", "waiting"]
    assert second.client.approve_review("entries", entry)["state"] == "approved"
    assert site.column("event", "actor", kind="entry.approved", subject=f"entry:{entry}") == [
        f"staff:{second.id}"
    ]
    assert entry not in {each["id"] for each in first.client.review_queue()["items"]}


def wrong_amount(site: Site) -> str:
    """One that did not arrive."""
    right = int(right_amount(site)[2:])
    return f"0.{right % 99 + 1:02d}"


def state_of(owner: Party, entry: str, *awaited: str) -> Json:
    return owner.client.until(lambda: owner.client.deposit(entry), *awaited)


def deposited(site: Site, owner: Party, entry: str) -> None:
    """Asked for, refused, guessed too often, paid although the answer was lost, typed."""
    client = owner.client
    assert client.deposit(entry)["state"] == "none"
    refused(lambda: client.ask_deposit(entry, "1234-5", BANK), 422, "bank_account.format")
    refused(lambda: client.ask_deposit(entry, ACCOUNT, "x"), 422, "bank_name.format")
    fault(site, "bank", "refuse")
    assert client.ask_deposit(entry, ACCOUNT, BANK)["account_masked"] == "****3456"
    assert "户名" in state_of(owner, entry, "refused")["reason"]
    fault(site, "bank", "lost")
    client.ask_deposit(entry, ACCOUNT, BANK)
    refused(lambda: client.ask_deposit(entry, ACCOUNT, BANK), 409, "deposit.open")
    assert state_of(owner, entry, "sent")["tries_left"] == asking.MOST_TRIES
    fault(site, "bank", "none")
    right, wrong = right_amount(site), wrong_amount(site)
    page = httpx.get(f"http://127.0.0.1:{site.port + 1}/bank", trust_env=False).text
    (paid,) = (each for each in page.split("<article")[1:] if "11001234711590123456" in each)
    assert f"+{right} 元" in paid, "paid once"
    refused(lambda: client.answer_deposit(entry, "1"), 422, "deposit.amount_format")
    told = refused(lambda: client.answer_deposit(entry, wrong), 422, "deposit.amount_wrong")
    assert told.facts["tries_left"] == 2
    refused(lambda: client.answer_deposit(entry, wrong), 422, "deposit.amount_wrong")
    refused(lambda: client.answer_deposit(entry, wrong), 409, "deposit.failed")
    refused(lambda: client.answer_deposit(entry, right), 409, "deposit.over")
    client.ask_deposit(entry, ACCOUNT, BANK)
    state_of(owner, entry, "sent")
    row = site.column("bank_deposit", "id", state="sent")[-1]
    site.change("UPDATE bank_deposit SET expires_at = ? WHERE id = ?", LONG_AGO, row)
    assert client.deposit(entry)["state"] == "expired"
    refused(lambda: client.answer_deposit(entry, right_amount(site)), 409, "deposit.over")
    refused(lambda: client.ask_deposit(entry, ACCOUNT, BANK), 429, "rate.limited")
    other = site.person(7115, "苏晚照")
    draft = other.client.begin_entry(entry_form(owner, COMPANY, client.entry(entry)["uscc"]))["id"]
    assert other.client.ask_deposit(draft, ACCOUNT, BANK)["state"] == "waiting", "each person's own limit"
    state_of(other, draft, "sent")
    site.change("DELETE FROM throttle WHERE id LIKE 'deposit.%'")
    client.ask_deposit(entry, ACCOUNT, BANK)
    state_of(owner, entry, "sent")
    assert client.answer_deposit(entry, right_amount(site))["state"] == "passed"
    assert client.entry(entry)["verified"] == ["deposit"]
    kinds = [each["kind"] for each in client.thread()["cards"]]
    assert {"deposit.sent", "deposit.refused", "deposit.failed"} <= set(kinds)
    kept: list[Any] = [*site.column("bank_deposit", "account_sealed"), *site.column("bank_deposit", "tail")]
    assert b"11001234711590123456" not in b"".join(each for each in kept if isinstance(each, bytes))


def test_nobody_decides_about_himself(site: Site, first: Desk, a: Party) -> None:
    """An application of his own, and a seal of his company."""
    mine = staffed(site, 7114, "陆知行")
    owner = mine.party
    uscc = enter(owner, 7114, "北京知行信息技术有限公司")
    draft = owner.client.begin_entry(
        entry_form(owner, "北京知行信息技术有限公司", uscc, {"kind": "contract"})
    )
    fill_all(owner, draft, "知行")
    verified(owner, draft["id"])
    owner.client.submit_entry(draft["id"])
    refused(lambda: mine.client.take_review("entries", draft["id"]), *OWN)
    site.change(
        "INSERT INTO review_lease (id, staff, until) VALUES (?, ?, '2100-01-01 00:00:00+00:00')",
        f"entry:{draft['id']}",
        mine.id,
    )
    for act in (
        lambda: mine.client.review("entries", draft["id"]),
        lambda: mine.client.approve_review("entries", draft["id"]),
    ):
        refused(act, *OWN)

    seal = a.client.add_seal(a.company, "hr")["id"]
    site.change("UPDATE seal SET state = 'held', reason = '待核对' WHERE id = ?", seal)
    (before,) = site.column("company", "representative_id", id=a.company)
    (he,) = site.column("staff_role", "person_id", id=mine.id)
    site.change("UPDATE company SET representative_id = ? WHERE id = ?", he, a.company)
    refused(lambda: mine.client.take_review("seals", seal), *OWN)
    site.change("UPDATE company SET representative_id = ? WHERE id = ?", before, a.company)
    mine.client.take_review("seals", seal)
    mine.client.approve_review("seals", seal)
    told = site.column("event", "actor", kind="seal.issued", subject=f"seal:{seal}")
    assert told[-1] == f"staff:{mine.id}"


def test_whose_company_it_is_is_not_only_what_was_typed(site: Site) -> None:
    """Another mobile than the reviewer's stands in the form: his ID number, and the register, tell."""
    mine, other = staffed(site, 7116, "陆知远"), site.person(7117, "骆知远")
    company, person = "北京知远园林有限公司", mine.party.client.me()["id"]

    def submitted(form: Json) -> str:
        draft = other.client.begin_entry(form)
        fill_all(other, draft, form["uscc"][-5:])
        verified(other, draft["id"])
        other.client.submit_entry(draft["id"])
        return str(draft["id"])

    async def known(records: RecordsKey, _: HttpRegistrar) -> None:
        await set_identity(person, mine.party.name, mine.party.id_number, records)

    form = {**entry_form(other, company, code_of(7116)), "representative_name": mine.party.name}
    by_id = submitted({**form, "representative_id_number": mine.party.id_number})
    mine.client.take_review("entries", by_id)
    decide(site, known)
    for act in (mine.client.take_review, mine.client.review, mine.client.approve_review):
        refused(partial(act, "entries", by_id), *OWN)
    other.client.withdraw_entry(by_id)
    uscc = enter(other, 7117, company, representative_mobile=mine.party.demo.mobile)
    by_register = submitted(entry_form(other, company, uscc))
    mine.client.take_review("entries", by_register)
    refused(lambda: mine.client.approve_review("entries", by_register), *OWN)
    assert other.client.entry(by_register)["state"] == "submitted"


def test_a_held_seal_is_taken_compared_and_decided(site: Site, first: Desk, second: Desk, a: Party) -> None:
    seal = a.client.add_seal(a.company, "hr")["id"]
    site.change("UPDATE seal SET state = 'held', reason = '待核对' WHERE id = ?", seal)
    refused(lambda: first.client.review("seals", seal), *NOT_TAKEN)
    first.client.take_review("seals", seal)
    refused(lambda: second.client.take_review("seals", seal), *TAKEN)
    found = first.client.review("seals", seal)
    assert (found["id"], found["company"]) == (seal, a.company_name)
    assert first.client.review_picture(seal).startswith(b"\x89PNG")
    refused(lambda: first.client.review_picture(seal, "alike"), 404, "seal.not_found")
    first.open()
    refused(lambda: second.client.approve_review("seals", seal), *NOT_TAKEN)
    refused(lambda: first.client.decline_seal(seal, ""), 422, "review.reason")
    before = first.client.review_count()["waiting"]
    first.client.decline_seal(seal, "印模与执照名称不符")
    assert first.client.review_count()["waiting"] == before - 1
    assert site.column("seal", "state", id=seal) == ["declined"]
    refused(lambda: first.client.take_review("seals", seal), 409, "seal.state")


def test_looking_changes_nothing(site: Site, first: Desk) -> None:
    first.open()
    before = site.state()
    for path in ("/desk", "/desk/reviews", "/desk/reviews/entries/x", "/desk/reviews/seals/x"):
        assert first.party.http.get(path).status_code == 200
    for path in ("", "/reviews", "/reviews?kind=seal", "/reviews/count"):
        assert first.party.http.get(f"/api/desk{path}").status_code == 200
    assert site.state() == before
