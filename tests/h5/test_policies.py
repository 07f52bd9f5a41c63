"""What differs by rule-book and by district: the set of seals, what the clock ends, who is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from seals import lapsing
from seals.kinds import FIVE
from seals.models import Seal, SealState
from seals.policies import FOUR, POLICIES
from server.settings import Settings

MOBILE, NAME = "13812345678", "北京云杉科技有限公司"
SETS = [("110105", FIVE), ("440305", FOUR), ("440604", FOUR), ("440106", FIVE)]


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize(("district", "kinds"), SETS)
def test_which_seals_come_with_the_licence_is_said_by_the_district(
    policy: str, district: str, kinds: tuple[Any, ...]
) -> None:
    assert POLICIES[policy].seal_set(district) == kinds


@pytest.mark.parametrize("policy", POLICIES)
async def test_a_company_of_shenzhen_has_four_seals_and_is_told_so(world: Any, policy: str) -> None:
    world.policy, world.region = POLICIES[policy], "440305"
    who = await world.log_in(MOBILE)
    company = await world.found(who, NAME, MOBILE)
    assert {seal.kind for seal in await Seal.filter(company_id=company.id)} == {kind.value for kind in FOUR}
    cards = (await world.thread(who)).cards
    (approved,) = [card for card in cards if card.kind == "application.approved"]
    assert any("4 枚电子印章" in line for line in approved.lines)
    assert not any("五枚" in line for card in cards for line in (card.title, *card.lines))


@pytest.mark.parametrize("policy", POLICIES)
async def test_what_nobody_collects_ends_only_where_the_rules_say_so(world: Any, policy: str) -> None:
    who = await world.log_in(MOBILE)
    company = await world.found(who, NAME, MOBILE)
    for days in (63, 86, 94):
        await lapsing.lapse(POLICIES[policy], world.now + timedelta(days=days))
    states = set(await Seal.filter(company_id=company.id).values_list("state", flat=True))
    assert states == {SealState.CANCELLED if policy == "beijing-2019" else SealState.ISSUED}


def test_authorities_are_named_by_the_rule_book() -> None:
    beijing, national = POLICIES["beijing-2019"], POLICIES["national-2025"]
    for name in ("title", "resets"):
        assert getattr(beijing, name) != getattr(national, name)
        assert all(all(getattr(each, name)) for each in (beijing, national))
    assert "公安" in beijing.resets[0]
    assert "33号" in national.title[0]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_setting_chooses_the_rule_book(policy: str) -> None:
    given = {"EZHANG_PROFILE": "development", "EZHANG_DATA": "/nowhere", "EZHANG_POLICY": policy}
    assert Settings.from_env(given).policy == policy
