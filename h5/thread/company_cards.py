"""Cards of founding and of the seals' life: application, licence, seals."""

from __future__ import annotations

from datetime import datetime

from auth.authority import Act
from auth.china import minute
from auth.models import LicenceState
from h5.thread import looks
from h5.thread.cards import Action, Content, Telling
from seals.kinds import SealKind, spec
from seals.life import BY_PIN, Change
from seals.models import Seal, SealState
from seals.seal_views import reasons

__all__ = [
    "application_approved",
    "application_rejected",
    "application_submitted",
    "licence_issued",
    "licence_replaced",
    "licence_revoked",
    "licence_signed",
    "seal_cancelled",
    "seal_certified",
    "seal_collected",
    "seal_declined",
    "seal_expiring",
    "seal_frozen",
    "seal_held",
    "seal_issued",
    "seal_rekeyed",
    "seal_uncollected",
    "seal_unfrozen",
]


def application_submitted(t: Telling) -> Content:
    row = t.rows.applications[t.row_id]
    stands = looks.state(t, "application_state", row.state.value)
    lines = (t.w("card.company", name=row.company_name), stands.line)
    return Content(t.w("card.application_submitted"), lines, state=stands)


def application_approved(t: Telling) -> Content:
    company = t.rows.companies[str(t.told.event.facts["company"])]
    lines = [
        t.w("card.company", name=company.name),
        t.w("card.uscc", uscc=company.uscc),
        t.w("card.application_approved_text", count=t.told.event.facts["seals"]),
    ]
    actions: tuple[Action, ...] = ()
    if t.may(Act.COLLECT, company.id):
        actions = (*t.collect(company.id), t.link("card.do_licence", f"/m/licence/{company.id}"))
    else:
        lines.append(t.w("card.application_approved_other"))
    return Content(t.w("card.application_approved"), lines, actions)


def application_rejected(t: Telling) -> Content:
    row = t.rows.applications[t.row_id]
    lines = [t.w("card.company", name=row.company_name)]
    if row.reason:
        lines.append(t.w("card.reason", reason=row.reason))
    again = row.company_name not in t.rows.live_names
    actions = (t.link("card.do_register_again", "/m/register"),) if again else ()
    return Content(t.w("card.application_rejected"), lines, actions)


def licence_issued(t: Telling) -> Content:
    company, licence = t.rows.companies[t.owner_id], t.rows.licences[t.owner_id]
    stands = looks.state(t, "licence_state", licence.state.value)
    lines = (t.w("card.company", name=company.name), t.w("card.uscc", uscc=company.uscc), stands.line)
    see = (t.link("card.do_licence", f"/m/licence/{company.id}"),)
    return Content(t.w("card.licence_issued"), lines, see, looks.licence_face(company), state=stands)


def licence_signed(t: Telling) -> Content:
    company, licence = t.rows.companies[t.owner_id], t.rows.licences[t.owner_id]
    lines = [t.w("card.company", name=company.name)]
    if licence.state is not LicenceState.VALID:
        stands = looks.state(t, "licence_state", licence.state.value)
        lines.append(stands.line)
        return Content(t.w("card.licence_signed"), lines, state=stands)
    lines.append(t.w("card.licence_signed_text"))
    present = t.link("card.do_present", f"/m/licence/{company.id}")
    return Content(t.w("card.licence_signed"), lines, (present,), looks.licence_face(company))


def licence_replaced(t: Telling) -> Content:
    """The one before may still hang on somebody's wall: this says since when it counts no more."""
    company = t.rows.companies[t.owner_id]
    lines = (
        t.w("card.company", name=company.name),
        t.w("card.since", day=t.told.event.facts["since"]),
        t.w("card.licence_replaced_text"),
    )
    return Content(
        t.w("card.licence_replaced"), lines, (t.link("card.do_licence", f"/m/licence/{company.id}"),)
    )


def licence_revoked(t: Telling) -> Content:
    """The company has ended, and with it every seal and right."""
    company = t.rows.companies[t.owner_id]
    lines = (
        t.w("card.company", name=company.name),
        t.w("card.since", day=t.told.event.facts["since"]),
        t.w("card.licence_revoked_text"),
    )
    return Content(t.w("card.licence_revoked"), lines)


def _number(t: Telling, seal: Seal) -> str:
    kind = spec(SealKind(seal.kind))
    return t.w("card.number", kind=t.either(kind.zh, kind.en), number=seal.number)


def seal_issued(t: Telling) -> Content:
    """Each arrives with its imprint; the last of those that came together brings the button."""
    seal = t.rows.seal(t.row_id)
    stands = looks.state(t, "seal_state", seal.state.value)
    lines = [_number(t, seal), stands.line]
    if "instead_of" in t.told.event.facts:
        lines.append(t.w("card.instead_of", number=t.told.event.facts["instead_of"]))
    if "rule" in t.told.event.facts:
        lines.append(t.w("card.rule_ended"))
    actions = t.collect(seal.company_id) if t.told.last else ()
    return Content(seal.name, lines, actions, looks.imprints([seal]), state=stands)


def seal_held(t: Telling) -> Content:
    """A person must look first. Once he has, another card says what came of it."""
    seal = t.rows.seal(t.row_id)
    stands = looks.state(t, "seal_state", seal.state.value)
    lines = [_number(t, seal), stands.line]
    if seal.state is SealState.HELD:
        lines.append(_reason(t, seal))
    return Content(
        t.w("card.seal_held", name=seal.name), lines, pictures=looks.imprints([seal]), state=stands
    )


