"""Whoever represents a company no more, or never did, and writes the database: no seal opens, no key is made.

The registrar says who it is, the sealer's signature over the licence keeps it (architecture §6).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from server.client import Json
from tests.http.site import Party, Site, joined, refused
from tests.main_job.stage import until
from tests.registering import register
from tests.seals.pdf.samples import contract

GRANTEE_PIN = "58203917"
Row = Mapping[str, Any]


class Copy:
    """The rows of some tables as they were, and the way to put them back."""

    def __init__(self, site: Site, *tables: str) -> None:
        self._site = site
        self._rows = [(table, row) for table, row in site.rows() if table in tables]

    def restore(self, *tables: str, **where: str) -> None:
        """Put back the rows of these tables that fit."""
        with closing(sqlite3.connect(self._site.database, timeout=20)) as db, db:
            for table, row in self._rows:
                if table in tables and all(row[name] == value for name, value in where.items()):
                    columns = ", ".join(f'"{name}"' for name in row)
                    marks = ", ".join("?" * len(row))
                    db.execute(
                        f'INSERT OR REPLACE INTO "{table}" ({columns}) VALUES ({marks})',  # noqa: S608
                        tuple(row.values()),
                    )


@dataclass
class Changed:
    """A company that has passed from one to the next, and a copy of the database from before."""

    old: Party
    new: Party
    grantee: Party
    copy: Copy
    seals: dict[str, str]


@pytest.fixture(scope="module")
def changed(site: Site) -> Changed:
    old = site.owner(6201, "周景行", "上海景行商贸有限公司")
    new = site.person(6202, "苏明哲")
    grantee, grant = joined(site, old, 6203)
    check = grantee.client.begin_joining(grant)
    httpx.post(check["url"], data={"outcome": "pass"}, trust_env=False)
    grantee.client.join(grant, GRANTEE_PIN)
    grantee.pin = GRANTEE_PIN
    seals = {seal["kind"]: seal["id"] for seal in old.client.company(old.company)["seals"]}
    copy = Copy(site, "seal", "seal_key", "seal_wrap", "seal_grant", "member", "licence", "company")
    uscc = str(site.column("company", "uscc", id=old.company)[0])
    register(new.demo.sandbox, uscc, new.name, new.id_number, new.demo.mobile)
    until(lambda: old.client.me()["companies"] == [])
    new.company = old.company
    return Changed(old, new, grantee, copy, seals)


@contextmanager
def in_office(site: Site, party: Party, company: str) -> Iterator[None]:
    """He writes himself into the company's row."""
    own = site.column("company", "representative_id", id=company)[0]
    site.change("UPDATE company SET representative_id = ? WHERE id = ?", party.client.me()["id"], company)
    try:
        yield
    finally:
        site.change("UPDATE company SET representative_id = ? WHERE id = ?", own, company)


def try_to_seal(party: Party, kind: str) -> Json:
    signing = party.ask(contract(), kind=kind)
    claim = party.client.open_here(signing["id"])
    return party.client.confirm(claim["id"], party.pin, None, claim["intent"])


def own_check(site: Site, party: Party, collection: str) -> None:
    """He exchanges the check of a collection for one that he has passed himself."""
    about = {
        "name": party.name,
        "id_number": party.id_number,
        "mobile": party.demo.mobile,
        "return_url": f"{site.url}/m",
        "reference": f"collect:{collection}",
        "way": "face",
    }
    check = httpx.post(f"{party.demo.sandbox}/api/realname/checks", json=about, trust_env=False).json()
    httpx.post(check["url"], data={"outcome": "pass"}, trust_env=False)
    site.change("UPDATE collection SET check_id = ? WHERE id = ?", check["id"], collection)


def test_back_in_the_row_he_collects_nothing(site: Site, changed: Changed) -> None:
    old = changed.old
    with in_office(site, old, old.company):
        begun = old.client.begin_collection(old.company)
        assert site.column("identity_check", "id", id=begun["id"]) == []
        own_check(site, old, begun["id"])
        refused(lambda: old.client.set_pin(begun["id"], old.pin), 403, "identity.not_passed")
    assert not site.column("seal_wrap", "id", seal_id=changed.seals["contract"])


def test_with_the_licence_of_before_put_back_the_issuer_asks_the_registrar(
    site: Site, changed: Changed
) -> None:
    """Genuine, and signed for him: but the registrar says now who it is."""
    old = changed.old
    now = Copy(site, "licence")
    with in_office(site, old, old.company):
        site.change("UPDATE licence SET current = NULL WHERE company_id = ?", old.company)
        changed.copy.restore("licence", company_id=old.company)
        try:
            begun = old.client.begin_collection(old.company)
            httpx.post(begun["check_url"], data={"outcome": "pass"}, trust_env=False)
            # His own name seal is cancelled, the new one's does not agree with his licence.
            site.change(
                "UPDATE seal SET state = 'cancelled' WHERE company_id = ? AND kind = 'representative'",
                old.company,
            )
            refused(lambda: old.client.set_pin(begun["id"], old.pin), 403, "collection.not_confirmed")
        finally:
            site.change("UPDATE licence SET current = NULL WHERE company_id = ?", old.company)
            now.restore("licence", company_id=old.company)
            site.change(
                "UPDATE seal SET state = 'issued' WHERE company_id = ? AND kind = 'representative'"
                " AND sole IS NOT NULL",
                old.company,
            )
    assert not site.column("seal_wrap", "id", seal_id=changed.seals["contract"])


