"""A ledger with many uses, on both engines: bounded queries, pages, filters, who sees what; sheets."""

from __future__ import annotations

import logging
import secrets
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest

from auth import events
from auth.engine import transaction
from auth.errors import Invalid, NotFound, Refused
from auth.member_models import Grant, GrantRole, GrantState, Member, MemberRole, MemberState
from auth.models import Event, Person
from auth.people import place
from auth.privacy import RecordsKey
from auth.tokens import new_id
from seals.ledger import noticing, reading, sheets
from seals.ledger.marks import USUAL_FROM, Mark
from seals.ledger.reading import PAGE, LedgerView
from seals.ledger.wanting import Wanted, view
from seals.models import Document, Seal, Signing, SigningState
from tests.seals.signing.rows import person, signing, some

pytestmark = pytest.mark.usefixtures("database")

RECORDS = RecordsKey(secrets.token_bytes(32))
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
USES = 2500
"""Each with four events: ten thousand."""
HOSTILE = '=HYPERLINK("http://evil.example","合同")'


async def named(row: Person, name: str) -> Person:
    row.name_sealed = RECORDS.seal(name, place(row.id, "name"))
    row.mobile_sealed = RECORDS.seal("13812345678", place(row.id, "mobile"))
    await row.save()
    return row


async def member(company: str, role: MemberRole, name: str) -> Person:
    who = await named(await person(), name)
    await Member.create(
        company_id=company,
        person_id=who.id,
        role=role,
        name_sealed=b"",
        id_number_sealed=b"",
        state=MemberState.ACTIVE,
        created_at=NOON,
    )
    return who


async def granted(first: Signing, name: str, role: GrantRole, seal: str) -> Grant:
    who = await member(first.company_id, MemberRole.AGENT, name)
    (of,) = await Member.filter(person_id=who.id)
    owner = (await person()).id
    return await Grant.create(
        company_id=first.company_id,
        seal=seal,
        generation=1,
        member_id=of.id,
        person_id=who.id,
        grantor_id=owner,
        owner=owner,
        identity="",
        role=role,
        scope={},
        state=GrantState.ACTIVE,
        created_at=NOON,
        ends_at=NOON + timedelta(days=300),
    )


async def firm() -> tuple[Signing, str]:
    """A company with one use, and its owner."""
    first = await signing(SigningState.SIGNED, created_at=NOON, document_kind="contract")
    await first.fetch_related("company", "asker")
    owner = str(first.company.representative_id)
    await named(await Person.get(id=owner), "王若涵")
    await Signing.filter(id=first.id).update(confirmer=owner)
    return await Signing.get(id=first.id), owner


def another(first: Signing, place: int, **columns: Any) -> Signing:
    """A use `place` minutes earlier."""
    values = {column: getattr(first, column) for column in first._meta.db_fields}
    values |= {"id": new_id(), "request_id": some(), "created_at": NOON - timedelta(minutes=place)}
    return Signing(**{**values, **columns})


async def read(
    first: Signing, who: str, before: str | None = None, part: str = "uses", **want: str
) -> LedgerView:
    wanted = Wanted(**want)
    return await reading.read(first.company_id, part, wanted, before, who, NOON, RECORDS)


