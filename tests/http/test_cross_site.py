"""No other site changes anything in the name of whoever is logged in here (ADR 9)."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from server.api.operation import OPERATIONS
from tests.http.site import Party, Site, fill, in_words, routes

WRITING = sorted((method, f"/{route.path}") for route in routes() for method in route.methods - {"GET"})
IDS = dict.fromkeys(
    (
        *("company", "collection", "seal", "signing", "challenge", "code", "login", "scan", "device"),
        *("notice", "ticket", "guidance"),
        *("passkey", "form", "check", "grant", "member", "rule", "change", "ask", "document", "filing"),
        *("paper", "template", "entry", "slot", "material"),
    ),
    "0" * 24,
)


def foreign_headers(site: Site) -> list[dict[str, str]]:
    host = urlsplit(site.url).netloc
    origins = [
        "https://evil.example",
        "null",
        "",
        f"https://{host}",
        f"http://{host}.evil.example",
        f"http://{host}@evil.example",
        f"http://evil.example/#{host}",
        "http://127.0.0.1",
        f"http://127.0.0.1:{site.port + 1}",
        "http://[",
        "盗",
    ]
    marks = ["cross-site", "same-site", "x"]
    return [{"origin": origin} for origin in origins] + [{"sec-fetch-site": mark} for mark in marks]


def test_every_writing_route_is_guarded(site: Site, a: Party) -> None:
    assert len(WRITING) >= len([operation for operation in OPERATIONS if operation.method != "GET"])
    before = site.state()
    for method, path in WRITING:
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            answer = a.http.request(method, fill(path, IDS), headers=headers, json={})
            assert answer.status_code == 403, path
            assert answer.json()["error"]["code"] == "request.cross_site"
    assert site.state() == before


def test_every_way_to_be_another_origin(site: Site, a: Party) -> None:
    before = site.state()
    for headers in foreign_headers(site):
        raw = {name.encode(): value.encode() for name, value in headers.items()}
        answer = a.http.post(f"/api/companies/{a.company}/presentations", headers=raw)
        assert answer.status_code == 403, headers
        assert in_words(answer.json()["error"])
    assert site.state() == before


@pytest.mark.parametrize("mark", [None, "same-origin", "none"])
@pytest.mark.parametrize("origin", [False, True])
def test_our_own_pages_and_programs_may(site: Site, a: Party, mark: str | None, origin: bool) -> None:
    headers = {"sec-fetch-site": mark} if mark else {}
    headers |= {"origin": site.url} if origin else {}
    assert a.http.post(f"/api/companies/{a.company}/presentations", headers=headers).status_code == 201


def test_reading_from_another_site_is_a_plain_link(a: Party) -> None:
    headers = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
    answer = a.http.get("/api/me", headers=headers)
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers, "the other site may not read it"
