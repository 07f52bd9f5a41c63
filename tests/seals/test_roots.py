"""Daily roots: each day once, every chain that grew, through crashes and without a timestamp service."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from pyhanko.sign.timestamps import TimeStamper

from auth import events
from auth.errors import Unavailable
from auth.models import Event, StreamHead
from seals import merkle, pki, roots
from seals.root_models import Root, RootLeaf, RootState
from tests.seals.audit_log import BEGUN, DAY, KEY, PERSON, append, authorities, bind, findings, trust
from tests.seals.pdf.sealing_kit import Clock

pytestmark = pytest.mark.usefixtures("database")

CHAINS = [f"company:{number:02d}" for number in range(7)]
MIDNIGHT = datetime.fromisoformat("2026-11-22T00:00:00+08:00")


class Nobody(TimeStamper):
    """A service that does not answer."""

    async def async_request_tsa_response(self, req: Any) -> Any:
        raise OSError("no route to host")


async def step(now: datetime, stamper: TimeStamper | None = None, owner: str = "one") -> bool:
    clock = stamper or Clock(authorities()[1], now.replace(microsecond=0))
    return await roots.bind(KEY, clock, trust(), owner, now)


@pytest.fixture(autouse=True)
async def chains(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roots, "AT_ONCE", 3)
    for number, stream in enumerate(CHAINS):
        for _ in range(number + 1):
            await append(stream, "seal.frozen", BEGUN)


async def test_a_root_for_each_china_day_that_has_ended() -> None:
    assert await step(MIDNIGHT - timedelta(seconds=1)) is True
    assert await step(MIDNIGHT - timedelta(seconds=1)) is False, "one a day"
    assert await step(MIDNIGHT) is True
    assert await step(MIDNIGHT + 3 * DAY) is True, "days without a sealer are not made up for"
    assert await Root.all().order_by("number").values_list("day", flat=True) == [
        "2026-11-20",
        "2026-11-21",
        "2026-11-24",
    ]
    first, second, third = await Root.all().order_by("number")
    assert f"previous: {first.sha256}\n" in second.text
    assert f"previous: {second.sha256}\n" in third.text
    assert await findings(MIDNIGHT + 3 * DAY) == []


@pytest.mark.usefixtures("unguarded")
async def test_nothing_is_bound_before_anybody_did_anything() -> None:
    await Event.all().delete()
    await StreamHead.all().delete()
    assert await step(BEGUN) is False


async def test_a_chain_is_bound_when_it_grew_and_by_all_that_grew() -> None:
    await bind(BEGUN)
    await append(CHAINS[2], "seal.frozen", BEGUN)
    await append(CHAINS[2], "seal.frozen", BEGUN)
    await append(PERSON, "pin.changed", BEGUN)
    await bind(BEGUN + DAY)
    leaves = await RootLeaf.all().order_by("root", "place")
    assert [(leaf.stream, leaf.from_seq, leaf.to_seq) for leaf in leaves] == [
        *((stream, 1, number + 1) for number, stream in enumerate(CHAINS)),
        (CHAINS[2], 4, 5),
        (PERSON, 1, 1),
    ]
    for leaf in leaves:
        assert leaf.hash == (await Event.get(stream=leaf.stream, seq=leaf.to_seq)).hash
    assert [(row.chains, row.state) for row in await Root.all().order_by("number")] == [
        (7, RootState.PUBLISHED),
        (2, RootState.PUBLISHED),
    ]


async def test_a_path_leads_from_an_event_to_the_published_root() -> None:
    await bind(BEGUN)
    row, leaf = await Root.get(number=1), await RootLeaf.get(stream=CHAINS[6])
    own = await Event.get(stream=CHAINS[6], seq=5)

    async def each() -> AsyncIterator[str]:
        async for one in roots.bound_hashes(leaf.stream, leaf.from_seq, leaf.to_seq):
            yield merkle.leaf(f"{one}\n")

    steps = await merkle.path(each(), leaf.to_seq, own.seq - 1)
    assert merkle.follow(merkle.leaf(f"{own.hash}\n"), steps) == leaf.events
    assert merkle.follow(merkle.leaf(f"{'0' * 64}\n"), steps) != leaf.events

    async def tops() -> AsyncIterator[str]:
        async for one in roots.leaves_of(1):
            yield merkle.leaf(roots.leaf_text(one))

    text = roots.leaf_text(leaf)
    steps = await merkle.path(tops(), row.chains, leaf.place)
    assert f"heads: {merkle.follow(merkle.leaf(text), steps)}\n" in row.text


@pytest.mark.parametrize("count", range(1, 18))
async def test_every_leaf_of_trees_of_every_size_has_its_path(count: int) -> None:
    leaves = [merkle.leaf(str(number)) for number in range(count)]
    tree = merkle.Tree()
    for one in leaves:
        tree.add(one)
    for place, one in enumerate(leaves):
        steps = await merkle.path(each_of(leaves), count, place)
        assert merkle.follow(one, steps) == tree.root()
        assert len(steps) <= count.bit_length()


async def each_of(leaves: Sequence[str]) -> AsyncIterator[str]:
    for one in leaves:
        yield one


async def test_without_a_timestamp_service_the_root_waits_and_binds_what_it_bound() -> None:
    for moment in (BEGUN, BEGUN + DAY):
        with pytest.raises(Unavailable):
            await step(moment, Nobody())
    texts = [row.text for row in await Root.all().order_by("number")]
    assert {row.state for row in await Root.all()} == {RootState.BOUND}, "a later one does not wait for it"
    assert await findings(BEGUN + DAY) == [], "one that waits is no finding"
    assert await step(BEGUN + DAY) is True
    assert await step(BEGUN + DAY) is False, "both have had their turn, and each pauses"
    assert await step(BEGUN + DAY + 2 * roots.PAUSE) is True
    rows = await Root.all().order_by("number")
    assert [row.text for row in rows] == texts
    assert {row.state for row in rows} == {RootState.PUBLISHED}
    assert await findings(BEGUN + DAY) == []


async def test_a_timestamp_of_a_unit_that_is_not_trusted_is_none() -> None:
    stranger = pki.make_tsa(pki.make_root(BEGUN - DAY), BEGUN - DAY)
    with pytest.raises(Unavailable):
        await step(BEGUN, Clock(stranger, BEGUN))
    assert (await Root.get(number=1)).state is RootState.BOUND


class Killed(BaseException):
    """As if the process had ended here."""


@pytest.mark.parametrize("at", [1, 4, 6])
async def test_gathering_that_was_killed_goes_on_behind_the_last_leaf(
    at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    true = roots._grown

    async def until(row: Root, head: StreamHead, first: int) -> RootLeaf:
        if head.stream == CHAINS[at]:
            raise Killed
        return await true(row, head, first)

    monkeypatch.setattr(roots, "_grown", until)
    with pytest.raises(Killed):
        await step(BEGUN, owner="one")
    monkeypatch.setattr(roots, "_grown", true)
    assert await RootLeaf.all().count() == at // 3 * 3
    assert await step(BEGUN, owner="two") is False, "the lease of the one that died lasts"
    await append(CHAINS[0], "seal.frozen", BEGUN)  # the chains grow on meanwhile
    assert await step(BEGUN + 2 * roots.LEASE, owner="two") is True
    row = await Root.get(number=1)
    assert (row.state, row.chains) == (RootState.PUBLISHED, len(CHAINS))
    assert await findings(BEGUN + DAY) == []


async def test_one_that_lost_its_lease_adds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    true = roots._grown

    async def slow(row: Root, head: StreamHead, first: int) -> RootLeaf:
        if head.stream == CHAINS[4]:
            monkeypatch.setattr(roots, "_grown", true)
            assert await step(BEGUN + 2 * roots.LEASE, owner="two") is True
        return await true(row, head, first)

    monkeypatch.setattr(roots, "_grown", slow)
    assert await step(BEGUN, owner="one") is True
    assert await RootLeaf.all().count() == len(CHAINS)
    assert (await Root.get(number=1)).lease_owner == "two"
    assert await findings(BEGUN + DAY) == []


async def test_one_whose_lease_was_taken_adds_nothing_while_the_other_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    true = roots._grown

    async def slow(row: Root, head: StreamHead, first: int) -> RootLeaf:
        if head.stream == CHAINS[4]:
            monkeypatch.setattr(roots, "_grown", true)
            assert await roots._take("two", BEGUN + 2 * roots.LEASE) is not None
        return await true(row, head, first)

    monkeypatch.setattr(roots, "_grown", slow)
    assert await step(BEGUN, owner="one") is True
    assert await RootLeaf.all().count() == roots.AT_ONCE, "the batch before"
    assert (await Root.get(number=1)).state is RootState.GATHERING
    assert await step(BEGUN + 5 * roots.LEASE, owner="two") is True
    assert await RootLeaf.all().count() == len(CHAINS)
    assert await findings(BEGUN + DAY) == []


async def test_many_sealers_make_one_root_a_day() -> None:
    done = await asyncio.gather(*(step(BEGUN, owner=str(number)) for number in range(8)))
    assert done.count(True) == 1
    assert await Root.all().count() == 1
    assert await RootLeaf.all().count() == len(CHAINS)
    assert await findings(BEGUN + DAY) == []


async def test_what_is_signed_of_a_root_is_no_head() -> None:
    text = roots.root_text(1, "2026-11-20", merkle.EMPTY, 0, merkle.EMPTY)
    assert roots.root_signed_bytes(text).startswith(b"ezhang root 1\n")
    assert events.sha256(text.encode()) != merkle.leaf(text)
