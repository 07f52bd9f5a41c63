"""Another company's things are answered as if they were not there; without a session nothing is.

The cases come from the declared operations: one that nobody thought of here fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from seals.kinds import SealKind
from server.api.operation import OPERATIONS, Operation
from server.client import Client
from tests.authenticator import Authenticator
from tests.http.asking import asked_of
from tests.http.entering import begun
from tests.http.site import LOG, Party, Site, client_at, filed, fill, invited, joined, refused, routes
from tests.seals.pdf.samples import contract
from tests.seals.photo.photos import stamped_jpeg

UNKNOWN = "0" * 24
WANTED: Mapping[str, Any] = {
    "owner_type": "enterprise",
    "company_name": "北京某某有限公司",
    "uscc": "",
    "company_type": "limited",
    "representative_name": "",
    "representative_id_number": "",
    "representative_mobile": "",
    "applicant": "representative",
    "seals": [],
}
# What the path cannot hold: bodies, by the operation's name. Their own ids are tried further down.
BODIES: Mapping[str, Mapping[str, Any]] = {
    "begin_collection": {"way": "counter"},
    "begin_joining": {"way": "bank"},
    "begin_entry_check": {"way": "bank"},
    "change_entry": WANTED,
    "submit_entry": {"claim": "0" * 24, "digest": "0" * 64, "declaration": True, "will": True},
    "collection_pin": {"pin": "90284716350291"},
    "confirm": {"digits": "00", "pin": "90284716350291"},
    "reject": {"reason": "金额不符"},
    "match": {"sha256": "0" * 64},
    "switch_printed": {"on": True},
    "confirm_login": {"digits": "00", "intent": "0" * 64},
    "add_seal": {"request_id": "1", "kind": "hr"},
    "preview_seal": {"kind": "hr"},
    "order_form": {"member": "0" * 24},
    "print_licence": {"purpose": ""},
    "grant_seal": {"member": "0" * 24},
    "confirm_grant": {"pin": "90284716350291", "code": "000000"},
    "join_grant": {"pin": "90284716350291"},
    "draft_rule": {"approvers": []},
    "draft_change": {"change": "cancel"},
    "ask_change": {"change": "cancel", "reason": "x"},
    "decline_ask": {"reason": "x"},
    "confirm_change": {"pin": "90284716350291", "code": "000000"},
    "confirm_rule": {"pin": "90284716350291", "code": "000000"},
    "approve_signing": {"pin": "90284716350291", "code": "000000"},
    "export_ledger": {"begin": "never"},
    "refuse_signing": {"reason": "金额不符"},
    "answer_ticket": {"text": "已收到"},
    "answer_guidance": {"text": "已收到"},
    "file_seal": {"request_id": "1", "seal": UNKNOWN, "kind": "first", "name": "", "scope": ""},
    "ask_deposit": {"account": "11001234567890123456", "bank": "中国工商银行北京望京支行"},
    "answer_deposit": {"amount": "0.37"},
    "return_entry": {"items": {}},
    "reject_entry": {"reason": "材料不全"},
    "decline_seal": {"reason": "印模不清"},
    "invite_member": {"role": "agent", "name": "", "id_number": "", "mobile": ""},
}
# They name nothing but what belongs to the asker, or name it in the body (each has its test below).
NO_PATH_IDS = {
    "me",
    "log_out",
    "my_sessions",
    "end_sessions",
    "account_closing",
    "send_closing_code",
    "close_account",
    "claim_login",
    "my_devices",
    "enrol_device",
    "my_passkeys",
    "begin_passkey",
    "add_passkey",
    "begin_proof",
    "prove",
    "apply",
    "begin_entry",
    "list_entries",
    "upload",
    "look_at_photo",
    "scan_photo",
    "ask",
    "claim",
    "claim_approval",
    "claim_entry_code",
    "pin",
    "change_pin",
    "send_pin_code",
    "send_first_code",
    "prove_first",
    "begin_check",
    *("my_consents", "agree", "withdraw_consent", "my_tickets", "unread_notices"),
    *("desk_tickets", "desk_notices", "publish_notice", "desk_guidance"),
    *("supervision", "overdue_filings", "give_guidance"),
    "my_desk",
    *("push_key", "subscribe", "unsubscribe"),
    "begin_desk_proof",
    "open_desk",
    "open_desk_by_code",
    "review_queue",
    "review_count",
}
FOR_EVERYBODY = {"list_roots", "sign_page"}
# Public, and about nothing but the browser that asks: it is answered whoever it is.
OF_THIS_BROWSER = {"ask_login_code", "login_standing", "begin_wechat"}
THREAD = {"read_thread", "list_threads", "search_thread", "say", "mark_thread_read", "follow_thread"}
PRIVATE = [each for each in OPERATIONS if not each.public]
WITH_IDS = [each for each in PRIVATE if "<" in each.path]
SHELLS = sorted(
    (route for route in routes() if route.path.startswith("m/") and "<" in route.path),
    key=lambda route: route.path,  # the router keeps them in no order
)


def at_a_desk(operation: Operation) -> bool:
    """For the platform's own people: `tests/http/test_reviews.py` has what opens for them."""
    return operation.path.startswith("/api/desk")


