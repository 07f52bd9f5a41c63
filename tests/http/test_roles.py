"""Who may do what: every operation × every role × own and other company, against a table written out here.

The table is not read from the product: it says again, in the words of domain.md §1, what must come out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import httpx
import pytest

from seals.kinds import SealKind
from server.api.operation import OPERATIONS, Operation
from tests.http.asking import asked_of
from tests.http.entering import begun
from tests.http.site import Party, Site, filed, fill, invited, joined, joined_as, refused
from tests.http.test_other_tenants import BODIES
from tests.seals.pdf.samples import contract
from tests.seals.photo.photos import stamped_jpeg

ROLES = ("representative", "manager", "agent", "messenger", "keeper", "user")
ALL = frozenset(ROLES)
OWNER = frozenset({"representative"})
OFFICE = frozenset({"representative", "manager"})
CUSTODY = frozenset({"representative", "keeper"})
HOLDERS = CUSTODY | {"user"}
ASKERS = ALL - {"messenger"}

# Of a thing of the company, made by the representative: who is not refused. Keeper and user are messengers
# who hold the seal that is asked about.
EXPECTED: Mapping[str, frozenset[str]] = {
    "company": ALL,
    "company_papers": ALL,
    "print_licence": ALL,
    "export_paper": OFFICE,
    "order_form": OFFICE,
    "export_receipt": OFFICE,
    "present": ALL,
    "begin_collection": OWNER,
    "imprint_svg": ALL,
    "imprint_png": ALL,
    "export_seal": CUSTODY,
    "freeze": OFFICE | CUSTODY,
    "draft_change": OWNER,
    "ask_change": frozenset({"manager", "agent"}),
    "list_asks": ALL,
    "decline_ask": OWNER,
    "add_seal": OWNER,
    "preview_seal": OWNER,
    "take_photo": OWNER,
    "photo": OWNER,
    "photo_imprint": OWNER,
    "company_filings": OFFICE,
    "file_seal": OFFICE,
    "one_filing": OFFICE,
    "check_filing": OFFICE,
    "list_members": OFFICE,
    "invite_member": OFFICE,
    "remove_member": OFFICE,
    "grant_seal": CUSTODY,
    "list_grants": ALL,
    "granted_seal": CUSTODY,
    "revoke_grant": CUSTODY,
    "approval_rule": OWNER,
    "draft_rule": OWNER,
    # Without a rule that names them: tests/main_job/test_approving.py has who is named.
    "approve_signing": HOLDERS,
    "send_approval_code": HOLDERS,
    "refuse_signing": HOLDERS,
    "open_approver_code": HOLDERS,
    "document": OWNER,
    "delete_document": OWNER,
    "switch_printed": OWNER,
    "page": OWNER,
    "signing": HOLDERS,
    "prepared_page": HOLDERS,
    "open_challenge": HOLDERS,
    "open_here": HOLDERS,
    "cancel": HOLDERS,
    "export_signing": HOLDERS,
    "follow": HOLDERS,
    "read_ledger": OFFICE | HOLDERS,
    "export_ledger": OFFICE | HOLDERS,
}
# Bound to one person or one session: for everybody else they are not there, whatever his role.
PERSONAL = {
    "application",
    "deposit",
    "ask_deposit",
    "answer_deposit",
    "entry",
    "change_entry",
    "give_material",
    "material_file",
    "open_entry_code",
    "submit_entry",
    "withdraw_entry",
    "begin_entry_check",
    "use_entry_check",
    "collection",
    "collection_pin",
    "send_collection_code",
    "send_join_code",
    "challenge",
    "confirm",
    "reject",
    "end_session",
    "scanned_login",
    "confirm_login",
    "cancel_login",
    "exported",
    "remove_passkey",
    "remove_device",
    "identity_check",
    "use_check",
    "send_confirm_code",
    "send_grant_code",
    "confirm_grant",
    "send_rule_code",
    "confirm_rule",
    "send_change_code",
    "confirm_change",
    "order_entry_form",
    "accept_invitation",
    "begin_joining",
    "join_grant",
    "decline_invitation",
    "read_notice",
}
WITH_IDS = [
    each
    for each in OPERATIONS
    # No role in a company is one at a desk of the platform: tests/http/test_staff.py.
    if not each.public and "<" in each.path and not each.path.startswith("/api/desk")
]
# What ends the signing comes last: a user is told no more of it then.
COMPANYS = sorted(
    (each for each in WITH_IDS if each.name in EXPECTED), key=lambda operation: operation.name == "cancel"
)


@dataclass(frozen=True)
class Firm:
    """A company's people by role, and ids of its things."""

    people: Mapping[str, Party]
    ids: Mapping[str, str]
    frozen: str


