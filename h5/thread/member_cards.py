"""Cards of members: told to the company's office, and to the person himself in his own stream."""

from __future__ import annotations

from auth.china import minute
from auth.member_models import MemberRole, MemberState
from auth.members import member_name
from h5.thread.cards import Action, Content, Press, Telling

__all__ = [
    "member_accepted",
    "member_declined",
    "member_expired",
    "member_invited",
    "member_removed",
    "member_voided",
]


def _facts(t: Telling) -> list[str]:
    """Who as what, in which company; the person himself is not told his own name."""
    row = t.rows.members[t.row_id]
    lines = [t.w("card.company", name=t.rows.companies[row.company_id].name)]
    if row.person_id != t.reader.person_id:
        lines.append(t.w("card.member_who", who=member_name(row, t.reader.records)))
    lines.append(t.w("card.member_role", role=t.w(f"people.role_{row.role.value}")))
    return lines


def _of(t: Telling) -> bool:
    return t.rows.members[t.row_id].person_id == t.reader.person_id


def _people(t: Telling) -> tuple[Action, ...]:
    company = t.rows.members[t.row_id].company_id
    return () if _of(t) else (t.link("card.do_people", f"/m/people/{company}"),)


def member_invited(t: Telling) -> Content:
    """The invited person answers here."""
    row = t.rows.members[t.row_id]
    lines = _facts(t)
    if row.role is MemberRole.AGENT:
        named = t.w("people.comma").join(t.w(f"people.matter_{matter}") for matter in row.matters or ())
        lines.append(t.w("card.member_matters", matters=named or t.w("people.all")))
        lines.append(t.w("card.member_days", days=row.days))
    waits = row.state is MemberState.INVITED and row.ends_at is not None and row.ends_at > t.now
    if not _of(t):
        return Content(t.w("card.member_invited"), lines, _people(t))
    if not waits or row.ends_at is None:
        return Content(t.w("card.member_invited_you"), lines)
    lines += [t.w("card.member_text"), t.w("card.member_until", time=minute(row.ends_at))]
    answers = tuple(
        Press(t.w(f"card.do_{answer}"), f"/api/members/{row.id}/{answer}") for answer in ("accept", "decline")
    )
    return Content(t.w("card.member_invited_you"), lines, answers)


def member_accepted(t: Telling) -> Content:
    row = t.rows.members[t.row_id]
    lines = _facts(t)
    if row.state is MemberState.ACTIVE and row.ends_at is not None:
        lines.append(t.w("card.member_ends", time=minute(row.ends_at)))
    if _of(t):
        lines.append(t.w("card.member_accepted_text"))
    return Content(t.w("card.member_accepted_you" if _of(t) else "card.member_accepted"), lines, _people(t))


def member_declined(t: Telling) -> Content:
    return Content(t.w("card.member_declined"), _facts(t), _people(t))


def member_removed(t: Telling) -> Content:
    return Content(t.w("card.member_removed"), [*_facts(t), t.w("card.who", who=t.who())], _people(t))


def member_expired(t: Telling) -> Content:
    return Content(t.w("card.member_expired"), _facts(t), _people(t))


def member_voided(t: Telling) -> Content:
    return Content(t.w("card.member_voided"), [*_facts(t), t.w("card.member_voided_text")], _people(t))
