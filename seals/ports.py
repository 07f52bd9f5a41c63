"""What sealing needs from outside its own rules; implementations live in `server/`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from auth.ports import DecisionState
from seals.pdf.revocation import Evidence

__all__ = [
    "Blobs",
    "FilingAnswer",
    "FilingDesk",
    "PinResetApplication",
    "PinResetDecision",
    "PinResets",
    "ResetCompany",
    "Statuses",
]


@dataclass(frozen=True)
class ResetCompany:
    """A company whose seals lose their keys by a reset. seals: their numbers."""

    name: str
    uscc: str
    seals: tuple[str, ...]


@dataclass(frozen=True)
class PinResetApplication:
    """An application to reset a forgotten PIN, of a person whose identity was checked just before.

    application_id: ours, stable: submitting it again is the same application.
    """

    application_id: str
    name: str = field(repr=False)
    id_number: str = field(repr=False)
    mobile: str = field(repr=False)
    companies: tuple[ResetCompany, ...]
    applied_at: datetime


@dataclass(frozen=True)
class PinResetDecision:
    """The authority's decision on one application; reason: set when REJECTED."""

    application_id: str
    state: DecisionState
    reason: str | None = None


class PinResets(Protocol):
    """The public-security authority's desk for PIN resets (R56).

    Both methods raise Unavailable `public_security.unavailable` when there is no usable answer.
    """

    async def submit(self, application: PinResetApplication) -> str:
        """Hand in an application; returns the authority's reference. Safe to repeat."""

    async def result(self, reference: str) -> PinResetDecision:
        """How the application stands. Raises NotFound `public_security.not_found`."""


@dataclass(frozen=True)
class FilingAnswer:
    """What the authority says of one filing. reference: its number of having it, stable.

    reason: set when REJECTED; receipt: the receipt's number, set when a company's filing is APPROVED.
    """

    number: str
    reference: str
    state: DecisionState
    reason: str | None = None
    receipt: str | None = None


class FilingDesk(Protocol):
    """The public-security authority's desk for filings (R34, R119-R135).

    number: ours, stable; the same content under it again is the same filing, and after a rejection another
    content is filed anew. content: what goes over the wire, personal data in full. All raise Unavailable
    `filing_desk.unavailable` when there is no usable answer, Refused `filing_desk.refused` when the content
    will not be taken.
    """

    async def file_seal(self, number: str, content: Mapping[str, Any]) -> FilingAnswer:
        """Hand in a fact about a seal, of the maker."""

    async def seal_filing(self, number: str) -> FilingAnswer:
        """How it stands. Raises NotFound `filing_desk.not_found`."""

    async def apply(self, number: str, content: Mapping[str, Any]) -> FilingAnswer:
        """Hand in a company's own filing."""

    async def application(self, number: str) -> FilingAnswer:
        """How it stands. Raises NotFound `filing_desk.not_found`."""


class Statuses(Protocol):
    """What the issuers of somebody else's time-stamping unit say of it."""

    async def about(self, units: Sequence[bytes]) -> Evidence:
        """Of a unit's certificates (DER), its own first.

        Raises Unavailable `timestamp.status_unavailable`.
        """


class Blobs(Protocol):
    """A content-addressed store of bytes."""

    async def put(self, data: bytes) -> str:
        """Store bytes; returns their SHA-256 in hex, which is the address. Safe to repeat."""

    async def get(self, address: str) -> bytes:
        """The bytes of an address. Raises NotFound `blob.not_found`; Unavailable `blob.damaged`."""

    async def has(self, address: str) -> bool:
        """Whether they are there."""

    async def delete(self, address: str) -> bool:
        """Delete them, for good; whether they were there. Only what is nobody's any more
        (`seals/archiving/stored.py`).
        """
