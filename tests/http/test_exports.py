"""Files leave by asking for them, which their company sees; fetching changes nothing."""

from __future__ import annotations

import pytest

from tests.http.site import Party, Site, client_at, refused
from tests.seals.pdf.samples import contract

LONG_AGO = "2020-01-01 00:00:00+00:00"
NOT_FOUND = (404, "export.not_found")


@pytest.fixture(scope="module")
def signed(a: Party) -> str:
    """A signed signing of A's."""
    done, _ = a.sign(contract())
    return str(done["id"])


@pytest.mark.parametrize(("form", "begins"), [("pdf", b"%PDF-"), ("ses", b"0"), ("esl", b"0")])
def test_asking_is_one_card_a_minute_and_fetching_none(
    site: Site, a: Party, signed: str, form: str, begins: bytes
) -> None:
    site.change("DELETE FROM throttle WHERE id LIKE 'told/%'")
    known = {card["id"] for card in a.client.thread()["cards"]}
    kind = "seal.exported" if form == "esl" else "signing.exported"

    def ask() -> str:
        made = a.client.export_seal(a.seal()) if form == "esl" else a.client.export_signing(signed, form)
        return str(made["download_url"])

    urls = [ask() for _ in range(3)]
    before = site.state()
    for url in urls * 2:
        answer = a.http.get(url)
        assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)
        assert answer.headers["content-disposition"].startswith("attachment")
    assert site.state() == before
    told = [card for card in a.client.thread()["cards"] if card["id"] not in known]
    assert {card["kind"] for card in told} == {kind}
    assert len(told) == len({card["at_text"] for card in told}), "one for all of a minute"
    assert f"格式：{form}" in told[0]["lines"]


def test_what_was_asked_for_is_for_the_session_that_asked_and_for_two_minutes(
    site: Site, a: Party, b: Party, signed: str
) -> None:
    url = str(a.client.export_signing(signed, "pdf")["download_url"])
    assert url.rpartition("/")[2] not in repr(list(site.rows())), "kept as a hash"
    unknown = a.http.get(f"/api/downloads/{'A' * 43}")
    site.change("DELETE FROM throttle WHERE id LIKE 'sms.%'")
    with client_at(site.url) as second:
        second.send_code(a.demo.mobile)
        second.log_in(a.demo.mobile, a.code())
        for http in (second.http, b.http):
            answer = http.get(url)
            assert (answer.status_code, answer.content) == (404, unknown.content)
    with client_at(site.url) as nobody:
        assert nobody.http.get(url).status_code == 401
    site.change("UPDATE export SET expires_at = ?", LONG_AGO)
    answer = a.http.get(url)
    assert (answer.status_code, answer.content) == (404, unknown.content)


def test_what_is_not_there_is_not_exported(a: Party, signed: str) -> None:
    refused(lambda: a.client.export_signing(signed, "docx"), *NOT_FOUND)
    refused(lambda: a.client.export_signing(signed, "esl"), *NOT_FOUND)
    waiting = a.ask(contract())["id"]
    refused(lambda: a.client.export_signing(waiting, "pdf"), 409, "signing.not_signed")
