"""Where a card stands in its reader's thread."""

from __future__ import annotations

from collections.abc import Mapping

from auth.errors import NotFound
from h5.thread import history
from h5.thread.cursor import parse_card_id
from h5.thread.history import Position
from h5.thread.sight import Sight

__all__ = ["position"]


async def position(card: str, seen: Mapping[str, Sight]) -> Position:
    """Raises Invalid `thread.before`; NotFound `thread.card_not_found`, also for another person's card."""
    stream, seq = parse_card_id(card)
    event = await history.find(stream, seq) if stream in seen else None
    if event is None or not seen[stream].shows(event):
        raise NotFound("thread.card_not_found", "没有找到该消息。", "There is no such message.")
    return Position.of(event)
