"""Cards of a company's filings (备案): handed in, decided, to be updated, ending."""

from __future__ import annotations

from datetime import datetime

from auth.authority import Act
from auth.china import minute
from h5.thread import looks
from h5.thread.cards import Content, Link, Telling

__all__ = ["filing_approved", "filing_ending", "filing_rejected", "filing_submitted", "filing_update_due"]


def filing_submitted(t: Telling) -> Content:
    row = t.rows.filings[t.row_id]
    stands = looks.state(t, "filing_state", row.state.value)
    kind = t.w(f"filing.kind_{t.told.event.facts['kind']}")
    lines = (*_what(t), t.w("card.filing_kind", kind=kind), stands.line)
    return Content(t.w("card.filing_submitted"), lines, _see(t), _imprint(t), state=stands)


def filing_approved(t: Telling) -> Content:
    facts = t.told.event.facts
    until = minute(datetime.fromisoformat(str(facts["until"])))
    lines = (
        *_what(t),
        t.w("card.filing_receipt", number=facts["receipt"]),
        t.w("card.filing_until", time=until),
        t.w("card.filing_approved_text"),
    )
    return Content(t.w("card.filing_approved"), lines, _see(t), _imprint(t))


def filing_rejected(t: Telling) -> Content:
    row = t.rows.filings[t.row_id]
    lines = (*_what(t), t.w("card.reason", reason=row.reason or ""), t.w("card.filing_rejected_text"))
    return Content(t.w("card.filing_rejected"), lines, _see(t))


def filing_update_due(t: Telling) -> Content:
    why = t.w(f"filing.due_{t.told.event.facts['why']}")
    return Content(t.w("card.filing_update_due"), (*_what(t), why, t.w("card.filing_update_text")), _see(t))


def filing_ending(t: Telling) -> Content:
    """Its validity ends soon, or has ended."""
    until = datetime.fromisoformat(str(t.told.event.facts["until"]))
    title = "card.filing_over" if until <= t.told.event.at else "card.filing_ending"
    lines = (*_what(t), t.w("card.filing_ending_text", time=minute(until)))
    return Content(t.w(title), lines, _see(t))


def _what(t: Telling) -> tuple[str, ...]:
    seal = t.rows.seal(str(t.told.event.facts["seal"]))
    return (t.w("card.seal", name=seal.name), t.w("card.filing_number", number=t.told.event.facts["number"]))


def _imprint(t: Telling) -> tuple[looks.Picture, ...]:
    return looks.imprints([t.rows.seal(str(t.told.event.facts["seal"]))])


def _see(t: Telling) -> tuple[Link, ...]:
    if not t.may(Act.FILE_SEAL, t.owner_id):
        return ()
    return (t.link("card.do_filing", f"/m/filing/{t.row_id}"),)
