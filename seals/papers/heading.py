"""What every paper says of itself: title, number, code, moment, issuer. As `templates/house.typ` reads it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from auth.china import second
from auth.errors import Conflict
from auth.tokens import group_code
from seals.certificates import is_development, load_certificate
from seals.imprint import BLACK, to_svg
from seals.mark import draw_mark
from seals.paper_models import Paper
from seals.papers.kinds import PAPERS
from seals.signing.workshop import Workshop

__all__ = ["ISSUER", "heading", "unfit"]

ISSUER = "e章通平台"


def heading(paper: Paper, now: datetime, workshop: Workshop) -> dict[str, object]:
    """The `paper` of its data."""
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


def unfit() -> Conflict:
    """The rows that a paper is about are not as certificates, licence and events say."""
    return Conflict(
        "paper.unfit",
        "平台记录与证书、执照或事件记录不一致，不能出具文书。请联系客服。",
        "The records do not agree with certificates, licence or events, so no paper is made of them. "
        "Please contact support.",
    )
