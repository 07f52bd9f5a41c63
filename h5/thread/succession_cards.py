"""Cards of a change of the legal representative, for whom it was and for whom it is; of a name, of a type."""

from __future__ import annotations

from h5.thread.cards import Content, Telling
from seals.kinds import CompanyForm

__all__ = ["company_renamed", "company_retyped", "representative_ended", "representative_registered"]


def _of_trader(t: Telling) -> bool:
    return t.told.event.facts["form"] == CompanyForm.SOLE_TRADER.value


def company_renamed(t: Telling) -> Content:
    """Leads to collecting the seals with the new name, while there is something to collect."""
    facts = t.told.event.facts
    before = t.w("card.company_renamed_before", name=facts["before"])
    lines = (before, *_made_anew(t, "card.company_renamed_text"))
    return Content(t.w("card.company_renamed", name=facts["after"]), lines, t.collect(t.owner_id))


def company_retyped(t: Telling) -> Content:
    """The same of a type for which seals look otherwise."""
    facts = t.told.event.facts
    before = t.w("card.company_retyped_before", type=facts["before"])
    lines = (before, *_made_anew(t, "card.company_retyped_text"))
    return Content(t.w("card.company_retyped", type=facts["after"]), lines, t.collect(t.owner_id))


def _made_anew(t: Telling, text: str) -> tuple[str, ...]:
    facts = t.told.event.facts
    lines = (t.w("card.since", day=facts["since"]), t.w(text))
    ended = facts.get("filings", 0)
    return (*lines, t.w("card.filings_ended", count=ended)) if ended else lines


def representative_ended(t: Telling) -> Content:
    company = t.rows.companies[t.row_id]
    lines = (t.w("card.since", day=t.told.event.facts["since"]), t.w("card.representative_ended_text"))
    key = "card.representative_ended_trader" if _of_trader(t) else "card.representative_ended"
    return Content(t.w(key, name=company.name), lines)


def representative_registered(t: Telling) -> Content:
    """Leads to collecting, while there is something to collect and he still is it."""
    company = t.rows.companies[t.row_id]
    lines = (
        t.w("card.since", day=t.told.event.facts["since"]),
        t.w("card.uscc", uscc=company.uscc),
        t.w("card.representative_registered_text"),
    )
    key = "card.representative_registered_trader" if _of_trader(t) else "card.representative_registered"
    return Content(t.w(key, name=company.name), lines, t.collect(company.id))
