"""Cards of documents and of their signing."""

from __future__ import annotations

from auth.china import minute
from auth.tokens import group_code
from h5.thread.cards import Action, Content, Press, Telling
from seals.export_models import ExportForm
from seals.models import Document, Signing, SigningState

__all__ = [
    "document_uploaded",
    "paper_looked",
    "paper_switched",
    "signing_cancelled",
    "signing_confirmed",
    "signing_digits_wrong",
    "signing_expired",
    "signing_exported",
    "signing_failed",
    "signing_rejected",
    "signing_requested",
    "signing_scanned",
    "signing_signed",
]


def document_uploaded(t: Telling) -> Content:
    row = t.rows.documents[t.row_id]
    lines = [t.w("card.file", name=row.name), t.w("card.pages", count=len(row.inspection["pages"]))]
    if row.removed:
        lines.append(t.w("card.removed"))
    choose = t.link("card.do_choose_seal", f"/m/seal?document={row.id}")
    return Content(t.w("card.document_uploaded"), lines, () if row.id in t.rows.used else (choose,))


def paper_looked(t: Telling) -> Content:
    """Somebody who holds the paper looked at the pages; of one hour, the first."""
    row = t.rows.documents[t.row_id]
    lines = [t.w("card.file", name=row.name), t.w("card.paper_looked_text")]
    return Content(t.w("card.paper_looked"), lines, (t.link("card.do_record", f"/v/{row.record_id}"),))


def paper_switched(t: Telling) -> Content:
    row = t.rows.documents[t.row_id]
    title = "card.paper_on" if t.told.event.facts["on"] else "card.paper_off"
    return Content(t.w(title), [t.w("card.file", name=row.name), *_by(t)])


def _rows(t: Telling) -> tuple[Signing, Document]:
    row = t.rows.signings[t.row_id]
    return row, t.rows.documents[row.document_id]


def _what(t: Telling) -> list[str]:
    row, document = _rows(t)
    return [t.w("card.file", name=document.name), t.w("card.seal", name=t.rows.seal(row.seal_id).name)]


def _waits(t: Telling) -> bool:
    row, _ = _rows(t)
    return row.state is SigningState.PENDING and row.expires_at > t.now


def _confirm(t: Telling) -> tuple[Action, ...]:
    return (t.link("card.do_confirm", f"/m/seal?signing={t.row_id}"),) if _waits(t) else ()


def _by(t: Telling) -> list[str]:
    who = t.who()
    return [t.w("card.who", who=who)] if who else []


def signing_requested(t: Telling) -> Content:
    """Somebody asks for a seal: the button leads to exactly the bytes that would be signed."""
    row, _ = _rows(t)
    lines = [*_what(t), t.w("card.signing_asker", who=t.who())]
    actions = list(_confirm(t))
    if actions:
        lines.append(t.w("card.signing_until", time=minute(row.expires_at)))
        actions.append(Press(t.w("card.do_cancel"), f"/api/signings/{row.id}/cancel"))
    else:
        state = SigningState.EXPIRED if row.state is SigningState.PENDING else row.state
        lines.append(t.w("card.state", state=t.w(f"card.signing_state_{state.value}")))
    return Content(t.w("card.signing_requested"), lines, actions)


def signing_scanned(t: Telling) -> Content:
    lines = [*_what(t), *_by(t)]
    if not t.told.event.facts.get("same_network", True):
        lines.append(t.w("card.signing_other_network"))
    return Content(t.w("card.signing_scanned"), lines)


def signing_confirmed(t: Telling) -> Content:
    lines = [*_what(t), *_by(t)]
    if t.told.event.facts.get("same_device"):
        lines.append(t.w("card.signing_same_device"))
    if t.told.event.facts.get("way") == "sms":
        lines.append(t.w("card.signing_by_sms"))
    return Content(t.w("card.signing_confirmed"), lines)


def signing_signed(t: Telling) -> Content:
    row, document = _rows(t)
    code = document.record_id
    actions = (
        Press(t.w("card.do_download"), f"/api/signings/{row.id}/exports/pdf"),
        Press(t.w("card.do_evidence"), f"/api/signings/{row.id}/exports/evidence"),
        t.link("card.do_record", f"/v/{code}"),
    )
    lines = [*_what(t), t.w("card.signing_signed_code", code=group_code(code))]
    return Content(t.w("card.signing_signed"), lines, actions)


def signing_exported(t: Telling) -> Content:
    """Somebody took a file of it out of here; several times in a minute are one."""
    form = t.told.event.facts["form"]
    if form == ExportForm.EVIDENCE:
        return Content(t.w("card.evidence_exported"), [*_what(t), *_by(t)])
    lines = [*_what(t), *_by(t), t.w("card.export_form", form=form)]
    return Content(t.w("card.signing_exported"), lines)


def _ended(t: Telling, title: str, *lines: str) -> Content:
    """A way out: the same document can be asked for again, unless that was done already."""
    row, _ = _rows(t)
    again = row.document_id not in t.rows.used
    actions = (t.link("card.do_ask_again", f"/m/seal?document={row.document_id}"),) if again else ()
    return Content(t.w(title), [*_what(t), *lines], actions)


def _reason(t: Telling) -> list[str]:
    row, _ = _rows(t)
    return [t.w("card.reason", reason=row.reason)] if row.reason else []


def signing_rejected(t: Telling) -> Content:
    return _ended(t, "card.signing_rejected", *_reason(t), *_by(t))


def signing_expired(t: Telling) -> Content:
    return _ended(t, "card.signing_expired")


def signing_cancelled(t: Telling) -> Content:
    return _ended(t, "card.signing_cancelled", *_by(t))


def signing_failed(t: Telling) -> Content:
    return _ended(t, "card.signing_failed", *_reason(t))


def signing_digits_wrong(t: Telling) -> Content:
    """A warning: somebody held the phone and did not see the asking screen."""
    lines = [*_what(t), *_by(t), t.w("card.signing_digits_wrong_text")]
    return Content(t.w("card.signing_digits_wrong"), lines, _confirm(t))