@pytest.fixture(scope="module")
def firm(site: Site) -> Firm:
    owner = site.owner(930, "王若涵", "北京若水精密仪器有限公司")
    people = {
        "representative": owner,
        "manager": joined_as(site, owner, 931, "manager")[0],
        "agent": joined_as(site, owner, 932, "agent")[0],
        "messenger": joined_as(site, owner, 933, "agent", matters=["present"])[0],
        "keeper": _holding(site, owner, 935, "keeper"),
        "user": _holding(site, owner, 936, "user"),
    }
    pending = owner.ask(contract())
    ids = {
        "company": owner.company,
        "seal": owner.seal(),
        "document": pending["document"]["id"],
        "page": "0.png",
        "signing": pending["id"],
        "photo": _photo(owner),
        "grant": _waiting(site, owner),
        "rule": owner.client.draft_rule(owner.seal("finance"), ["representative"])["id"],
        "change": owner.client.draft_change(owner.seal("finance"), "cancel")["id"],
        "member": invited(owner, 810)["id"],
        "ask": asked_of(site, owner, 877),
        "filing": filed(owner)["id"],
        "application": owner.application,
        **begun(owner, 372),
        "notice": "0" * 24,
        "collection": owner.collection,
        "challenge": owner.client.open_here(owner.ask(contract())["id"])["id"],
        "form": "pdf",
        "token": str(owner.client.export_seal(owner.seal())["download_url"]).rpartition("/")[2],
        "passkey": "0" * 24,
        "template": "mandate",
        "paper": owner.client.papers(owner.company)[0]["id"],
        "device": owner.client.devices()[0]["id"],
        "check": owner.client.begin_check("device")["id"],
        "login": owner.client.sessions()[0]["id"],
        "scan": "0" * 24,
    }
    return Firm(people, ids, owner.seal("representative"))


def _holding(site: Site, owner: Party, number: int, role: str) -> Party:
    """A messenger who holds one seal, and another one to be frozen; collected with a PIN of his own."""
    party, member = joined_as(site, owner, number, "agent", matters=["present"])
    for kind in ("contract", "representative"):
        grant = owner.client.grant(owner.seal(kind), member, owner.pin, role)
        if grant["state"] == "waiting":
            httpx.post(party.client.begin_joining(grant["id"])["url"], data={"outcome": "pass"})
            party.client.join(grant["id"], party.pin)
    return party


def _waiting(site: Site, owner: Party) -> str:
    _, member = joined_as(site, owner, 937, "agent")
    return str(owner.client.grant(owner.seal(), member, owner.pin)["id"])


def _photo(owner: Party) -> str:
    made = owner.client.take_photo(owner.company, "x.jpg", stamped_jpeg(SealKind.CONTRACT), "contract")
    return str(made["id"])


def _ask(firm: Firm, role: str, operation: Operation, ids: Mapping[str, str]) -> httpx.Response:
    named = {**ids, "seal": firm.frozen} if operation.name == "freeze" and ids is firm.ids else ids
    body = BODIES[operation.name] if operation.body is not None else None
    http = firm.people[role].http
    with http.stream(operation.method, fill(operation.path, named), json=body) as response:
        if not response.headers.get("content-type", "").startswith("text/event-stream"):
            response.read()
    return response


