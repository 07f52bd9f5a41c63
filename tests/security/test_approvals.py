"""A user of a seal who writes the database: without an approver's word his PIN opens nothing (R81).

What he sends goes through the real web process, which believes the rows, to the real sealer, which does not.
"""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from server.client import DeviceKey, Json
from tests.http.site import Party, Site, joined_as, refused
from tests.seals.pdf.samples import contract
from tests.security.test_confirm_codes import inbox

_numbers = itertools.count(700)


@dataclass
class Scene:
    """A seal with a rule that names the boss, and its user, the thief; who he is, the boss, too."""

    site: Site
    owner: Party
    thief: Party
    boss: Party
    boss_id: str
    seal: str

    def ask(self, **about: Any) -> str:
        document = self.thief.client.upload("合同.pdf", contract(), company=self.owner.company)["id"]
        place = {"page": 0, "x_mm": 40.0, "y_mm": 205.0}
        return str(self.thief.client.request_signing(document, self.seal, **place, **about)["id"])

    def approved(self, **about: Any) -> str:
        signing = self.ask(**about)
        self.boss.client.approve(signing, self.boss.pin)
        return signing

    def confirm(self, signing: str) -> Json:
        claim = self.thief.client.open_here(signing)
        return self.thief.client.confirm(claim["id"], self.thief.pin)

    def refused(self, signing: str, code: str, status: int = 403) -> None:
        """The thief's confirmation is refused and nothing is sealed."""
        refused(lambda: self.confirm(signing), status, code)
        assert self.site.column("signing", "state", id=signing) == ["pending"]

    def person(self, party: Party) -> str:
        return str(party.client.me()["id"])

    def invent(self, signing: str, signature: str | None, person: str | None = None) -> None:
        """An approval that the boss never gave stands in the database, and the signing names it."""
        forged = f"forged-{signing}"[:24]
        self.site.change(
            "INSERT INTO approval (id, signing_id, person_id, rule, state, signature, created_at)"
            " VALUES (?, ?, ?, 1, 'approved', ?, '2026-01-01 00:00:00')",
            *(forged, signing, person or self.person(self.boss), signature),
        )
        self.site.change("UPDATE signing SET approval = ? WHERE id = ?", forged, signing)


def _collected(site: Site, owner: Party, kind: str) -> tuple[Party, str]:
    party, member = joined_as(site, owner, next(_numbers), "agent")
    grant = owner.client.grant(owner.seal(kind), member, owner.pin)
    httpx.post(party.client.begin_joining(grant["id"])["url"], data={"outcome": "pass"}, trust_env=False)
    party.client.join(grant["id"], party.pin)
    return party, member


@pytest.fixture
def scene(site: Site) -> Scene:
    number = next(_numbers)
    owner = site.owner(number, "王若涵", f"北京若水{number}号精密仪器有限公司")
    thief, _ = _collected(site, owner, "contract")
    boss, boss_id = _collected(site, owner, "finance")
    seal = owner.seal("contract")
    owner.client.set_approval_rule(seal, owner.pin, [boss_id])
    return Scene(site, owner, thief, boss, boss_id, seal)


def test_deleting_the_rule_opens_nothing_not_even_for_the_representative(scene: Scene) -> None:
    signing = scene.ask()
    scene.site.change("DELETE FROM approval_rule WHERE seal = ?", scene.seal)
    assert scene.thief.client.signing(signing)["approval"] is None, "web believes it"
    scene.refused(signing, "custody.wrap")
    claim = scene.owner.client.open_here(signing)["id"]
    refused(lambda: scene.owner.client.confirm(claim, scene.owner.pin), 403, "custody.wrap")


def test_an_older_rule_put_back_opens_nothing(scene: Scene) -> None:
    scene.owner.client.set_approval_rule(scene.seal, scene.owner.pin, [])
    scene.owner.client.set_approval_rule(scene.seal, scene.owner.pin, [scene.boss_id])
    signing = scene.ask()
    scene.site.change("UPDATE approval_rule SET live = NULL WHERE seal = ?", scene.seal)
    put_back = "UPDATE approval_rule SET live = seal, state = 'in_force' WHERE seal = ? AND version = ?"
    scene.site.change(put_back, scene.seal, 2)
    scene.refused(signing, "custody.wrap")
    scene.site.change("UPDATE approval_rule SET version = 30 WHERE seal = ? AND version = 3", scene.seal)
    scene.site.change("UPDATE approval_rule SET version = 3 WHERE seal = ? AND version = 2", scene.seal)
    scene.refused(signing, "custody.not_attested")


