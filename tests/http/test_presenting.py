"""出示执照: a QR code that lives five minutes and shows what is public, as it is at this moment."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta

import pytest

from server.client import Client
from tests.http.site import Party, Site

GONE = "这个执照码已失效"


@pytest.fixture
def presented(site: Site, a: Party) -> str:
    url = str(a.client.present(a.company)["url"])
    assert url.startswith(f"{site.url}/l/")
    return url.removeprefix(site.url)


def test_it_shows_the_registered_data_and_that_the_licence_is_good(
    stranger: Client, a: Party, presented: str
) -> None:
    answer = stranger.http.get(presented)
    licence = a.client.company(a.company)["licence"]
    assert answer.status_code == 200
    data = licence["data"]
    for key in ("company_name", "uscc", "representative_name", "address", "business_scope", "company_type"):
        assert data[key] in answer.text, key
    assert licence["number"] in answer.text
    assert "live-good" in answer.text
    assert "存续（在营、开业）" in answer.text
    assert re.search(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d \+08:00", answer.text)
    for secret in (a.id_number, a.demo.mobile, a.company):
        assert secret not in answer.text


def test_the_status_is_the_one_of_this_moment(site: Site, stranger: Client, a: Party, presented: str) -> None:
    try:
        for table, changed, good in (("company", "closed", "active"), ("licence", "revoked", "valid")):
            key = "id" if table == "company" else "company_id"
            statement = f"UPDATE {table} SET state = ? WHERE {key} = ?"  # noqa: S608  (names of ours)
            site.change(statement, changed, a.company)
            page = stranger.http.get(presented).text
            site.change(statement, good, a.company)
            assert "live-bad" in page
            assert "live-good" not in page
    finally:
        site.change("UPDATE company SET state = 'active' WHERE id = ?", a.company)
        site.change("UPDATE licence SET state = 'valid' WHERE company_id = ?", a.company)
    assert "live-good" in stranger.http.get(presented).text


def test_data_that_the_platform_did_not_sign_is_not_good(
    site: Site, stranger: Client, a: Party, presented: str
) -> None:
    (data,) = site.column("licence", "data", company_id=a.company)
    forged = data.replace("500", "500000")
    assert forged != data
    site.change("UPDATE licence SET data = ? WHERE company_id = ?", forged, a.company)
    try:
        page = stranger.http.get(presented).text
    finally:
        site.change("UPDATE licence SET data = ? WHERE company_id = ?", data, a.company)
    assert "live-good" not in page


def test_after_its_time_it_is_gone_like_any_other_token(
    site: Site, stranger: Client, a: Party, presented: str
) -> None:
    unknown = stranger.http.get("/l/" + "A" * 43)
    digest = _digest(presented)
    (until,) = site.column("presentation", "expires_at", token_hash=digest)
    (begun,) = site.column("presentation", "created_at", token_hash=digest)
    assert datetime.fromisoformat(until) - datetime.fromisoformat(begun) == timedelta(minutes=5)
    past = datetime.now(UTC) - timedelta(seconds=1)
    site.change("UPDATE presentation SET expires_at = ? WHERE token_hash = ?", past.isoformat(" "), digest)
    gone = stranger.http.get(presented)
    assert unknown.status_code == gone.status_code == 410
    assert unknown.text == gone.text
    assert GONE in gone.text
    assert a.company_name not in gone.text


def test_a_new_code_every_minute_and_the_last_ones_live_on(site: Site, stranger: Client, a: Party) -> None:
    shown = [a.client.present(a.company) for _ in range(3)]
    assert {each["rotate_after_s"] for each in shown} == {60}
    assert all(each["qr_svg"].startswith("<svg") for each in shown)
    paths = [each["url"].removeprefix(site.url) for each in shown]
    assert len(set(paths)) == 3
    assert {stranger.http.get(path).status_code for path in paths} == {200}


def test_the_token_cannot_be_guessed_nor_read_in_the_database(site: Site, presented: str) -> None:
    token = presented.rpartition("/")[2]
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token), "256 random bits"
    assert len(site.column("presentation", "id", token_hash=_digest(presented))) == 1
    assert token not in repr(list(site.rows()))


def _digest(path: str) -> str:
    token = path.rpartition("/")[2]
    return hashlib.sha256(b"ezhang/presentation\0" + token.encode()).hexdigest()
