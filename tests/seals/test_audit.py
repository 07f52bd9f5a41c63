"""`ezhang audit check` finds whatever was done to the log, and names it."""

from __future__ import annotations

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auth import events
from auth.engine import transaction
from auth.models import Event, HeadSignature, StreamHead
from seals import heads, pki, roots
from seals.audit import chains, checking, published
from seals.audit.findings import Code, Finding
from seals.root_models import Root, RootLeaf, RootState
from tests.databases import lift_guards
from tests.seals.audit_log import (
    COMPANY,
    DAY,
    KEY,
    KINDS,
    PERSON,
    append,
    authorities,
    bind,
    chain_findings,
    findings,
    rewrite,
    sign_root,
    write_log,
)

CHANGES: dict[str, tuple[Any, Code]] = {
    "kind": ("test.else", Code.HEADER),
    "at": (datetime(2026, 1, 1, tzinfo=UTC), Code.HEADER),
    "actor": ("person:other", Code.CONTENT),
    "on_behalf": (None, Code.CONTENT),
    "subject": ("thing:else", Code.CONTENT),
    "facts": ({"number": -1}, Code.CONTENT),
    "private": (b"other", Code.CONTENT),
    "salt": ("00" * 16, Code.CONTENT),
    "prev": ("0" * 63 + "1", Code.PREV),
    "commitment": ("0" * 64, Code.COMMITMENT),
    "hash": ("0" * 64, Code.HASH),
}


@pytest.fixture
async def now(database: str) -> datetime:
    """A log that was written, which nothing keeps from its database's owner; the moment behind it."""
    await lift_guards()
    return await write_log()


def named(found: list[Finding]) -> set[tuple[Code, str | None, int | None]]:
    return {(each.code, each.stream, each.seq) for each in found}


async def test_nothing_is_found_in_a_log_as_it_was_written(now: datetime) -> None:
    assert await findings(now) == []
    await append(COMPANY, "seal.frozen", now)
    await append("company:0c", "seal.frozen", now)
    assert await findings(now) == [], "what no root binds yet is no finding"


async def test_each_column_of_each_kind_of_event(now: datetime) -> None:
    assert set(CHANGES) == Event._meta.db_fields - {"id", "stream", "seq"}
    assert {row.kind for row in await Event.filter(stream=COMPANY)} == set(KINDS)
    for row in await Event.filter(stream=COMPANY).order_by("seq"):
        for column, (value, code) in CHANGES.items():
            await Event.filter(id=row.id).update(**{column: value})
            found = await chain_findings(COMPANY, now)
            first = found[0]
            assert (first.code, first.stream, first.seq) == (code, COMPANY, row.seq), (row.kind, column)
            assert first.kind == (value if column == "kind" else row.kind)
            # The hash alone is bound elsewhere too; of any other column there is this one finding.
            assert column == "hash" or len(found) == 1, found
            await Event.filter(id=row.id).update(**{column: getattr(row, column)})
    assert await findings(now) == []


async def test_an_event_in_another_chain_or_under_another_number(now: datetime) -> None:
    row = await Event.get(stream=COMPANY, seq=5)
    await Event.filter(id=row.id).update(stream=PERSON, seq=4)
    found = await findings(now)
    assert {(Code.REMOVED, COMPANY, 5), (Code.HEADER, PERSON, 4), (Code.HEAD, PERSON, 4)} <= named(found)
    await Event.filter(id=row.id).update(stream="company:new", seq=1)
    found = await findings(now)
    assert {(Code.HEAD_MISSING, "company:new", None), (Code.HEADER, "company:new", 1)} <= named(found)
    for seq in (0, -1, 10_000):
        await Event.filter(id=row.id).update(stream=COMPANY, seq=seq)
        assert {(Code.REMOVED, COMPANY, 5), (Code.MOVED, COMPANY, seq)} <= named(await findings(now))


@pytest.mark.parametrize("seq", [1, 7])
async def test_a_removed_event(now: datetime, seq: int) -> None:
    await Event.filter(stream=COMPANY, seq=seq).delete()
    found = await findings(now)
    assert found[0] == Finding(Code.REMOVED, COMPANY, seq, to=seq)
    assert {each.code for each in found[1:]} <= {Code.LEAF}, "what is left is not blamed"


