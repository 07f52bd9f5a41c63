"""Cards of feedback that was answered, and of a seal whose document was reported."""

from __future__ import annotations

from auth.tokens import group_code
from h5.thread.cards import Content, Telling

__all__ = ["seal_reported", "ticket_answered"]


def ticket_answered(t: Telling) -> Content:
    """The answer itself is on the page of feedback."""
    lines = (t.w("card.ticket_number", number=t.told.event.facts["number"]),)
    return Content(t.w("card.ticket_answered"), lines, (t.link("card.do_feedback", "/feedback"),))


def seal_reported(t: Telling) -> Content:
    """Somebody reported a document with this seal; what to do is the company's."""
    seal = t.rows.seal(t.row_id)
    lines = (t.w("card.seal_reported_text", code=group_code(t.told.event.facts["code"])),)
    link = t.link("card.do_seals", f"/m/seals/{seal.company_id}")
    return Content(t.w("card.seal_reported", seal=seal.name), lines, (link,))
