"""An applicant names any mobile as the representative's: who its owner is must not be his to decide."""

from __future__ import annotations

from server.client import Client
from tests.http.site import Party, Site


def apply_with_the_mobile_of(victim: Party, attacker: Party, company: str) -> None:
    """The attacker registers a company; he is its representative, reached by the victim's mobile."""
    form = attacker.form(company, representative_mobile=victim.demo.mobile)
    sent = attacker.client.apply(form)
    told = Client.until(lambda: attacker.client.application(sent["id"]), "approved", "rejected")
    assert told["state"] == "approved"


def test_a_stranger_cannot_rename_a_person(site: Site, victim: Party) -> None:
    before = victim.client.me()["name_masked"]
    apply_with_the_mobile_of(victim, site.person(40, "李泽宇"), "上海改名贸易有限公司")
    assert victim.client.me()["name_masked"] == before == "王*"


def test_a_stranger_cannot_keep_a_person_from_collecting(site: Site) -> None:
    """The check of a collection is about the representative of that company, whatever was applied for."""
    newcomer, attacker = site.person(41, "赵启明"), site.person(42, "李泽宇")
    apply_with_the_mobile_of(newcomer, attacker, "上海抢先贸易有限公司")
    newcomer.company = newcomer.demo.register("上海后到贸易有限公司", newcomer.name, newcomer.id_number)
    newcomer.demo.licence_signed(newcomer.company)
    apply_with_the_mobile_of(newcomer, attacker, "上海再来贸易有限公司")
    assert newcomer.demo.collect(newcomer.company, newcomer.pin)["state"] == "collected"
    # The check has said who he is; from then on no application says otherwise.
    assert newcomer.client.me()["name_masked"] == "赵*"
    apply_with_the_mobile_of(newcomer, attacker, "上海又来贸易有限公司")
    assert newcomer.client.me()["name_masked"] == "赵*"
