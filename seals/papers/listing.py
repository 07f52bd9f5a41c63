"""The papers of a company as its people see them: which there are, whether what they state still holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from auth.authority import Act, company_no_such, known
from auth.errors import NotFound
from seals.paper_models import Paper, PaperState
from seals.papers.kinds import PAPERS
from seals.papers.standing import Stands, standing

__all__ = ["MOST", "PaperView", "listed", "own_paper", "paper_view"]

MOST = 200
"""So many are listed, the newest; each is found by its code for ever."""
_TOLD = [kind for kind, spec in PAPERS.items() if spec.told]


@dataclass(frozen=True)
class PaperView:
    """A paper. state: `waiting` (made when it is first wanted), `made`, `failed`; stands: once it is made.

    purpose: of a print of the licence, else empty. code: as printed, without groups.
    """

    id: str
    kind: str
    zh: str
    en: str
    number: str
    code: str
    state: str
    purpose: str
    created_at: datetime
    made_at: datetime | None
    valid_until: datetime | None
    stands: Stands | None
    reason_zh: str = ""
    reason_en: str = ""


async def listed(company_id: str, person_id: str, now: datetime) -> tuple[PaperView, ...]:
    """All of the company for whom may see them, else those that he ordered himself, newest first.

    Raises NotFound `company.not_found`.
    """
    his = await known(person_id, company_id, now, company_no_such())
    rows = Paper.filter(company_id=company_id, kind__in=_TOLD)
    if not his.may(Act.SEE_PAPERS):
        rows = rows.filter(asker_id=person_id)
    newest = await rows.order_by("-created_at", "-id").limit(MOST)
    return tuple([await paper_view(row, now) for row in newest])


async def own_paper(paper_id: str, person_id: str, now: datetime) -> Paper:
    """One that this person may have. Raises NotFound `paper.not_found`; Refused `access.denied`."""
    row = await Paper.get_or_none(id=paper_id, kind__in=_TOLD)
    if row is None:
        raise _no_such()
    if row.company_id is None:
        if row.asker_id != person_id:
            raise _no_such()
        return row
    his = await known(person_id, row.company_id, now, _no_such())
    if row.asker_id != person_id:
        his.require(Act.SEE_PAPERS)
    return row


def _no_such() -> NotFound:
    return NotFound("paper.not_found", "没有这份文书。", "There is no such paper.")


async def paper_view(row: Paper, now: datetime) -> PaperView:
    """As a list shows it."""
    kind, why = PAPERS[row.kind.value], row.reason or {}
    return PaperView(
        row.id,
        row.kind.value,
        kind.zh,
        kind.en,
        row.number,
        row.code,
        row.state.value,
        str(row.said.get("purpose", "")),
        row.created_at,
        row.made_at,
        row.valid_until,
        await standing(row, now) if row.state is PaperState.MADE else None,
        why.get("zh", ""),
        why.get("en", ""),
    )
