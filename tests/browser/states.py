"""The main states of the phone's pages, as the guide shows them (docs/guide/look.md)."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from server.demo_contract import demo_contract
from tests.browser import steps
from tests.browser.sights import COMPANY, FILE, Shelf, Sight, Tour, check, hold_out, place
from tests.browser.windows import PHONE, Window
from tests.http.site import Site

__all__ = ["LOOKS", "write_states"]

LOOKS = ("light", "dark")
FOLDER = Path("docs/pictures/states")
GUIDE = Path("docs/guide/look.md")
BEGIN, END = "<!-- pictures -->", "<!-- /pictures -->"
WIDTH_PX = 468  # 1.2 of the phone's: sharp enough to read, small enough for a repository
QUALITY = 62
MOST_BYTES = 2 * 2**20
DRAWN = """() => [...document.images].every((one) => one.complete
  || one.getBoundingClientRect().top > innerHeight || one.getBoundingClientRect().bottom < 0)"""
STEADY = {"locale": "zh-CN", "reduced_motion": "reduce"}


def tap(selector: str) -> Callable[[Page], object]:
    return lambda page: page.click(selector)


def placed(page: Page) -> None:
    """The stage with the seal on its page."""
    place(page)
    page.locator("#stage").scroll_into_view_if_needed()
    page.locator("#stage").evaluate("one => one.scrollIntoView({ block: 'start', behavior: 'instant' })")


def digits_typed(page: Page) -> None:
    page.click("#confirm-yes")
    page.locator("#pin").focus()


def stamped(page: Page, pin: str) -> None:
    """The end of a signing, on the phone that confirmed it."""
    page.get_by_role("button", name="在本机确认").click()
    page.locator("#confirm-pages img").first.wait_for(state="attached")
    steps.confirm_on_phone(page, pin)
    expect(page.locator("#outcome[data-result=good]")).to_be_visible()


def states(shelf: Shelf) -> Iterator[tuple[str, str, Sight]]:
    """Name of the file, its words, how it is brought up; what lives for minutes is opened when it is due."""
    client, company = shelf.owner.client, shelf.company
    thread = f"/m?company={company}"
    yield "thread", "消息", Sight(thread, ".said >> nth=8")
    yield "menu", "菜单", Sight(thread, ".said >> nth=8", tap(".menu-button >> nth=0"))
    yield "register", "设立登记", Sight("/m/register", "#province option")
    yield "licence", "执照", Sight(f"/m/licence/{company}", "[data-state=valid]")
    yield "presenting", "出示执照", Sight(f"/m/licence/{company}", "[data-state=valid]", hold_out)
    collect = f"/m/collect/{shelf.waiting_company}"
    yield "way", "选择核验方式", Sight(collect, "#part-check:not([hidden])", tap("#start"))
    yield "seals", "我的印章", Sight(f"/m/seals/{company}", "#seals > li:nth-child(5) img")
    yield "adding", "增加印章", Sight(f"/m/add-seal/{company}", "#preview:not([hidden])")
    yield "people", "企业人员", Sight(f"/m/people/{company}", "#people > li")
    yield "file", "选择文件", Sight("/m/seal", "#drop")
    document = f"/m/seal?document={shelf.document}"
    yield "placing", "放置印章", Sight(document, "#seal-choices :nth-child(5) img", placed)
    unclaimed = shelf.owner.ask(demo_contract(COMPANY), FILE)["id"]
    yield "waiting", "等待确认", Sight(f"/m/seal?signing={unclaimed}", "#preview-pages img")
    pages = "#confirm-pages img"
    yield "confirm", "核对", Sight(client.open_challenge(shelf.waiting)["url"], pages)
    yield "pin", "口令", Sight(client.open_challenge(shelf.waiting)["url"], pages, digits_typed)
    fresh = shelf.owner.ask(demo_contract(COMPANY), FILE)["id"]
    done = f"/m/seal?signing={fresh}"
    yield "stamped", "盖章完成", Sight(done, "#preview-pages img", lambda p: stamped(p, shelf.owner.pin))
    yield "approve", "审批", Sight(f"/m/approve/{shelf.approvable}", "#approve-pages img")
    yield "records", "用印记录", Sight("/m/records", "#cards > li")
    yield "genuine", "验真：有效", Sight("/verify", "#drop", lambda p: check(p, shelf.file))
    tampered = steps.tampered(shelf.file)
    yield "false", "验真：不能采信", Sight("/verify", "#drop", lambda p: check(p, tampered))
    yield "record", "验真码", Sight(f"/v/{shelf.code}", "#drop")
    yield "sessions", "登录的设备", Sight("/m/sessions", "#logins > li")
    yield "display", "显示", Sight("/m/display", ".row-tick")


def write_states(browser: Browser, site: Site, shelf: Shelf) -> None:
    """Picture each state in both looks, and put them into the guide."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in FOLDER.glob("*.webp"):
        old.unlink()
    named: dict[str, str] = {}
    for look in LOOKS:
        window = Window(browser.new_context(**STEADY, **PHONE, color_scheme=look), site.url)
        steps.enter_as(window, site, shelf.owner)
        tour = Tour(window, window)
        for name, words, sight in states(shelf):
            page = tour.show(sight)
            page.wait_for_function(DRAWN)
            save(page.screenshot(), FOLDER / f"{name}-{look}.webp")
            named[name] = words
        window.close()
    into_guide(named)
    size = sum(path.stat().st_size for path in FOLDER.glob("*.webp"))
    print(f"{FOLDER}  {len(named)} states in {len(LOOKS)} looks  {size / 1024:.0f} KiB")
    assert size <= MOST_BYTES, f"{size} bytes"


def save(screen: bytes, path: Path) -> None:
    picture = Image.open(io.BytesIO(screen)).convert("RGB")
    height = round(picture.height * WIDTH_PX / picture.width)
    small = picture.resize((WIDTH_PX, height), Image.Resampling.LANCZOS)
    small.save(path, "WEBP", quality=QUALITY, method=6)


def into_guide(named: dict[str, str]) -> None:
    """The table between the two marks."""
    lines = ["| | 浅色 · light | 深色 · dark |", "|---|---|---|"]
    for name, words in named.items():
        cells = " | ".join(f"![{words}](../pictures/states/{name}-{look}.webp)" for look in LOOKS)
        lines.append(f"| {words} | {cells} |")
    before, _, rest = GUIDE.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    GUIDE.write_text("\n".join([before.rstrip("\n"), "", BEGIN, "", *lines, "", END]) + after)
