"""Cards of the platform's papers: one is made, somebody took one."""

from __future__ import annotations

from h5.thread.cards import Content, Press, Telling
from seals.papers.kinds import PAPERS

__all__ = ["paper_exported", "paper_made"]


def _title(t: Telling) -> str:
    kind = PAPERS[str(t.told.event.facts["kind"])]
    return t.either(f"《{kind.zh}》", kind.en)


def _number(t: Telling) -> str:
    return t.w("card.paper_number", number=t.told.event.facts["number"])


def paper_made(t: Telling) -> Content:
    """It is opened from here, and found again on the page of papers."""
    take = Press(t.w("card.do_paper"), f"/api/papers/{t.row_id}/exports/pdf")
    lines = (_number(t), t.w("card.paper_made_text"))
    title, company = t.w("card.paper_made", title=_title(t)), t.told.event.on_behalf
    if company is None:  # of an application whose company is not here yet
        return Content(title, lines, (take,))
    return Content(title, lines, (take, t.link("card.do_papers", f"/m/papers/{company}")))


def paper_exported(t: Telling) -> Content:
    """Several times in a minute are one."""
    lines = (_number(t), t.w("card.who", who=t.who()))
    return Content(t.w("card.paper_exported", title=_title(t)), lines, brief=True)
