"""The client's part about what members ask of seals."""

from __future__ import annotations

from typing import Any

__all__ = ["Asks"]

Json = dict[str, Any]


class Asks:
    """A part of `server.client.Client`."""

    def _get(self, path: str) -> Json:
        raise NotImplementedError

    def _post(self, path: str, body: Json) -> Json:
        raise NotImplementedError

    def ask_change(self, seal: str, change: str, reason: str) -> Json:
        """Ask the representative to suspend, resume or cancel a seal, on one's letter of authorisation."""
        return self._post(f"/api/seals/{seal}/asks", {"change": change, "reason": reason})

    def seal_asks(self, company: str) -> list[Json]:
        """What was asked of a company's seals, newest first."""
        return self._get(f"/api/companies/{company}/seal-asks")["asks"]  # type: ignore[no-any-return]

    def decline_ask(self, ask: str, reason: str) -> Json:
        """Decline what was asked."""
        return self._post(f"/api/seal-asks/{ask}/decline", {"reason": reason})
