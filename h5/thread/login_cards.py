"""Cards of logins: new devices, refused scans, logins that were ended from another place."""

from __future__ import annotations

from auth.browsers import browser_name, masked_address
from auth.china import minute
from auth.models import ScanLogin, Session
from auth.refusals import happened_at
from h5.thread.cards import Content, Telling

__all__ = [
    "person_login_failed",
    "person_login_refused",
    "person_new_device",
    "person_scan_refused",
    "person_session_ended",
    "person_sessions_ended",
    "person_wechat_bound",
    "refused_from",
]


def _device(t: Telling) -> tuple[str, str]:
    return _browser(t, t.rows.sessions[t.row_id])


def _browser(t: Telling, row: Session | ScanLogin) -> tuple[str, str]:
    return (
        t.w("card.login_browser", browser=browser_name(row.user_agent)),
        t.w("card.login_address", address=masked_address(row.address)),
    )


def refused_from(t: Telling) -> tuple[str, ...]:
    """The lines that say where a refused attempt came from, and when."""
    found = happened_at(t.owner_id, t.told.event.private, t.reader.records)
    at = t.w("card.login_at", time=minute(t.told.event.at))
    if found is None:
        return (at,)
    return (
        t.w("card.login_browser", browser=found.browser),
        t.w("card.login_address", address=found.address_masked),
        at,
    )


def person_login_failed(t: Telling) -> Content:
    """A wrong code for this person's mobile; several in a minute are one."""
    lines = (*refused_from(t), t.w("card.person_login_failed_text"))
    return Content(t.w("card.person_login_failed"), lines, (t.link("card.do_sessions", "/m/sessions"),))


def person_scan_refused(t: Telling) -> Content:
    """This person's phone scanned a code that was not good, or not for him; several in a minute are one."""
    lines = (*refused_from(t), t.w("card.person_scan_refused_text"))
    return Content(t.w("card.person_scan_refused"), lines, (t.link("card.do_sessions", "/m/sessions"),))


def person_new_device(t: Telling) -> Content:
    """Somebody logged in where this person never did before."""
    lines = (
        *_device(t),
        t.w("card.login_at", time=minute(t.told.event.at)),
        t.w("card.person_new_device_text"),
    )
    return Content(t.w("card.person_new_device"), lines, (t.link("card.do_sessions", "/m/sessions"),))


def person_login_refused(t: Telling) -> Content:
    """A scanned login that was refused on the phone, or whose digits were wrong."""
    reason = t.told.event.facts["reason"]
    lines = (*_browser(t, t.rows.scan_logins[t.row_id]), t.w(f"card.person_login_refused_{reason}"))
    return Content(t.w("card.person_login_refused"), lines)


def person_wechat_bound(t: Telling) -> Content:
    lines = (t.w("card.person_wechat_bound_text"),)
    return Content(t.w("card.person_wechat_bound"), lines, (t.link("card.do_sessions", "/m/sessions"),))


def person_session_ended(t: Telling) -> Content:
    return Content(t.w("card.person_session_ended"), _device(t))


def person_sessions_ended(t: Telling) -> Content:
    """All of them at once; by which device is in the lines."""
    title = t.w("card.person_sessions_ended", count=t.told.event.facts["count"])
    return Content(title, (*_device(t), t.w("card.person_sessions_ended_text")))
