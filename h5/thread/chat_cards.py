"""Cards of what was typed and answered, and the welcome above everything."""

from __future__ import annotations

from collections.abc import Callable, Collection

from cryptography.exceptions import InvalidTag

from auth.authority import Act
from auth.china import minute
from auth.events import person_stream
from auth.models import Company, Person
from auth.tokens import group_code
from h5 import words
from h5.thread.cards import Action, Card, Content, Link, Say, Telling
from h5.thread.chat import SUGGESTED
from h5.thread.rows import Reader
from seals.models import Seal, SealState

__all__ = ["REPLIES", "WELCOME", "chat_replied", "chat_said", "place", "reply_to", "welcome"]

WELCOME = "welcome"
MAX_CHOICES = 5
OF_A_COMPANY = frozenset(
    {"seal", "seals", "licence", "freeze", "people", "approve", "photo", "add_seal", "collect"}
    | {"filing", "ledger", "papers", "renew", "cancel"}
)
"""Wishes that mean nothing to whoever has no company."""


def place(chat_id: str) -> str:
    """Where a typed text belongs; chat_id stands in its event's subject, as `chat:<id>`."""
    return f"event.private:{chat_id}"


def welcome(person: Person, reader: Reader) -> Card:
    """The card above all others; it tells no event."""

    def w(key: str) -> str:
        return words.text(key, reader.language)

    return Card(
        id=WELCOME,
        stream=person_stream(person.id),
        seq=0,
        kind=WELCOME,
        at_text=minute(person.created_at),
        mine=False,
        title=w("card.welcome"),
        lines=(w("card.welcome_text"),),
        state=None,
        by=None,
        pictures=(),
        brief=False,
        actions=(
            Link(w("card.do_register"), "/m/register"),
            Link(w("card.do_apply"), "/m/apply"),
            Link(w("card.do_verify"), "/verify"),
        ),
    )


def chat_said(t: Telling) -> Content:
    """What the reader typed. Text that was erased stays as a place; the chain of events needs it."""
    private = t.told.event.private
    try:
        text = t.reader.records.open(bytes(private), place(t.row_id)) if private is not None else None
    except InvalidTag:
        text = None
    return Content(text if text is not None else t.w("chat.erased"), mine=True)


def reply_to(wish: str, has_company: bool, collects: bool, seals: Collection[Seal]) -> str:
    """The answer to a wish, by what the person has at this moment; collects: whether he may collect seals."""
    if wish not in OF_A_COMPANY:
        return wish
    if not has_company:
        return "no_company"
    if wish == "collect":
        waits = collects and any(seal.state is SealState.ISSUED for seal in seals)
        return "collect" if waits else "nothing_to_collect"
    if wish != "seal" or any(seal.state is SealState.COLLECTED for seal in seals):
        return wish
    waits = collects and any(seal.state is SealState.ISSUED for seal in seals)
    return "not_collected" if waits else "no_seal"


def _each(t: Telling, key: str, page: str, companies: Collection[Company]) -> list[Action]:
    """One button, or one per company where the person has several."""
    if len(companies) == 1:
        return [t.link(key, f"/m/{page}/{company.id}") for company in companies]
    return [Link(company.name, f"/m/{page}/{company.id}") for company in list(companies)[:MAX_CHOICES]]


def _own(t: Telling) -> list[Company]:
    """His companies; in the thread of one, that one."""
    asked = t.told.event.on_behalf
    return [company for company in t.rows.own() if asked in {None, company.id}]


def _to_seal(t: Telling) -> list[Action]:
    ready = any(t.rows.has(company.id, SealState.COLLECTED) for company in _own(t))
    return [t.link("card.do_seal", "/m/seal")] if ready else []


def _to_collect(t: Telling) -> list[Action]:
    waiting = [
        company
        for company in _own(t)
        if t.may(Act.COLLECT, company.id) and t.rows.has(company.id, SealState.ISSUED)
    ]
    return _each(t, "card.do_collect", "collect", waiting)


def _to_register(t: Telling) -> list[Action]:
    return [t.link("card.do_register", "/m/register")]


def _to_apply(t: Telling) -> list[Action]:
    return [t.link("card.do_apply", "/m/apply")]


def _to_found(t: Telling) -> list[Action]:
    return [*_to_register(t), *_to_apply(t)]


def _to_verify(t: Telling) -> list[Action]:
    return [t.link("card.do_verify", "/verify")]


def _to_record(t: Telling) -> list[Action]:
    return [t.link("card.do_record", f"/v/{t.told.event.facts['code']}")]


def _to_seals(t: Telling) -> list[Action]:
    return _each(t, "card.do_seals", "seals", _own(t))


def _to_licence(t: Telling) -> list[Action]:
    return _each(t, "card.do_licence", "licence", _own(t))


def _to_people(t: Telling) -> list[Action]:
    """Members, where the reader may invite some; his seals, where he only has some granted."""
    office = [company for company in _own(t) if t.may(Act.MANAGE_AGENTS, company.id)]
    return _each(t, "card.do_people", "people", office) if office else _to_seals(t)


def _to_pin(t: Telling) -> list[Action]:
    return [t.link("card.do_pin", "/m/pin")]


def _to_devices(t: Telling) -> list[Action]:
    return [t.link("card.do_devices", "/m/devices"), t.link("card.do_sessions", "/m/sessions")]