async def test_ten_thousand_events_are_read_by_bounded_queries(caplog: pytest.LogCaptureFixture) -> None:
    first, owner = await firm()
    stream, kinds = events.company_stream(first.company_id), ("requested", "scanned", "confirmed", "signed")
    rows = [another(first, place) for place in range(1, USES)]
    await Signing.bulk_create(rows, batch_size=500)
    log = [
        Event(
            stream=stream,
            seq=4 * place + step,
            kind=f"signing.{kind}",
            at=row.created_at,
            actor=f"person:{owner}",
            subject=f"signing:{row.id}",
            facts={"way": "sms"},
            **dict.fromkeys(("salt", "prev", "commitment", "hash"), ""),
        )
        for place, row in enumerate(rows)
        for step, kind in enumerate(kinds)
    ]
    await Event.bulk_create(log, batch_size=1000)
    with caplog.at_level(logging.DEBUG, logger="tortoise.db_client"):
        whole = await read(first, owner)
        queries = len(caplog.records)
        few = await read(first, owner, begin="2026-11-23", end="2026-11-23", part="acts")
        beside = len(caplog.records) - queries
    assert (len(whole.uses), few.acts) == (PAGE, ())
    assert 5 < queries <= 24
    assert beside <= 12
    assert whole.counted is not None
    assert sum(week.uses for week in whole.counted.weeks) == USES
    assert {use.by_masked for use in whole.uses} == {"王*"}
    assert {use.authority_zh for use in whole.uses[1:]} == {"法定代表人本人"}
    seen = [use.signing for use in whole.uses]
    page = whole
    for _ in range(2):
        page = await read(first, owner, page.next)
        seen += [use.signing for use in page.uses]
    assert seen == [first.id, *(row.id for row in rows[: 3 * PAGE - 1])], "none twice, none left out"


async def test_filters_and_who_sees_what() -> None:
    first, owner = await firm()
    other = await Seal.get(id=first.seal_id)
    other.id, other.number, other.kind, other.name = new_id(), some(13), "finance", "财务专用章"
    other._saved_in_db = False
    await other.save()
    keeper = await granted(first, "钱*", GrantRole.KEEPER, other.id)
    user = await granted(first, "孙*", GrantRole.USER, other.id)
    by_user = another(first, 1, seal_id=other.id, confirmer=user.person_id, grant=user.id)
    # Half past midnight of China's day, so yesterday in UTC: text that is compared must be of one zone.
    early = another(first, 60 * 11 + 30, document_kind="letter")
    refused = another(first, 2, seal_id=other.id, state=SigningState.REJECTED, confirmer="", document_kind="")
    old = another(first, 60 * 24 * 30, document_kind="bid")
    await Signing.bulk_create([by_user, refused, early, old])

    async def seen(who: str, **want: str) -> list[str]:
        return [use.signing for use in (await read(first, who, **want)).uses]

    assert await seen(owner) == [first.id, by_user.id, refused.id, early.id, old.id]
    assert await seen(owner, seal=other.id) == [by_user.id, refused.id]
    assert await seen(owner, person=user.person_id) == [by_user.id]
    assert await seen(owner, outcome="refused") == [refused.id]
    assert await seen(owner, kind="bid") == [old.id]
    assert await seen(owner, kind="none") == [refused.id]
    assert await seen(owner, begin="2026-11-23") == [first.id, by_user.id, refused.id, early.id]
    counted = (await read(first, owner)).counted
    assert counted is not None
    assert [(week.begin, week.uses) for week in counted.weeks if week.uses] == [
        ("2026-10-19", 1),
        ("2026-11-23", 3),
    ], "weeks are China's, and what was refused is no use"
    assert await seen(owner, end="2026-11-22") == [old.id]
    assert await seen(keeper.person_id) == [by_user.id, refused.id], "of the seal he keeps"
    assert await seen(user.person_id) == [by_user.id], "his own"
    told = await read(first, user.person_id)
    assert ([each.id for each in told.seals], told.people, told.whole) == ([other.id], (), False)
    for wrong in ({"begin": "2026-13-01"}, {"begin": "2026-11-24", "end": "2026-11-23"}, {"kind": "x"}):
        with pytest.raises(Invalid):
            await read(first, owner, **wrong)
    for before in ("1", "x-" + "0" * 24):
        with pytest.raises(Invalid):
            await read(first, owner, before)
    manager = await member(first.company_id, MemberRole.MANAGER, "李四")
    name = (await Document.get(id=first.document_id)).name
    assert {use.document for use in (await read(first, owner)).uses} == {name}
    assert {use.document for use in (await read(first, manager.id)).uses} == {"合….pdf"}, "ADR 23"
    agent = await member(first.company_id, MemberRole.AGENT, "赵六")
    with pytest.raises(Refused):
        await read(first, agent.id)
    with pytest.raises(NotFound):
        await read(first, (await person()).id)


