"""Consent to terms and privacy policy: before what begins something, and before nothing else."""

from __future__ import annotations

import httpx

from server.api.operation import OPERATIONS
from tests.http.site import Party, Site, refused

# Written out: whoever adds an operation that begins something in one's name adds it here.
ASKED_BEFORE = {
    *("apply", "begin_collection", "begin_joining", "ask", "grant_seal", "invite_member"),
    *("accept_invitation", "add_seal", "draft_rule", "approve_signing"),
    *("begin_entry", "change_entry", "give_material", "submit_entry", "begin_entry_check"),
    *("ask_deposit", "answer_deposit", "file_seal"),
}


def test_these_ask_for_it() -> None:
    assert {each.name for each in OPERATIONS if each.agreed} == ASKED_BEFORE
    assert not [each.name for each in OPERATIONS if each.agreed and (each.public or each.method == "GET")]


def test_consent_by_version_given_withdrawn_and_asked_again(site: Site) -> None:
    party = site.newcomer(7401, "程雨桐")
    client = party.client
    client.send_code(party.demo.mobile)
    client.log_in(party.demo.mobile, party.code(), agree=False)
    form = party.form("北京雨桐文化有限公司")
    refused(lambda: client.apply(form), 403, "consent.needed")
    assert site.column("application", "id", company_name="北京雨桐文化有限公司") == []
    wanted = client.consents()
    assert [(each["text"], each["accepted_at"]) for each in wanted] == [("terms", None), ("privacy", None)]
    for each in wanted:
        page = httpx.get(site.url + each["url"])
        assert each["digest"] in page.text
        assert each["since"] in page.text
    old = {each["text"]: each["digest"] for each in wanted} | {"terms": "0" * 64}
    changed = client.http.post("/api/consents", json=old)
    assert (changed.status_code, changed.json()["error"]["code"]) == (409, "consent.changed")
    client.agree()
    client.agree()
    kept = site.column("consent", "digest", person_id=client.me()["id"])
    assert sorted(kept) == sorted(each["digest"] for each in wanted), "once each"
    person = client.me()["id"]
    assert len(_told(site, person, "person.agreed")) == 2
    applied = client.apply(form)
    client.withdraw_consent()
    assert client.application(applied["id"])["company_name"] == "北京雨桐文化有限公司", "reading goes on"
    refused(lambda: client.apply(party.form("北京雨桐二号有限公司")), 403, "consent.needed")
    assert len(_told(site, person, "person.consent_withdrawn")) == 1
    client.agree()
    site.change("UPDATE consent SET digest = ? WHERE live = ?", "1" * 64, f"{person}:terms")
    refused(lambda: client.apply(party.form("北京雨桐二号有限公司")), 403, "consent.needed")
    client.agree()
    client.apply(party.form("北京雨桐二号有限公司"))


def _told(site: Site, person: str, kind: str) -> list[object]:
    return site.column("event", "id", stream=f"person:{person}", kind=kind)


def test_old_versions_stay_and_unknown_ones_are_not_there(site: Site, a: Party) -> None:
    for name in ("terms", "privacy"):
        assert httpx.get(f"{site.url}/{name}?version=1").status_code == 200
        for wrong in ("0", "99", "x", "1.0"):
            assert httpx.get(f"{site.url}/{name}", params={"version": wrong}).status_code == 404
