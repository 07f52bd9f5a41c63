"""A printed document: its access code shows the sealed pages to who holds the paper, and to nobody else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial

import pytest
from PIL import Image, ImageChops

from seals.access_codes import group_access
from seals.printed import TRIES_PER_DOCUMENT
from server.client import Client
from tests.http.site import Party, Site, access_code, client_at, refused
from tests.seals.pdf.samples import contract

LONG_AGO = "2020-01-01 00:00:00+00:00"


@pytest.fixture(scope="module")
def printed(a: Party) -> dict[str, str]:
    """A sealed document with an access code on it."""
    done, _ = a.sign(contract(2), "秘密协议.pdf", printed=True)
    return {"signing": done["id"], **done["document"]}


@pytest.fixture
def other(site: Site) -> Iterator[Client]:
    client = client_at(site.url)
    yield client
    client.close()


def page_of(client: Client, code: str, page: int = 0) -> bytes | int:
    """The picture, or the status that refused it."""
    answer = client.http.get(f"/api/codes/{code}/printed/pages/{page}.png", params={"w": 600})
    return answer.content if answer.status_code == 200 else answer.status_code


def cards(party: Party) -> list[str]:
    """What is told of this file; other tests' files are told too."""
    told = [card for card in party.client.thread()["cards"] if card["kind"].startswith("printed.")]
    return [card["title"] for card in told if any("秘密协议" in line for line in card["lines"])]


def test_who_holds_the_paper_sees_the_pages_and_its_company_is_told_once(
    site: Site, a: Party, stranger: Client, other: Client, printed: dict[str, str]
) -> None:
    code, access = printed["code"], access_code(site, printed["code"])
    assert "核对" in stranger.http.get(f"/v/{code}").text
    assert page_of(stranger, code) == 404
    opened = stranger.open_printed(code, f" {access[:4].lower()}-{access[4:]} ")
    assert opened["pages"] == 2
    shown = page_of(stranger, code, 1)
    assert isinstance(shown, bytes)
    own = a.http.get(f"/api/signings/{printed['signing']}/pages/1.png", params={"w": 600}).content
    pictures = [Image.open(io.BytesIO(each)).convert("L") for each in (shown, own)]
    assert ImageChops.difference(*pictures).getbbox() is not None, "marked as a copy for checking"
    assert page_of(stranger, code, 2) == 404
    assert page_of(other, code) == 404, "bound to the browser that typed it"
    other.open_printed(code, access)
    assert cards(a) == ["有人核对了纸质件"], "of one hour the first"
    site.change("UPDATE printed_look SET expires_at = ?", LONG_AGO)
    assert page_of(stranger, code) == page_of(other, code) == 404


def test_a_look_opens_no_other_document(
    site: Site, a: Party, stranger: Client, printed: dict[str, str]
) -> None:
    done, _ = a.sign(contract(), printed=True)
    stranger.open_printed(printed["code"], access_code(site, printed["code"]))
    assert page_of(stranger, done["document"]["code"]) == 404


def test_every_refusal_is_the_same(site: Site, a: Party, stranger: Client, printed: dict[str, str]) -> None:
    """Wrong, not printed, not sealed: nobody learns which."""
    plain, _ = a.sign(contract())
    waiting = a.ask(contract(), printed=True)
    tries = [(printed["code"], "0000-0000"), (printed["code"], "")]
    tries += [
        (one["document"]["code"], access_code(site, one["document"]["code"])) for one in (plain, waiting)
    ]
    told = [stranger.http.post(f"/api/codes/{code}/printed", json={"access": typed}) for code, typed in tries]
    assert {(answer.status_code, answer.content) for answer in told} == {(422, told[0].content)}
    assert told[0].json()["error"]["code"] == "printed.wrong"
    refused(partial(stranger.open_printed, "0" * 16, "0000-0000"), 404, "code.unknown")


def test_the_owner_closes_it_and_it_is_closed_at_once(
    site: Site, a: Party, b: Party, stranger: Client, printed: dict[str, str]
) -> None:
    code, access = printed["code"], access_code(site, printed["code"])
    stranger.open_printed(code, access)
    refused(lambda: b.client.switch_printed(printed["id"], on=False), 404, "document.not_found")
    assert a.client.switch_printed(printed["id"], on=False) == {"on": False}
    assert page_of(stranger, code) == 404
    refused(partial(stranger.open_printed, code, access), 422, "printed.wrong")
    assert "printed-form" not in stranger.http.get(f"/v/{code}").text
    assert a.client.switch_printed(printed["id"], on=True) == {"on": True}
    assert isinstance(page_of(stranger, code), bytes)
    assert cards(a)[-2:] == ["已关闭核对纸质件", "重新开放核对纸质件"]


def test_who_only_brought_the_sealed_file_has_no_say(
    site: Site, a: Party, b: Party, stranger: Client, printed: dict[str, str]
) -> None:
    (blob,) = site.column("version", "sha256", record_id=printed["code"])
    data = (site.data / "blobs" / blob[:2] / blob).read_bytes()
    brought = b.client.upload("拿来的.pdf", data, company=b.company)
    assert brought["code"] == printed["code"]
    refused(lambda: b.client.switch_printed(brought["id"], on=False), 409, "printed.not_offered")
    access = access_code(site, printed["code"])
    assert stranger.open_printed(printed["code"], access)["pages"] == 2


def test_codes_cannot_be_tried_at_will_and_few_tries_lock_nobody_out(site: Site, a: Party) -> None:
    """From whatever addresses: the document counts."""
    done, _ = a.sign(contract(), printed=True)
    code = done["document"]["code"]

    def tried(typed: str) -> int:
        with client_at(site.url) as client:
            return client.http.post(f"/api/codes/{code}/printed", json={"access": typed}).status_code

    assert {tried("00000000") for _ in range(40)} == {422}
    assert tried(access_code(site, code)) == 200

    def closed_when_spent() -> bool:
        which = f"{TRIES_PER_DOCUMENT.name}/%/{code}"
        site.change("UPDATE throttle SET count = ? WHERE id LIKE ?", TRIES_PER_DOCUMENT.most, which)
        return tried("00000000") == 429

    assert closed_when_spent() or closed_when_spent()  # the window may end on the way, once


def test_the_code_lies_nowhere_in_the_database(site: Site, printed: dict[str, str]) -> None:
    access = access_code(site, printed["code"])
    held = b"".join(path.read_bytes() for path in site.data.glob("ezhang.db*"))
    assert printed["code"].encode() in held
    assert not [each for each in (access, group_access(access)) if each.encode() in held]
