"""The ledger of a company's seals: who used which on what, and how they are kept."""

from __future__ import annotations

from sanic import Blueprint, Request

from seals.ledger import reading
from seals.ledger.reading import LedgerView
from seals.ledger.wanting import Wanted
from server.api.operation import it, operation, session
from server.context import now

__all__ = ["ledger"]

ledger = Blueprint("ledger", url_prefix="/api")

FILTERS = {
    "seal": "of which seal, by id",
    "person": "confirmed by whom, by id",
    "begin": "from this day on, China's, ISO",
    "end": "up to this day, China's, ISO",
    "kind": "of which kind of document, `none` for unstated",
    "outcome": "signed, waiting, refused, ended or failed",
}


@operation(
    ledger,
    "GET",
    "/companies/<company:str>/ledger",
    "The ledger of the company's seals, newest first, as far as one may see it",
    answer=LedgerView,
    query={
        **FILTERS,
        "part": "`acts` for how seals are kept, else how they were used",
        "before": "`next` of the page that was read last",
    },
)
async def read_ledger(request: Request, company: str) -> LedgerView:
    args = request.args
    wanted = Wanted(
        seal=args.get("seal", ""),
        person=args.get("person", ""),
        begin=args.get("begin", ""),
        end=args.get("end", ""),
        kind=args.get("kind", ""),
        outcome=args.get("outcome", ""),
    )
    part = "acts" if args.get("part") == "acts" else "uses"
    return await reading.read(
        company, part, wanted, args.get("before"), session(request).person_id, now(), it(request).records
    )