def _to_records(t: Telling) -> list[Action]:
    """What he sees of it in the conversation, and the ledger of the company whose he may see."""
    able = [company for company in _own(t) if t.may(Act.SEE_LEDGER, company.id)]
    return [t.link("card.do_records", "/m/records"), *_each(t, "card.do_ledger", "ledger", able)]


def _to_office(page: str, label: str, act: Act) -> Callable[[Telling], list[Action]]:
    """A page of each company in which the reader may do what it is for; else his seals."""

    def actions(t: Telling) -> list[Action]:
        able = [company for company in _own(t) if t.may(act, company.id)]
        return _each(t, label, page, able) if able else _to_seals(t)

    return actions


def _to_confirming(t: Telling) -> list[Action]:
    return [t.link("card.do_short_code", "/m/code")]


def _to_sessions(t: Telling) -> list[Action]:
    return [t.link("card.do_sessions", "/m/sessions")]


def _to_page(label: str, href: str) -> Callable[[Telling], list[Action]]:
    return lambda t: [t.link(label, href)]


def _suggested(t: Telling) -> list[Action]:
    """What comes near to what was typed; else what is done most."""
    near = [wish for wish in t.told.event.facts.get("near", ()) if wish in SUGGESTED]
    return [Say(said, said) for said in (t.w(f"say.{wish}") for wish in near)] or _to_all(t)


def _to_all(t: Telling) -> list[Action]:
    own = _own(t)
    return [*([] if own else _to_register(t)), *_to_collect(t), *_to_seal(t), *_to_verify(t)]


REPLIES: dict[str, tuple[str | None, Callable[[Telling], list[Action]]]] = {
    "hello": ("chat.can", _to_all),
    "help": ("chat.can", lambda t: [*_to_all(t), t.link("help.link", "/help")]),
    "law": ("chat.law_text", _to_page("help.link", "/help#law")),
    "support": ("chat.support_text", _to_page("feedback.title", "/feedback")),
    "terms": (
        "chat.terms_text",
        lambda t: [t.link("js.consent_terms", "/terms"), t.link("js.consent_privacy", "/privacy")],
    ),
    "notices": ("chat.notices_text", _to_page("notices.title", "/notices")),
    "status": ("chat.status_text", _to_page("status.title", "/status")),
    "unknown": ("chat.can", _suggested),
    "seal": ("chat.seal_text", _to_seal),
    "seals": (None, _to_seals),
    "licence": (None, _to_licence),
    "papers": ("papers.lead", _to_office("papers", "papers.to", Act.SEE_PAPERS)),
    "register": ("chat.register_text", _to_found),
    "entry": ("chat.entry_text", _to_apply),
    "deposit": ("deposit.lead", _to_apply),
    "alerts": ("alerts.lead", _to_page("alerts.title", "/m/alerts")),
    "closing": ("closing.lead", _to_page("closing.title", "/m/account-close")),
    "pin": ("chat.pin_text", _to_pin),
    "freeze": ("chat.freeze_text", _to_seals),
    "people": ("chat.people_text", _to_people),
    "devices": ("chat.devices_text", _to_devices),
    "sessions": ("chat.sessions_text", _to_sessions),
    "passkeys": ("chat.passkeys_text", _to_sessions),
    "approve": ("chat.approve_text", _to_seals),
    "short_code": ("chat.short_code_text", _to_confirming),
    "scan": ("chat.scan_text", _to_page("qr.title", "/m/scan")),
    "renew": ("chat.renew_text", _to_seals),
    "cancel": ("chat.cancel_text", _to_records),
    "registrar": ("chat.registrar_text", lambda t: _to_licence(t) if _own(t) else _to_found(t)),
    "switch_company": ("chat.switch_company_text", lambda _: []),
    "fees": ("chat.fees_text", _to_all),
    "display": ("chat.display_text", _to_page("display.title", "/m/display")),
    "thanks": (None, lambda _: []),
    "photo": ("chat.photo_text", _to_office("photo", "card.do_photo", Act.ADD_SEAL)),
    "add_seal": ("chat.add_seal_text", _to_office("add-seal", "thread.menu_add_seal", Act.ADD_SEAL)),
    "filing": ("chat.filing_text", _to_office("filings", "card.do_filings", Act.FILE_SEAL)),
    "collect": (None, _to_collect),
    "nothing_to_collect": ("chat.nothing_to_collect_text", _to_seals),
    "records": (None, _to_records),
    "ledger": ("chat.ledger_text", _to_office("ledger", "card.do_ledger", Act.SEE_LEDGER)),
    "verify": ("chat.verify_text", _to_record),
    "verify_ask": ("chat.verify_ask_text", _to_verify),
    "code_malformed": ("chat.code_malformed_text", _to_verify),
    "no_company": ("chat.no_company_text", _to_found),
    "not_collected": ("chat.not_collected_text", _to_collect),
    "no_seal": ("chat.no_seal_text", _to_seals),
}


def chat_replied(t: Telling) -> Content:
    """The assistant's answer; what it said stays, what can be done is of now."""
    facts = t.told.event.facts
    reply = facts["reply"]
    line, actions = REPLIES[reply]
    if facts.get("near"):
        line = "chat.near"
    title = t.w(f"chat.{reply}", code=group_code(facts["code"])) if "code" in facts else t.w(f"chat.{reply}")
    return Content(title, [t.w(line)] if line else [], actions(t))
