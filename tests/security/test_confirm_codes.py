"""The code by text message in place of a device: the sealer's own, to the holder's own mobile, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import pytest

from auth.people import place
from server.client import Client, Json
from server.demo_contract import demo_contract
from server.secret_files import records_key
from server.settings import Settings
from tests.http.site import Party, Site, client_at, refused

CONTRACT = demo_contract("甲方")
FILE = "战略合作框架协议书（二〇二六年修订版，含补充条款与附件）.pdf"


class Phone:
    """A browser of the owner's without any device key, that holds a claimed challenge."""

    def __init__(self, site: Site, owner: Party) -> None:
        site.change("DELETE FROM throttle")
        self.site, self.owner = site, owner
        self.client = client_at(site.url)
        self.client.http.cookies.update(owner.http.cookies)
        self.claim = self.claimed()

    def claimed(self) -> Json:
        self.signing = self.owner.ask(CONTRACT, FILE)["id"]
        return self.client.open_here(self.signing)

    def code(self) -> str:
        """Have one sent; as it stands in the message."""
        self.client.send_confirm_code(self.claim["id"])
        return self.owner.demo.sms_code()

    def confirm(self, code: str, pin: str | None = None) -> Json:
        return self.client.confirm(self.claim["id"], pin or self.owner.pin, code=code)

    def refused(self, code: str, told: str, status: int = 403) -> Json:
        facts = refused(lambda: self.confirm(code), status, told).facts
        assert self.owner.client.signing(self.signing)["state"] == "pending"
        return facts

    def change(self, column: str, value: object) -> None:
        self.site.change(f"UPDATE confirm_code SET {column} = ? WHERE subject = ?", value, self.claim["id"])  # noqa: S608

    def tries(self) -> int:
        return int(self.site.column("holder", "tries", person_id=self.owner.client.me()["id"])[0])


@pytest.fixture
def phone(site: Site, victim: Party) -> Iterator[Phone]:
    phone = Phone(site, victim)
    yield phone
    phone.client.close()


def wrong(code: str, by: int = 1) -> str:
    return f"{(int(code) + by) % 10**6:06d}"


def inbox(party: Party) -> list[str]:
    told = httpx.get(f"{party.demo.sandbox}/api/sms/messages", params={"mobile": party.demo.mobile})
    return [str(message["text"]) for message in told.json()["messages"]]


def test_it_says_what_would_be_sealed_and_seals_it(phone: Phone) -> None:
    code = phone.code()
    text = inbox(phone.owner)[0]
    for part in (code, phone.owner.company_name, f"{phone.owner.company_name}合同专用章", "不要告诉任何人"):
        assert part in text
    assert f"《{FILE[:23]}…》" in text
    phone.confirm(code)
    ended = Client.until(lambda: phone.client.signing(phone.signing), "signed", "failed")
    assert ended["state"] == "signed"
    (facts,) = phone.site.column(
        "event", "facts", kind="signing.confirmed", subject=f"signing:{phone.signing}"
    )
    assert '"way":"sms"' in facts


def test_no_code_is_in_the_database(phone: Phone) -> None:
    code = phone.code()
    stored = [repr(row) for table, row in phone.site.rows() if table == "confirm_code"]
    assert stored
    assert not [row for row in stored if code in row]


def test_wrong_ones_are_counted_and_end_it_and_do_not_lock_the_pin(phone: Phone) -> None:
    code = phone.code()
    for left in (4, 3, 2, 1, 0):
        assert phone.refused(wrong(code, left + 1), "code.wrong") == {"tries_left": left}
    phone.refused(code, "code.expired")
    assert phone.tries() == 0
    phone.confirm(phone.code())


def test_a_wrong_pin_with_the_right_code_is_a_wrong_pin(phone: Phone) -> None:
    code = phone.code()
    error = refused(lambda: phone.confirm(code, "271828"), 403, "pin.wrong")
    assert error.facts == {"tries_left": 4}
    assert phone.tries() == 1
    phone.confirm(code)
    assert phone.tries() == 0


def test_one_that_is_too_old_and_one_whose_end_was_moved(phone: Phone) -> None:
    code = phone.code()
    now = datetime.now(UTC)
    phone.change("expires_at", (now - timedelta(seconds=1)).isoformat(sep=" "))
    phone.refused(code, "code.expired")
    phone.change("expires_at", (now + timedelta(hours=1)).isoformat(sep=" "))
    phone.refused(code, "code.wrong")


def test_a_newer_one_voids_the_older(phone: Phone) -> None:
    older = phone.code()
    newer = phone.code()
    if older != newer:
        phone.refused(older, "code.wrong")
    phone.confirm(newer)


