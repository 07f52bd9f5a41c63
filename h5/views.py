"""What the pages that work without scripts are rendered from. Texts are ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "Bilingual",
    "CheckedFile",
    "CheckedSignature",
    "DailyRoot",
    "DailyRoots",
    "Drawing",
    "OwnSigning",
    "PaperOnRecord",
    "PresentedLicence",
    "SealOnRecord",
    "SealedRecord",
]


@dataclass(frozen=True)
class Bilingual:
    """A text in both languages; the page shows the reader's."""

    zh: str
    en: str


@dataclass(frozen=True)
class Drawing:
    """One SVG path, and the size it is drawn in."""

    width: float
    height: float
    d: str


@dataclass(frozen=True)
class PresentedLicence:
    """A licence held out by a dynamic QR (/l/<token>): public registration data only.

    Times are texts in China time with offset. valid_until: None = long-term (长期).
    capital_wan: in 万元 (10,000 CNY). good: the licence is valid at this moment.
    """

    company_name: str
    uscc: str
    licence_number: str
    company_type: str
    representative_name: str
    capital_wan: str
    address: str
    business_scope: str
    established_on: str
    valid_until: str | None
    state: Bilingual
    good: bool
    checked_at: str
    expires_at: str


@dataclass(frozen=True)
class SealOnRecord:
    """One seal of a recorded document; the states are those of seal and certificate, then and now.

    company: as it was called then; company_now: where it is called otherwise now.
    """

    company: str
    uscc: str
    seal_name: str
    signed_at_text: str
    seal_state_then: Bilingual
    seal_state_now: Bilingual
    good_now: bool
    company_now: str | None = None


@dataclass(frozen=True)
class PaperOnRecord:
    """A paper that the platform made and sealed itself. about: the code of the document it is about, or
    empty.

    holds: whether what a company's paper states holds now, in words; good: that it does; facts: labels and
    values of what it states.
    """

    title: Bilingual
    number: str
    made_at_text: str
    about: str
    holds: Bilingual | None = None
    good: bool = True
    facts: tuple[tuple[Bilingual, Bilingual], ...] = ()


@dataclass(frozen=True)
class OwnSigning:
    """What a party sees of what its company sealed and no stranger is told, and the ways to fetch it.

    printed: whether it leaves the pages open to who holds the paper; None where no access code is printed.
    """

    document_name: str
    page_count: int
    seal_name: str
    asker: str
    asked_at_text: str
    stated: Bilingual
    digest_sha256: str
    document_id: str
    printed: bool | None
    file_url: str
    evidence_url: str


@dataclass(frozen=True)
class SealedRecord:
    """What anybody may know of a verification code (/v/<code>) without the file; nothing private.

    code: as printed, four groups of four, or as typed when it is unknown. state `not_sealed`: the code
    was drawn into a document that nobody has sealed yet; `paper`: it is one of the platform's own papers.
    own: for a party that is logged in, else empty. printed: the access code printed on it opens its pages.
    spot: what a loupe shows beside its seals.
    """

    code: str
    state: Literal["found", "not_sealed", "paper", "unknown"]
    sealed_count: int = 0
    seals: tuple[SealOnRecord, ...] = ()
    paper: PaperOnRecord | None = None
    own: tuple[OwnSigning, ...] = ()
    printed: bool = False
    spot: Drawing | None = None

    @property
    def own_addresses(self) -> list[dict[str, str]]:
        """Where the page's script fetches what is one's own."""
        return [{"file_url": one.file_url, "evidence_url": one.evidence_url} for one in self.own]


@dataclass(frozen=True)
class CheckedSignature:
    """One signature of a file that was sent by a form."""

    verdict: str
    company: str | None
    uscc: str | None
    seal_name: str | None
    signed_at_text: str | None
    reasons: tuple[Bilingual, ...]


@dataclass(frozen=True)
class CheckedFile:
    """The answer about a file sent by a form. kind: colour of the answer; words: key of title and text."""

    name: str
    kind: Literal["valid", "earlier", "invalid", "unknown", "unsigned"]
    words: str
    reasons: tuple[Bilingual, ...]
    signatures: tuple[CheckedSignature, ...]
    code: str

    @property
    def mark(self) -> str:
        """The icon of the answer."""
        return {"valid": "tick", "earlier": "tick", "invalid": "cross"}.get(self.kind, "question")


@dataclass(frozen=True)
class DailyRoot:
    """A published root (/roots). day: China's; stamped_text: China time with offset."""

    number: int
    day: str
    chains: int
    sha256: str
    stamped_text: str


@dataclass(frozen=True)
class DailyRoots:
    """Some roots, the newest first. before: where older ones begin, None when there are none."""

    roots: tuple[DailyRoot, ...] = ()
    before: int | None = None
