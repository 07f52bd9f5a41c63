"""Cards of the devices that may confirm: what came to be one, what is none any more."""

from __future__ import annotations

from auth.china import minute
from h5.thread.cards import Content, Telling

__all__ = ["device_enrolled", "device_removed"]


def _lines(t: Telling, text: str) -> tuple[str, ...]:
    label = t.rows.devices[t.row_id].label
    return (
        t.w("card.login_browser", browser=label),
        t.w("card.login_at", time=minute(t.told.event.at)),
        t.w(text),
    )


def device_enrolled(t: Telling) -> Content:
    """Told on every device, so that one that a stranger enrolled is noticed."""
    lines = (*_lines(t, f"card.device_enrolled_{t.told.event.facts['way']}"), *t.identity())
    return Content(t.w("card.device_enrolled"), lines, (t.link("card.do_devices", "/m/devices"),))


def device_removed(t: Telling) -> Content:
    lines = _lines(t, "card.device_removed_text")
    return Content(t.w("card.device_removed"), lines, (t.link("card.do_devices", "/m/devices"),))
