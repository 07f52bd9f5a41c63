"""The platform's own people: made on the host only; what opens their desks, and what does not."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from server.client import Client
from tests.authenticator import Authenticator
from tests.http.desks import Desk, host, staffed
from tests.http.site import Party, Site, client_at, refused

LONG_AGO = "2020-01-01 00:00:00+00:00"
CLOSED = (403, "staff.prove_first")
NO_PAGE = (404, "page.not_found")


@pytest.fixture(scope="module")
def desk(site: Site) -> Desk:
    return staffed(site, 7101, "沈砚秋")


def told(site: Site, kind: str, subject: str) -> int:
    return len(site.column("event", "id", stream="platform", kind=kind, subject=f"staff_role:{subject}"))


def browser_of(site: Site, party: Party, factor: Authenticator) -> Client:
    """Another browser that he has logged in with."""
    browser = client_at(site.url)
    site.change("DELETE FROM throttle")
    browser.send_code(party.demo.mobile)
    refused(lambda: browser.log_in(party.demo.mobile, party.code()), 401, "login.factor_needed")
    browser.enter_factor(factor.answer(browser.begin_factor()))
    return browser


def test_whoever_has_no_role_finds_no_desk(site: Site, a: Party) -> None:
    refused(a.client.my_desk, *NO_PAGE)
    refused(a.client.begin_desk_proof, *NO_PAGE)
    refused(lambda: a.client.open_desk_by_code("0000-0000-0000-0000"), *NO_PAGE)
    assert a.http.get("/desk").status_code == 404
    with client_at(site.url) as nobody:
        assert nobody.http.get("/desk").headers["location"] == "/pc/login?next=%2Fdesk"
        refused(nobody.my_desk, 401, "session.none")


def test_the_desk_opens_by_the_bound_passkey_for_a_while(site: Site, desk: Desk) -> None:
    mine = desk.client.my_desk()
    assert (mine["roles"], mine["open"], mine["bound"]) == (["operator"], ["operator"], True)
    assert desk.party.http.get("/desk").status_code == 200
    site.change("UPDATE staff_opening SET at = ? WHERE staff_id = ?", LONG_AGO, desk.id)
    assert desk.client.my_desk()["open"] == []
    with client_at(site.url) as thief:  # who took all cookies before it opened
        thief.http.cookies.update(dict(desk.client.http.cookies))
        assert thief.my_desk()["roles"] == ["operator"]
        desk.open()
        assert desk.client.my_desk()["open"] == ["operator"]
        refused(thief.my_desk, 401, "session.none")
    assert told(site, "staff.desk_opened", desk.id) >= 2


def test_another_browser_of_his_finds_it_closed(site: Site, desk: Desk) -> None:
    """A session alone, even one that passed the second factor, opens nothing."""
    other = browser_of(site, desk.party, desk.key)
    assert other.my_desk()["open"] == []
    other.close()


def test_a_passkey_that_a_sim_thief_adds_is_not_the_desks(site: Site) -> None:
    party = site.person(7102, "贺知微")
    (made,) = host(site, "add", party.demo.mobile, "operator", "贺知微")
    key = Authenticator(site.url, urlsplit(site.url).hostname or "")
    with client_at(site.url) as thief:
        site.change("DELETE FROM throttle")
        thief.send_code(party.demo.mobile)
        thief.log_in(party.demo.mobile, party.code())
        thief.add_passkey("手机", key.make(thief.begin_passkey()))
        refused(lambda: thief.open_desk(key.answer(thief.begin_desk_proof())), 403, "staff.not_bound")
        wrong = "0000-0000-0000-0000"
        refused(lambda: thief.open_desk(key.answer(thief.begin_desk_proof()), wrong), 422, "staff.code_wrong")
        assert thief.my_desk()["open"] == []
        thief.open_desk(key.answer(thief.begin_desk_proof()), made["code"])  # only the host's code binds it
        assert thief.my_desk()["open"] == ["operator"]
        again = made["code"]
        refused(lambda: thief.open_desk(key.answer(thief.begin_desk_proof()), again), 422, "staff.code_wrong")
        (renewed,) = host(site, "code", made["id"])  # the host takes it back
        assert thief.my_desk()["open"] == []
        refused(lambda: thief.open_desk(key.answer(thief.begin_desk_proof())), 403, "staff.not_bound")
        assert renewed["code"] != made["code"]
        assert host(site, "end", made["id"]) == [{"id": made["id"], "state": "ended"}]
        refused(thief.my_desk, *NO_PAGE)
    assert [told(site, f"staff.{kind}", made["id"]) for kind in ("added", "code_renewed", "ended")] == [
        1,
        1,
        1,
    ]


def test_in_development_the_code_alone_opens_it(site: Site) -> None:
    party = site.person(7103, "顾清和")
    (made,) = host(site, "add", party.demo.mobile, "regulator", "顾清和")
    party.client.open_desk_by_code(made["code"].lower())
    assert party.client.my_desk()["open"] == ["regulator"]
    refused(lambda: party.client.open_desk_by_code(made["code"]), 422, "staff.code_wrong")


def test_the_host_lists_roles_and_gives_none_twice(site: Site, desk: Desk) -> None:
    (line,) = [each for each in host(site, "listed") if each["id"] == desk.id]
    assert (line["role"], line["name"], line["bound"], line["ended_at"]) == (
        *("operator", "沈砚秋"),
        *(True, None),
    )
    assert line["mobile_masked"] == "139****7101"
    (error,) = host(site, "add", desk.party.demo.mobile, "operator", "沈砚秋")
    assert error["error"]["code"] == "staff.exists"
    (gone,) = host(site, "end", "f" * 24)
    assert gone["error"]["code"] == "staff.not_found"
