"""The receipt of a company's filing (备案回执, R125, R128): ordered with its approval, or by who may file."""

from __future__ import annotations

import json
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth.china import second
from auth.engine import transaction
from auth.errors import Conflict
from auth.events import commitment_bytes, company_stream, link_bytes, sha256
from auth.models import Event
from seals.filing.found import own_filing
from seals.filing.receipts import receipt_of
from seals.filing_models import CompanyFiling
from seals.kinds import SealKind, spec
from seals.models import Seal
from seals.paper_models import Paper, PaperKind
from seals.papers import ordering
from seals.papers.heading import heading, unfit
from seals.papers.seal_papers import seal_data
from seals.signing.workshop import Workshop

__all__ = ["filing_data", "place", "receipt_paper"]


async def place(row: CompanyFiling, now: datetime) -> None:
    """Order it with the approval, in its transaction, before its events."""
    await ordering.place(
        PaperKind.FILING,
        row.id,
        company_id=row.company_id,
        asker_id=row.person_id,
        now=now,
        said={"filing": row.id},
        later=ordering.LATER,
    )


async def receipt_paper(filing_id: str, person_id: str, now: datetime) -> Paper:
    """The paper of a filing. Raises NotFound `filing.not_found`; Refused `access.denied`; Conflict
    `filing.no_receipt` where it was not approved.
    """
    row = await own_filing(filing_id, person_id, now)
    if row.receipt_number is None:
        raise Conflict(
            "filing.no_receipt",
            "该备案没有通过审核，没有回执。",
            "This filing was not approved, so there is no receipt.",
        )
    ordered = Paper.filter(kind=PaperKind.FILING, subject=row.id)
    if not await ordered.exists():
        async with transaction():
            await place(row, now)
    return await ordered.order_by("created_at").get()


async def filing_data(paper: Paper, now: datetime, workshop: Workshop, identity: Ed25519PublicKey) -> str:
    """The JSON for `set_paper`, held to the event of the approval. Raises Conflict `paper.unfit`."""
    row = await CompanyFiling.get(id=paper.subject, company_id=paper.company_id)
    said = await receipt_of(row, now, workshop.records)
    event = await Event.get_or_none(
        stream=company_stream(row.company_id), subject=f"filing:{row.id}", kind="filing.approved"
    )
    if said is None or event is None or not _agrees(row, event):
        raise unfit()
    seal = await Seal.get(id=row.seal_id, company_id=row.company_id)
    return json.dumps(
        {
            "paper": heading(paper, now, workshop),
            "receipt": {
                "number": said.number,
                "filing": said.filing,
                "scope": said.scope,
                "name": said.seal_name,
                "kind_zh": spec(SealKind(said.kind_of_seal)).zh,
                "district": said.district,
                "filed_by": said.filed_by,
                "filed_at": second(said.filed_at),
                "approved_at": second(said.approved_at),
                "from": second(said.valid_from),
                "until": second(said.valid_until),
                "maker_filing": said.maker_filing,
                "maker_reference": said.maker_reference,
            },
            "unit": {"name": said.company_name, "uscc": said.uscc},
            "seal": seal_data(seal),
        },
        ensure_ascii=False,
    )


def _agrees(row: CompanyFiling, event: Event) -> bool:
    whole = sha256(commitment_bytes(event)) == event.commitment and sha256(link_bytes(event)) == event.hash
    until = "" if row.valid_until is None else row.valid_until.isoformat()
    told = (event.facts["number"], event.facts["receipt"], event.facts["seal"])
    same = datetime.fromisoformat(event.facts["until"]) == datetime.fromisoformat(until)
    return whole and same and told == (row.number, row.receipt_number, row.seal_id)
