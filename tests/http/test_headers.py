"""What browsers are told with every answer, and pages that keep to it."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser

import httpx
import pytest

from h5.rendering import STATIC_VERSION
from server.client import Client
from tests.http.desks import at_every_desk
from tests.http.site import Party, Site, fill, routes
from tests.seals.pdf.samples import contract

EXPECTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
CSP = {
    "default-src": "'self'",
    "img-src": "'self' data: blob:",
    "script-src": "'self'",
    "style-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "form-action": "'self'",
}
PAGES = sorted(
    f"/{route.path}"
    for route in routes()
    if "pages." in str(route.name) and not route.path.startswith("static/")
)


class Page(HTMLParser):
    """What of a page the content security policy would stop."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.stopped: list[str] = []
        self.elements = 0
        self._script: dict[str, str | None] | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        told = dict(attrs)
        self._script = told if tag == "script" else None
        if tag == "style":
            self.stopped.append("<style>")
        self.stopped += [f"{tag} {name}" for name in told if name == "style" or name.startswith("on")]
        for name in ("src", "href", "action", "data", "formaction"):
            address = told.get(name) or ""
            own = address.startswith(("/", "#", "?")) and not address.startswith("//")
            own |= tag == "img" and address.startswith("data:image/")
            if name in told and not own and not (tag == "a" and address.startswith("http")):
                self.stopped.append(f"{tag} {name}={address}")

    def handle_data(self, data: str) -> None:
        told = self._script
        if told is not None and data.strip() and told.get("type") != "application/json":
            self.stopped.append("inline script")


def policy(answer: httpx.Response) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in answer.headers["content-security-policy"].split(";"))
    return {name: value for name, _, value in parts}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/verify", 200),
        ("GET", "/verify-seal", 200),
        ("GET", "/", 302),
        ("GET", "/m", 302),
        ("GET", "/health/live", 200),
        ("GET", "/api/me", 401),
        ("GET", "/nowhere", 404),
        ("GET", "/api/nowhere", 404),
        ("DELETE", "/verify", 405),
        ("TRACE", "/verify", 405),
        ("POST", "/api/login", 422),
        ("GET", f"/static/{STATIC_VERSION}/css/base.css", 200),
        ("GET", "/static/x/../../pages.py", 404),
        ("GET", "/l/unknown", 410),
        ("GET", "/v/unknown", 404),
        ("GET", "/roots", 200),
        ("GET", "/roots/unknown.txt", 404),
    ],
)
def test_every_answer_has_them(stranger: Client, method: str, path: str, status: int) -> None:
    answer = stranger.http.request(method, path)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    told = policy(answer)
    assert {name: told.get(name) for name in CSP} == CSP
    assert "unsafe" not in answer.headers["content-security-policy"]
    kept = answer.headers["cache-control"]
    assert ("immutable" in kept) if path.startswith("/static/") and status == 200 else (kept == "no-store")
    assert "strict-transport-security" not in answer.headers, "plain http cannot promise it"
    assert "server" not in answer.headers


@pytest.fixture
def at_desks(site: Site, a: Party) -> Iterator[None]:
    """Else the desks would be pages of errors."""
    with at_every_desk(site, a):
        yield


@pytest.mark.usefixtures("at_desks")
def test_no_page_needs_what_the_policy_forbids(a: Party, stranger: Client) -> None:
    done = a.ask(contract())
    token = a.client.present(a.company)["url"].rpartition("/")[2]
    for path in PAGES:
        for code in ("unknown", done["document"]["code"]):
            url = fill(
                path,
                {
                    "company": a.company,
                    "token": token,
                    "code": code,
                    **dict.fromkeys(("check", "entry", "filing", "grant", "seal", "signing"), "0" * 24),
                },
            )
            for http in (a.http, stranger.http):
                answer = http.get(url, follow_redirects=True)
                assert answer.status_code == 200 or not path.startswith("/desk"), url
                page = Page(answer.text)
                assert page.elements > 10, url
                assert page.stopped == [], url


def test_private_answers_are_not_kept_by_anybody(site: Site, a: Party) -> None:
    signing = a.ask(contract())
    for path in ("/api/me", f"/api/signings/{signing['id']}/pages/0.png", "/api/thread", "/m"):
        assert a.http.get(path).headers["cache-control"] == "no-store"
    picture = a.http.get(f"/api/documents/{signing['document']['id']}/pages/0.png")
    assert picture.headers["cache-control"].startswith("private")
    small = a.http.get(f"/api/documents/{signing['document']['id']}/pages/0.webp?w=480")
    assert small.headers["content-type"] == "image/webp"
    assert len(small.content) < len(picture.content)
    for seal in a.client.company(a.company)["seals"]:
        assert a.http.get(seal["imprint_url"]).headers["cache-control"] == "no-store"


def test_what_is_text_names_its_encoding(site: Site, a: Party) -> None:
    picture, events = f"/api/seals/{a.seal()}/imprint.svg", f"/api/signings/{a.ask(contract())['id']}/events"
    for path in ("/verify", "/metrics", picture, events):
        with a.http.stream("GET", path) as answer:
            assert answer.status_code == 200, path
            assert answer.headers["content-type"].endswith("; charset=utf-8"), path


def test_only_the_page_that_scans_may_open_the_camera(a: Party) -> None:
    policies = {path: a.http.get(path).headers["permissions-policy"] for path in ("/m/scan", "/m", "/api/me")}
    assert policies.pop("/m/scan") == "camera=(self), microphone=(), geolocation=()"
    assert set(policies.values()) == {"camera=(), microphone=(), geolocation=()"}
