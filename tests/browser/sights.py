"""Every page, each in the states that people see it in, and a way to go round them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from playwright.sync_api import Page, expect

from tests.browser import steps
from tests.browser.windows import DESK, PHONE, Window
from tests.http.daily import bind
from tests.http.desks import host
from tests.http.entering import begun, fill_all, verified
from tests.http.site import Party, Site, client_at, filed, invited, joined

__all__ = [
    "COMPANY",
    "FILE",
    "NAME",
    "OTHER_COMPANY",
    "Shelf",
    "Sight",
    "Tour",
    "login_pages",
    "open_pages",
    "own_pages",
    "stock",
]

NAME, COMPANY, OTHER_COMPANY = "韩书瑶", "北京书瑶图书有限公司", "北京书瑶文具有限公司"
FILE = "合同.pdf"
STILL = """() => document.getAnimations().every((one) => one.playState !== "running")
  && [...document.images].every((one) => one.complete || one.loading === "lazy")"""


@dataclass(frozen=True)
class Shelf:
    """One of everything that pages are about, mostly by id; desk_codes: of the owner's desks, fresh ones."""

    owner: Party
    company: str
    waiting_company: str
    document: str
    waiting: str
    signed: str
    code: str
    file: bytes
    grant: str
    approvable: str
    entry: str
    filing: str
    desk_codes: Callable[[], list[str]]


@dataclass(frozen=True)
class Sight:
    """A page in a state. ready: what is there once it has loaded; act: what brings it into the state."""

    path: str
    ready: str
    act: Callable[[Page], object] = lambda page: None
    on_desk: bool = False
    refused: int = 0
    refuser: str = ""


def stock(site: Site, contract: bytes) -> Shelf:
    """A company with seals, another that waits for its own, a document, signings."""
    owner = site.owner(401, NAME, COMPANY)
    signed, file = owner.sign(contract, FILE)
    bind(site)
    document = owner.client.upload(FILE, contract, company=owner.company)
    invited(owner, 402)
    _, grant = joined(site, owner, 403)
    entry = begun(owner, 405)["entry"]
    fill_all(owner, owner.client.entry(entry), "405")
    verified(owner, entry)
    roles = [host(site, "add", owner.demo.mobile, role, NAME)[0]["id"] for role in ("operator", "regulator")]
    approvable = str(owner.ask(contract, FILE, kind="finance")["id"])
    owner.client.set_approval_rule(owner.seal("finance"), owner.pin, ["representative"], amount="10000")
    return Shelf(
        owner=owner,
        entry=entry,
        company=owner.company,
        waiting_company=owner.demo.register(OTHER_COMPANY, NAME, owner.id_number),
        document=str(document["id"]),
        waiting=str(owner.ask(contract, FILE)["id"]),
        signed=str(signed["id"]),
        code=str(signed["document"]["code"]),
        file=file,
        grant=grant,
        approvable=approvable,
        filing=str(filed(owner)["id"]),
        desk_codes=lambda: [host(site, "code", role)[0]["code"] for role in roles],
    )


