"""Who tries what is not his leaves a line in the log: who, what, when, and nothing that opens anything."""

from __future__ import annotations

import re

from seals.verifying import LOOKUPS_PER_ADDRESS
from tests.http.site import Party, Site, client_at, refused
from tests.main_job.stage import until

ENTRY = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING server\.errors refused "


def lines(site: Site, told: str) -> list[str]:
    """The entries that say so, once there are any: they pass through the supervisor."""

    def found() -> list[str]:
        log = site.log.read_text(errors="replace")
        return [line for line in log.splitlines() if re.search(ENTRY + told, line)]

    until(found)
    return found()


def test_another_companys_people(site: Site, victim: Party) -> None:
    thief = site.person(71)
    who = thief.client.me()["id"]
    refused(lambda: thief.client.company(victim.company), 404, "company.not_found")
    (found,) = lines(site, rf"person:{who}: company\.not_found in GET api/companies/<company:str>$")
    assert victim.company not in found


def test_another_site(site: Site, victim: Party) -> None:
    assert victim.http.post("/api/logout", headers={"origin": "https://evil.example"}).status_code == 403
    assert lines(site, r"\S+: request\.cross_site in POST api/logout$")


def test_a_wrong_login_code(site: Site) -> None:
    party = site.newcomer(72)
    party.client.send_code(party.demo.mobile)
    wrong = "000001" if party.code() != "000001" else "000002"
    refused(lambda: party.client.log_in(party.demo.mobile, wrong), 422, "login.code_wrong")
    line = lines(site, r"network:127\.0\.\d+\.\*: login\.code_wrong in POST api/login$")[-1]
    assert wrong not in line
    assert party.demo.mobile not in line


def test_one_who_asks_too_often(site: Site) -> None:
    with client_at(site.url).http as http:
        for _ in range(2 * LOOKUPS_PER_ADDRESS.most + 1):
            if http.get("/api/codes/" + "0" * 16).status_code == 429:
                break
    assert lines(site, r"network:\S+: rate\.limited in GET api/codes/<code:str>$")
