"""What was made stays as it was made (R36): rows that the database itself keeps from change and deletion.

A table of making information is named here with what may still move in it. Triggers hold the database to it,
on both engines; `ezhang migrate` sets them anew each time it runs (`server/migrating.py`). A column is

fixed     as it was inserted;
once      written when it was empty, then fixed;
erasable  fixed, but may be emptied: personal data whose time in the archive is over (`seals/archiving/`);
moving    whatever its use case does with it: states, leases, counters, sealed private halves.

Who owns the tables can take the triggers away: in operation PostgreSQL is used by another role than the one
that migrates (docs/guide/operator.md). What he changes is still found, by the chains, the daily roots and the
sealer's signatures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

__all__ = ["KEPT", "REFUSAL", "Kept", "lifted", "statements"]

REFUSAL = "ezhang: making information is not changed or deleted"
"""The words of the database's refusal, an IntegrityError."""

PREFIX = "keep_"


@dataclass(frozen=True)
class Kept:
    """A table whose rows are never deleted, its columns by sort. erasable: with their empty values in SQL."""

    table: str
    fixed: tuple[str, ...]
    once: tuple[str, ...] = ()
    erasable: tuple[tuple[str, str], ...] = ()
    moving: tuple[str, ...] = ()


_SEALED = "X''"
POSTGRES_EMPTY = {_SEALED: "''::bytea"}
_LEASE = "lease_owner lease_until fence"


def _kept(
    table: str, fixed: str, *, once: str = "", erasable: Mapping[str, str] | None = None, moving: str = ""
) -> Kept:
    emptied = tuple((erasable or {}).items())
    return Kept(table, tuple(fixed.split()), tuple(once.split()), emptied, tuple(moving.split()))


KEPT: tuple[Kept, ...] = (
    _kept(
        "event",
        "id stream seq kind at actor on_behalf subject facts prev commitment hash",
        erasable={"private": "NULL", "salt": "''"},
    ),
    _kept("head_signature", "id stream seq hash at signature"),
    _kept("root_leaf", "id root place stream from_seq to_seq hash events"),
    _kept(
        "root",
        "id number day begun_at",
        once="text sha256 signature token stamped_at",
        moving=f"state chains {_LEASE}",
    ),
    _kept(
        "application",
        "id applicant_id request_id company_name created_at",
        once="registrar_reference company_id decided_at",
        erasable={"form_sealed": _SEALED},
        moving=f"live_name state reason {_LEASE}",
    ),
    _kept("company", "id uscc region created_at", moving="name state representative_id"),
    _kept(
        "licence",
        "id company_id version number representative_ref data valid_from valid_until",
        once="signature signed_at replaced_at",
        erasable={"representative_sealed": _SEALED},
        moving="current state",
    ),
    _kept(
        "seal",
        "id company_id kind bearer name number width_mm height_mm imprint design photo_id request_id"
        " created_at",
        once="ended_for",
        moving="ordinal sole reason state generation rotation_due collected_at state_since warned warned_at",
    ),
    _kept("seal_photo", "id company_id person_id blob width_mm height_mm trace quality created_at"),
    _kept("likeness", "seal_id band1 band2 band3 band4 ink"),
    _kept("ses_seal", "id seal_id generation version der valid_start valid_end created_at"),
    _kept(
        "seal_key",
        "id seal_id generation algorithm certificate serial not_before not_after",
        once="revoked_at revoked_for",
        moving="epoch sealed_private kek_version",
    ),
    _kept(
        "collection",
        "id company_id person_id created_at",
        once="ended_at",
        moving="state check_id check_url check_way reason",
    ),
    _kept("record", "code created_at", moving="newest"),
    _kept("version", "id record_id number sha256 signed_sha256 signing_id ses created_at"),
    _kept(
        "archived_file",
        "sha256 version_id number units made_with proven_until created_at",
        moving="renew_at",
    ),
    _kept("erasure", "id number subject rule kept_until what rest digest at"),
)


FUNCTION = (
    "CREATE OR REPLACE FUNCTION ezhang_keep() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = '23000'; END $$"
)
"""What PostgreSQL's triggers call; SQLite's say it themselves."""


def statements(*, postgres: bool) -> Iterator[list[str]]:
    """SQL that sets all triggers anew, a list for each transaction: no two tables are locked at once."""
    if postgres:
        yield [FUNCTION]
    for kept, lifting in zip(KEPT, lifted(postgres=postgres), strict=True):
        made = [_trigger(kept.table, *each, postgres=postgres) for each in _refused(kept, postgres=postgres)]
        if postgres:
            made.append(
                f'CREATE TRIGGER {PREFIX}{kept.table}_truncate BEFORE TRUNCATE ON "{kept.table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION ezhang_keep()"
            )
        yield [*lifting, *made]


def lifted(*, postgres: bool) -> Iterator[list[str]]:
    """SQL that takes all of them away, for the owner of the tables alone."""
    for kept in KEPT:
        on = f' ON "{kept.table}"' if postgres else ""
        events = ("delete", "update", "truncate") if postgres else ("delete", "update")
        yield [f"DROP TRIGGER IF EXISTS {PREFIX}{kept.table}_{event}{on}" for event in events]


def _refused(kept: Kept, *, postgres: bool) -> Iterator[tuple[str, str]]:
    """Which statement is refused under which condition on OLD and NEW, empty for always."""
    differs = "IS DISTINCT FROM" if postgres else "IS NOT"

    def changed(column: str) -> str:
        return f'NEW."{column}" {differs} OLD."{column}"'

    def filled(column: str) -> str:
        return f"""(OLD."{column}" IS NOT NULL AND CAST(OLD."{column}" AS text) <> '')"""

    def not_emptied(column: str, empty: str) -> str:
        return f'NEW."{column}" {differs} {empty}'

    wrong = [changed(column) for column in kept.fixed]
    wrong += [f"({changed(column)} AND {filled(column)})" for column in kept.once]
    for column, empty in kept.erasable:
        value = POSTGRES_EMPTY.get(empty, empty) if postgres else empty
        wrong.append(f"({changed(column)} AND {not_emptied(column, value)})")
    yield "delete", ""
    yield "update", " OR ".join(wrong)


def _trigger(table: str, event: str, condition: str, *, postgres: bool) -> str:
    when = f"WHEN ({condition}) " if condition else ""
    head = f'CREATE TRIGGER {PREFIX}{table}_{event} BEFORE {event.upper()} ON "{table}" FOR EACH ROW {when}'
    if postgres:
        return f"{head}EXECUTE FUNCTION ezhang_keep()"
    return f"{head}BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
