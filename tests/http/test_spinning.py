"""A PDF that makes the reader spin: its reader is killed, and everybody else goes on meanwhile."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx

from server.inspector.pool import LIMITS_S
from tests.http.site import Party, Site, client_at, in_words
from tests.seals.pdf.samples import contract
from tests.server.inspecting import endless


def upload(site: Site, party: Party, data: bytes) -> httpx.Response:
    client = client_at(site.url)
    client.http.cookies.update(party.http.cookies)
    return client.http.post("/api/documents", files={"file": ("无尽.pdf", data, "application/pdf")})


def picture(site: Site, party: Party, document: str) -> httpx.Response:
    client = client_at(site.url)
    client.http.cookies.update(party.http.cookies)
    return client.http.get(f"/api/documents/{document}/pages/0.png")


def test_a_spinning_reader_is_killed_and_others_go_on(site: Site, a: Party, b: Party) -> None:
    with ThreadPoolExecutor(2) as pool:
        # It is drawn before it is taken, to be compared with what is made of it.
        spinning = pool.submit(upload, site, b, endless())
        done, data = a.sign(contract(2))
        assert a.client.verify("x.pdf", data)["verdict"] == "valid"
        assert a.http.get(f"/api/signings/{done['id']}/pages/1.png").status_code == 200
        assert httpx.get(f"{site.url}/health/ready").status_code == 200
        assert not spinning.done(), "all of that while it was spinning"
        answer = spinning.result(LIMITS_S["clean"] + 20)
    assert answer.status_code == 422
    error = answer.json()["error"]
    # Whichever limit it meets first, of time or of memory.
    assert error["code"] in {"pdf.too_slow", "pdf.reader_died"}
    assert in_words(error)
    good = a.client.upload("x.pdf", contract())["id"]
    with ThreadPoolExecutor(4) as pool:
        pictures = [pool.submit(picture, site, a, good) for _ in range(4)]
        assert {each.result(30).status_code for each in pictures} == {200}, "a new reader took its place"