async def test_an_inserted_event_with_a_hash_of_its_own(now: datetime) -> None:
    last = (await StreamHead.get(stream=COMPANY)).seq
    for seq in range(last, 6, -1):
        await Event.filter(stream=COMPANY, seq=seq).update(seq=seq + 1)
    one = await Event.get(stream=COMPANY, seq=6)
    forged = Event(stream=COMPANY, seq=7, kind="seal.frozen", at=one.at, actor="sealer", subject="seal:1")
    forged.facts, forged.salt, forged.prev = {}, "00" * 16, one.hash
    forged.commitment = events.sha256(events.commitment_bytes(forged))
    forged.hash = events.sha256(events.link_bytes(forged))
    await forged.save()
    found = named(await findings(now))
    assert (Code.HEADER, COMPANY, 8) in found, "each event behind it has a number that is not its own"
    await rewrite(COMPANY, 8)
    await StreamHead.filter(stream=COMPANY).update(seq=last + 1)
    found = named(await findings(now))
    assert (Code.ORDER, COMPANY, 8) in found, "it was written after what follows it"
    assert {code for code, stream, _ in found if stream == COMPANY} >= {Code.SIGNED_HEAD, Code.LEAF}


async def test_two_swapped_events(now: datetime) -> None:
    for old, new in ((3, 999), (4, 3), (999, 4)):
        await Event.filter(stream=COMPANY, seq=old).update(seq=new)
    found = named(await findings(now))
    assert {(Code.HEADER, COMPANY, 3), (Code.HEADER, COMPANY, 4), (Code.ORDER, COMPANY, 4)} <= found


async def test_two_swapped_events_in_a_chain_made_consistent(now: datetime) -> None:
    for old, new in ((3, 999), (4, 3), (999, 4)):
        await Event.filter(stream=COMPANY, seq=old).update(seq=new)
    await rewrite(COMPANY, 3)
    assert {(Code.ORDER, COMPANY, 4)} <= named(await findings(now))


async def cut(stream: str, since: int) -> None:
    """Remove the end of a chain and all countersignatures of it, the head set back."""
    await Event.filter(stream=stream, seq__gte=since).delete()
    await HeadSignature.filter(stream=stream, seq__gte=since).delete()
    if since > 1:
        last = await Event.get(stream=stream, seq=since - 1)
        await StreamHead.filter(stream=stream).update(seq=last.seq, hash=last.hash)
    else:
        await StreamHead.filter(stream=stream).delete()


async def test_a_tail_removed_with_its_countersigned_head(now: datetime) -> None:
    last = (await StreamHead.get(stream=COMPANY)).seq
    await cut(COMPANY, last)
    assert await findings(now) == [Finding(Code.TAIL, COMPANY, last, root=3, to=last)]
    await cut(COMPANY, 1)
    assert await findings(now) == [Finding(Code.STREAM, COMPANY, 1, to=last)]


async def test_a_tail_that_no_root_binds_yet_is_known_by_its_countersigned_head(now: datetime) -> None:
    await append(PERSON, "pin.changed", now)
    await heads.countersign(KEY, now)
    await Event.filter(stream=PERSON, seq=4).delete()
    last = await Event.get(stream=PERSON, seq=3)
    await StreamHead.filter(stream=PERSON).update(seq=3, hash=last.hash)
    assert await findings(now) == [Finding(Code.TAIL, PERSON, 4, to=4)]
    await HeadSignature.filter(stream=PERSON, seq=4).delete()
    assert await findings(now) == [], "nothing anywhere tells of it: see docs/security.md"


@pytest.mark.parametrize("seq", [2, 3])
async def test_a_stream_rewritten_with_a_consistent_chain(now: datetime, seq: int) -> None:
    await Event.filter(stream=PERSON, seq=seq).update(facts={"number": 9})
    await rewrite(PERSON, seq)
    found = await findings(now)
    assert found[0] == Finding(Code.SIGNED_HEAD, PERSON, seq, "person.new_device")
    # Its countersigned heads made anew as well, by whoever has the sealer's identity key.
    for row in await HeadSignature.filter(stream=PERSON):
        own = await Event.get(stream=PERSON, seq=row.seq)
        signature = KEY.sign(heads.head_bytes(PERSON, row.seq, own.hash))
        await HeadSignature.filter(id=row.id).update(
            hash=own.hash, signature=base64.b64encode(signature).decode()
        )
    found = await findings(now)
    assert found[0] == Finding(Code.LEAF, PERSON, seq, "person.new_device", root=seq)
    assert {each.code for each in found} == {Code.LEAF}