@pytest.fixture(scope="module")
def theirs(site: Site, a: Party) -> dict[str, str]:
    """Ids of A's things, all alive."""
    pending = a.ask(contract())
    here = a.ask(contract(), name="同机.pdf")
    return {
        "application": a.application,
        **begun(a, 371),
        "company": a.company,
        "collection": a.collection,
        "seal": a.seal(),
        "document": pending["document"]["id"],
        "page": "0.png",
        "signing": pending["id"],
        "challenge": a.client.open_here(here["id"])["id"],
        "photo": a.client.take_photo(a.company, "x.jpg", stamped_jpeg(SealKind.CONTRACT), "contract")["id"],
        "grant": joined(site, a, 803)[1],
        "rule": a.client.draft_rule(a.seal(), ["representative"])["id"],
        "change": a.client.draft_change(a.seal(), "cancel")["id"],
        "member": invited(a, 801)["id"],
        "ask": asked_of(site, a, 878),
        "template": "mandate",
        "paper": a.client.papers(a.company)[0]["id"],
        "filing": filed(a)["id"],
        "device": a.client.devices()[0]["id"],
        "check": a.client.begin_check("device")["id"],
        "login": a.client.sessions()[0]["id"],
        "scan": scanned_login(a),
        "passkey": passkey(site),
        "form": "pdf",
        **dict.fromkeys(("notice", "ticket", "guidance"), "1" * 24),  # nobody's: they are the platform's
        "token": str(a.client.export_seal(a.seal())["download_url"]).rpartition("/")[2],
    }


def passkey(site: Site) -> str:
    """A passkey of somebody else, for A himself logs in elsewhere without one."""
    client, key = site.person(571).client, Authenticator(site.url, urlsplit(site.url).hostname or "")
    return str(client.add_passkey("手机", key.make(client.begin_passkey()))["id"])


def scanned_login(a: Party) -> str:
    """A login that A's phone holds."""
    with client_at(a.demo.url) as desk:
        token = desk.ask_login_code()["url"].partition("#")[2]
    return str(a.client.claim_login(token)["id"])


@pytest.fixture(scope="module")
def own(b: Party) -> str:
    """A document of B's."""
    return str(b.client.upload("自己的.pdf", contract())["id"])


@pytest.fixture
def unchanged(site: Site, theirs: dict[str, str], own: str) -> Iterator[None]:
    """The test leaves everything as it was."""
    before = site.state()
    yield
    assert site.state() == before


def _call(http: httpx.Client, operation: Operation, ids: Mapping[str, str]) -> httpx.Response:
    body = BODIES[operation.name] if operation.body is not None else None
    return http.request(operation.method, fill(operation.path, ids), json=body)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("operation", WITH_IDS, ids=lambda operation: operation.name)
def test_of_another_company_it_is_404_and_says_no_more_than_of_nothing(
    b: Party, theirs: dict[str, str], operation: Operation
) -> None:
    names = re.findall(r"<(\w+)", operation.path)
    foreign = _call(b.http, operation, theirs)
    nothing = _call(b.http, operation, {**theirs, names[0]: UNKNOWN})
    assert foreign.status_code == nothing.status_code == 404
    assert foreign.content == nothing.content
    assert foreign.json()["error"]["code"].endswith(".not_found")
    assert foreign.headers.keys() == nothing.headers.keys()


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("operation", PRIVATE, ids=lambda operation: operation.name)
def test_without_a_session_it_is_401_whether_it_is_there_or_not(
    stranger: Client, theirs: dict[str, str], operation: Operation
) -> None:
    paths = {fill(operation.path, theirs), fill(operation.path, dict.fromkeys(theirs, UNKNOWN))}
    answers = [stranger.http.request(operation.method, path) for path in paths]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1


def test_public_operations_ask_for_no_session(stranger: Client, theirs: dict[str, str]) -> None:
    public = [operation for operation in OPERATIONS if operation.public]
    assert {operation.name for operation in public} > OF_THIS_BROWSER
    for operation in public:
        if operation.name in OF_THIS_BROWSER:
            continue
        path = fill(operation.path, {"code": "0" * 16, "number": "0", "page": "0.png"})
        expected = {200} if operation.name in FOR_EVERYBODY else {404, 422}
        assert stranger.http.request(operation.method, path).status_code in expected, operation.name


def test_every_private_operation_has_its_case() -> None:
    named = NO_PATH_IDS | THREAD | {operation.name for operation in WITH_IDS}
    assert {operation.name for operation in PRIVATE} == named
    assert {each.name for each in WITH_IDS if each.body is not None} <= set(BODIES)


