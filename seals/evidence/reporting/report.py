"""All that the evidence report of a signing says, as its template reads it.

The same for everybody who may have it: people are masked, of others' signings only what their verification
page tells anyway.
"""

from __future__ import annotations

import json
from datetime import datetime
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth.china import second
from auth.tokens import group_code
from seals.certificates import is_development, load_certificate
from seals.evidence.reporting.acts import acts
from seals.evidence.reporting.case import load
from seals.evidence.reporting.proofs import proofs
from seals.imprint import BLACK, to_svg
from seals.mark import draw_mark
from seals.paper_models import Paper
from seals.papers.kinds import PAPERS
from seals.signing.workshop import Workshop

__all__ = ["ISSUER", "report_data"]

ISSUER = "e章通平台"


async def report_data(paper: Paper, now: datetime, workshop: Workshop, identity: Ed25519PublicKey) -> str:
    """The JSON for `set_paper`. identity: the sealer's, under which must stand what the rows say.

    Raises Conflict `signing.not_signed`, `evidence.unreadable`; Unavailable `evidence.not_yet`.
    """
    case = await load(paper.subject, workshop.records, identity)
    told = await acts(case)
    proven = await proofs(case, workshop, identity, now)
    stated = told.pop("stated_zh")
    proven["document"]["stated"] = stated
    who = told["confirmed"]["who"]
    return json.dumps(
        {
            "paper": _paper(paper, now, workshop),
            **told,
            **proven,
            "summary_en": f"The document was sealed by {case.licence.data['company_name']} with the seal "
            f"named above at {proven['signed_at']} (timestamp), confirmed by {who} with PIN and "
            f"{'a code by text message' if case.device is None else 'an enrolled device'}. "
            "When this report was made the platform verified the sealed file step by step; see below.",
        },
        ensure_ascii=False,
    )


def _paper(paper: Paper, now: datetime, workshop: Workshop) -> dict[str, object]:
    url, kind = f"{workshop.public_url}/v/{paper.code}", PAPERS[paper.kind.value]
    return {
        "title_zh": kind.zh,
        "title_en": kind.en,
        "number": paper.number,
        "code": group_code(paper.code),
        "url": url,
        "host": urlsplit(url).netloc,
        "made": second(now),
        "issuer": ISSUER,
        "sandbox": is_development(load_certificate(workshop.root)),
        "mark": to_svg(draw_mark(url, paper.code), BLACK),
    }
