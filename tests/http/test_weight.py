"""What the first opening of a page brings over the network: page, styles, script and icons, packed."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from server.client import Client
from tests.http.desks import at_every_desk
from tests.http.site import Party, Site, routes
from tests.seals.pdf.samples import contract

MOST_BYTES = 60 * 1024
PAGES = sorted(
    f"/{route.path}"
    for route in routes()
    if "pages." in str(route.name) and "GET" in route.methods and not route.path.startswith("static/")
)
NEEDED = re.compile(r'(?:href|src)="(/static/[^"#]+)')


class Scale:
    """Weighs addresses as a browser fetches them, each static file once."""

    def __init__(self, url: str, client: Client) -> None:
        self.http = httpx.Client(base_url=url, cookies=client.http.cookies, headers={"accept-language": "zh"})
        self.files: dict[str, int] = {}

    def raw(self, path: str) -> tuple[int, str]:
        """Bytes on the wire, and the text."""
        with self.http.stream("GET", path, headers={"accept-encoding": "gzip, deflate, br"}) as answer:
            length = int(answer.headers["content-length"])
            answer.read()
            head = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
            return length + head, answer.text

    def file(self, path: str) -> int:
        if path not in self.files:
            self.files[path] = self.raw(path)[0]
        return self.files[path]

    def page(self, path: str) -> tuple[int, set[str]]:
        """All together, and what it is made of."""
        own, text = self.raw(path)
        needed = set(NEEDED.findall(text))
        return own + sum(map(self.file, needed)), needed


@pytest.fixture(scope="module")
def scale(site: Site, a: Party) -> Iterator[Scale]:
    made = Scale(site.url, a.client)
    yield made
    made.http.close()


def test_no_page_weighs_more_than_60_kb(scale: Scale, site: Site, a: Party) -> None:
    weights: dict[str, int] = {}
    scripted = 0
    with at_every_desk(site, a):  # or the desks would be pages of errors
        for page in PAGES:
            path = re.sub(r"<company:str>", str(a.company), page)
            weights[page], needed = scale.page(re.sub(r"<\w+:str>", "0" * 24, path))
            has_script = any(name.endswith(".js") for name in needed)
            assert has_script or not page.startswith("/desk"), page
            scripted += has_script
    assert scripted > 20
    print("\n".join(f"{weight / 1024:5.1f} KB  {page}" for page, weight in sorted(weights.items())))
    assert {page: weight for page, weight in weights.items() if weight > MOST_BYTES} == {}


def test_who_takes_no_gzip_gets_the_same_plain(scale: Scale) -> None:
    path = next(name for name in scale.page("/verify")[1] if name.endswith("/base.css"))
    for asked, packed in (("gzip", True), ("identity", False), ("gzip;q=0", False)):
        answer = scale.http.get(path, headers={"accept-encoding": asked})
        assert ("content-encoding" in answer.headers) is packed
        assert answer.text.startswith("/*")
        assert answer.headers["vary"] == "accept-encoding"


def test_what_is_private_is_not_packed(scale: Scale, a: Party, site: Site) -> None:
    """Packed together with something that a stranger chose, its length would tell of it."""
    signed, _ = a.sign(contract())
    record = scale.http.get(f"/v/{signed['document']['code']}?x=y")
    assert "content-encoding" not in record.headers
    assert signed["document"]["name"] in record.text
    shown = httpx.get(f"{site.url}/v/{signed['document']['code']}")
    assert shown.headers["content-encoding"] == "gzip"
    assert signed["document"]["name"] not in shown.text
    assert "content-encoding" not in scale.http.get("/api/thread").headers
