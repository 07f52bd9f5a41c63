"""One thread per company: what stands where, what is read where; searching; quick replies; suggestions."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from auth import events
from auth.engine import transaction
from auth.errors import Invalid, NotFound
from auth.events import company_stream, person_stream
from h5 import conversation
from h5.conversation import Unread
from h5.thread import live, searching
from h5.thread.cards import Card, Say
from h5.thread.chat import SUGGESTED, suggestions, understand
from h5.thread.live import NewCard
from h5.thread.marks import MAX_UNREAD
from h5.thread.searching import search
from h5.words import WORDS
from seals.freezing import freeze
from seals.models import SigningState
from server.wakeups import Hub

MOBILE, OTHER = "13812345678", "13987654321"
SECOND = "上海银杏贸易有限公司"


async def two(world: Any) -> tuple[Any, Any, Any]:
    """Somebody with two companies."""
    who, first, _ = await world.owner()
    return who, first, await world.found(who, SECOND, MOBILE)


async def thread(world: Any, who: Any, company: Any) -> conversation.Thread:
    return await conversation.read(world.reader(who), None, world.now, company.id)


async def read_to_the_end(world: Any, who: Any, company: Any) -> Unread:
    cursor = (await thread(world, who, company)).cursor
    return await conversation.mark_read(who.person_id, cursor, world.now, company.id)


def streams(told: conversation.Thread) -> set[str]:
    return {card.stream for card in told.cards}


async def about(world: Any, who: Any, company: Any | None) -> None:
    """Something in his own stream: of a company, or of nothing but himself."""
    async with transaction():
        await events.append(
            person_stream(who.person_id),
            "pin.unlocked" if company is None else "chat.replied",
            actor="sealer",
            subject="chat:0",
            now=world.tick(),
            on_behalf=company and company.id,
            facts={"reply": "help"},
        )


async def test_each_company_has_a_thread_and_ones_own_matters_stand_in_all(world: Any) -> None:
    who, first, second = await two(world)
    one, other = await thread(world, who, first), await thread(world, who, second)
    own = person_stream(who.person_id)
    assert streams(one) == {own, company_stream(first.id)}
    assert streams(other) == {own, company_stream(second.id)}
    approved = [card.id for card in one.cards if card.kind == "application.approved"]
    assert len(approved) == 1
    assert not set(approved) & {card.id for card in other.cards}
    await about(world, who, None)
    for company in (first, second):
        assert (await thread(world, who, company)).cards[-1].kind == "pin.unlocked"
    await conversation.say(world.reader(who), "印章", world.tick(), second.id)
    said = [card.kind for card in (await thread(world, who, second)).cards[-2:]]
    assert said == ["chat.said", "chat.replied"]
    assert world.links((await thread(world, who, second)).cards[-1]) == {"我的印章": f"/m/seals/{second.id}"}
    assert (await thread(world, who, first)).cards[-1].kind == "pin.unlocked"


async def test_reading_one_thread_leaves_the_others_unread(world: Any) -> None:
    who, first, second = await two(world)
    await read_to_the_end(world, who, first)
    await read_to_the_end(world, who, second)
    await about(world, who, second)
    assert await read_to_the_end(world, who, first) == Unread(0, 1)
    told = await conversation.threads(world.reader(who), world.now)
    assert [(each.name, each.unread) for each in told] == [(SECOND, 1), (first.name, 0)]
    assert (await thread(world, who, second)).unread == 1
    assert await read_to_the_end(world, who, second) == Unread(0, 0)
    await about(world, who, None)
    assert (await thread(world, who, first)).unread == (await thread(world, who, second)).unread == 1
    assert (await thread(world, who, first)).elsewhere == 0, (
        "what stands in every thread is no news elsewhere"
    )
    await read_to_the_end(world, who, first)
    assert (await thread(world, who, second)).unread == 0
    await about(world, who, second)
    whole = await world.thread(who)
    assert whole.unread == 1
    await conversation.mark_read(who.person_id, whole.cursor, world.now)
    assert (await thread(world, who, second)).unread == 0


async def test_a_thread_of_no_company_of_ones_own_is_not_there(world: Any) -> None:
    _, first, _ = await two(world)
    stranger = await world.log_in(OTHER)
    cursor = (await world.thread(stranger)).cursor
    for company in (first.id, "0" * 24, "x"):
        reader = world.reader(stranger)
        for act in (
            conversation.read(reader, None, world.now, company),
            conversation.say(reader, "帮助", world.now, company),
            conversation.mark_read(stranger.person_id, cursor, world.now, company),
            search(reader, "印章", None, world.now, company),
        ):
            with pytest.raises(NotFound) as refused:
                await act
            assert refused.value.code == "company.not_found"


async def test_news_of_another_company_are_told_by_their_number_only(world: Any) -> None:
    who, first, second = await two(world)
    for company in (first, second):
        await read_to_the_end(world, who, company)
    hub = Hub()
    news = live.follow(world.reader(who), who.id, None, hub.wait, lambda: world.now, first.id)
    assert await anext(news) == Unread(0, 0)
    await about(world, who, second)
    hub.wake(person_stream(who.person_id))
    assert await anext(news) == Unread(0, 1)
    await about(world, who, first)
    hub.wake(person_stream(who.person_id))
    told = await anext(news)
    assert isinstance(told, NewCard)
    assert told.card.kind == "chat.replied"
    await news.aclose()


async def test_unread_is_counted_no_further_than_anybody_counts(
    world: Any, caplog: pytest.LogCaptureFixture
) -> None:
    who, company, _ = await world.owner()
    for _ in range(MAX_UNREAD + 20):
        await about(world, who, None)
    assert (await world.thread(who)).unread == MAX_UNREAD
    with caplog.at_level(logging.DEBUG, "tortoise.db_client"):
        caplog.clear()
        await thread(world, who, company)
    reading = [record.getMessage() for record in caplog.records if 'FROM "event"' in record.getMessage()]
    assert reading
    assert not [query for query in reading if "LIMIT" not in query and '"seq"<$3' not in query]
    assert not [query for query in reading if "COUNT" in query]


async def found(world: Any, who: Any, words: str, **more: Any) -> list[Card]:
    return list((await search(world.reader(who), words, None, world.now, **more)).cards)


async def test_cards_are_found_by_the_words_that_are_read_on_them(world: Any) -> None:
    who, company, seals = await world.owner()
    document = await world.upload(who, company, "设备采购合同.pdf", from_thread=True)
    signing = await world.ask(who, document, seals[0])
    await world.move(signing, SigningState.REJECTED, reason="金额不对")
    await world.say(who, "我的 ＰＩＮ 忘了")
    kinds = [card.kind for card in await found(world, who, "采购")]
    assert kinds == ["signing.rejected", "signing.requested", "document.uploaded"]
    assert [card.kind for card in await found(world, who, "采购 金额")] == ["signing.rejected"]
    assert (await found(world, who, "pin 忘了"))[-1].title == "我的 ＰＩＮ 忘了"
    assert await found(world, who, "没有这个词") == []
    stranger = await world.log_in(OTHER, "李泽宇")
    assert await found(world, stranger, "采购") == []
    assert await found(world, who, " ") == []
    with pytest.raises(Invalid) as refused:
        await found(world, who, "字" * (searching.MAX_WORDS + 1))
    assert refused.value.code == "search.words"


async def test_a_search_is_bounded_and_can_be_gone_on_with(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "AT_ONCE", 4)
    monkeypatch.setattr(searching, "MAX_LOOKED_AT", 8)
    monkeypatch.setattr(searching, "MAX_FOUND", 3)
    who, company, seals = await world.owner()
    for number in range(10):
        await world.upload(who, company, f"合同{number}.pdf", from_thread=True)
    names, before = [], None
    for _ in range(20):
        page = await search(world.reader(who), "合同 pdf", before, world.now)
        assert len(page.cards) <= 3
        names += [card.lines[0] for card in page.cards]
        before = page.before
        if before is None:
            break
    assert names == [f"文件：合同{number}.pdf" for number in reversed(range(10))]
    await freeze(seals[0].id, who.person_id, world.tick())


async def test_quick_replies_are_what_can_be_done_now(world: Any) -> None:
    who = await world.log_in(MOBILE)

    async def offered() -> list[str]:
        return [action.label for action in (await world.thread(who)).quick]

    assert await offered() == ["企业设立登记", "已有企业申请印章", "验真", "帮助"]
    company = await world.found(who, "北京云杉科技有限公司", MOBILE)
    assert "领取印章" in await offered()
    seals = await world.collect(company)
    assert (await offered())[:2] == ["盖章", "我的印章"]
    document = await world.upload(who, company, "合同.pdf", from_thread=False)
    signing = await world.ask(who, document, seals[0])
    thread = await world.thread(who)
    assert world.links(Card(*[None] * 10, pictures=(), brief=False, actions=thread.quick[:1])) == {
        "待确认用印（1）": f"/m/seal?signing={signing.id}"
    }
    assert (await conversation.read(world.reader(who), thread.cards[-1].id, world.now)).quick == ()
    await world.move(signing, SigningState.CANCELLED)
    assert (await offered())[0] == "盖章"


async def test_what_comes_near_is_suggested(world: Any) -> None:
    who = await world.log_in(MOBILE)
    answer = await world.say(who, "敲个章吧")
    assert answer.actions[0] == Say("盖章", "盖章")
    assert answer.lines == ("您是不是想找：",)
    misspelt = await world.say(who, "whats my licnece", "en")
    assert misspelt.actions == (Say("licence", "licence"),)
    assert suggestions("今天天气怎么样") == ()
    for wish in SUGGESTED:  # what is suggested is understood as what it was suggested for
        assert [understand(words).wish for words in WORDS[f"say.{wish}"]] == [wish, wish]
