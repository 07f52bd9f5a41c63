"""The conversation: cards, typing, read marks, live."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

from pydantic import TypeAdapter
from sanic import Blueprint, Request

from h5 import conversation
from h5.conversation import OneThread, Reader, Said, Thread, Unread
from h5.rendering import language_of
from h5.thread import live
from h5.thread.cards import Card
from h5.thread.cursor import decode
from h5.thread.live import Heartbeat, NewCard
from h5.thread.searching import MAX_WORDS, Found, search
from server.api.operation import Body, Id, it, operation, session
from server.api.streams import open_stream
from server.context import now
from server.markwatch import MarkWatch

__all__ = ["thread"]

thread = Blueprint("thread", url_prefix="/api")

OF_COMPANY = {"company": "A company's id: its thread; else all of them as one"}

_card_json = TypeAdapter(Card)


class Message(Body):
    """What was typed, 1 to 500 characters. company: in whose thread."""

    text: str
    company: Id | None = None


class ReadUpTo(Body):
    """A cursor, as `GET /api/thread` and the events give it. company: in whose thread."""

    cursor: str
    company: Id | None = None


@dataclass(frozen=True)
class Threads:
    """The companies to switch between. reader: whose threads they are, for what his browser keeps unsent."""

    reader: str
    threads: tuple[OneThread, ...]


def _reader(request: Request) -> Reader:
    return Reader(session(request).person_id, language_of(request), it(request).records)


def _marks(request: Request) -> MarkWatch:
    """This process's watch, made by the first who needs it."""
    ctx = request.app.ctx
    if not hasattr(ctx, "marks"):
        ctx.marks = MarkWatch(it(request).hub)
    watch: MarkWatch = ctx.marks
    return watch


@operation(
    thread,
    "GET",
    "/thread",
    "The newest cards, or those before a card",
    answer=Thread,
    query={"before": "A card's id: those before it", **OF_COMPANY},
)
async def read_thread(request: Request) -> Thread:
    before, company = request.args.get("before"), request.args.get("company")
    return await conversation.read(_reader(request), before, now(), company)


@operation(thread, "GET", "/thread/companies", "The companies whose threads one has", answer=Threads)
async def list_threads(request: Request) -> Threads:
    reader = _reader(request)
    return Threads(reader.person_id, await conversation.threads(reader, now()))


@operation(
    thread,
    "GET",
    "/thread/search",
    "Cards that hold all words, newest first",
    answer=Found,
    query={
        "q": f"Words, {MAX_WORDS} characters at most",
        "before": "A card's id: go on from there",
        **OF_COMPANY,
    },
)
async def search_thread(request: Request) -> Found:
    args = request.args
    return await search(_reader(request), args.get("q", ""), args.get("before"), now(), args.get("company"))


@operation(
    thread, "POST", "/thread/messages", "Type into the conversation", answer=Said, body=Message, status=201
)
async def say(request: Request, body: Message) -> Said:
    return await conversation.say(_reader(request), body.text, now(), body.company)


@operation(thread, "POST", "/thread/read", "Set the read mark forward", answer=Unread, body=ReadUpTo)
async def mark_thread_read(request: Request, body: ReadUpTo) -> Unread:
    person = session(request).person_id
    left = await conversation.mark_read(person, body.cursor, now(), body.company)
    _marks(request).moved(person)
    return left


@operation(
    thread,
    "GET",
    "/thread/events",
    "Follow the conversation (server-sent events `card` and `unread`)",
    media="text/event-stream",
    query={"after": "A cursor: from there on, until the header Last-Event-ID says more", **OF_COMPANY},
)
async def follow_thread(request: Request) -> None:
    """Goes on after the header Last-Event-ID, or at first after the query parameter `after`."""
    who = session(request)
    after = request.headers.get("last-event-id") or request.args.get("after")
    cursor = decode(after) if after else None
    reader = _reader(request)
    marks = _marks(request)
    with marks.page(who.person_id):
        response = await open_stream(request)
        wait = partial(marks.wait, who.person_id)
        company = request.args.get("company")
        async with aclosing(live.follow(reader, who.id, cursor, wait, now, company)) as news:
            async for one in news:
                await response.send(_sent(one))
        await response.eof()


def _sent(one: NewCard | Unread | Heartbeat) -> str:
    match one:
        case NewCard(card, cursor):
            return f"id: {cursor}\nevent: card\ndata: {_card_json.dump_json(card).decode()}\n\n"
        case Unread(unread, elsewhere):
            return f'event: unread\ndata: {{"unread":{unread},"elsewhere":{elsewhere}}}\n\n'
        case _:
            return ": still here\n\n"
