"""Pictures of the pages: `python -m tests.browser.pictures [FOLDER]`; no part of the test run.

Writes docs/pictures/phone.png, three phone screens side by side for the README: the conversation in which
the seals arrive, the confirm page, the verification page in green; and the main states in light and dark
for docs/guide/look.md. With a FOLDER, a picture of every page in every state goes there, to be looked at.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, expect

from server.demo import COMPANY, ID_NUMBER, NAME, PIN, Demo, temporary_server
from server.demo_contract import demo_contract
from tests.browser import steps
from tests.browser.sights import Shelf, Tour, login_pages, open_pages, own_pages, stock
from tests.browser.states import LOOKS, write_states
from tests.browser.windows import DESK, PHONE, Window, chromium
from tests.http.site import Party, Site

README_PICTURE = Path("docs/pictures/phone.png")
MOST_BYTES = 250 * 1024
FILE = "设备采购合同.pdf"
OFFICE_PC = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/150.0.0.0 Safari/537.36"
)
STEADY = {"locale": "zh-CN", "reduced_motion": "reduce"}
COLOURS = 256
# A page that scrolls smoothly to its answer would be pictured on the way.
STAY_AT_THE_TOP = "Element.prototype.scrollIntoView = () => {};"

SCREEN_PX = (390, 844)
GAP_PX, CORNER_PX, FRAME_PX = 34, 40, 8
GROUND, FRAME = "#ffffff", "#2b2724"


def conversation(window: Window) -> bytes:
    """The cards in which the five seals arrive."""
    with window.page.expect_response("**/api/thread/read"):
        window.go("/m")  # what is unread would stand over the cards
    page = window.go("/m")
    first = steps.card(page, f"{COMPANY}法定名称章")
    first.evaluate("card => card.closest('main').scrollBy(0, card.getBoundingClientRect().top - 100)")
    return settled(page)


def confirm(window: Window, owner: Party, signing: str) -> bytes:
    """The page behind the QR code."""
    page = window.page
    page.goto(owner.client.open_challenge(signing)["url"])
    expect(page.get_by_role("figure").get_by_role("img")).to_have_count(2)
    return settled(page)


def verification(window: Window, data: bytes) -> bytes:
    """Green for the file in hand."""
    page = window.go("/verify")
    answer = steps.check_file(page, FILE, data)
    expect(answer).to_contain_text("签章真实有效")
    assert steps.is_green(answer)
    page.mouse.move(0, 0)
    return settled(page)


def settled(page: Page) -> bytes:
    """The screen with all that is to be seen on it."""
    page.wait_for_function(
        "() => [...document.images].every((one) => one.complete || one.loading === 'lazy')"
    )
    return page.screenshot()


def side_by_side(screens: Iterable[bytes]) -> Image.Image:
    """Screens as phones beside each other, at twice the size, brought down for smooth edges."""
    phones = [in_frame(Image.open(io.BytesIO(screen)).convert("RGB")) for screen in screens]
    width = sum(phone.width for phone in phones) + GAP_PX * 2 * (len(phones) + 1)
    sheet = Image.new("RGB", (width, phones[0].height + GAP_PX * 2), GROUND)
    left = GAP_PX * 2
    for phone in phones:
        sheet.paste(phone, (left, GAP_PX), phone)
        left += phone.width + GAP_PX * 2
    return sheet.resize((sheet.width // 2, sheet.height // 2), Image.Resampling.LANCZOS)


def in_frame(screen: Image.Image) -> Image.Image:
    """A screen with round corners in a dark frame."""
    edge, corner = FRAME_PX * 2, CORNER_PX * 2
    outside = Image.new("RGBA", (screen.width + 2 * edge, screen.height + 2 * edge), (0, 0, 0, 0))
    pen = ImageDraw.Draw(outside)
    pen.rounded_rectangle((0, 0, outside.width - 1, outside.height - 1), corner + edge, FRAME)
    mask = Image.new("L", screen.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, screen.width - 1, screen.height - 1), corner, 255)
    outside.paste(screen, (edge, edge), mask)
    return outside


def readme_picture(browser: Browser, site: Site) -> None:
    """Compose the picture and write it."""
    demo = Demo(site.url)
    demo.phone.http.headers["user-agent"] = OFFICE_PC
    owner = Party(demo, NAME, ID_NUMBER, PIN)
    demo.log_in()
    owner.company = demo.register()
    demo.licence_signed(owner.company)
    window = Window(browser.new_context(**STEADY, **PHONE), site.url)
    window.context.add_init_script(STAY_AT_THE_TOP)
    steps.enter_as(window, site, owner)
    seals = conversation(window)
    demo.collect(owner.company)
    contract = demo_contract(COMPANY)
    asked = owner.ask(contract, FILE, x_mm=44.0, y_mm=196.0)
    screens = [seals, confirm(window, owner, asked["id"])]
    screens.append(verification(window, owner.sign(contract, FILE)[1]))
    window.close()
    write_small(side_by_side(screens), README_PICTURE)


def write_small(picture: Image.Image, path: Path) -> None:
    """As PNG with few colours, so that the repository stays small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.quantize(COLOURS, kmeans=2, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    assert size <= MOST_BYTES, f"{path} has {size} bytes"
    print(f"{path}  {picture.width} × {picture.height} px  {size / 1024:.0f} KiB")


def every_page(browser: Browser, site: Site, shelf: Shelf, folder: Path) -> None:
    """A picture of each sight, whole page, in light and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    for look in LOOKS:
        steady = {**STEADY, "color_scheme": look}
        own, nobody = (
            Tour(*(Window(browser.new_context(**steady, **device), site.url) for device in (PHONE, DESK)))
            for _ in range(2)
        )
        for window in (own.phone, own.desk):
            steps.enter_as(window, site, shelf.owner)
        # One after the other: a QR code that is asked for ends the one before.
        sights = chain(
            ((own, sight) for sight in chain(own_pages(shelf), open_pages(shelf))),
            ((nobody, sight) for sight in login_pages()),
        )
        for number, (tour, sight) in enumerate(sights):
            page = tour.show(sight)
            name = sight.path.removeprefix(site.url).partition("#")[0].strip("/").replace("/", "_")
            page.screenshot(path=folder / f"{number:02d}_{name[:40]}_{look}.png")


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="ezhang-pictures-") as home:
        data = Path(home) / "data"
        with temporary_server(data) as url:
            site = Site(url, data, data.parent / "data.log")
            # Before the browser, whose driver has the event loop from then on.
            shelf = stock(site, demo_contract(COMPANY))
            with chromium() as browser:
                readme_picture(browser, site)
                write_states(browser, site, shelf)
                if len(sys.argv) > 1:
                    every_page(browser, site, shelf, Path(sys.argv[1]))


if __name__ == "__main__":
    main()
