"""Cards of documents and of their signing."""

from __future__ import annotations

from auth.china import minute
from auth.tokens import group_code
from h5.thread import looks
from h5.thread.cards import Action, Content, Picture, Press, State, Telling
from seals.approvers import stated_words
from seals.export_models import ExportForm
from seals.models import Document, Signing, SigningState
from seals.signing.views import reason_words

__all__ = [
    "document_deleted",
    "document_uploaded",
    "printed_looked",
    "printed_switched",
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
    if not row.inspection:  # deleted, or erased after its time
        return Content(t.w("card.document_uploaded"), [t.w("card.document_gone")])
    lines = [t.w("card.file", name=row.name), t.w("card.pages", count=len(row.inspection["pages"]))]
    if row.removed:
        lines.append(t.w("card.removed"))
    choose = t.link("card.do_choose_seal", f"/m/seal?document={row.id}")
    actions = () if row.id in t.rows.used else (choose, *_delete(t, row))
    return Content(t.w("card.document_uploaded"), lines, actions, looks.first_page(t, row))


def document_deleted(t: Telling) -> Content:
    return Content(t.w("card.document_deleted"), [t.w("card.document_deleted_text"), *_by(t)])


def _delete(t: Telling, row: Document) -> tuple[Action, ...]:
    """What was never sealed may go, by whom `seals.deleting` lets."""
    if not t.may(looks.act_of(t, row), row.company_id):
        return ()
    words = (t.w("card.document_delete_sure"), t.w("card.document_delete_what"))
    return (Press(t.w("card.do_delete_document"), f"/api/documents/{row.id}/deletion", *words),)


def printed_looked(t: Telling) -> Content:
    """Somebody who holds the paper looked at the pages; of one hour, the first."""
    row = t.rows.documents[t.row_id]
    lines = [t.w("card.file", name=row.name), t.w("card.printed_looked_text")]
    return Content(t.w("card.printed_looked"), lines, (t.link("card.do_record", f"/v/{row.record_id}"),))


def printed_switched(t: Telling) -> Content:
    row = t.rows.documents[t.row_id]
    title = "card.printed_on" if t.told.event.facts["on"] else "card.printed_off"
    return Content(t.w(title), [t.w("card.file", name=row.name), *_by(t)])


def _rows(t: Telling) -> tuple[Signing, Document]:
    row = t.rows.signings[t.row_id]
    return row, t.rows.documents[row.document_id]


def _what(t: Telling) -> list[str]:
    row, document = _rows(t)
    return [t.w("card.file", name=document.name), t.w("card.seal", name=t.rows.seal(row.seal_id).name)]


def _page(t: Telling) -> tuple[Picture, ...]:
    return looks.signed_page(t, *_rows(t))


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
        stands = State(t.w("card.signing_until", time=minute(row.expires_at)), "wait")
        actions.append(Press(t.w("card.do_cancel"), f"/api/signings/{row.id}/cancel"))
    else:
        now = SigningState.EXPIRED if row.state is SigningState.PENDING else row.state
        stands = looks.state(t, "signing_state", now.value)
    return Content(t.w("card.signing_requested"), [*lines, stands.line], actions, _page(t), state=stands)


def signing_scanned(t: Telling) -> Content:
    lines = [*_what(t), *_by(t)]
    if not t.told.event.facts.get("same_network", True):
        lines.append(t.w("card.signing_other_network"))
    return Content(t.w("card.signing_scanned"), lines, brief=True)


def signing_confirmed(t: Telling) -> Content:
    lines = [*_what(t), *_by(t)]
    if t.told.event.facts.get("same_device"):
        lines.append(t.w("card.signing_same_device"))
    if t.told.event.facts.get("way") == "sms":
        lines.append(t.w("card.signing_by_sms"))
    return Content(t.w("card.signing_confirmed"), lines, brief=True)


def signing_signed(t: Telling) -> Content:
    row, document = _rows(t)
    code = document.record_id
    actions = (
        Press(t.w("card.do_download"), f"/api/signings/{row.id}/exports/pdf"),
        Press(t.w("card.do_report"), f"/api/signings/{row.id}/exports/report"),
        Press(t.w("card.do_evidence"), f"/api/signings/{row.id}/exports/evidence"),
        t.link("card.do_record", f"/v/{code}"),
    )
    lines = [*_what(t), *_deeds(t), t.w("card.signing_signed_code", code=group_code(code))]
    return Content(t.w("card.signing_signed"), lines, actions, _page(t))


def _deeds(t: Telling) -> list[str]:
    """Who asked, approved and confirmed, and when; and what was stated."""
    row, _ = _rows(t)
    said = t.either(*stated_words(row))
    deeds = (("asker", t.rows.asked), ("approver", t.rows.approved), ("confirmer", t.rows.confirmed))
    told = [(name, found[row.id]) for name, found in deeds if row.id in found]
    lines = [t.w(f"card.signed_{name}", who=t.named(one.person), time=minute(one.at)) for name, one in told]
    return [*([t.w("card.signed_stated", said=said)] if said else []), *lines]


def signing_exported(t: Telling) -> Content:
    """Somebody took a file of it out of here; several times in a minute are one."""
    form = t.told.event.facts["form"]
    if form in {ExportForm.EVIDENCE, ExportForm.REPORT}:
        return Content(t.w(f"card.{form}_exported"), [*_what(t), *_by(t)], brief=True)
    lines = [*_what(t), *_by(t), t.w("card.export_form", form=form)]
    return Content(t.w("card.signing_exported"), lines, brief=True)


def _ended(t: Telling, title: str, *lines: str) -> Content:
    """A way out: the same document can be asked for again, unless that was done already."""
    row, document = _rows(t)
    if not document.inspection or row.document_id in t.rows.used:
        return Content(t.w(title), [*_what(t), *lines])
    again = t.link("card.do_ask_again", f"/m/seal?document={row.document_id}")
    return Content(t.w(title), [*_what(t), *lines], (again, *_delete(t, document)))


def _reason(t: Telling) -> list[str]:
    row, _ = _rows(t)
    zh, en = reason_words(row.reason)
    return [t.w("card.reason", reason=t.either(zh, en))] if zh and en else []


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
