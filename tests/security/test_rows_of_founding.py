"""Somebody who can write the database makes up companies and licences: no key and no signature comes of it.

No approval is believed because it is a row (architecture §6).
"""

from __future__ import annotations

import json
import time

import pytest

from tests.http.site import Party, Site, refused

WORK_ROUNDS_S = 2.0  # several of the sealer's looks for licences to sign


@pytest.fixture(scope="module")
def founded(site: Site) -> Party:
    """Somebody whose seals wait to be collected."""
    return site.founder(50, "李泽宇", "上海泽宇贸易有限公司")


def test_a_company_renamed_in_the_database_gets_no_certificate(
    site: Site, victim: Party, founded: Party
) -> None:
    """The attacker's own company takes the victim's name before its keys are made."""
    name, uscc = victim.company_name, site.column("company", "uscc", id=victim.company)[0]
    own = [site.column("company", column, id=founded.company)[0] for column in ("name", "uscc")]
    site.change("UPDATE company SET name = 'x', uscc = 'x' WHERE id = ?", victim.company)
    site.change("UPDATE company SET name = ?, uscc = ? WHERE id = ?", name, uscc, founded.company)
    try:
        refused(lambda: founded.demo.collect(founded.company, founded.pin), 403, "collection.not_as_licensed")
        assert not site.column("seal_key", "id", seal_id=founded.seal())
    finally:
        site.change("UPDATE company SET name = ?, uscc = ? WHERE id = ?", *own, founded.company)
        site.change("UPDATE company SET name = ?, uscc = ? WHERE id = ?", name, uscc, victim.company)


def test_a_seal_renamed_in_the_database_gets_no_certificate(site: Site, founded: Party) -> None:
    own = site.column("seal", "name", id=founded.seal())[0]
    site.change("UPDATE seal SET name = '某某大集团合同专用章' WHERE id = ?", founded.seal())
    try:
        refused(lambda: founded.demo.collect(founded.company, founded.pin), 403, "collection.not_as_licensed")
    finally:
        site.change("UPDATE seal SET name = ? WHERE id = ?", own, founded.seal())


def test_a_licence_rewritten_in_the_database_is_not_signed_again(
    site: Site, victim: Party, founded: Party
) -> None:
    """The attacker becomes the representative of the victim's company, and asks the sealer to sign that."""
    columns = ("data", "representative_ref", "state", "signature")
    own = [site.column("licence", column, company_id=victim.company)[0] for column in columns]
    data = {**json.loads(own[0]), "representative_name": founded.name}
    ref = site.column("licence", "representative_ref", company_id=founded.company)[0]
    statement = (
        "UPDATE licence SET data = ?, representative_ref = ?, state = ?, signature = ? WHERE company_id = ?"
    )
    site.change(statement, json.dumps(data, ensure_ascii=False), ref, "issued", None, victim.company)
    try:
        time.sleep(WORK_ROUNDS_S)
        assert site.column("licence", "signature", company_id=victim.company) == [None]
        assert site.column("licence", "state", company_id=victim.company) == ["issued"]
    finally:
        site.change(statement, *own, victim.company)


def test_an_application_led_to_anothers_approval_makes_no_licence(
    site: Site, victim: Party, founded: Party
) -> None:
    """As above, with the attacker's own application in the place of the victim's, under his reference."""
    licence = ("data", "representative_ref", "state", "signature")
    own = [site.column("licence", column, company_id=victim.company)[0] for column in licence]
    applications = {
        party.company: site.column("application", "id", company_id=party.company)[0]
        for party in (victim, founded)
    }
    references = {
        company: site.column("application", "registrar_reference", id=application)[0]
        for company, application in applications.items()
    }
    data = {**json.loads(own[0]), "representative_name": founded.name}
    ref = site.column("licence", "representative_ref", company_id=founded.company)[0]
    move = "UPDATE application SET company_id = ?, registrar_reference = ? WHERE id = ?"
    rewrite = (
        "UPDATE licence SET data = ?, representative_ref = ?, state = ?, signature = ? WHERE company_id = ?"
    )
    site.change(move, None, None, applications[victim.company])
    site.change(move, victim.company, references[victim.company], applications[founded.company])
    site.change(rewrite, json.dumps(data, ensure_ascii=False), ref, "issued", None, victim.company)
    try:
        time.sleep(WORK_ROUNDS_S)
        assert site.column("licence", "signature", company_id=victim.company) == [None]
    finally:
        site.change(rewrite, *own, victim.company)
        for company, application in applications.items():
            site.change(move, company, references[company], application)
    assert founded.demo.licence_signed(founded.company)["state"] == "valid"
