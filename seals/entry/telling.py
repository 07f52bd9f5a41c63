"""The events of an application, in its applicant's stream: he has no company's yet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from auth import events
from seals.entry.models import EntryApplication

__all__ = ["tell"]


async def tell(
    row: EntryApplication,
    kind: str,
    actor: str,
    now: datetime,
    facts: Mapping[str, object] | None = None,
) -> None:
    """Append, last in the transaction. kind: without its `entry.`. No reason and no file is among the facts:
    those stand in the round.
    """
    await events.append(
        events.person_stream(row.applicant_id),
        f"entry.{kind}",
        actor=actor,
        subject=f"entry:{row.id}",
        now=now,
        facts={"company_name": row.company_name, "uscc": row.uscc, **(facts or {})},
    )