def test_every_operation_has_its_line() -> None:
    assert {each.name for each in WITH_IDS} == set(EXPECTED) | PERSONAL
    assert not set(EXPECTED) & PERSONAL


# Whoever may comes last: what he does must not hide that another was not refused.
@pytest.mark.parametrize("role", ROLES[::-1])
@pytest.mark.parametrize("operation", COMPANYS, ids=lambda operation: operation.name)
def test_in_the_own_company(firm: Firm, operation: Operation, role: str) -> None:
    answer = _ask(firm, role, operation, firm.ids)
    if role in EXPECTED[operation.name]:
        # The walk grants to nobody: then who may grant is told that there is no such member.
        code = answer.json()["error"]["code"] if answer.status_code == 404 else ""
        assert answer.status_code not in {401, 403, 404} or code == "member.not_found", answer.text
    else:
        assert answer.status_code == 403
        assert answer.json()["error"]["code"] == "access.denied"


@pytest.mark.parametrize("role", ROLES[1:])
@pytest.mark.parametrize(
    "operation", [each for each in WITH_IDS if each.name in PERSONAL], ids=lambda operation: operation.name
)
def test_what_is_personal_is_not_there_for_colleagues(firm: Firm, operation: Operation, role: str) -> None:
    answer = _ask(firm, role, operation, firm.ids)
    assert answer.status_code == 404
    assert answer.json()["error"]["code"].endswith(".not_found")


@pytest.mark.parametrize("role", ROLES)
def test_of_another_company_nothing_is_there(site: Site, firm: Firm, b: Party, role: str) -> None:
    theirs = {
        **firm.ids,
        "company": b.company,
        "seal": b.seal(),
        **dict(zip(("document", "signing"), _asked(b), strict=True)),
        "photo": _photo(b),
        "paper": b.client.papers(b.company)[0]["id"],
        "grant": joined(site, b, 820 + ROLES.index(role))[1],
        "member": invited(b, 811 + ROLES.index(role))["id"],
        "filing": filed(b)["id"],
        "ask": asked_of(site, b, 871 + ROLES.index(role)),
    }
    before = site.state()
    for operation in COMPANYS:
        answer = _ask(firm, role, operation, theirs)
        assert answer.status_code == 404, operation.name
    assert site.state() == before


def _asked(owner: Party) -> tuple[str, str]:
    asked = owner.ask(contract())
    return asked["document"]["id"], asked["id"]


@pytest.mark.parametrize("role", ROLES)
def test_only_the_representative_makes_managers(firm: Firm, role: str) -> None:
    answer = firm.people[role].http.post(
        f"/api/companies/{firm.ids['company']}/invitations",
        json={**BODIES["invite_member"], "role": "manager"},
    )
    assert answer.status_code == (422 if role == "representative" else 403)


@pytest.mark.parametrize("role", ROLES)
def test_asking_for_a_seal_and_seeing_what_one_asked_for(firm: Firm, role: str) -> None:
    """Uploads, requests and their own signing are for askers; whose seal it is confirms."""
    who = firm.people[role]
    if role not in ASKERS:
        refused(lambda: who.client.upload("x.pdf", contract(), company=who.company), 403, "access.denied")
        refused(lambda: who.client.upload("x.pdf", contract()), 404, "company.none")
        return
    document = who.client.upload("合同.pdf", contract())["id"]  # his only company need not be named
    signing = who.client.request_signing(document, firm.ids["seal"], page=0, x_mm=40.0, y_mm=205.0)["id"]
    assert who.client.document(document)["id"] == document
    shown = who.client.open_challenge(signing)
    token = shown["url"].partition("#")[2]
    if role not in HOLDERS:
        refused(lambda: who.client.claim(token=token), 404, "challenge.not_found")
        refused(lambda: who.client.claim(short_code=shown["short_code"]), 404, "challenge.not_found")
        refused(lambda: who.client.open_here(signing), 403, "access.denied")
    for other in set(ROLES) - {role} - HOLDERS:
        refused(partial(firm.people[other].client.signing, signing), 403, "access.denied")
    claim = firm.people["representative"].client.claim(token=token)  # nobody's attempt has consumed it
    assert claim["signing"]["id"] == signing
    who.client.cancel(signing)


