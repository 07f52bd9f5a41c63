"""All that the evidence report of a signing says, as its template reads it.

The same for everybody who may have it: people are masked, of others' signings only what their verification
page tells anyway.
"""

from __future__ import annotations

import json
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from seals.evidence.reporting.acts import acts
from seals.evidence.reporting.case import load
from seals.evidence.reporting.proofs import proofs
from seals.paper_models import Paper
from seals.papers.heading import heading
from seals.signing.workshop import Workshop

__all__ = ["report_data"]


async def report_data(paper: Paper, now: datetime, workshop: Workshop, identity: Ed25519PublicKey) -> str:
    """The JSON for `set_paper`. identity: the sealer's, under which must stand what the rows say.

    Raises Conflict `signing.not_signed`, `evidence.unreadable`; Unavailable `evidence.not_yet`.
    """
    case = await load(paper.subject, workshop.records, identity)
    told = await acts(case)
    proven = await proofs(case, workshop, identity, now)
    stated = told.pop("stated_zh")
    proven["document"]["stated"] = stated
    proven["document"]["agreed"] = told.pop("agreed")
    who = told["confirmed"]["who"]
    return json.dumps(
        {
            "paper": heading(paper, now, workshop),
            **told,
            **proven,
            "summary_en": f"The document was sealed by {case.licence.data['company_name']} with the seal "
            f"named above at {proven['signed_at']} (timestamp), confirmed by {who} with PIN and "
            f"{'a code by text message' if case.device is None else 'an enrolled device'}. "
            "When this report was made the platform verified the sealed file step by step; see below.",
        },
        ensure_ascii=False,
    )
