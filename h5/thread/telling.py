"""Tell events as cards: which event by which builder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from auth.china import minute
from h5.thread import (
    approval_cards,
    ask_cards,
    chat_cards,
    company_cards,
    deposit_cards,
    device_cards,
    entry_cards,
    filing_cards,
    grant_cards,
    identity_cards,
    ledger_cards,
    login_cards,
    member_cards,
    paper_cards,
    passkey_cards,
    pin_cards,
    service_cards,
    signing_cards,
    succession_cards,
)
from h5.thread.cards import Card, Content, Telling
from h5.thread.cursor import card_id
from h5.thread.history import Told
from h5.thread.rows import Reader, gather

__all__ = ["BUILDERS", "tell"]

_ALL: tuple[Callable[[Telling], Content], ...] = (
    company_cards.application_submitted,
    company_cards.application_approved,
    company_cards.application_rejected,
    entry_cards.entry_submitted,
    entry_cards.entry_resubmitted,
    entry_cards.entry_returned,
    entry_cards.entry_verified,
    entry_cards.entry_approved,
    entry_cards.entry_rejected,
    entry_cards.entry_withdrawn,
    entry_cards.entry_lapsed,
    company_cards.licence_issued,
    company_cards.licence_signed,
    company_cards.licence_replaced,
    company_cards.licence_revoked,
    company_cards.seal_issued,
    company_cards.seal_held,
    company_cards.seal_declined,
    company_cards.seal_collected,
    company_cards.seal_certified,
    company_cards.seal_cancelled,
    company_cards.seal_exported,
    company_cards.seal_expiring,
    company_cards.seal_uncollected,
    company_cards.seal_frozen,
    company_cards.seal_unfrozen,
    company_cards.seal_rekeyed,
    paper_cards.paper_exported,
    paper_cards.paper_made,
    signing_cards.document_deleted,
    signing_cards.document_uploaded,
    signing_cards.printed_looked,
    signing_cards.printed_switched,
    signing_cards.signing_requested,
    signing_cards.signing_scanned,
    signing_cards.signing_confirmed,
    signing_cards.signing_signed,
    signing_cards.signing_rejected,
    signing_cards.signing_expired,
    signing_cards.signing_exported,
    signing_cards.signing_cancelled,
    signing_cards.signing_failed,
    signing_cards.signing_digits_wrong,
    grant_cards.grant_made,
    grant_cards.grant_collected,
    grant_cards.grant_revoked,
    grant_cards.grant_expired,
    grant_cards.grant_left,
    grant_cards.grant_voided,
    ask_cards.ask_made,
    ask_cards.ask_done,
    ask_cards.ask_declined,
    ask_cards.ask_lapsed,
    ask_cards.ask_moot,
    approval_cards.approval_asked,
    approval_cards.approval_given,
    approval_cards.approval_refused,
    approval_cards.rule_set,
    filing_cards.filing_submitted,
    filing_cards.filing_approved,
    filing_cards.filing_rejected,
    filing_cards.filing_update_due,
    filing_cards.filing_ending,
    ledger_cards.ledger_exported,
    ledger_cards.ledger_noticed,
    member_cards.member_invited,
    member_cards.member_accepted,
    member_cards.member_declined,
    member_cards.member_removed,
    member_cards.member_expired,
    member_cards.member_voided,
    login_cards.person_login_failed,
    login_cards.person_login_refused,
    login_cards.person_new_device,
    login_cards.person_session_ended,
    login_cards.person_sessions_ended,
    login_cards.person_scan_refused,
    login_cards.person_wechat_bound,
    pin_cards.holder_locked,
    pin_cards.pin_ageing,
    pin_cards.pin_changed,
    pin_cards.pin_locked,
    pin_cards.pin_reset,
    pin_cards.pin_reset_applied,
    pin_cards.pin_reset_refused,
    pin_cards.pin_unlocked,
    pin_cards.pin_wrong,
    passkey_cards.person_passkey_added,
    passkey_cards.person_passkey_failed,
    passkey_cards.person_passkey_removed,
    passkey_cards.person_passkeys_lost,
    identity_cards.identity_begun,
    chat_cards.chat_said,
    chat_cards.chat_replied,
    deposit_cards.deposit_failed,
    deposit_cards.deposit_refused,
    deposit_cards.deposit_sent,
    service_cards.seal_reported,
    service_cards.ticket_answered,
    device_cards.device_enrolled,
    device_cards.device_removed,
    succession_cards.company_renamed,
    succession_cards.company_retyped,
    succession_cards.representative_ended,
    succession_cards.representative_registered,
)
# A builder is named after its kind of event: `signing.digits_wrong` is told by `signing_digits_wrong`.
BUILDERS = {build.__name__.replace("_", ".", 1): build for build in _ALL}


async def tell(shown: Sequence[Told], reader: Reader, now: datetime) -> list[Card]:
    """The cards of shown events, in their order."""
    if not shown:
        return []
    rows = await gather(shown, reader, now)
    return [_card(Telling(one, reader, rows, now)) for one in shown]


def _card(telling: Telling) -> Card:
    event = telling.told.event
    content = BUILDERS[event.kind](telling)
    return Card(
        id=card_id(event.stream, event.seq),
        stream=event.stream,
        seq=event.seq,
        kind=event.kind,
        at_text=minute(event.at),
        mine=content.mine,
        title=content.title,
        lines=tuple(content.lines),
        state=content.state,
        by=telling.by(),
        pictures=content.pictures,
        brief=content.brief,
        actions=tuple(content.actions),
    )
