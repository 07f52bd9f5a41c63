"""The review desk, for whoever has the role `operator`."""

from __future__ import annotations

from server.clients.calls import Calls, Json

__all__ = ["ReviewCalls"]

PATH = "/api/desk/reviews"


class ReviewCalls(Calls):
    """kind: `entries` (applications of existing companies) or `seals` (held ones)."""

    def review_queue(self, kind: str | None = None) -> Json:
        """What waits, oldest first; kind: `entry` or `seal`."""
        return self._get(f"{PATH}?kind={kind}" if kind else PATH)

    def review_count(self) -> Json:
        """How many items wait."""
        return self._get(f"{PATH}/count")

    def take_review(self, kind: str, item: str) -> None:
        """Take one."""
        self._post(f"{PATH}/{kind}/{item}/take", {})

    def release_review(self, kind: str, item: str) -> None:
        """Give it back."""
        self._post(f"{PATH}/{kind}/{item}/release", {})

    def review(self, kind: str, item: str) -> Json:
        """What I have taken."""
        return self._get(f"{PATH}/{kind}/{item}")

    def review_numbers(self, entry: str) -> Json:
        """The personal numbers of a form, whole; that is recorded."""
        return self._post(f"{PATH}/entries/{entry}/numbers", {})

    def review_material(self, entry: str, material: str, *, imprint: bool = False) -> bytes:
        """A material's file; imprint: the imprint that was taken off it, PNG."""
        query = {"imprint": "1"} if imprint else None
        response = self.http.post(f"{PATH}/entries/{entry}/materials/{material}", params=query)
        if response.status_code != 200:
            self._read(response)
        return response.content

    def review_picture(self, seal: str, which: str = "picture") -> bytes:
        """A held seal's imprint as PNG; which: `picture` or `alike`."""
        return self._bytes(f"{PATH}/seals/{seal}/{which}")

    def approve_review(self, kind: str, item: str) -> Json:
        """Approve it."""
        return self._post(f"{PATH}/{kind}/{item}/approve", {})

    def return_entry(self, entry: str, items: dict[str, str]) -> Json:
        """Return an application: slot, or `form`, to reason."""
        return self._post(f"{PATH}/entries/{entry}/return", {"items": items})

    def reject_entry(self, entry: str, reason: str) -> Json:
        """Reject an application."""
        return self._post(f"{PATH}/entries/{entry}/reject", {"reason": reason})

    def decline_seal(self, seal: str, reason: str, reason_en: str = "") -> None:
        """Decline a held seal."""
        self._post(f"{PATH}/seals/{seal}/decline", {"reason": reason, "reason_en": reason_en})
