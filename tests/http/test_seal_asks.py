"""A member with a letter of authorisation asks for a change of a seal; the representative decides (R44)."""

from __future__ import annotations

import hashlib

import pytest

from server.client import Json
from tests.http.site import Party, Site, joined_as, refused
from tests.http.test_seal_life import cards, one


@pytest.fixture(scope="module")
def owner(site: Site) -> Party:
    return site.owner(7451, "陆清源", "北京清源测绘有限公司")


@pytest.fixture(scope="module")
def sent(site: Site, owner: Party) -> tuple[Party, str]:
    """An agent for this matter, with his letter, whose digest is the second."""
    agent, member = joined_as(site, owner, 7452, "agent", matters=["life"])
    refused(lambda: agent.client.ask_change(owner.seal(), "cancel", "撤店"), 409, "ask.no_letter")
    letter = owner.client.order_form(owner.company, "mandate", member)
    return agent, hashlib.sha256(owner.client.paper(letter["id"])).hexdigest()


def waiting(owner: Party) -> list[Json]:
    return [each for each in owner.client.seal_asks(owner.company) if each["state"] == "waiting"]


def test_asking_changes_nothing_and_is_for_whom_the_letter_names(
    site: Site, owner: Party, sent: tuple[Party, str], b: Party
) -> None:
    (agent, digest), seal = sent, owner.seal("contract")
    messenger, _ = joined_as(site, owner, 7453, "agent", matters=["ask"])
    refused(lambda: messenger.client.ask_change(seal, "cancel", "撤店"), 403, "access.denied")
    refused(lambda: owner.client.ask_change(seal, "cancel", "撤店"), 403, "access.denied")
    refused(lambda: b.client.ask_change(seal, "cancel", "撤店"), 404, "seal.not_found")
    assert (one(agent, seal)["asks"], one(agent, seal)["changes"]) == (["suspend", "cancel"], [])
    assert one(owner, seal)["asks"] == one(messenger, seal)["asks"] == []
    refused(lambda: agent.client.ask_change(seal, "renew", "撤店"), 422, "ask.change")
    refused(lambda: agent.client.ask_change(seal, "cancel", " "), 422, "ask.reason")
    refused(lambda: agent.client.ask_change(seal, "resume", "撤店"), 409, "seal.state")

    asked = agent.client.ask_change(seal, "cancel", "门店已关闭")
    assert (asked["state"], asked["letter_sha256"], asked["reason"]) == ("waiting", digest, "门店已关闭")
    refused(lambda: agent.client.ask_change(seal, "cancel", "再来"), 409, "ask.waiting")
    assert one(owner, seal)["state"] == "collected"
    (seen,) = owner.client.seal_asks(owner.company)
    assert (seen["id"], seen["mine"], seen["who"]) == (asked["id"], False, "李*")
    assert messenger.client.seal_asks(owner.company) == []
    refused(lambda: b.client.seal_asks(owner.company), 404, "company.not_found")
    (card,) = cards(owner, "ask.made")
    assert "原因：门店已关闭" in str(card["lines"])
    assert [each["href"] for each in card["actions"]] == [f"/m/seals/{owner.company}"]
    (card,) = cards(agent, "ask.made")
    assert card["actions"] == []
    assert not cards(messenger, "ask.made")

    refused(lambda: agent.client.decline_ask(asked["id"], "不"), 403, "access.denied")
    refused(lambda: b.client.decline_ask(asked["id"], "不"), 404, "ask.not_found")
    draft = owner.client.draft_change(seal, "cancel", asked["id"])
    owner.client.decline_ask(asked["id"], "合同还没有履行完")
    refused(lambda: owner.client.decline_ask(asked["id"], "再说"), 409, "ask.over")
    refused(lambda: owner.client.confirm_change(draft, owner.pin), 409, "ask.over")
    assert one(owner, seal)["state"] == "collected", "he confirmed what he had declined"
    (mine,) = agent.client.seal_asks(owner.company)
    assert (mine["state"], mine["answer"]) == ("declined", "合同还没有履行完")
    (card,) = cards(agent, "ask.declined")
    assert "合同还没有履行完" in str(card["lines"])


def test_the_representative_confirms_exactly_what_was_asked(owner: Party, sent: tuple[Party, str]) -> None:
    (agent, digest), seal = sent, owner.seal("finance")
    asked = agent.client.ask_change(seal, "cancel", "改用新章")
    refused(lambda: owner.client.draft_change(seal, "resume", asked["id"]), 409, "seal.state")
    refused(lambda: owner.client.draft_change(owner.seal(), "cancel", asked["id"]), 409, "ask.over")
    draft = owner.client.draft_change(seal, "cancel", asked["id"])
    assert (draft["ask"], draft["letter"]) == (asked["id"], digest)
    other = {**draft, "letter": "0" * 64}
    refused(lambda: owner.client.confirm_change(other, owner.pin), 403, "device.signature")
    assert owner.client.confirm_change(draft, owner.pin)["state"] == "cancelled"
    (mine,) = [each for each in agent.client.seal_asks(owner.company) if each["id"] == asked["id"]]
    assert mine["state"] == "done"
    assert mine["decided_at"]
    assert len(cards(agent, "ask.done")) == 1
    refused(lambda: agent.client.ask_change(seal, "cancel", "再来"), 409, "seal.state")


def test_it_ends_with_the_seals_state_the_time_and_the_membership(
    site: Site, owner: Party, sent: tuple[Party, str]
) -> None:
    (agent, _), seal = sent, owner.seal("invoice")
    agent.client.ask_change(seal, "suspend", "盘点")
    owner.client.freeze(seal)
    assert agent.client.seal_asks(owner.company)[0]["state"] == "done"
    agent.client.ask_change(seal, "resume", "盘点完毕")
    owner.client.confirm_change(owner.client.draft_change(seal, "cancel"), owner.pin)
    assert agent.client.seal_asks(owner.company)[0]["state"] == "moot"
    assert len(cards(agent, "ask.moot")) == 1

    seal = owner.seal("representative")
    late = agent.client.ask_change(seal, "suspend", "盘点")
    site.change("UPDATE seal_ask SET ends_at = created_at WHERE id = ?", late["id"])
    assert waiting(owner) == []
    asked = agent.client.ask_change(seal, "suspend", "盘点")
    assert site.column("seal_ask", "state", id=late["id"]) == ["lapsed"]
    cancel = agent.client.ask_change(seal, "cancel", "撤店")
    draft = owner.client.draft_change(seal, "cancel", cancel["id"])
    assert {each["id"] for each in waiting(owner)} == {asked["id"], cancel["id"]}
    (member,) = site.column("seal_ask", "member_id", id=asked["id"])
    owner.client.remove_member(member)
    assert waiting(owner) == []
    refused(lambda: owner.client.confirm_change(draft, owner.pin), 409, "ask.over")
    refused(lambda: owner.client.draft_change(seal, "cancel", cancel["id"]), 409, "ask.over")
    assert one(owner, seal)["state"] == "collected"