def test_keys_and_wraps_of_before_put_back_open_nothing(site: Site, changed: Changed) -> None:
    """The seal, its keys, his wrap, his place: all as they were. The signed licence names another."""
    old, seal = changed.old, changed.seals["contract"]
    now = Copy(site, "seal")
    changed.copy.restore("seal", id=seal)
    changed.copy.restore("seal_key", "seal_wrap", seal_id=seal)
    try:
        with in_office(site, old, old.company):
            refused(lambda: try_to_seal(old, "contract"), 403, "holder.not_representative")
        assert site.column("signing", "state", company_id=old.company, seal_id=seal)[-1] == "pending"
    finally:
        site.change("DELETE FROM seal_wrap WHERE seal_id = ?", seal)
        now.restore("seal", id=seal)


def test_a_grantees_rows_of_before_put_back_open_nothing(site: Site, changed: Changed) -> None:
    grantee, seal = changed.grantee, changed.seals["finance"]
    now = Copy(site, "seal")
    changed.copy.restore("seal", id=seal)
    changed.copy.restore("seal_key", "seal_wrap", seal_id=seal)
    changed.copy.restore("seal_grant", "member", company_id=grantee.company)
    try:
        refused(lambda: try_to_seal(grantee, "finance"), 403, "holder.not_representative")
    finally:
        site.change("DELETE FROM seal_wrap WHERE seal_id = ?", seal)
        site.change("UPDATE seal_grant SET state = 'ended' WHERE seal = ?", seal)
        site.change("UPDATE member SET state = 'ended' WHERE company_id = ?", grantee.company)
        now.restore("seal", id=seal)


def test_a_made_up_change_and_a_cursor_set_back_change_nothing(
    site: Site, changed: Changed, victim: Party
) -> None:
    """A row is a reason to ask and nothing more."""
    own = victim.client.me()["companies"]
    before = {
        company: site.column("licence", "version", company_id=company)
        for company in (victim.company, changed.old.company)
    }
    site.change("UPDATE register_cursor SET after = 0")
    site.change(
        "INSERT INTO representative_change (id, company_id, number, state, created_at, lease_until, fence)"
        " VALUES ('made-up', ?, 9999, 'reported', '2026-11-21', '2026-11-21', 0)",
        victim.company,
    )
    until(lambda: site.column("representative_change", "state", id="made-up") == ["unchanged"])
    until(lambda: site.column("register_cursor", "after") != [0])
    until(lambda: not site.column("representative_change", "id", state="reported"))
    for company, versions in before.items():
        assert site.column("licence", "version", company_id=company) == versions
    assert victim.client.me()["companies"] == own


def test_a_made_up_licence_of_the_next_version_is_no_licence(
    site: Site, changed: Changed, victim: Party
) -> None:
    """The thief writes himself a licence, in force and not yet signed."""
    thief = changed.old
    (row,) = (row for table, row in site.rows() if table == "licence" and row["current"] == victim.company)
    data = {**json.loads(row["data"]), "representative_name": thief.name}
    (his,) = (
        each
        for table, each in site.rows()
        if table == "licence" and each["company_id"] == thief.company and each["version"] == 1
    )
    site.change("UPDATE licence SET current = NULL WHERE id = ?", row["id"])
    forged = {
        **row,
        "id": "forged",
        "version": 2,
        "number": "forged",
        "data": json.dumps(data, ensure_ascii=False),
        "representative_ref": his["representative_ref"],
    }
    columns = ", ".join(f'"{name}"' for name in forged)
    marks = ", ".join("?" * len(forged))
    site.change(f"INSERT INTO licence ({columns}) VALUES ({marks})", *forged.values())  # noqa: S608
    try:
        presented = victim.client.present(victim.company)["url"].removeprefix(site.url)
        assert "live-bad" in httpx.get(f"{site.url}{presented}", trust_env=False).text
        refused(lambda: try_to_seal(victim, "contract"), 403, "holder.not_representative")
        refused(lambda: victim.client.begin_collection(victim.company), 409, "collection.done")
    finally:
        site.change("DELETE FROM presentation WHERE licence_id = 'forged'")
        site.change("DELETE FROM licence WHERE id = 'forged'")
        site.change("UPDATE licence SET current = company_id WHERE id = ?", row["id"])
    assert try_to_seal(victim, "contract")["state"] in {"confirmed", "keyed", "signed"}
