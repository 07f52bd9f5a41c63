"""A request of a member for a change of a seal, for walks: put in as a row, for its letter takes seconds."""

from __future__ import annotations

from auth.tokens import new_id
from tests.http.site import Party, Site, invited

__all__ = ["asked_of"]


def asked_of(site: Site, owner: Party, number: int) -> str:
    """That a seal be cancelled, by somebody invited with this number; it waits."""
    row, member = new_id(), invited(owner, number)["id"]
    columns = {
        "id": row,
        "company_id": owner.company,
        "seal_id": owner.seal("finance"),
        "member_id": member,
        "person_id": site.column("member", "person_id", id=member)[0],
        "change": "cancel",
        "reason_sealed": b"",
        "paper_id": owner.client.papers(owner.company)[0]["id"],
        "letter_number": "W",
        "letter_sha256": "0" * 64,
        "state": "waiting",
        "open": row,
        "created_at": "2026-01-01 00:00:00+00:00",
        "ends_at": "2099-01-01 00:00:00+00:00",
    }
    names, marks = ", ".join(f'"{each}"' for each in columns), ", ".join("?" * len(columns))
    site.change(f"INSERT INTO seal_ask ({names}) VALUES ({marks})", *columns.values())  # noqa: S608  (ours)
    return row
