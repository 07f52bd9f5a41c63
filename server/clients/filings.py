"""Filings of seals, as the client asks for them."""

from __future__ import annotations

import secrets
from typing import Any

__all__ = ["Filings"]

Json = dict[str, Any]


class Filings:
    """A part of `server.client.Client`."""

    def _get(self, path: str) -> Json:
        raise NotImplementedError

    def _post(self, path: str, body: Json) -> Json:
        raise NotImplementedError

    def filings(self, company: str) -> Json:
        """A company's filings, and the seals that may be filed."""
        return self._get(f"/api/companies/{company}/filings")

    def file_seal(self, company: str, seal: str, kind: str = "first", **changed: Any) -> Json:
        """File a seal, with the declaration given."""
        body = {
            "request_id": secrets.token_hex(16),
            "seal": seal,
            "kind": kind,
            "name": "合同专用章",
            "scope": "签订合同",
            "declared": True,
            **changed,
        }
        return self._post(f"/api/companies/{company}/new-filings", body)

    def filing(self, filing: str) -> Json:
        """One filing."""
        return self._get(f"/api/filings/{filing}")

    def check_filing(self, filing: str) -> Json:
        """Say that its receipt is right."""
        return self._post(f"/api/filings/{filing}/check", {})
