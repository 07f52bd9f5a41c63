"""What an imprint is drawn from. The same design gives the same outlines, to the µm."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

from seals.kinds import CompanyForm, SealClass, SealKind, seal_name, spec

__all__ = ["Design"]


@dataclass(frozen=True, slots=True)
class Design:
    """One imprint's words.

    seal_number: the 13-digit seal number. person_name: whom a name seal names. unit: the department or
    branch. ordinal: several seals of one kind are told apart by Arabic numerals (R20); the first carries
    none. form: decides the shape of the legal-name seal. foreign_text: the company's name in a second
    script, or "". translation: what that text means in Chinese, as confirmed by the company (R26); it
    stands beside the imprint, not in it.
    """

    kind: SealKind
    company_name: str
    uscc: str
    seal_number: str
    person_name: str = ""
    unit: str = ""
    ordinal: int = 1
    form: CompanyForm = CompanyForm.LIMITED
    foreign_text: str = ""
    translation: str = ""

    @property
    def bearer(self) -> str:
        """The department, branch or person it is the seal of; "" for the company's own."""
        return self.unit or (self.person_name if spec(self.kind).seal_class is SealClass.NAME else "")

    @property
    def name(self) -> str:
        """What the seal goes by, see `seals.kinds.seal_name`."""
        return seal_name(self.kind, self.company_name, self.person_name, unit=self.unit, ordinal=self.ordinal)

    def to_json(self) -> dict[str, Any]:
        """As stored with the seal."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """From what `to_json` gave."""
        return cls(**{**data, "kind": SealKind(data["kind"]), "form": CompanyForm(data["form"])})