def seal_declined(t: Telling) -> Content:
    seal = t.rows.seal(t.row_id)
    lines = (_number(t, seal), t.w("card.reason", reason=_reason(t, seal)))
    again = t.link("card.do_add_seal", f"/m/add-seal/{seal.company_id}")
    return Content(t.w("card.seal_declined", name=seal.name), lines, (again,))


def _reason(t: Telling, seal: Seal) -> str:
    zh, en = reasons(seal)
    return t.either(zh or "", en or "")


def seal_collected(t: Telling) -> Content:
    """One card for all that were collected together."""
    seals = [t.rows.seal(event.subject.partition(":")[2]) for event in t.told.group]
    lines = [*(seal.name for seal in seals), t.w("card.seal_collected_text"), *t.identity()]
    actions = [t.link("card.do_seals", f"/m/seals/{t.owner_id}")]
    if t.may(Act.SEE_PAPERS, t.owner_id):
        actions.append(t.link("card.do_made_paper", f"/m/papers/{t.owner_id}"))
    if any(seal.state is SealState.COLLECTED for seal in seals):
        actions.insert(0, t.link("card.do_seal", "/m/seal"))
    return Content(t.w("card.seal_collected", count=len(seals)), lines, actions, looks.imprints(seals))


def seal_certified(t: Telling) -> Content:
    """One card for all certificates that were issued together: whose, of which key, serial and end."""
    lines = []
    for event in t.told.group:
        seal = t.rows.seal(event.subject.partition(":")[2])
        until = minute(datetime.fromisoformat(str(event.facts["until"])))
        kind, serial = event.facts["key"], event.facts["serial"]
        lines.append(t.w("card.certificate", seal=seal.name, kind=kind, serial=serial, until=until))
    lines += [t.w(f"card.certified_{t.told.event.facts['way']}"), t.w("card.seal_certified_text")]
    return Content(t.w("card.seal_certified", count=len(t.told.group)), lines)


def seal_cancelled(t: Telling) -> Content:
    seal = t.rows.seal(t.row_id)
    change = str(t.told.event.facts.get("change", Change.REPLACE.value))
    lines = [_number(t, seal), t.w(f"card.seal_cancelled_{change}")]
    if change in BY_PIN:
        lines.append(t.w("card.who", who=t.who()))
    lines.append(t.w("card.seal_cancelled_text"))
    actions = [t.link("card.do_seals", f"/m/seals/{seal.company_id}")]
    if t.may(Act.SEE_PAPERS, seal.company_id):
        actions.append(t.link("card.do_cancelled_paper", f"/m/papers/{seal.company_id}"))
    return Content(t.w("card.seal_cancelled", name=seal.name), lines, actions)


def seal_expiring(t: Telling) -> Content:
    """Its certificates end soon, or have ended."""
    seal, until = t.rows.seal(t.row_id), datetime.fromisoformat(str(t.told.event.facts["until"]))
    title = "card.seal_expired" if until <= t.told.event.at else "card.seal_expiring"
    return Content(
        t.w(title, name=seal.name),
        (_number(t, seal), t.w("card.seal_expiring_text", time=minute(until))),
        (t.link("card.do_seals", f"/m/seals/{seal.company_id}"),),
    )


def seal_uncollected(t: Telling) -> Content:
    seal, until = t.rows.seal(t.row_id), datetime.fromisoformat(str(t.told.event.facts["until"]))
    lines = (_number(t, seal), t.w("card.seal_uncollected_text", time=minute(until)))
    actions = t.collect(seal.company_id) if seal.state is SealState.ISSUED else ()
    return Content(t.w("card.seal_uncollected", name=seal.name), lines, actions)


def seal_exported(t: Telling) -> Content:
    """Somebody took its structure out of here; several times in a minute are one."""
    seal = t.rows.seal(t.row_id)
    lines = (
        t.w("card.seal", name=seal.name),
        t.w("card.who", who=t.who()),
        t.w("card.export_form", form=t.told.event.facts["form"]),
    )
    return Content(t.w("card.seal_exported"), lines, brief=True)


def seal_frozen(t: Telling) -> Content:
    seal = t.rows.seal(t.row_id)
    lines = (
        t.w("card.seal", name=seal.name),
        t.w("card.who", who=t.who()),
        t.w("card.seal_frozen_text"),
    )
    seals = t.link("card.do_seals", f"/m/seals/{seal.company_id}")
    actions = (seals,) if seal.state is SealState.FROZEN else ()
    return Content(t.w("card.seal_frozen"), lines, actions, looks.imprints([seal]))


def seal_unfrozen(t: Telling) -> Content:
    """A seal whose keys ended while it was frozen is to be collected anew."""
    seal = t.rows.seal(t.row_id)
    issued = t.told.event.facts["state"] == SealState.ISSUED.value
    text = t.w("card.seal_unfrozen_issued" if issued else "card.seal_unfrozen_text")
    lines = (t.w("card.seal", name=seal.name), t.w("card.who", who=t.who()), text, *t.identity())
    actions = t.collect(seal.company_id) if issued else ()
    return Content(t.w("card.seal_unfrozen"), lines, actions, looks.imprints([seal]))


def seal_rekeyed(t: Telling) -> Content:
    """One card for all whose keys ended together."""
    seals = [t.rows.seal(event.subject.partition(":")[2]) for event in t.told.group]
    lines = [*(seal.name for seal in seals), t.w("card.seal_rekeyed_text")]
    if any(event.facts["state"] == SealState.FROZEN.value for event in t.told.group):
        lines.append(t.w("card.seal_rekeyed_frozen"))
    actions = t.collect(t.owner_id)
    return Content(t.w("card.seal_rekeyed", count=len(seals)), lines, actions, looks.imprints(seals))