def own_pages(shelf: Shelf) -> Iterator[Sight]:
    """The pages that belong to somebody."""
    yield Sight("/m", ".said >> nth=8", lambda page: page.click(".menu-button >> nth=1"))
    yield Sight("/m/register", "#province option", lambda page: page.click("[type=submit]"))
    yield Sight("/m/apply", ".wish", lambda page: page.click("[type=submit]"))
    yield Sight(f"/m/apply/{shelf.entry}", ".slot.is-given")
    yield Sight(f"/m/deposit/{shelf.entry}", "#account")
    yield Sight(f"/m/licence/{shelf.company}", "[data-state=valid]")
    yield Sight(f"/m/licence/{shelf.company}", "[data-state=valid]", hold_out)
    yield Sight(f"/m/licence/{shelf.company}", "[data-state=valid]", lambda page: page.click("#print"))
    yield Sight(f"/m/papers/{shelf.company}", "#papers > li")
    yield Sight(f"/m/collect/{shelf.waiting_company}", "#part-check:not([hidden])")
    yield Sight(
        f"/m/collect/{shelf.waiting_company}", "#part-check:not([hidden])", lambda page: page.click("#start")
    )
    yield Sight(f"/m/collect/{shelf.company}", "#seals > li:nth-child(5) img")
    yield Sight(f"/m/seals/{shelf.company}", "#seals > li:nth-child(5) img")
    yield Sight(f"/m/filings/{shelf.company}", "#filings > li")
    yield Sight(f"/m/filings/{shelf.company}", "#filings > li", lambda page: page.click("#send"))
    yield Sight(f"/m/filing/{shelf.filing}", "#receipt > li")
    yield Sight(f"/m/people/{shelf.company}", "#people > li")
    yield Sight(f"/m/people/{shelf.company}", "#people > li", invite_nobody)
    yield Sight(
        f"/m/people/{shelf.company}", "#people > li", lambda page: page.click("#people button:last-child")
    )
    yield Sight(f"/m/seals/{shelf.company}", ".seal-grants li", grant_form)
    yield Sight(f"/m/seals/{shelf.company}", ".seal-grants li", grant_drafted)
    yield Sight(f"/m/seals/{shelf.company}", ".seal-grants li", rule_form)
    yield Sight(f"/m/seals/{shelf.company}", ".seal-grants li", rule_drafted)
    approve = f"/m/approve/{shelf.approvable}"
    yield Sight(approve, "#approve-pages img")
    yield Sight(approve, "#approve-pages img", lambda page: page.click("#approve-yes"))
    yield Sight(approve, "#approve-pages img", lambda page: page.click("#approve-no"))
    yield Sight(f"/m/seal?signing={shelf.approvable}", "#approval-note:not([hidden])")
    yield Sight(f"/m/ledger/{shelf.company}", "#rows > li")
    yield Sight(f"/m/ledger/{shelf.company}", "#rows > li", lambda page: page.click("#filters > summary"))
    yield Sight(f"/m/ledger/{shelf.company}", "#rows > li", lambda page: page.click("#part-acts"))
    yield Sight(f"/m/granted/{shelf.grant}", "#problem:not([hidden])")
    yield Sight(f"/m/add-seal/{shelf.company}", "#preview:not([hidden])")
    yield Sight(f"/m/add-seal/{shelf.company}", "#preview:not([hidden])", ask_for_a_department)
    yield Sight(f"/m/photo/{shelf.company}", "#kind option")
    yield Sight("/m/seal", "#drop")
    yield Sight(f"/m/seal?document={shelf.document}", "#seal-choices :nth-child(5) img", place)
    yield Sight(f"/m/seal?signing={shelf.waiting}", "#preview-pages img")
    yield Sight(f"/m/seal?signing={shelf.signed}", "#watch-imprint:not([hidden])")
    yield Sight("/m/records", "#cards > li")
    yield Sight("/m/pin", "#part-change:not([hidden])", lambda page: page.click("[type=submit]"))
    check = shelf.owner.client.begin_check("unlock")["id"]
    yield Sight(f"/m/identity/{check}", "#part-waiting:not([hidden])")
    counter = shelf.owner.client.begin_check("unlock", way="counter")["id"]
    yield Sight(f"/m/identity/{counter}", "#part-waiting:not([hidden])")
    yield Sight("/m/sessions", "#logins > li")
    yield Sight("/m/alerts", "#state")  # it waits for the worker, which these windows have not
    yield Sight("/m/sessions", "#logins > li", lambda page: page.click("#end-all"))
    yield Sight("/m/account-close", "#hindered > p")
    yield Sight("/m/devices", "#devices > li")
    yield Sight("/m/devices", "#devices > li", lambda page: page.click("#devices button"))
    yield Sight("/m/scan", "#scan-state:not(:empty)")
    yield Sight("/m/code", "#short-code", lambda page: page.click("[type=submit]"))
    yield Sight("/pc", "#drop", on_desk=True)
    yield Sight(f"/pc?document={shelf.document}", "#seal-choices :nth-child(5) img", place, on_desk=True)
    fresh = shelf.owner.client.request_signing(shelf.document, shelf.owner.seal(), others="unknown")["id"]
    yield Sight(f"/pc?signing={fresh}", "#qr[src]", on_desk=True)
    yield Sight("/desk", "#closed:not([hidden])", on_desk=True)
    yield Sight("/desk", "#closed:not([hidden])", open_desks(shelf), on_desk=True)
    yield Sight("/desk/reviews", "#empty:not([hidden]), #items > li", on_desk=True)
    yield Sight("/desk/service", "#ticket-count:not(:empty)", on_desk=True)
    yield Sight("/desk/supervision", ".super-chart", on_desk=True)


