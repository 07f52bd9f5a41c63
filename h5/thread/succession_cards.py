"""Cards of a change of the legal representative: one for whom it was, one for whom it is."""

from __future__ import annotations

from h5.thread.cards import Content, Telling
from seals.kinds import CompanyForm

__all__ = ["representative_ended", "representative_registered"]


def _title(t: Telling, key: str, name: str) -> str:
    trader = t.told.event.facts["form"] == CompanyForm.SOLE_TRADER.value
    return t.w(f"{key}_trader" if trader else key, name=name)


def representative_ended(t: Telling) -> Content:
    company = t.rows.companies[t.row_id]
    lines = (t.w("card.since", day=t.told.event.facts["since"]), t.w("card.representative_ended_text"))
    return Content(_title(t, "card.representative_ended", company.name), lines)


def representative_registered(t: Telling) -> Content:
    """Leads to collecting, while there is something to collect and he still is it."""
    company = t.rows.companies[t.row_id]
    lines = (
        t.w("card.since", day=t.told.event.facts["since"]),
        t.w("card.uscc", uscc=company.uscc),
        t.w("card.representative_registered_text"),
    )
    return Content(_title(t, "card.representative_registered", company.name), lines, t.collect(company.id))
