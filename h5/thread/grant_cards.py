"""Cards of seals granted to members: told in the company's conversation and in the grantee's own."""

from __future__ import annotations

from auth.china import minute
from auth.member_models import Grant, GrantState
from auth.members import member_name
from h5.thread.cards import Action, Content, Telling
from seals.scopes import DOCUMENT_KINDS, amount_words

__all__ = [
    "grant_collected",
    "grant_expired",
    "grant_left",
    "grant_made",
    "grant_revoked",
    "grant_voided",
    "limits",
]


def _row(t: Telling) -> Grant:
    return t.rows.grants[t.row_id]


def _mine(t: Telling) -> bool:
    return _row(t).person_id == t.reader.person_id


def limits(t: Telling, row: Grant) -> list[str]:
    """The limits of a grant, a line each."""
    comma, scope = t.w("people.comma"), row.scope
    lines = []
    if scope["kinds"]:
        kinds = comma.join(t.either(*DOCUMENT_KINDS[kind]) for kind in scope["kinds"])
        lines.append(t.w("card.grant_kinds", kinds=kinds))
    if scope["amount"] is not None:
        lines.append(t.w("card.grant_amount", amount=amount_words(scope["amount"])))
    if scope["counterparties"]:
        lines.append(t.w("card.grant_parties", names=comma.join(scope["counterparties"])))
    if scope["uses"] is not None:
        lines.append(t.w("card.grant_uses", count=scope["uses"]))
    return lines or [t.w("card.grant_no_limits")]


def _facts(t: Telling) -> list[str]:
    row = _row(t)
    lines = [
        t.w("card.company", name=t.rows.companies[row.company_id].name),
        t.w("card.seal", name=t.rows.seal(row.seal).name),
        t.w("card.grant_role", role=t.w(f"grants.role_{row.role.value}")),
    ]
    if not _mine(t):
        lines.insert(
            2, t.w("card.grant_who", who=member_name(t.rows.members[row.member_id], t.reader.records))
        )
    return lines


def _to_seals(t: Telling) -> tuple[Action, ...]:
    return (t.link("card.do_seals", f"/m/seals/{_row(t).company_id}"),)


def grant_made(t: Telling) -> Content:
    """The grantee without keys collects from here."""
    row = _row(t)
    lines = [*_facts(t), *limits(t, row), t.w("card.member_ends", time=minute(row.ends_at))]
    waits = row.state is GrantState.WAITING and row.ends_at > t.now
    if _mine(t) and waits:
        lines.append(t.w("card.grant_collect_text"))
        return Content(
            t.w("card.grant_made_you"), lines, (t.link("card.do_collect_grant", f"/m/granted/{row.id}"),)
        )
    if waits:
        lines.append(t.w("card.grant_waits"))
    return Content(t.w("card.grant_made_you" if _mine(t) else "card.grant_made"), lines, _to_seals(t))


def grant_collected(t: Telling) -> Content:
    use = (t.link("card.do_seal", "/m/seal"),) if _mine(t) else _to_seals(t)
    return Content(t.w("card.grant_collected"), [*_facts(t), *t.identity()], use)


def _ended(t: Telling, title: str) -> Content:
    who = t.who()
    by = [t.w("card.who", who=who)] if who else []
    return Content(t.w(title), [*_facts(t), *by], () if _mine(t) else _to_seals(t))


def grant_revoked(t: Telling) -> Content:
    return _ended(t, "card.grant_revoked")


def grant_expired(t: Telling) -> Content:
    return _ended(t, "card.grant_expired")


def grant_left(t: Telling) -> Content:
    return _ended(t, "card.grant_left")


def grant_voided(t: Telling) -> Content:
    return _ended(t, "card.grant_voided")
