"""Make the papers that were ordered, in the sealer's role `work`: gather, set, seal, keep.

May be killed anywhere: the row is taken again when its lease ends, files are named by their content, and one
conditional update makes a file the paper's.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tortoise.expressions import F, Q
from tortoise.queryset import QuerySet

from auth import events
from auth.engine import transaction
from auth.errors import DomainError, Unavailable
from seals.evidence.reporting.report import report_data
from seals.ledger.paper import ledger_data
from seals.paper_models import Paper, PaperKind, PaperState
from seals.papers.filing_receipt import filing_data
from seals.papers.forms import FORMS, forms_data
from seals.papers.kinds import PAPERS
from seals.papers.licence_print import licence_data
from seals.papers.seal_papers import cancelling_data, making_data
from seals.papers.sealing import PaperSealer
from seals.signing.workshop import Workshop

__all__ = ["MAX_ATTEMPTS", "make", "take"]

LEASE = timedelta(minutes=2)
PAUSE = timedelta(seconds=5)
MAX_ATTEMPTS = 10

_DATA: Mapping[PaperKind, Callable[[Paper, datetime, Workshop, Ed25519PublicKey], Awaitable[str]]] = {
    PaperKind.EVIDENCE: report_data,
    PaperKind.MAKING: making_data,
    PaperKind.CANCELLING: cancelling_data,
    PaperKind.LICENCE: licence_data,
    PaperKind.FILING: filing_data,
    **dict.fromkeys(FORMS, forms_data),
    PaperKind.LEDGER: ledger_data,
}
_log = logging.getLogger(__name__)


async def take(owner: str, now: datetime) -> Paper | None:
    """Claim a paper that waits; None when there is none."""
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    row = await Paper.filter(free, state=PaperState.WAITING).order_by("created_at").first()
    if row is None:
        return None
    claimed = await Paper.filter(free, id=row.id, state=PaperState.WAITING, fence=row.fence).update(
        lease_owner=owner, lease_until=now + LEASE, fence=F("fence") + 1, attempts=F("attempts") + 1
    )
    return await Paper.get(id=row.id) if claimed else None


async def make(row: Paper, sealer: PaperSealer, workshop: Workshop, clock: Callable[[], datetime]) -> None:
    """WAITING → MADE, or FAILED with the reason; what does not answer now is tried again.

    workshop: whose inspector reads what the paper is about.
    """
    try:
        data = await _DATA[row.kind](row, clock(), workshop, sealer.identity)
        pdf = await sealer.apart.inspector.set_paper(row.kind.value, data)
        sealed = await sealer.seal(pdf, clock())
        sha256 = await workshop.blobs.put(sealed)
    except Unavailable as error:
        _log.warning("a paper waits: %s", error.code)
        if row.attempts >= MAX_ATTEMPTS:
            await _fail(row, error)
        else:
            await _mine(row).update(lease_until=clock() + PAUSE)
    except DomainError as error:
        await _fail(row, error)
    except Exception:
        # Whatever it is, it is no reason to take the same paper for ever.
        if row.attempts >= MAX_ATTEMPTS:
            await _fail(row, _broken())
        raise
    else:
        await _keep(row, sha256, clock())


def _mine(row: Paper) -> QuerySet[Paper]:
    return Paper.filter(id=row.id, state=PaperState.WAITING, fence=row.fence)


async def _keep(row: Paper, sha256: str, now: datetime) -> None:
    async with transaction():
        if not await _mine(row).update(state=PaperState.MADE, sha256=sha256, made_at=now):
            return  # another one was quicker
        streams = [events.PLATFORM]
        if PAPERS[row.kind.value].told:
            own = row.company_id
            streams.insert(0, events.company_stream(own) if own else events.person_stream(row.asker_id))
        for stream in streams:
            await events.append(
                stream,
                "paper.made",
                actor="sealer",
                subject=f"paper:{row.id}",
                now=now,
                on_behalf=row.company_id,
                facts={"kind": row.kind.value, "number": row.number, "sha256": sha256, "of": row.subject},
            )


async def _fail(row: Paper, error: DomainError) -> None:
    await _mine(row).update(
        state=PaperState.FAILED, reason={"code": error.code, "zh": error.zh, "en": error.en}
    )


def _broken() -> Unavailable:
    return Unavailable(
        "paper.broken",
        "文书未能出具，请联系客服。",
        "The paper could not be made; contact support.",
    )
