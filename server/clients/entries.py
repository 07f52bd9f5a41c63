"""The client's part about companies that exist already and apply for their seals."""

from __future__ import annotations

import uuid
from typing import Any

import httpx

__all__ = ["Entries"]

Json = dict[str, Any]


class Entries:
    """Methods of `server.client.Client`."""

    http: httpx.Client

    def begin_entry(self, form: Json) -> Json:
        """Begin an application; `request_id` is added if the form has none."""
        return self._post("/api/entries", {"request_id": str(uuid.uuid4()), **form})

    def entries(self) -> list[Json]:
        """My applications, the newest first."""
        return self._get("/api/entries")  # type: ignore[return-value]

    def entry(self, entry: str) -> Json:
        """One of them: `state`, `slots` (the materials that it needs), `missing`, `rounds`."""
        return self._get(f"/api/entries/{entry}")

    def change_entry(self, entry: str, form: Json) -> Json:
        """Put another form in its place; numbers left empty stay."""
        return self._post(f"/api/entries/{entry}/form", form)

    def give_material(self, entry: str, slot: str, name: str, data: bytes) -> Json:
        """Give a photo or a PDF for one of its slots."""
        return self._read(
            self.http.post(f"/api/entries/{entry}/materials/{slot}", files={"file": (name, data)})
        )

    def material_file(self, entry: str, material: str) -> bytes:
        """A file as it was given."""
        return self._bytes(f"/api/entries/{entry}/materials/{material}/file")

    def open_entry_code(self, entry: str) -> Json:
        """A fresh QR code to submit it by: `url`, `qr_svg`."""
        return self._post(f"/api/entries/{entry}/code", {})

    def claim_entry_code(self, token: str) -> Json:
        """Claim such a code, as a phone (the User-Agent says so): `id`, and what it submits."""
        return self._post("/api/entry-codes/claim", {"token": token})

    def submit_claimed(self, claim: Json, *, declaration: bool = True, will: bool = True) -> Json:
        """Submit what was claimed."""
        entry = claim["entry"]
        said = {"claim": claim["id"], "digest": entry["digest"], "declaration": declaration, "will": will}
        return self._post(f"/api/entries/{entry['id']}/submit", said)

    def submit_entry(self, entry: str, *, declaration: bool = True, will: bool = True) -> Json:
        """Submit it, or submit it again, where this is the phone itself: code, claim and submission."""
        token = self.open_entry_code(entry)["url"].partition("#")[2]
        return self.submit_claimed(self.claim_entry_code(token), declaration=declaration, will=will)

    def withdraw_entry(self, entry: str) -> Json:
        """Take it back."""
        return self._post(f"/api/entries/{entry}/withdraw", {})

    def begin_entry_check(self, entry: str, way: str = "face") -> Json:
        """Begin the representative's identity check: `url` is its page."""
        return self._post(f"/api/entries/{entry}/checks", {"way": way})

    def use_entry_check(self, check: str) -> Json:
        """Record that it was passed."""
        return self._post(f"/api/entry-checks/{check}/use", {})

    def _get(self, path: str) -> Json:
        raise NotImplementedError

    def _post(self, path: str, body: Json) -> Json:
        raise NotImplementedError

    def _bytes(self, path: str, params: Json | None = None) -> bytes:
        raise NotImplementedError

    @staticmethod
    def _read(response: httpx.Response) -> Json:
        raise NotImplementedError
