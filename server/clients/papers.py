"""The client's part about a company's papers."""

from __future__ import annotations

from typing import Any

__all__ = ["Papers"]

Json = dict[str, Any]


class Papers:
    """A part of `server.client.Client`."""

    def _get(self, path: str) -> Json:
        raise NotImplementedError

    def _post(self, path: str, body: Json) -> Json:
        raise NotImplementedError

    def _fetched(self, made: Json) -> bytes:
        raise NotImplementedError

    def papers(self, company: str) -> list[Json]:
        """The papers of a company, newest first."""
        return self._get(f"/api/companies/{company}/papers")["papers"]  # type: ignore[no-any-return]

    def print_licence(self, company: str, purpose: str, days: int = 30) -> Json:
        """Order a print of the licence for one purpose and time."""
        return self._post(f"/api/companies/{company}/licence-prints", {"purpose": purpose, "days": days})

    def paper(self, paper: str) -> bytes:
        """A paper (PDF); one that waits is made now."""
        return self._fetched(self._post(f"/api/papers/{paper}/exports/pdf", {}))

    def filing_receipt(self, filing: str) -> bytes:
        """The receipt of a filing (PDF)."""
        return self._fetched(self._post(f"/api/filings/{filing}/exports/receipt", {}))

    def order_form(self, company: str, form: str, member: str | None = None) -> Json:
        """Order a form of a company; member: whose powers an authorisation states."""
        return self._post(f"/api/companies/{company}/forms/{form}", {"member": member})

    def order_entry_form(self, entry: str, form: str) -> Json:
        """Order a form of one's own application, filled in from it."""
        return self._post(f"/api/entries/{entry}/forms/{form}", {})
