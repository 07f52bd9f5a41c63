"""Cards of passkeys: added, removed, refused."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag

from auth.passkeys import name_of_event
from h5.thread.cards import Content, Telling
from h5.thread.login_cards import refused_from

__all__ = ["person_passkey_added", "person_passkey_failed", "person_passkey_removed", "person_passkeys_lost"]


def _name(t: Telling) -> str:
    private = t.told.event.private
    try:
        if private is not None:
            return name_of_event(t.row_id, bytes(private), t.reader.records)
    except InvalidTag:
        pass
    return t.w("card.passkey_unnamed")


def person_passkey_added(t: Telling) -> Content:
    first = (t.w("card.person_passkey_added_first"),) if t.told.event.facts["first"] else ()
    lines = (*first, t.w("card.person_passkey_added_text"))
    link = t.link("card.do_sessions", "/m/sessions")
    return Content(t.w("card.person_passkey_added", name=_name(t)), lines, (link,))


def person_passkey_removed(t: Telling) -> Content:
    lines = (t.w("card.person_passkey_removed_text"),)
    link = t.link("card.do_sessions", "/m/sessions")
    return Content(t.w("card.person_passkey_removed", name=_name(t)), lines, (link,))


def person_passkeys_lost(t: Telling) -> Content:
    """An identity check took the place of all passkeys, which are gone."""
    title = t.w("card.person_passkeys_lost", count=t.told.event.facts["count"])
    link = t.link("card.do_sessions", "/m/sessions")
    return Content(title, (*t.identity(), t.w("card.person_passkeys_lost_text")), (link,))


def person_passkey_failed(t: Telling) -> Content:
    """Somebody passed the first factor, or had a session, but no passkey of this person answered rightly."""
    reason = t.told.event.facts["reason"]
    lines = (*refused_from(t), t.w(f"card.person_passkey_failed_{reason}"))
    link = t.link("card.do_sessions", "/m/sessions")
    return Content(t.w("card.person_passkey_failed"), lines, (link,))
