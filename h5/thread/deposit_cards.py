"""Cards of a small payment to a company's account: on its way, not taken by the bank, guessed too often."""

from __future__ import annotations

from h5.thread.cards import Content, Link, Telling

__all__ = ["deposit_failed", "deposit_refused", "deposit_sent"]


def _to_page(t: Telling, word: str) -> tuple[Link, ...]:
    return (t.link(word, f"/m/deposit/{t.told.event.facts['application']}"),)


def _account(t: Telling) -> str:
    return t.w("card.deposit_account", account=f"****{t.told.event.facts['tail']}")


def deposit_sent(t: Telling) -> Content:
    lines = (_account(t), t.w("card.deposit_sent_text"))
    return Content(t.w("card.deposit_sent"), lines, _to_page(t, "card.do_deposit"))


def deposit_refused(t: Telling) -> Content:
    lines = (_account(t), t.w("card.deposit_refused_text"))
    return Content(t.w("card.deposit_refused"), lines, _to_page(t, "card.do_deposit_again"))


def deposit_failed(t: Telling) -> Content:
    lines = (_account(t), t.w("card.deposit_failed_text"))
    return Content(t.w("card.deposit_failed"), lines, _to_page(t, "card.do_deposit_again"))