def test_one_of_another_challenge(phone: Phone) -> None:
    code, of = phone.code(), phone.claim["id"]
    phone.claim = phone.claimed()
    phone.refused(code, "code.expired")
    phone.site.change("UPDATE confirm_code SET subject = ? WHERE subject = ?", phone.claim["id"], of)
    phone.refused(code, "code.wrong")


def test_one_that_was_used(phone: Phone) -> None:
    code, of = phone.code(), phone.claim["id"]
    phone.confirm(code)
    assert phone.site.column("confirm_code", "state", subject=of) == ["used"]
    phone.claim = phone.claimed()
    phone.site.change("UPDATE confirm_code SET subject = ? WHERE subject = ?", phone.claim["id"], of)
    phone.refused(code, "code.expired")
    phone.change("state", "sent")
    phone.refused(code, "code.wrong")


def test_one_of_another_person(site: Site, phone: Phone) -> None:
    other = Phone(site, site.owner(61, "钱多多", "北京多多商贸有限公司"))
    code = other.code()
    row = site.column("confirm_code", "id", subject=other.claim["id"])[0]
    other.client.close()
    phone.refused(code, "code.expired")
    mine = phone.owner.client.me()["id"]
    site.change(
        "UPDATE confirm_code SET subject = ?, person_id = ? WHERE id = ?", phone.claim["id"], mine, row
    )
    phone.refused(code, "code.wrong")


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "１２３４５６", "abcdef"])
def test_what_cannot_be_a_code_is_no_try(phone: Phone, typed: str) -> None:
    code = phone.code()
    phone.refused(typed, "code.format", 422)
    assert phone.site.column("confirm_code", "tries", subject=phone.claim["id"]) == [0]
    phone.confirm(code)


def test_the_sealer_sends_to_no_other_mobile_than_the_one_it_attested(site: Site, phone: Phone) -> None:
    """The thief writes the database and has web's records key: the person's mobile is now his own."""
    thief = site.newcomer(62)
    person = phone.owner.client.me()["id"]
    settings = Settings.from_env({"EZHANG_PROFILE": "development", "EZHANG_DATA": str(site.data)})
    records = records_key(settings)
    own = site.column("person", "mobile_sealed", id=person)[0]
    ref = site.column("holder", "mobile_ref", person_id=person)[0]
    sealed = records.seal(thief.demo.mobile, place(person, "mobile"))
    try:
        site.change("UPDATE person SET mobile_sealed = ? WHERE id = ?", sealed, person)
        refused(partial(phone.client.send_confirm_code, phone.claim["id"]), 403, "code.mobile")
        his = records.index(thief.demo.mobile, "holder.mobile")
        site.change("UPDATE holder SET mobile_ref = ? WHERE person_id = ?", his, person)
        refused(partial(phone.client.send_confirm_code, phone.claim["id"]), 403, "custody.not_attested")
    finally:
        site.change("UPDATE person SET mobile_sealed = ? WHERE id = ?", own, person)
        site.change("UPDATE holder SET mobile_ref = ? WHERE person_id = ?", ref, person)
    assert inbox(thief) == []
    phone.confirm(phone.code())


def test_a_challenge_that_is_over_or_of_another_session_brings_no_message(site: Site, phone: Phone) -> None:
    sent = len(inbox(phone.owner))
    with client_at(site.url) as other:
        site.change("DELETE FROM throttle")
        phone.owner.demo.log_in(other)
        refused(partial(other.send_confirm_code, phone.claim["id"]), 404, "challenge.not_found")
    phone.owner.client.cancel(phone.signing)
    refused(partial(phone.client.send_confirm_code, phone.claim["id"]), 404, "challenge.not_found")
    assert len(inbox(phone.owner)) == sent + 1  # the login's


def test_messages_are_limited(phone: Phone) -> None:
    for _ in range(3):
        phone.code()
    refused(partial(phone.client.send_confirm_code, phone.claim["id"]), 429, "rate.limited")


@pytest.mark.parametrize(
    ("fault", "status", "code"), [("refuse", 403, "sms.refused"), ("down", 503, "sms.unavailable")]
)
def test_a_gateway_that_does_not_send_is_told(phone: Phone, fault: str, status: int, code: str) -> None:
    control = f"{phone.owner.demo.sandbox}/_control"
    httpx.post(control, json={"faults": {"sms": fault}})
    try:
        refused(partial(phone.client.send_confirm_code, phone.claim["id"]), status, code)
    finally:
        httpx.post(control, json={"faults": {"sms": "none"}})
    phone.refused("123456", "code.expired")
    phone.confirm(phone.code())
