"""The platform's desks."""

from __future__ import annotations

from server.clients.calls import Calls, Json

__all__ = ["DeskCalls"]


class DeskCalls(Calls):
    """For whoever has a role (`ezhang staff add`); all others get 404."""

    def my_desk(self) -> Json:
        """My roles, and which desks are open in this session."""
        return self._get("/api/desk")

    def begin_desk_proof(self) -> Json:
        """Begin to open: `public_key`, for an authenticator."""
        return self._post("/api/desk/proof/options", {})

    def open_desk(self, answer: Json, code: str | None = None) -> None:
        """Open by the passkey's answer; code: of the host, to bind this passkey."""
        self._post("/api/desk/proof", {**answer, "code": code})

    def open_desk_by_code(self, code: str) -> None:
        """Development: open by the host's code alone."""
        self._post("/api/desk/code", {"code": code})
