"""Cards of what a member asks of a seal's life: asked, and what came of it (R44)."""

from __future__ import annotations

from auth.authority import Act
from h5.thread import looks
from h5.thread.cards import Action, Content, Telling
from seals.asks.asking import opened
from seals.asks.models import AskState, SealAsk

__all__ = ["ask_declined", "ask_done", "ask_lapsed", "ask_made", "ask_moot"]


def ask_made(t: Telling) -> Content:
    """Leads the representative to where he carries it out or declines it, while it waits."""
    row = t.rows.asks[t.row_id]
    stands = looks.state(t, "ask_state", row.state.value)
    lines = (*_what(t, row), t.w("card.ask_letter", number=row.letter_number), stands.line)
    seal = t.rows.seal(row.seal_id)
    return Content(_title(t, row), lines, _see(t, row), looks.imprints([seal]), state=stands)


def ask_done(t: Telling) -> Content:
    return _ended(t, "card.ask_done")


def ask_declined(t: Telling) -> Content:
    row = t.rows.asks[t.row_id]
    said = opened(row, "answer", t.reader.records)
    lines = (t.w("card.reason", reason=said),) if said else ()
    return _ended(t, "card.ask_declined", lines)


def ask_lapsed(t: Telling) -> Content:
    return _ended(t, "card.ask_lapsed", (t.w("card.ask_lapsed_text"),))


def ask_moot(t: Telling) -> Content:
    return _ended(t, "card.ask_moot", (t.w("card.ask_moot_text"),))


def _ended(t: Telling, title: str, lines: tuple[str, ...] = ()) -> Content:
    row = t.rows.asks[t.row_id]
    return Content(t.w(title, what=t.w(f"life.ask_{row.change}")), (*_seal(t, row), *lines))


def _title(t: Telling, row: SealAsk) -> str:
    return t.w("card.ask_made", what=t.w(f"life.ask_{row.change}"))


def _seal(t: Telling, row: SealAsk) -> tuple[str, ...]:
    return (t.w("card.seal", name=t.rows.seal(row.seal_id).name),)


def _what(t: Telling, row: SealAsk) -> tuple[str, ...]:
    said = opened(row, "reason", t.reader.records)
    return (
        *_seal(t, row),
        t.w("card.who", who=t.who()),
        *((t.w("card.reason", reason=said),) if said else ()),
    )


def _see(t: Telling, row: SealAsk) -> tuple[Action, ...]:
    if row.state is not AskState.WAITING or not t.may(Act.DECIDE_CHANGE, t.owner_id):
        return ()
    return (t.link("card.do_ask", f"/m/seals/{row.company_id}"),)