def test_every_private_operation_opens_for_its_owner(a: Party, theirs: dict[str, str]) -> None:
    """Or the 404 above would prove nothing."""
    reading = [each for each in WITH_IDS if each.method == "GET" and not at_a_desk(each)]
    for operation in reading:
        if operation.name != "follow":  # which does not end
            assert _call(a.http, operation, theirs).status_code == 200, operation.name


@pytest.mark.usefixtures("unchanged")
def test_ids_in_a_request_for_a_seal(b: Party, theirs: dict[str, str], own: str) -> None:
    place, seal = {"page": 0, "x_mm": 50.0, "y_mm": 50.0}, b.seal()
    for document, used, code in (
        (theirs["document"], seal, "document.not_found"),
        (UNKNOWN, seal, "document.not_found"),
        (own, theirs["seal"], "seal.not_found"),
        (own, UNKNOWN, "seal.not_found"),
    ):
        refused(partial(b.client.request_signing, document, used, **place), 404, code)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("whose", ["theirs", "nobody's"])
def test_the_company_of_an_upload(b: Party, theirs: dict[str, str], whose: str) -> None:
    company = theirs["company"] if whose == "theirs" else UNKNOWN
    refused(lambda: b.client.upload("x.pdf", contract(), company=company), 404, "company.not_found")


def test_a_challenge_in_the_hand_of_another_company(site: Site, a: Party, b: Party) -> None:
    """His claim finds nothing and consumes nothing: the owner can still claim it."""
    shown = a.client.open_challenge(a.ask(contract())["id"])
    token = shown["url"].partition("#")[2]
    before = site.state(apart=LOG)
    told = refused(lambda: b.client.claim(token=token), 404, "challenge.not_found")
    same = refused(lambda: b.client.claim(token="A" * len(token)), 404, "challenge.not_found")
    typed = refused(lambda: b.client.claim(short_code=shown["short_code"]), 404, "challenge.not_found")
    assert (told.zh, told.facts) == (same.zh, same.facts) == (typed.zh, typed.facts)
    assert site.state(apart=LOG) == before
    claim = a.client.claim(token=token)
    for act in (
        lambda: b.client.confirm(claim["id"], b.pin, shown["digits"]),
        lambda: b.client.reject(claim["id"], "不是我"),
    ):
        refused(act, 404, "challenge.not_found")
    a.client.cancel(claim["signing"]["id"])


@pytest.mark.usefixtures("unchanged")
def test_the_identity_check_of_a_device(b: Party, theirs: dict[str, str]) -> None:
    for check in (theirs["check"], UNKNOWN):
        refused(partial(b.client.enrol_device, check, b.pin), 404, "identity.not_found")


def test_cards_and_cursors_of_another_thread(site: Site, a: Party, b: Party) -> None:
    card = next(card for card in a.client.thread()["cards"] if card["stream"].startswith("company:"))
    foreign = b.http.get("/api/thread", params={"before": card["id"]})
    nothing = b.http.get("/api/thread", params={"before": f"company:{UNKNOWN}/1"})
    assert foreign.status_code == nothing.status_code == 404
    assert foreign.content == nothing.content
    cursor = a.client.thread()["cursor"]
    before = site.state()
    assert b.http.post("/api/thread/read", json={"cursor": cursor}).status_code == 200
    assert site.state() == before, "a mark in somebody else's stream"
    others = [b.http.get("/api/thread", params={"company": each}) for each in (a.company, UNKNOWN, "x")]
    assert {each.status_code for each in others} == {404}
    assert len({each.content for each in others}) == 1
    assert [each["company_id"] for each in b.client.threads()] == [b.company]
    assert a.client.search(a.company_name)["cards"]
    assert b.client.search(a.company_name)["cards"] == []
    refused(lambda: b.client.search("印章", company=a.company), 404, "company.not_found")
    refused(lambda: b.client.search("印章", before=card["id"]), 404, "thread.card_not_found")
    refused(lambda: b.client.say("印章", a.company), 404, "company.not_found")
    texts = {text for card in b.client.thread()["cards"] for text in (card["title"], *card["lines"])}
    assert texts
    assert not [text for text in texts if a.company_name in text]


@pytest.mark.parametrize("route", SHELLS, ids=lambda route: route.path)
def test_the_page_of_a_company_is_an_empty_shell(
    a: Party, b: Party, theirs: dict[str, str], route: Any
) -> None:
    """The page itself knows nothing: for a foreign id it is the page of an unknown one."""
    foreign = b.http.get(fill(route.path, theirs)).text
    nothing = b.http.get(fill(route.path, dict.fromkeys(theirs, UNKNOWN))).text
    for name in re.findall(r"<(\w+)", route.path):
        foreign = foreign.replace(theirs[name], UNKNOWN)
    assert foreign == nothing
    (name,) = re.findall(r"<(\w+)", route.path)
    assert foreign.replace(theirs[name], UNKNOWN) == nothing
    assert a.company_name not in foreign