async def test_what_is_pointed_out_is_told_once_and_stands_in_the_ledger_each_time() -> None:
    first, owner = await firm()
    night = NOON + timedelta(hours=14)  # two in the morning
    rows = [another(first, -60 * 14 - place, confirmer=owner) for place in range(2)]
    await Signing.bulk_create(rows)
    for row in rows:
        async with transaction():
            await events.append(
                events.company_stream(row.company_id),
                "signing.confirmed",
                actor=f"person:{owner}",
                subject=f"signing:{row.id}",
                now=night + timedelta(minutes=1),
                facts={"way": "sms", "same_device": True},
            )
            noticed = await noticing.look(row, night + timedelta(minutes=2))
            await noticing.tell(row, noticed, night + timedelta(minutes=2))
    told = await Event.filter(kind__startswith="ledger.").order_by("seq").values_list("kind", flat=True)
    assert told == ["ledger.noticed", "ledger.marked"]
    page = await read(first, owner, end="2026-11-24")
    marked = {use.signing: [mark.rule for mark in use.marks] for use in page.uses}
    assert marked == {rows[0].id: [Mark.NIGHT], rows[1].id: [Mark.NIGHT], first.id: []}
    assert page.uses[0].channel == "same_device"


async def test_the_use_itself_does_not_make_its_kind_a_usual_one() -> None:
    first, owner = await firm()
    await Signing.bulk_create([another(first, place) for place in range(1, USUAL_FROM)])
    for kind, marks in (("finance", [Mark.UNUSUAL_KIND]), ("contract", None)):
        row = another(first, 0, document_kind=kind)
        await row.save(force_create=True)
        async with transaction():
            await events.append(
                events.company_stream(row.company_id),
                "signing.confirmed",
                actor=f"person:{owner}",
                subject=f"signing:{row.id}",
                now=NOON + timedelta(minutes=1),
                facts={"way": "sms"},
            )
            noticed = await noticing.look(row, NOON + timedelta(minutes=2))
        assert (None if noticed is None else list(noticed.marks)) == marks


async def test_keeping_is_told_of_seals_and_grants() -> None:
    first, owner = await firm()
    grant = await granted(first, "钱*", GrantRole.USER, first.seal_id)
    for kind, subject in (("seal.collected", f"seal:{first.seal_id}"), ("grant.made", f"grant:{grant.id}")):
        async with transaction():
            await events.append(
                events.company_stream(first.company_id),
                kind,
                actor=f"person:{owner}",
                subject=subject,
                now=NOON,
                facts={"seal": first.seal_id},
            )
    told = (await read(first, owner, part="acts", seal=first.seal_id)).acts
    assert [(act.zh, act.by_masked, act.of_masked) for act in told] == [
        ("授权他人使用", "王*", "钱*"),
        ("领取", "王*", None),
    ]
    assert (await read(first, owner, part="acts", person=grant.person_id)).acts == told[:1]
    assert (await read(first, owner, before=str(told[0].seq), part="acts")).acts == told[1:]


async def test_a_spreadsheet_holds_text_and_no_formula() -> None:
    first, owner = await firm()
    await Document.filter(id=first.document_id).update(name=HOSTILE)
    his = await view(first.company_id, owner, NOON)
    name, data = await sheets.workbook(his, Wanted(), NOON, RECORDS)
    assert name == "用印台账-20261123-1200.xlsx"
    book = openpyxl.load_workbook(BytesIO(data))
    assert book.sheetnames == ["用印登记", "保管登记"]
    cells = [cell for row in book["用印登记"].iter_rows() for cell in row]
    assert f"'{HOSTILE}" in {cell.value for cell in cells}
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}, "f would be a formula"
    assert "2026-11-23 12:00:00" in {cell.value for cell in cells}, "China's time"
    assert "王*" in {cell.value for cell in cells}
    for typed in ("=1", "+1", "-1", "@x", " =1", "\t=1"):
        assert str(sheets.cell_text(typed)).startswith("'")