@pytest.mark.parametrize(
    ("column", "value"), [("approvers", "[]"), ("amount", "999999999"), ("kinds", '["filing"]')]
)
def test_a_rule_changed_in_the_database_is_not_believed(scene: Scene, column: str, value: str) -> None:
    signing = scene.ask(amount="5", document_kind="contract")
    scene.site.change(f'UPDATE approval_rule SET "{column}" = ? WHERE seal = ?', value, scene.seal)  # noqa: S608
    assert scene.thief.client.signing(signing)["approval"] is None, "web believes it"
    scene.refused(signing, "custody.not_attested")


def test_who_names_himself_or_a_friend_approver_is_none(scene: Scene) -> None:
    signing = scene.ask()
    named = json.loads(scene.site.column("approval_rule", "approvers", seal=scene.seal)[0])
    friend, member = _collected(scene.site, scene.owner, "invoice")
    named.append({**named[0], "person": scene.person(friend), "member": member})
    scene.site.change("UPDATE approval_rule SET approvers = ? WHERE seal = ?", json.dumps(named), scene.seal)
    refused(lambda: friend.client.approve(signing, friend.pin), 403, "custody.not_attested")
    scene.refused(signing, "approval.missing", 409)


def test_a_member_whose_grant_the_sealer_did_not_sign_approves_nothing(scene: Scene) -> None:
    """The rule names him by a membership; the keys that he has must be by a grant as well."""
    signing = scene.ask()
    who = scene.person(scene.boss)
    other = base64.b64encode(bytes(64)).decode()
    scene.site.change("UPDATE seal_grant SET signature = ? WHERE person_id = ?", other, who)
    refused(lambda: scene.boss.client.approve(signing, scene.boss.pin), 403, "approval.not_his")


def test_an_approval_invented_or_copied_is_not_believed(scene: Scene) -> None:
    good = scene.approved()
    signature = scene.site.column("approval", "signature", signing_id=good)[0]
    for forged in (None, signature):
        signing = scene.ask()
        scene.invent(signing, forged)
        assert scene.thief.client.signing(signing)["approval"]["given"], "web believes it"
        scene.refused(signing, "custody.not_attested")


def test_an_approval_moved_to_another_signing_or_person_is_not_believed(scene: Scene) -> None:
    good, other = scene.approved(), scene.ask()
    approval = scene.site.column("approval", "id", signing_id=good)[0]
    scene.site.change("UPDATE signing SET approval = ? WHERE id = ?", approval, other)
    scene.refused(other, "approval.missing", 409)
    scene.site.change("UPDATE approval SET signing_id = ? WHERE id = ?", other, approval)
    scene.refused(other, "custody.not_attested")


def test_the_representatives_name_is_not_lent_by_a_row(scene: Scene) -> None:
    scene.owner.client.set_approval_rule(scene.seal, scene.owner.pin, ["representative"])
    signing = scene.ask()
    scene.invent(signing, None, scene.person(scene.owner))
    scene.refused(signing, "custody.not_attested")


CHANGED: list[Callable[[Json], None]] = [
    lambda request: request.update(amount="99999.00"),
    lambda request: request.update(document_kind="letter"),
    lambda request: request.update(counterparty="乙公司"),
]


@pytest.mark.parametrize("change", CHANGED)
def test_what_was_stated_is_part_of_the_approval(scene: Scene, change: Callable[[Json], None]) -> None:
    signing = scene.approved(amount="100", document_kind="contract", counterparty="甲公司")
    request = json.loads(scene.site.column("signing", "request", id=signing)[0])
    change(request)
    scene.site.change("UPDATE signing SET request = ? WHERE id = ?", json.dumps(request), signing)
    scene.refused(signing, "custody.not_attested")


