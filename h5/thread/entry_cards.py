"""Cards of an application of a company that exists already, in its applicant's own thread."""

from __future__ import annotations

from auth.authority import Act
from h5.thread import looks
from h5.thread.cards import Action, Content, State, Telling
from seals.entry.cases import PER_SEAL_SEPARATOR
from seals.entry.lapsing import RETURNED_FOR
from seals.entry.models import EntryState

__all__ = [
    "entry_approved",
    "entry_lapsed",
    "entry_rejected",
    "entry_resubmitted",
    "entry_returned",
    "entry_submitted",
    "entry_verified",
    "entry_withdrawn",
]


def _head(t: Telling) -> tuple[list[str], State]:
    row = t.rows.entries[t.row_id]
    stands = looks.state(t, "entry_state", row.state.value)
    company = t.w("card.company", name=t.told.event.facts["company_name"])
    return [company, t.w("card.uscc", uscc=t.told.event.facts["uscc"]), stands.line], stands


def _see(t: Telling) -> tuple[Action, ...]:
    """The page of the application, which is its applicant's alone."""
    mine = t.rows.entries[t.row_id].applicant_id == t.reader.person_id
    return (t.link("card.do_entry", f"/m/apply/{t.row_id}"),) if mine else ()


def _told(t: Telling, title: str, *more: str) -> Content:
    lines, stands = _head(t)
    return Content(t.w(title), [*lines, *more], _see(t), state=stands)


def entry_submitted(t: Telling) -> Content:
    return _told(t, "card.entry_submitted", t.w("card.entry_submitted_text"))


def entry_resubmitted(t: Telling) -> Content:
    return _told(t, "card.entry_resubmitted")


def entry_verified(t: Telling) -> Content:
    return _told(t, "card.entry_verified", t.w(f"card.entry_verified_{t.told.event.facts['way']}"))


def entry_withdrawn(t: Telling) -> Content:
    return _told(t, "card.entry_withdrawn")


def entry_lapsed(t: Telling) -> Content:
    return _told(t, "card.entry_lapsed", t.w("card.entry_lapsed_text", days=RETURNED_FOR.days))


def entry_returned(t: Telling) -> Content:
    """Item by item, as the reviewer said it in that round."""
    lines, stands = _head(t)
    returned = t.rows.entry_rounds[f"{t.row_id}:{t.told.event.facts['round']}"].returned
    for slot, reason in returned.items():
        kind = slot.partition(PER_SEAL_SEPARATOR)[0]
        lines.append(t.w("card.entry_item", item=t.w(f"entry.m_{kind}"), reason=reason))
    waits = t.rows.entries[t.row_id].state is EntryState.RETURNED
    if waits:
        lines.append(t.w("card.entry_returned_days", days=RETURNED_FOR.days))
    again = (t.link("card.do_entry_again", f"/m/apply/{t.row_id}"),) if waits else _see(t)
    return Content(t.w("card.entry_returned"), lines, again, state=stands)


def entry_rejected(t: Telling) -> Content:
    row = t.rows.entries[t.row_id]
    reason = (t.w("card.reason", reason=row.reason),) if row.reason else ()
    return _told(t, "card.entry_rejected", *reason)


def entry_approved(t: Telling) -> Content:
    company = t.rows.companies[str(t.told.event.facts["company"])]
    lines = [
        t.w("card.company", name=company.name),
        t.w("card.uscc", uscc=company.uscc),
        t.w("card.entry_approved_text"),
    ]
    actions: tuple[Action, ...] = _see(t)
    if t.may(Act.COLLECT, company.id):
        actions = (*t.collect(company.id), t.link("card.do_licence", f"/m/licence/{company.id}"))
    else:
        lines.append(t.w("card.application_approved_other"))
    return Content(t.w("card.entry_approved"), lines, actions)
