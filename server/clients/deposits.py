"""Verify a company by a small payment to its account."""

from __future__ import annotations

from server.clients.calls import Calls, Json

__all__ = ["DepositCalls"]


class DepositCalls(Calls):
    """Of one's own application; of all others 404."""

    def deposit(self, application: str) -> Json:
        """How the newest payment stands: `state`, `tries_left`."""
        return self._get(f"/api/deposits/{application}")

    def ask_deposit(self, application: str, account: str, bank: str) -> Json:
        """Have a payment made to the company's account."""
        return self._post(f"/api/deposits/{application}/payments", {"account": account, "bank": bank})

    def answer_deposit(self, application: str, amount: str) -> Json:
        """Type the amount that arrived, as `0.37`."""
        return self._post(f"/api/deposits/{application}/amount", {"amount": amount})
