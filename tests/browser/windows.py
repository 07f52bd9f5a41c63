"""Windows of a real browser, and a watch over each: whatever goes wrong in one fails the test.

Debian's Chromium, driven by Playwright. A window is one person's device: cookies of its own, one or more
pages. What a page, its scripts, its policy or the network complain of is collected; a refusal by the
server (4xx) counts unless the test said beforehand that it belongs to the matter.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pypdfium2
import zxingcpp
from PIL import Image
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    WebError,
    expect,
    sync_playwright,
)

__all__ = ["DESK", "PHONE", "Window", "chromium", "qr_in_pdf", "qr_on"]

CHROMIUM = "/usr/bin/chromium"
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000.0
QR_LOOKS, QR_LOOK_MS = 40, 250.0
# A person waits until a page stands still; Playwright clicks and types as soon as there is something to hit,
# also where the page's scripts have not come yet.
SEEN_WHEN_LOADED = """
  const unseen = new CSSStyleSheet();
  unseen.replaceSync(":root { visibility: hidden !important; }");
  document.adoptedStyleSheets = [unseen];
  addEventListener("load", () => (document.adoptedStyleSheets = []));
"""
expect.set_options(timeout=PATIENCE_MS)

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "user_agent": (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
        "Version/18.5 Mobile/15E148 Safari/604.1"
    ),
}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}

# What Chromium says of a refused or failed request once more on the console; the request itself is judged.
_ECHO = re.compile(r"Failed to load resource: ")
# The browser itself gave a request up, because its page was left.
_GIVEN_UP = "net::ERR_ABORTED"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium of our own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Window:
    """One person's browser. `page`: the page in front; `url`: the site it is at; `scripts`: it runs them."""

    context: BrowserContext
    url: str
    scripts: bool = True
    wrongs: list[str] = field(default_factory=list)
    _refusals: list[tuple[int, re.Pattern[str]]] = field(default_factory=list)
    _met: list[tuple[int, str]] = field(default_factory=list)
    _cut: bool = False

    def __post_init__(self) -> None:
        self.context.set_default_timeout(PATIENCE_MS)
        if self.scripts:
            self.context.add_init_script(SEEN_WHEN_LOADED)
        self.context.on("console", self._said)
        self.context.on("weberror", self._failed)
        self.context.on("requestfailed", self._lost)
        self.context.on("response", self._answered)
        self.page: Page = self.context.new_page()

    # ---------------------------------------------------------------- what a person does with it

    def go(self, path: str) -> Page:
        """Open a page of the site."""
        self.page.goto(self.url + path)
        return self.page

    @property
    def path(self) -> str:
        """What the address bar shows after the host."""
        return self.page.url.removeprefix(self.url)

    # ---------------------------------------------------------------- the watch

    def expect(self, status: int, path: str) -> None:
        """A refusal with this status by a matching path is the matter of the test, and must come."""
        self._refusals.append((status, re.compile(path)))

    @contextmanager
    def network_breaks(self) -> Iterator[None]:
        """While the server is away, requests may fail."""
        self._cut = True
        try:
            yield
        finally:
            self._cut = False

    def close(self) -> None:
        """Shut the window; raises AssertionError for whatever went wrong in it."""
        self.context.close()
        awaited = dict.fromkeys(self._refusals, False)
        for status, met in self._met:
            fits = [one for one in self._refusals if one[0] == status and one[1].search(met)]
            awaited.update(dict.fromkeys(fits, True))
            if not fits:
                self.wrongs.append(f"refused: {status} {met}")
        missing = [one for one, came in awaited.items() if not came]
        self.wrongs += [f"the refusal {status} of {path.pattern} never came" for status, path in missing]
        if self.wrongs:
            raise AssertionError("\n".join(self.wrongs))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not _ECHO.match(message.text):
            self.wrongs.append(f"console: {message.text}")

    def _failed(self, error: WebError) -> None:
        self.wrongs.append(f"script: {error.error}")

    def _lost(self, request: Request) -> None:
        if not self.scripts and request.resource_type == "script":
            return  # announced by the page, and not wanted
        if request.failure != _GIVEN_UP and not self._cut:
            self.wrongs.append(f"request: {request.failure} of {request.method} {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status < 400 or (self._cut and response.status >= 500):
            return
        self._met.append((response.status, f"{response.request.method} {response.url}"))


def qr_on(page: Page, other_than: str | None = None) -> str:
    """What the one QR code on a page's screen says, as soon as a camera can read it there."""
    for _ in range(QR_LOOKS):
        with Image.open(io.BytesIO(page.screenshot())) as image:
            found = _read(image.convert("RGB"))
        if len(found) == 1 and found[0] != other_than:
            return found[0]
        page.wait_for_timeout(QR_LOOK_MS)
    raise AssertionError(f"{len(found)} QR codes on the screen, none of them the one awaited")


def qr_in_pdf(pdf: bytes, dpi: int = 150) -> str:
    """What the one QR code in a PDF says, printed at a resolution."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [page.render(scale=dpi / 72).to_pil() for page in document]
    finally:
        document.close()
    return _only(*pages)


def _only(*images: Image.Image) -> str:
    found = _read(*images)
    assert len(found) == 1, f"{len(found)} QR codes instead of one"
    return found[0]


def _read(*images: Image.Image) -> list[str]:
    wanted = zxingcpp.BarcodeFormat.QRCode
    return [str(code.text) for image in images for code in zxingcpp.read_barcodes(image, formats=wanted)]
