"""The registrar's desk: applications come in, are approved or rejected, once. All on the sandbox's store."""

from __future__ import annotations

import json
import secrets
import sqlite3
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from auth.china import CHINA
from auth.identifiers import company_name, mobile, person_name, region
from server.sandbox.issuing import authority_name, last_day, new_licence_number, new_uscc

__all__ = ["ApplicationForm", "Taken", "approve", "decision", "listed", "reject", "take"]

SHOWN_DECIDED = 50
TERM_YEARS_MAX = 100
REASON_NAME_TAKEN = "名称已被登记，请更换企业名称后重新申请"
DRAWS = 20  # of a random code, before giving up on its uniqueness

Text = Annotated[str, Field(min_length=1, max_length=2000)]


class ApplicationForm(BaseModel):
    """An application as it is handed in."""

    model_config = ConfigDict(extra="forbid")

    company_name: Annotated[str, AfterValidator(company_name)]
    company_type: Text
    region: Annotated[str, AfterValidator(region)]
    address: Text
    capital_wan: Annotated[Decimal, Field(ge=0, max_digits=16, decimal_places=6)]
    business_scope: Text
    representative_name: Annotated[str, AfterValidator(person_name)]
    representative_id_number: Text
    representative_mobile: Annotated[str, AfterValidator(mobile)]
    term_years: Annotated[int, Field(ge=1, le=TERM_YEARS_MAX)] | None


class Taken(Exception):
    """The same application id came with other contents."""


def take(db: sqlite3.Connection, application_id: str, form: ApplicationForm, at: datetime) -> str:
    """Take an application; returns its reference. The same one again is the same application."""
    stored = form.model_dump_json()
    row = db.execute("SELECT * FROM application WHERE application_id = ?", (application_id,)).fetchone()
    if row is not None:
        if row["form"] != stored:
            raise Taken
        return str(row["reference"])
    reference = f"SB{at.astimezone(CHINA):%Y%m%d}{secrets.token_hex(5).upper()}"
    db.execute(
        "INSERT INTO application (reference, application_id, company_name, form, state, at)"
        " VALUES (?, ?, ?, ?, 'pending', ?)",
        (reference, application_id, form.company_name, stored, at.isoformat()),
    )
    if _name_taken(db, form.company_name):
        reject(db, reference, REASON_NAME_TAKEN, at)
    return reference


def approve(db: sqlite3.Connection, reference: str, at: datetime) -> None:
    """Register the company; a name that is already registered is rejected instead. Once decided, it stays."""
    row = db.execute("SELECT * FROM application WHERE reference = ?", (reference,)).fetchone()
    if row is None:
        return
    if _name_taken(db, row["company_name"]):
        reject(db, reference, REASON_NAME_TAKEN, at)
        return
    form = ApplicationForm.model_validate_json(row["form"])
    for _ in range(DRAWS):
        company = _registered(form, at)
        try:
            db.execute(
                "UPDATE application SET state = 'approved', company = ?, uscc = ?, licence_number = ?,"
                " decided_at = ? WHERE reference = ? AND state = 'pending'",
                (
                    json.dumps(company, ensure_ascii=False),
                    company["uscc"],
                    company["licence_number"],
                    at.isoformat(),
                    reference,
                ),
            )
        except sqlite3.IntegrityError:
            continue
        return
    raise RuntimeError("no free code after many draws")


def reject(db: sqlite3.Connection, reference: str, reason: str, at: datetime) -> None:
    """Reject with a reason; once decided, it stays."""
    db.execute(
        "UPDATE application SET state = 'rejected', reason = ?, decided_at = ?"
        " WHERE reference = ? AND state = 'pending'",
        (reason, at.isoformat(), reference),
    )


def decision(db: sqlite3.Connection, reference: str) -> dict[str, Any] | None:
    """What the interface answers about an application, or None when there is none."""
    row = db.execute("SELECT * FROM application WHERE reference = ?", (reference,)).fetchone()
    return _view(row, "state", "reason") if row else None


def listed(db: sqlite3.Connection, pending: bool) -> list[dict[str, Any]]:
    """The desk's list: waiting ones oldest first, or decided ones newest first."""
    if pending:
        rows = db.execute("SELECT * FROM application WHERE state = 'pending' ORDER BY at")
    else:
        rows = db.execute(
            "SELECT * FROM application WHERE state <> 'pending' ORDER BY decided_at DESC LIMIT ?",
            (SHOWN_DECIDED,),
        )
    return [
        {
            **_view(row, "state", "reason", "at", "decided_at"),
            "form": ApplicationForm.model_validate_json(row["form"]),
        }
        for row in rows
    ]


def _view(row: sqlite3.Row, *columns: str) -> dict[str, Any]:
    company = json.loads(row["company"]) if row["company"] else None
    return {"reference": row["reference"], "company": company, **{name: row[name] for name in columns}}


def _name_taken(db: sqlite3.Connection, name: str) -> bool:
    return (
        db.execute(
            "SELECT 1 FROM application WHERE company_name = ? AND state = 'approved'", (name,)
        ).fetchone()
        is not None
    )


def _registered(form: ApplicationForm, at: datetime) -> dict[str, str | None]:
    day = at.astimezone(CHINA).date()
    until = last_day(day, form.term_years)
    return {
        "uscc": new_uscc(form.region, form.company_type),
        "licence_number": new_licence_number(form.region, day),
        "company_name": form.company_name,
        "region": form.region,
        "authority": authority_name(form.region, day),
        "established_on": day.isoformat(),
        "valid_from": day.isoformat(),
        "valid_until": until.isoformat() if until else None,
    }
