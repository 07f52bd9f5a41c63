"""Cards of the ledger: what it points out, and that it was taken out of here."""

from __future__ import annotations

from auth.authority import Act
from h5.thread.cards import Content, Telling
from seals.ledger.marks import MARK_WORDS, Mark

__all__ = ["ledger_exported", "ledger_noticed"]


def ledger_noticed(t: Telling) -> Content:
    """A use to look at, and by which rule; it may be quite right."""
    row = t.rows.signings[t.row_id]
    marks = (Mark(each) for each in t.told.event.facts["told"])
    lines = [
        t.w("card.seal", name=t.rows.seal(row.seal_id).name),
        *(t.either(*MARK_WORDS[mark]) for mark in marks),
        t.w("card.ledger_noticed_text"),
    ]
    able = t.may(Act.SEE_LEDGER, row.company_id)
    actions = (t.link("card.do_ledger", f"/m/ledger/{row.company_id}"),) if able else ()
    return Content(t.w("card.ledger_noticed"), lines, actions)


def ledger_exported(t: Telling) -> Content:
    """Somebody took it out of here; several times in a minute are one."""
    company = t.rows.companies[t.row_id]
    lines = (
        t.w("card.company", name=company.name),
        t.w("card.who", who=t.who()),
        t.w(f"card.ledger_as_{t.told.event.facts['form']}"),
    )
    return Content(t.w("card.ledger_exported"), lines, brief=True)
