"""The card of an identity check that takes its time: the way back to it."""

from __future__ import annotations

from datetime import datetime

from auth.china import minute
from auth.identity_models import IdentityPurpose
from h5.thread.cards import Content, Telling

__all__ = ["identity_begun"]


def identity_begun(t: Telling) -> Content:
    """At a counter. What is to come into a login is gone on with in the browser that waits, not from here."""
    until = datetime.fromisoformat(t.told.event.facts["until"])
    lines = (t.w("card.identity_begun_text", time=minute(until)), t.w("card.identity_begun_not_you"))
    here = t.told.event.facts["purpose"] != IdentityPurpose.LOGIN.value and t.now < until
    link = t.link("card.do_identity", f"/m/identity/{t.row_id}")
    return Content(t.w("card.identity_begun"), lines, (link,) if here else ())