async def rebuild(now: datetime, tsa: pki.Authority) -> None:
    """Everything made anew to fit the events as they stand: leaves, roots, signatures, timestamps."""
    previous = "0" * 64
    for row in await Root.all().order_by("number"):
        for leaf in await RootLeaf.filter(root=row.number):
            own = await Event.get(stream=leaf.stream, seq=leaf.to_seq)
            tree = roots.merkle.Tree()
            async for one in roots.bound_hashes(leaf.stream, leaf.from_seq, leaf.to_seq):
                tree.add(roots.merkle.leaf(f"{one}\n"))
            await RootLeaf.filter(id=leaf.id).update(hash=own.hash, events=tree.root())
        whole = await roots.tree_of(row.number)
        text = roots.root_text(row.number, row.day, previous, whole.count, whole.root())
        await sign_root(row, text, tsa, now)
        previous = row.sha256


async def test_everything_made_anew_is_known_by_a_root_that_somebody_kept(now: datetime) -> None:
    kept = {row.number: row.text for row in await Root.all()}
    assert await findings(now, kept) == []
    await Event.filter(stream=PERSON, seq=2).update(facts={"number": 9})
    await rewrite(PERSON, 2)
    await HeadSignature.filter(stream=PERSON, seq__gte=2).delete()
    await rebuild(now, authorities()[1])
    assert await findings(now) == [], "whoever has every key and no copy outside finds nothing"
    found = await findings(now, {3: kept[3]})
    assert found == [Finding(Code.ROOT_KEPT, root=3)]
    assert [each.root for each in await findings(now, kept)] == [2, 3], "the first day was left as it was"


async def test_the_last_days_cut_off_are_noticed_by_whoever_kept_a_root(now: datetime) -> None:
    kept = (await Root.get(number=3)).text
    for leaf in await RootLeaf.filter(root=3):
        await cut(leaf.stream, leaf.from_seq)
    await RootLeaf.filter(root=3).delete()
    await Root.filter(number=3).delete()
    assert await findings(now) == []
    assert await findings(now, {3: kept}) == [Finding(Code.ROOT_CUT, root=3)]


async def test_heads_and_their_countersignatures(now: datetime) -> None:
    head = await StreamHead.get(stream=PERSON)
    for column, value in (("hash", "0" * 64), ("seq", 2)):
        await StreamHead.filter(stream=PERSON).update(**{column: value})
        found = await findings(now)
        assert (Code.HEAD in {each.code for each in found}, found[0].stream) == (True, PERSON), column
        await StreamHead.filter(stream=PERSON).update(seq=head.seq, hash=head.hash)
    await StreamHead.filter(stream=PERSON).update(seq=9)
    assert await findings(now) == [Finding(Code.TAIL, PERSON, 4, to=9)]
    await StreamHead.filter(stream=PERSON).delete()
    assert await findings(now) == [Finding(Code.HEAD_MISSING, PERSON)]
    await StreamHead.create(stream=PERSON, seq=head.seq, hash=head.hash)
    row = await HeadSignature.get(stream=PERSON, seq=2)
    changes = {"hash": "0" * 64, "seq": 77, "signature": base64.b64encode(bytes(64)).decode()}
    for column, value in changes.items():
        await HeadSignature.filter(id=row.id).update(**{column: value})
        assert [(each.code, each.stream) for each in await findings(now)] == [(Code.SIGNATURE, PERSON)]
        await HeadSignature.filter(id=row.id).update(**{column: getattr(row, column)})
    assert await findings(now) == []


async def test_each_column_of_what_roots_bind(now: datetime) -> None:
    leaf = await RootLeaf.get(root=2, stream=PERSON)
    changes = {"place": 7, "stream": "company:x", "from_seq": 1, "to_seq": 9, "hash": "0" * 64}
    for column, value in {**changes, "events": "0" * 64, "root": 1}.items():
        other = {"place": 9} if column == "root" else {}
        await RootLeaf.filter(id=leaf.id).update(**{column: value}, **other)
        found = await findings(now)
        known = {(each.code, each.root) for each in found}
        # A place that keeps the order binds the same: it is the order that the tree is of.
        assert bool(found) is (column != "place"), column
        assert column == "place" or (Code.ROOT_LEAVES, 2) in known, column
        await RootLeaf.filter(id=leaf.id).update(
            **{column: getattr(leaf, column)}, **({"place": leaf.place} if other else {})
        )
    assert await findings(now) == []
    await leaf.delete()
    assert {(Code.LEAF_RANGE, PERSON, 3)} <= named(await findings(now))


