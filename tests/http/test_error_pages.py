"""A person who is led to an address of ours reads words; a program gets data."""

from __future__ import annotations

import httpx
import pytest

from seals.verifying import LOOKUPS_PER_ADDRESS
from tests.http.site import Site, client_at

PAGE = {"accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.mark.parametrize(("language", "words"), [("zh", "没有这个页面。"), ("en", "There is no such page.")])
def test_an_address_that_is_none_is_told_as_a_page(site: Site, language: str, words: str) -> None:
    answer = httpx.get(f"{site.url}/nothing/here", params={"lang": language}, headers=PAGE)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert f">{words}</p>" in answer.text


def test_what_was_asked_for_never_stands_in_the_page(site: Site) -> None:
    answer = httpx.get(f"{site.url}/nothing/%3Cscript%3E?x=%3Cscript%3Ealert", headers=PAGE)
    assert answer.status_code == 404
    assert "<script>alert" not in answer.text


def test_a_program_gets_data(site: Site) -> None:
    for path, accept in (("/nothing", "*/*"), ("/api/nothing", PAGE["accept"])):
        answer = httpx.get(site.url + path, headers={"accept": accept})
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "page.not_found")


def test_one_who_scans_too_often_reads_when_to_come_back(site: Site) -> None:
    with client_at(site.url).http as browser:
        browser.headers.update(PAGE)
        for _ in range(2 * LOOKUPS_PER_ADDRESS.most + 1):
            answer = browser.get("/v/" + "0" * 16)
            if answer.status_code == 429:
                break
    assert answer.status_code == 429
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["retry-after"] in answer.text
