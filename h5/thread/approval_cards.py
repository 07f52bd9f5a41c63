"""Cards of approval: a seal's rule, and what waits for it, was approved or refused (R81)."""

from __future__ import annotations

from auth.china import minute
from h5.thread import looks
from h5.thread.cards import Action, Content, Picture, State, Telling
from seals import approvers, rules
from seals.models import SigningState
from seals.scopes import DOCUMENT_KINDS, amount_words

__all__ = ["approval_asked", "approval_given", "approval_refused", "rule_set"]


def _what(t: Telling) -> list[str]:
    row = t.rows.signings[t.row_id]
    lines = [
        t.w("card.company", name=t.rows.companies[row.company_id].name),
        t.w("card.file", name=t.rows.documents[row.document_id].name),
        t.w("card.seal", name=t.rows.seal(row.seal_id).name),
    ]
    said = t.either(*approvers.stated_words(row))
    return [*lines, t.w("card.approval_stated", said=said)] if said else lines


def _page(t: Telling) -> tuple[Picture, ...]:
    return looks.first_page(t, t.rows.documents[t.rows.signings[t.row_id].document_id])


def _waits(t: Telling) -> bool:
    row = t.rows.signings[t.row_id]
    return row.state is SigningState.PENDING and row.expires_at > t.now


def _own_stream(t: Telling) -> bool:
    return t.told.event.stream.startswith("person:")


def approval_asked(t: Telling) -> Content:
    """To whoever may approve: the button leads to the document and what is asked."""
    row = t.rows.signings[t.row_id]
    lines = [*_what(t), t.w("card.signing_asker", who=t.who())]
    if _waits(t) and not row.approval:
        until = State(t.w("card.approval_until", time=minute(row.expires_at)), "wait")
        actions: tuple[Action, ...] = (t.link("card.do_approve", f"/m/approve/{row.id}"),)
        return Content(t.w("card.approval_asked"), [*lines, until.line], actions, _page(t), state=until)
    late = row.state is SigningState.PENDING and not _waits(t)
    value = "approved" if _waits(t) else (SigningState.EXPIRED if late else row.state).value
    stands = looks.state(t, "signing_state", value)
    return Content(t.w("card.approval_asked"), [*lines, stands.line], (), _page(t), state=stands)


def approval_given(t: Telling) -> Content:
    lines = [*_what(t), t.w("card.approval_by", who=t.who())]
    if t.told.event.facts.get("way") == "sms":
        lines.append(t.w("card.signing_by_sms"))
    confirm = t.link("card.do_confirm", f"/m/seal?signing={t.row_id}")
    return Content(t.w("card.approval_given"), lines, (confirm,) if _waits(t) and not _own_stream(t) else ())


def approval_refused(t: Telling) -> Content:
    """A way out: the same document can be asked for again, unless that was done already."""
    row = t.rows.signings[t.row_id]
    lines = [*_what(t), t.w("card.approval_by", who=t.who())]
    if row.reason:
        lines.append(t.w("card.reason", reason=row.reason))
    again = row.document_id not in t.rows.used and not _own_stream(t)
    ask = t.link("card.do_ask_again", f"/m/seal?document={row.document_id}")
    return Content(t.w("card.approval_refused"), lines, (ask,) if again else ())


def rule_set(t: Telling) -> Content:
    row = t.rows.approval_rules[t.row_id]
    rule = rules.read(row)
    lines = [
        t.w("card.company", name=t.rows.companies[row.company_id].name),
        t.w("card.seal", name=t.rows.seal(row.seal).name),
        t.w("card.who", who=t.who()),
    ]
    if not rule.approvers:
        return Content(t.w("card.rule_off"), lines, _to_seals(t, row.company_id))
    if rule.amount is None and not rule.kinds:
        lines.append(t.w("card.rule_all"))
    if rule.amount is not None:
        lines.append(t.w("card.rule_amount", amount=amount_words(rule.amount)))
    if rule.kinds:
        kinds = t.w("people.comma").join(t.either(*DOCUMENT_KINDS[kind]) for kind in rule.kinds)
        lines.append(t.w("card.rule_kinds", kinds=kinds))
    if rule.four_eyes:
        lines.append(t.w("card.rule_four_eyes"))
    if _own_stream(t):
        return Content(t.w("card.rule_set_you"), lines, ())
    lines.append(t.w("card.rule_approvers", count=len(rule.approvers)))
    return Content(t.w("card.rule_set"), lines, _to_seals(t, row.company_id))


def _to_seals(t: Telling, company_id: str) -> tuple[Action, ...]:
    return () if _own_stream(t) else (t.link("card.do_seals", f"/m/seals/{company_id}"),)