async def test_each_column_of_a_root(now: datetime) -> None:
    row = await Root.get(number=2)
    stranger = pki.make_tsa(pki.make_root(now - DAY), now - DAY)
    changes: dict[str, tuple[Any, Code]] = {
        "day": ("2026-01-01", Code.ROOT_TEXT),
        "state": (RootState.GATHERING, Code.ROOT_STATE),
        "chains": (9, Code.ROOT_TEXT),
        "text": (row.text.replace("chains: ", "chains: 1"), Code.ROOT_LEAVES),
        "sha256": ("0" * 64, Code.ROOT_TEXT),
        "signature": (base64.b64encode(bytes(64)).decode(), Code.ROOT_SIGNATURE),
        "token": ((await Root.get(number=1)).token, Code.ROOT_TIMESTAMP),
        "stamped_at": (row.begun_at + timedelta(days=9), Code.ROOT_TIMESTAMP),
    }
    for column, (value, code) in changes.items():
        await Root.filter(number=2).update(**{column: value})
        found = await findings(now)
        assert (found[0].code, found[0].root) == (code, 2), column
        await Root.filter(number=2).update(**{column: getattr(row, column)})
    assert await findings(now) == []
    await sign_root(row, row.text, stranger, now)
    assert await findings(now) == [Finding(Code.ROOT_TIMESTAMP, root=2)]
    first = await Root.get(number=1)
    await RootLeaf.filter(root=2).delete()
    await row.delete()
    assert (Code.ROOT_MISSING, 2) in {(each.code, each.root) for each in await findings(now)}
    assert first.sha256 not in (await Root.get(number=3)).text


@pytest.mark.parametrize("since", [3, 2, 1])
async def test_the_newest_roots_removed_without_what_they_bind(now: datetime, since: int) -> None:
    await Root.filter(number__gte=since).delete()
    assert await findings(now) == [Finding(Code.ROOT_MISSING, root=since)]


async def test_a_root_that_names_another_one_before(now: datetime) -> None:
    row = await Root.get(number=3)
    text = row.text.replace((await Root.get(number=2)).sha256, "0" * 64)
    await sign_root(row, text, authorities()[1], now)
    assert await findings(now) == [Finding(Code.ROOT_PREVIOUS, root=3)]


async def test_events_that_no_root_binds_for_days(now: datetime) -> None:
    await append(PERSON, "pin.changed", now)
    assert await findings(now + 2 * DAY) == []
    found = await findings(now + 2 * DAY + timedelta(seconds=1))
    assert found == [Finding(Code.UNBOUND, PERSON, 4, "pin.changed")]
    await bind(now + DAY)
    assert await findings(now + 9 * DAY) == []


# PostgreSQL keeps to its types: there such a row cannot be.
@pytest.mark.parametrize("engine", ["sqlite"], indirect=True, scope="session")
async def test_a_row_that_cannot_be_read_is_named_and_the_rest_is_checked(now: datetime) -> None:
    from tortoise import connections

    row = await Event.get(stream=COMPANY, seq=6)
    await Event.filter(stream=COMPANY, seq=9).update(actor="person:other")
    db = connections.get("default")
    await db.execute_query("UPDATE event SET facts = '{' WHERE id = ?", [row.id])
    found = named(await findings(now))
    assert {(Code.UNREADABLE, COMPANY, 6), (Code.CONTENT, COMPANY, 9)} <= found


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two rows, so that there are many."""
    for module in (chains, checking, published):
        monkeypatch.setattr(module, "AT_ONCE", 2)


@pytest.mark.usefixtures("small_pages")
async def test_it_is_read_page_by_page(now: datetime) -> None:
    assert await findings(now) == []
    for seq in range(6, 10):
        row = await Event.get(stream=COMPANY, seq=seq)
        await Event.filter(id=row.id).update(subject="thing:else")
        assert await findings(now) == [Finding(Code.CONTENT, COMPANY, seq, row.kind)]
        await Event.filter(id=row.id).update(subject=row.subject)
    await Event.filter(stream=COMPANY, seq__in=(7, 8, 9)).delete()
    assert (await findings(now))[0] == Finding(Code.REMOVED, COMPANY, 7, to=9)


@pytest.mark.usefixtures("small_pages")
async def test_nothing_is_found_in_a_log_that_grows_while_it_is_read(now: datetime) -> None:
    async def grow() -> None:
        for number in range(12):
            async with transaction():
                await append((COMPANY, PERSON, f"company:1{number}")[number % 3], "seal.frozen", now)
            await heads.countersign(KEY, now)
            if number == 6:
                await bind(now + DAY)

    growing = asyncio.create_task(grow())
    while not growing.done():
        assert await findings(now + DAY) == []
    await growing
    assert await findings(now + DAY) == []