def test_the_document_is_part_of_the_approval(scene: Scene) -> None:
    """The bytes to be signed are those of another document, wholly prepared by us."""
    signing, other = scene.approved(), scene.thief.client.upload("其他.pdf", contract(pages=2))["id"]
    place = {"page": 0, "x_mm": 40.0, "y_mm": 205.0}
    evil = scene.thief.client.request_signing(other, scene.seal, **place)["id"]
    columns = ("document_id", "base_blob", "base_version", "prepared_blob", "prepared", "claimed_at")
    for column in (*columns, "digest_sha256", "digest_sm3"):
        value = scene.site.column("signing", column, id=evil)[0]
        scene.site.change(f'UPDATE signing SET "{column}" = ? WHERE id = ?', value, signing)  # noqa: S608
    scene.refused(signing, "custody.not_attested")
    original = scene.site.column("document", "original", id=other)[0]
    good = scene.site.column("document", "original", name="合同.pdf")[0]
    assert original != good
    scene.site.change("UPDATE document SET original = ? WHERE id = ?", good, other)
    scene.refused(signing, "signing.changed", 409)


def test_session_and_pin_of_an_approver_alone_approve_nothing(scene: Scene) -> None:
    signing, other = scene.ask(), scene.ask()
    phone = scene.boss.client
    device = next(each["id"] for each in phone.devices())
    values = {**phone.approve_values(phone.signing(signing)), "device": device}
    elsewhere = {**phone.approve_values(phone.signing(other)), "device": device}

    def post(**proof: str) -> Json:
        path = f"/api/signings/{signing}/approve"
        return phone._read(phone.http.post(path, json={"pin": scene.boss.pin, **proof}))

    refused(post, 403, "device.missing")
    refused(lambda: post(code="000000"), 403, "code.expired")
    for signature in (
        DeviceKey().sign(values),
        phone.device.sign(elsewhere),
        phone.device.sign({**values, "purpose": "confirm"}),
        phone.device.sign({**values, "amount": "1"}),
    ):
        refused(lambda signature=signature: post(device=device, signature=signature), 403, "device.signature")
    assert scene.site.column("holder", "tries", person_id=scene.person(scene.boss)) == [0]
    assert scene.site.column("approval", "id", signing_id=signing) == []
    refused(lambda: scene.boss.client.approve(signing, "90817263"), 403, "pin.wrong")


def test_an_approver_without_a_device_gets_a_code_that_says_what_he_approves(scene: Scene) -> None:
    signing, other = scene.ask(), scene.ask()
    phone = scene.boss.client
    phone.send_approval_code(signing)
    code = scene.boss.code()
    text = inbox(scene.boss)[0]
    assert all(part in text for part in (code, "审批确认码", "《合同.pdf》", scene.owner.company_name)), text
    refused(lambda: phone.approve(other, scene.boss.pin, code=code), 403, "code.expired")
    assert phone.approve(signing, scene.boss.pin, code=code)["approval"]["given"]
    refused(lambda: phone.approve(other, scene.boss.pin, code=code), 403, "code.expired")


def test_the_code_for_a_rule_says_whose_approval_is_needed_for_what(scene: Scene) -> None:
    phone = scene.owner.client
    draft = phone.draft_rule(scene.seal, ["representative", scene.boss_id], amount="500", four_eyes=True)
    phone.send_rule_code(draft["id"])
    code, text = scene.owner.code(), inbox(scene.owner)[0]
    for part in (code, "王若涵", "李泽宇", "金额超过 500.00 元", "法定代表人本人用印也需要"):
        assert part in text, text
    widened = phone.draft_rule(scene.seal, ["representative", scene.boss_id], amount="50000", four_eyes=True)
    refused(lambda: phone.confirm_rule(widened, scene.owner.pin, code=code), 403, "code.expired")
    refused(lambda: phone.confirm_rule(draft, scene.owner.pin, code=code), 404, "rule.not_found")
    assert phone.approval_rule(scene.seal)["version"] == 1


def test_a_draft_widened_in_the_database_is_not_what_the_device_signed(scene: Scene) -> None:
    phone = scene.owner.client
    draft = phone.draft_rule(scene.seal, [scene.boss_id], amount="500")
    scene.site.change("UPDATE approval_rule SET amount = '50000.00' WHERE id = ?", draft["id"])
    refused(lambda: phone.confirm_rule(draft, scene.owner.pin), 403, "device.signature")
    scene.site.change("UPDATE approval_rule SET amount = '500.00' WHERE id = ?", draft["id"])
    assert phone.confirm_rule(draft, scene.owner.pin)["version"] == 2