def open_pages(shelf: Shelf) -> Iterator[Sight]:
    """The pages that everybody may open, and the one behind a QR code."""
    client = shelf.owner.client
    yield Sight(client.open_challenge(shelf.waiting)["url"], "#confirm-pages img")
    yield Sight(
        client.open_challenge(shelf.waiting)["url"],
        "#confirm-pages img",
        lambda page: page.click("#confirm-yes"),
    )
    yield Sight(
        client.open_challenge(shelf.waiting)["url"],
        "#confirm-pages img",
        lambda page: page.click("#confirm-no"),
    )
    yield Sight("/c", "#outcome:not([hidden])")
    yield Sight("/a", "#outcome:not([hidden])")
    yield Sight("/e", "#outcome:not([hidden])")
    code = client.open_entry_code(shelf.entry)["url"]
    yield Sight(code, "#claimed:not([hidden])")
    yield Sight(f"/m/apply/{shelf.entry}", "#form", show_code, on_desk=True)
    yield Sight(client.open_approver_code(shelf.approvable)["url"], "#approve-pages img")
    with client_at(str(client.http.base_url)) as asking:
        url = asking.ask_login_code()["url"]
    yield Sight(url, "#scanned:not([hidden])", lambda page: page.click("[type=submit]"))
    yield Sight("/q", "#outcome:not([hidden])")
    yield Sight("/m/wechat", "#wechat-again:not([hidden])")
    yield Sight("/m/lost", "#lost-enter")
    yield Sight(client.present(shelf.company)["url"], ".face")
    yield Sight("/l/unknown", "h1", refused=410)
    yield Sight(f"/v/{shelf.code}", "#drop")
    yield Sight(f"/v/{shelf.code}", "#drop", lambda page: check(page, shelf.file), on_desk=True)
    yield Sight("/v/0000-0000-0000-0000", "h1", refused=404)
    for path in ("/help", "/terms", "/privacy", "/status", "/notices"):
        yield Sight(path, "h1")
    yield Sight("/m/display", ".row-tick")
    empty = Sight("/feedback", "#form", lambda page: page.click("#form [type=submit]"))
    yield replace(empty, refused=422, refuser="/api/tickets")
    yield Sight("/roots", "h1")
    yield Sight("/offline", "h1")
    yield Sight("/https", "h1")
    yield Sight("/verify", "#drop", lambda page: check(page, shelf.file))
    yield Sight("/verify", "#drop", lambda page: check(page, steps.tampered(shelf.file)), on_desk=True)
    signature = client.ses_signature(shelf.signed)
    yield Sight("/verify-seal", "#drop", lambda page: check(page, signature))
    yield Sight("/verify-seal", "#drop", lambda page: check(page, shelf.file), on_desk=True)


def login_pages() -> Iterator[Sight]:
    yield Sight("/m/login", "#mobile", lambda page: page.click("#mobile-form [type=submit]"))
    yield Sight("/pc/login", "#scan-qr[src]", on_desk=True)


def show_code(page: Page) -> None:
    page.click("#form [type=submit]")
    page.wait_for_selector("#code-qr[src]")


def open_desks(shelf: Shelf) -> Callable[[Page], None]:
    """Both desks, by the host's codes."""

    def act(page: Page) -> None:
        for code in shelf.desk_codes():
            page.fill("#code", code)
            page.click("#open-by-code")
            expect(page.locator("#queues")).to_be_visible()
        expect(page.locator("#closed")).to_be_hidden()

    return act


def hold_out(page: Page) -> None:
    page.click("#present")
    expect(page.locator("#qr[src]")).to_be_visible()


def grant_form(page: Page) -> None:
    """The drawer with its limits."""
    page.locator(".seal-links > button").first.click()
    page.locator("#grant-form summary").click()


def grant_drafted(page: Page) -> None:
    """What would be granted, with PIN and code."""
    page.locator(".seal-links > button:first-child").last.click()
    page.locator("#grant-next").click()
    expect(page.locator("#grant-confirm")).to_be_visible()


def rule_form(page: Page) -> None:
    """The drawer with all its parts, and the error of what is missing."""
    page.locator(".seal-links > button:last-child").first.click()
    page.locator("#rule-form [value=some]").check()
    page.locator("#rule-next").click()


def rule_drafted(page: Page) -> None:
    """What would be set, with PIN and code."""
    page.locator(".seal-links > button:last-child").first.click()
    page.locator("#rule-form [value=all]").check()
    page.locator("#rule-approvers input").first.check()
    page.locator("#rule-next").click()
    expect(page.locator("#grant-confirm")).to_be_visible()


def invite_nobody(page: Page) -> None:
    """The listed matters, and errors beside the empty fields."""
    page.locator("[name=full][value='']").check()
    page.locator("[type=submit]").click()


def ask_for_a_department(page: Page) -> None:
    """All fields that a further seal can need, and an error beside one of them."""
    page.locator("[name=group][value=department]").check(force=True)
    page.locator("#field-second summary").click()
    page.locator("[type=submit]").click()


def place(page: Page) -> None:
    """A seal on the page, and a place for somebody else's."""
    page.locator("#seal-choices > label").nth(3).click()
    page.locator("[name=others][value=known]").check()


def check(page: Page, data: bytes) -> None:
    page.locator("#file").set_input_files(steps.pdf(FILE, data))
    expect(page.locator("#answer")).to_be_visible()


@dataclass
class Tour:
    """Goes from sight to sight, on the device that belongs to each."""

    phone: Window
    desk: Window

    def of(self, sights: Iterator[Sight], judge: Callable[[Page], list[str]]) -> list[str]:
        """All that is wrong, each with its page."""
        return [f"{sight.path}: {found}" for sight in sights for found in judge(self.show(sight))]

    def show(self, sight: Sight) -> Page:
        """Bring a sight on the screen of its device."""
        window = self.desk if sight.on_desk else self.phone
        if sight.refused:
            window.expect(sight.refused, sight.refuser or sight.path)
        page = window.page
        page.set_viewport_size((DESK if sight.on_desk else PHONE)["viewport"])
        page.goto("about:blank")  # or the next address might differ by its fragment only
        page.goto(sight.path if sight.path.startswith("http") else window.url + sight.path)
        page.locator(sight.ready).first.wait_for(state="attached")
        sight.act(page)
        page.wait_for_function(STILL)
        return page
