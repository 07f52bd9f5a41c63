"""Feedback and notices; the desks of service and supervision."""

from __future__ import annotations

from typing import Any

from server.clients.calls import Calls, Json

__all__ = ["ServiceCalls"]


class ServiceCalls(Calls):
    """What users say to the platform, and it to them."""

    def send_ticket(self, kind: str, text: str, contact: str = "", code: str = "") -> Json:
        """Ask, complain or report: `number` and `secret`, which look it up."""
        return self._post("/api/tickets", {"kind": kind, "text": text, "contact": contact, "code": code})

    def look_up_ticket(self, number: str, secret: str) -> Json:
        """What became of it; no login is needed."""
        return self._post("/api/tickets/look-up", {"number": number, "secret": secret})

    def tickets(self) -> list[Json]:
        """What this person has sent."""
        found: list[Json] = self._get("/api/tickets")["tickets"]
        return found

    def notices(self) -> list[Json]:
        """Notices that are not read yet."""
        found: list[Json] = self._get("/api/notices")["notices"]
        return found

    def read_notice(self, notice: str) -> None:
        """It is read; of a training: taken part in."""
        self._post(f"/api/notices/{notice}/read", {})

    # ---------------------------------------------------------------- desk of service

    def desk_tickets(self, *, overdue: bool = False) -> Json:
        """Open tickets."""
        return self._get(f"/api/desk/tickets{'?overdue=1' if overdue else ''}")

    def take_ticket(self, ticket: str) -> Json:
        """Begin to work on it."""
        return self._post(f"/api/desk/tickets/{ticket}/take", {})

    def answer_ticket(self, ticket: str, text: str) -> Json:
        """Answer it."""
        return self._post(f"/api/desk/tickets/{ticket}/answer", {"text": text})

    def close_ticket(self, ticket: str) -> Json:
        """Done with."""
        return self._post(f"/api/desk/tickets/{ticket}/close", {})

    def ask_freeze(self, ticket: str) -> Json:
        """Ask the company whose seal was reported to look."""
        return self._post(f"/api/desk/tickets/{ticket}/ask-freeze", {})

    def desk_notices(self) -> Json:
        """Notices and the record of trainings."""
        return self._get("/api/desk/notices")

    def publish_notice(self, **notice: Any) -> Json:
        """Tell all users: kind, topic, title_zh, title_en, text_zh, text_en, shown_from, shown_until."""
        return self._post("/api/desk/notices", notice)

    def withdraw_notice(self, notice: str) -> Json:
        """Show it no more."""
        return self._post(f"/api/desk/notices/{notice}/withdraw", {})

    def desk_guidance(self) -> Json:
        """Guidance to answer."""
        return self._get("/api/desk/guidance")

    def answer_guidance(self, guidance: str, text: str) -> Json:
        """Answer it."""
        return self._post(f"/api/desk/guidance/{guidance}/answer", {"text": text})

    # ---------------------------------------------------------------- desk of supervision

    def supervision(self) -> Json:
        """Totals and guidance."""
        return self._get("/api/desk/supervision")

    def overdue_filings(self) -> list[Json]:
        """What the maker has not filed in time; for public security."""
        found: list[Json] = self._get("/api/desk/supervision/filings")["filings"]
        return found

    def totals(self, form: str) -> bytes:
        """The totals as csv or xlsx."""
        return self.http.get(f"/api/desk/supervision/totals/{form}").raise_for_status().content

    def give_guidance(self, addressee: str, text: str) -> Json:
        """Ask maker or platform to put something right."""
        return self._post("/api/desk/supervision/guidance", {"addressee": addressee, "text": text})
