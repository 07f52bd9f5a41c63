"""Whose will it is (R113): an application is submitted by the claim of a code on a phone, by nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from auth.errors import Conflict
from auth.privacy import RecordsKey
from seals.entry.deciding import reject, return_items
from seals.entry.reviewing import look
from seals.entry.starting import change
from seals.entry.views import EntryForm, SealWish
from server.adapters.registrar import HttpRegistrar
from server.client import Client, Json
from server.demo import HANDSET
from tests.http.entering import code_of, decide, entry_form, fill_all, material, verified
from tests.http.site import Party, Site, client_at, refused

COMPANY = "北京听雨轩文化有限公司"
REVIEWER = "0123456789abcdef01234567"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36"
GONE = (404, "challenge.not_found")
CHANGED = (409, "entry.changed")


@dataclass
class Desk:
    """A PC and a phone of one person, and his application, to which nothing lacks."""

    pc: Client
    phone: Client
    entry: str

    def token(self) -> str:
        """Of a fresh code on the PC."""
        code = self.pc.open_entry_code(self.entry)
        assert code["qr_svg"].startswith("<svg")
        return str(code["url"].partition("/e#")[2])


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    return site.person(376, "宋听雨")


@pytest.fixture(scope="module")
def desk(site: Site, owner: Party) -> Iterator[Desk]:
    draft = owner.client.begin_entry(entry_form(owner, COMPANY, code_of(376), {"kind": "contract"}))
    fill_all(owner, draft, "听雨")
    verified(owner, draft["id"])
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    with client_at(site.url) as pc:
        pc.http.headers["user-agent"] = CHROME
        owner.demo.log_in(pc)
        yield Desk(pc, owner.client, draft["id"])


def test_a_pc_confirms_nothing_whatever_it_calls_itself(site: Site, desk: Desk) -> None:
    token = desk.token()
    refused(lambda: desk.pc.claim_entry_code(token), 403, "entry.on_phone")
    desk.pc.http.headers["user-agent"] = HANDSET
    refused(lambda: desk.pc.claim_entry_code(token), 403, "entry.on_phone")  # it logged in as a PC
    desk.pc.http.headers["user-agent"] = CHROME
    stranger = site.person(377, "路人")
    refused(lambda: stranger.client.claim_entry_code(token), *GONE)
    claim = desk.phone.claim_entry_code(token)
    assert desk.phone.claim_entry_code(token) == claim, "who holds it may look again"
    assert claim["browser"] == "Chrome · Windows"
    assert claim["entry"]["company_name"] == COMPANY
    assert [wish["kind"] for wish in claim["entry"]["seals"]] == ["contract"]
    refused(lambda: desk.pc.submit_claimed(claim), *GONE)
    refused(lambda: stranger.client.submit_claimed(claim), 404, "entry.not_found")
    refused(lambda: desk.phone.submit_claimed(claim, will=False), 422, "entry.will")
    site.change("UPDATE challenge SET expires_at = '2020-01-01T00:00:00+00:00' WHERE id = ?", claim["id"])
    refused(lambda: desk.phone.submit_claimed(claim), *GONE)
    assert desk.phone.entry(desk.entry)["state"] == "draft"


def test_a_code_is_good_for_one_form_of_one_application(site: Site, owner: Party, desk: Desk) -> None:
    older, newer = desk.token(), desk.token()
    refused(lambda: desk.phone.claim_entry_code(older), *GONE)
    claim = desk.phone.claim_entry_code(newer)
    other = desk.phone.begin_entry(entry_form(owner, "北京听雪轩文化有限公司", code_of(377)))
    elsewhere = {**claim, "entry": {**claim["entry"], "id": other["id"]}}
    refused(lambda: desk.phone.submit_claimed(elsewhere), *GONE)
    unseen = {**claim, "entry": {**claim["entry"], "digest": "0" * 64}}
    refused(lambda: desk.phone.submit_claimed(unseen), *CHANGED)
    again = material("licence_copy", "听雨重拍")
    desk.phone.give_material(desk.entry, "licence_copy", "again.jpg", again)
    refused(lambda: desk.phone.submit_claimed(claim), *CHANGED)
    waiting = desk.token()
    more = entry_form(owner, COMPANY, code_of(376), {"kind": "contract"}, {"kind": "contract"})
    desk.pc.change_entry(desk.entry, more)
    refused(lambda: desk.phone.claim_entry_code(waiting), *CHANGED)
    assert site.column("entry_application", "state", id=desk.entry) == ["draft"]


def _draft() -> bytes:
    picture, out = Image.new("RGB", (420, 420), "white"), BytesIO()
    ImageDraw.Draw(picture).ellipse((40, 40, 380, 380), outline="navy", width=12)
    picture.save(out, "PNG")
    return out.getvalue()


def test_the_phone_submits_and_its_owner_reads_what_became_of_it(
    site: Site, owner: Party, desk: Desk
) -> None:
    desk.phone.give_material(desk.entry, "design_draft", "标识.png", _draft())
    claim = desk.phone.claim_entry_code(desk.token())
    given = {slot["key"]: slot["material"]["name"] for slot in claim["entry"]["slots"]}
    assert given["design_draft"] == "标识.png"
    assert desk.phone.submit_claimed(claim)["state"] == "submitted"
    refused(lambda: desk.phone.submit_claimed(claim), 409, "entry.state")
    (session,) = site.column("entry_application", "confirmed_session", id=desk.entry)
    assert session in {each["id"] for each in desk.phone.sessions() if each["here"]}
    assert site.column("challenge", "state", id=claim["id"]) == ["spent"]

    async def give_back(records: RecordsKey, _: HttpRegistrar) -> list[str]:
        slots = (await look(desk.entry, records)).entry.slots
        await return_items(desk.entry, {"licence_copy": "公章不清楚。"}, REVIEWER, _now(), records)
        return [slot.key for slot in slots if slot.optional and slot.material is not None]

    assert decide(site, give_back) == ["design_draft"], "the reviewer sees it"
    assert "公章不清楚。" in str(_card(owner, "entry.returned")["lines"])
    desk.phone.give_material(desk.entry, "licence_copy", "third.jpg", material("licence_copy", "听雨三"))
    assert desk.phone.submit_entry(desk.entry)["state"] == "submitted", "one tap on the phone itself"

    async def refuse(records: RecordsKey, _: HttpRegistrar) -> None:
        await reject(desk.entry, "与登记不符。", REVIEWER, _now(), records)

    decide(site, refuse)
    told = _card(owner, "entry.rejected")
    assert "与登记不符。" in str(told["lines"])
    assert told["actions"][0]["href"] == f"/m/apply/{desk.entry}"


def _now() -> datetime:
    return datetime.now(UTC)


def _card(party: Party, kind: str) -> Json:
    return next(card for card in reversed(party.client.thread()["cards"]) if card["kind"] == kind)


@dataclass(frozen=True)
class Meanwhile(RecordsKey):
    """The key, in whose opening of the form another window's file arrives."""

    site: Site
    entry: str

    def open(self, sealed: bytes, place: str) -> str:
        self.site.change("UPDATE entry_application SET changed_at = ? WHERE id = ?", str(_now()), self.entry)
        return super().open(sealed, place)


def test_of_two_changes_at_once_the_later_is_told_to_look_again(site: Site, owner: Party) -> None:
    asked = entry_form(owner, "北京听风轩文化有限公司", code_of(378))
    entry = owner.client.begin_entry(asked)["id"]
    (person,) = site.column("entry_application", "applicant_id", id=entry)
    wishes = (SealWish("finance"),)
    form = EntryForm(**{"request_id": "-", "superior": False, "permit": False, **asked, "seals": wishes})

    async def meanwhile(records: RecordsKey, _: HttpRegistrar) -> str:
        with pytest.raises(Conflict) as told:
            await change(entry, form, person, _now(), Meanwhile(records.key, site, entry))
        return told.value.code

    assert decide(site, meanwhile) == "entry.changed"
    assert [wish["kind"] for wish in owner.client.entry(entry)["seals"]] == ["legal_name"]