@pytest.mark.parametrize("role", ROLES)
def test_a_request_id_of_a_colleague_shows_nothing_of_his(firm: Firm, role: str) -> None:
    who, owner = firm.people[role], firm.people["representative"]
    if role not in {"manager", "agent"}:  # holders may see it, messengers ask for nothing
        return
    document = owner.client.upload("机密.pdf", contract(), company=owner.company)["id"]
    asked = {"request_id": f"same-{role}", "page": 0, "x_mm": 40.0, "y_mm": 205.0}
    owner.client.request_signing(document, firm.ids["seal"], **asked)
    own = who.client.upload("自己的.pdf", contract())["id"]
    refused(lambda: who.client.request_signing(own, firm.ids["seal"], **asked), 403, "access.denied")


SAID = (["representative"], ["manager"], ["agent"], ["agent"], ["agent", "keeper"], ["agent", "user"])


def test_me_says_what_one_is(firm: Firm) -> None:
    for role, said in zip(ROLES, SAID, strict=True):
        (company,) = firm.people[role].client.me()["companies"]
        assert (company["id"], company["roles"]) == (firm.ids["company"], said)


def test_the_conversation_tells_a_member_what_he_may_see(firm: Firm) -> None:
    owner, agent, manager = (firm.people[role] for role in ("representative", "agent", "manager"))
    document = agent.client.upload("办事人的合同.pdf", contract())["id"]
    signing = agent.client.request_signing(document, firm.ids["seal"], page=0, x_mm=40.0, y_mm=205.0)["id"]
    secret = owner.ask(contract(), name="董事会决议.pdf")["id"]
    told = {
        who: [(card["kind"], "\n".join(card["lines"])) for card in party.client.thread()["cards"]]
        for who, party in (("owner", owner), ("agent", agent), ("manager", manager))
    }
    asked = {
        who: [text for kind, text in cards if kind == "signing.requested"] for who, cards in told.items()
    }
    assert any("办事人的合同" in text for text in asked["agent"])
    assert not any("董事会决议" in text for text in asked["agent"])
    assert not any("办事人的合同" in text or "决议" in text for text in asked["manager"])
    assert {"办事人的合同.pdf", "董事会决议.pdf"} <= {
        name for text in asked["owner"] for name in ("办事人的合同.pdf", "董事会决议.pdf") if name in text
    }
    of_others = [kind for kind, _ in told["agent"] if kind.startswith("member.")]
    assert of_others == ["member.invited", "member.accepted"], "his own, from his own stream"
    of_manager = [kind for kind, _ in told["manager"] if kind.startswith("member.")]
    assert len(of_manager) > len(of_others), "the office is told of all, and of his own once"
    for each in (signing, secret):
        owner.client.cancel(each)


def test_whoever_is_removed_is_nobody_at_once(site: Site, firm: Firm) -> None:
    owner = firm.people["representative"]
    leaver, _ = joined_as(site, owner, 934, "agent")
    document = leaver.client.upload("合同.pdf", contract())["id"]
    (member,) = site.column("member", "id", person_id=leaver.client.me()["id"])
    owner.client.remove_member(member)
    refused(lambda: leaver.client.document(document), 404, "document.not_found")
    refused(lambda: leaver.client.company(owner.company), 404, "company.not_found")
    assert leaver.client.me()["companies"] == []
    kinds = [card["kind"] for card in leaver.client.thread()["cards"]]
    assert kinds == ["welcome", "member.invited", "member.accepted", "member.removed"]
