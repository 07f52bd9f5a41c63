"""What was made stays as it was made (R36): rows that the database itself keeps from change and deletion.

A table of making information is named here with what may still move in it. Triggers hold the database to it,
on both engines; `ezhang migrate` sets them anew each time it runs (`server/migrating.py`). A column is

fixed     as it was inserted;
once      written when it was empty, then fixed;
erasable  fixed, but may be emptied: personal data whose time in the archive is over (`seals/archiving/`);
settled   moving until its row is settled, then fixed, or erasable if an empty value is named;
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
    """A table whose rows are never deleted, its columns by sort. erasable: with their empty values in SQL.

    when: a column and the value by which a row is settled, an empty one for any; itself once or settled.
    """

    table: str
    fixed: tuple[str, ...]
    once: tuple[str, ...] = ()
    erasable: tuple[tuple[str, str], ...] = ()
    moving: tuple[str, ...] = ()
    when: tuple[str, str] = ("", "")
    settled: tuple[tuple[str, str], ...] = ()


_SEALED = "X''"
POSTGRES_EMPTY = {_SEALED: "''::bytea"}
_LEASE = "lease_owner lease_until fence"


def _kept(
    table: str,
    fixed: str,
    *,
    once: str = "",
    erasable: Mapping[str, str] | None = None,
    moving: str = "",
    when: tuple[str, str] = ("", ""),
    settled: Mapping[str, str] | None = None,
) -> Kept:
    return Kept(
        table,
        tuple(fixed.split()),
        tuple(once.split()),
        tuple((erasable or {}).items()),
        tuple(moving.split()),
        when,
        tuple((settled or {}).items()),
    )


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
    _kept("consent", "id person_id text version digest accepted_at", once="ended_at", moving="live"),
    _kept(
        "maker_filing",
        "id number seal_id company_id licence_id agent_id place district kind change occurred_at",
        moving=f"turn warned tries {_LEASE}",
        when=("state", "accepted"),
        settled={
            **dict.fromkeys(("state", "facts", "reference", "sent_at", "decided_at"), ""),
            "sealed": "NULL",
            "reason": "NULL",
        },
    ),
    _kept(
        "company_filing",
        "id number request_id company_id seal_id person_id licence_id instead_of kind name kind_of_seal scope"
        " generation declared_at created_at",
        once="receipt_number valid_from valid_until checked_at decided_at",
        erasable={"note": "''"},
        moving=f"open current state update_due warned tries {_LEASE}",
        when=("decided_at", ""),
        settled={"reference": "", "sealed": "NULL", "reason": "NULL"},
    ),
    _kept(
        "entry_round",
        "id application_id number materials submitted_at",
        once="reviewer decided_at",
        erasable={"form_sealed": _SEALED},
        when=("decided_at", ""),
        settled={"outcome": "", "returned": "'{}'", "reason": "NULL"},
    ),
    _kept(
        "entry_material",
        "id application_id slot media_type size pages blob same_index created_at",
        once="replaced_at",
        erasable={"name": "'—'", "lifted": "NULL"},
        moving="live",
    ),
    _kept("entry_verification", "id application_id way reference by at", moving="live"),
    _kept("guidance", "id authority addressee text by at due_at", once="answer answered_by answered_at"),
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

    def altered(column: str, empty: str) -> str:
        if not empty:
            return changed(column)
        value = POSTGRES_EMPTY.get(empty, empty) if postgres else empty
        return f"({changed(column)} AND {not_emptied(column, value)})"

    wrong = [changed(column) for column in kept.fixed]
    wrong += [f"({changed(column)} AND {filled(column)})" for column in kept.once]
    wrong += [altered(column, empty) for column, empty in kept.erasable]
    if kept.settled:
        name, value = kept.when
        is_settled = f"""OLD."{name}" = '{value}'""" if value else f'OLD."{name}" IS NOT NULL'
        wrong.append(f"({is_settled} AND ({' OR '.join(altered(*each) for each in kept.settled)}))")
    yield "delete", ""
    yield "update", " OR ".join(wrong)


def _trigger(table: str, event: str, condition: str, *, postgres: bool) -> str:
    when = f"WHEN ({condition}) " if condition else ""
    head = f'CREATE TRIGGER {PREFIX}{table}_{event} BEFORE {event.upper()} ON "{table}" FOR EACH ROW {when}'
    if postgres:
        return f"{head}EXECUTE FUNCTION ezhang_keep()"
    return f"{head}BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
