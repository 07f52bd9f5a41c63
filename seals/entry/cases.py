"""Which materials a case needs: one table, material by material, each with its rule. Pure.

R21-R26 (seal rules), R99-R107 (materials of a company's application), R29 and R11 (who applies elsewhere).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from seals.kinds import SealClass, SealKind, spec

__all__ = [
    "ELSEWHERE",
    "NEEDS",
    "OWNER_TYPES",
    "PER_SEAL_SEPARATOR",
    "Case",
    "CaseSeal",
    "MaterialKind",
    "Need",
    "Slot",
    "needed",
    "slot_of",
]

OWNER_TYPES = (
    "enterprise",
    "sole_trader",
    "institution",
    "social_organisation",
    "other",
    "state_organ",
    "peoples_organisation",
)
ELSEWHERE = frozenset({"state_organ", "peoples_organisation"})
"""Theirs is a procedure of the state's own (R29), not one of an application here."""
PER_SEAL_SEPARATOR = "."


class MaterialKind(StrEnum):
    LICENCE_COPY = "licence_copy"
    ORGANISATION_CODE = "organisation_code"
    REPRESENTATIVE_ID_FRONT = "representative_id_front"
    REPRESENTATIVE_ID_BACK = "representative_id_back"
    SUPERIOR_LETTER = "superior_letter"
    AUTHORISATION = "authorisation"
    AGENT_ID_FRONT = "agent_id_front"
    AGENT_ID_BACK = "agent_id_back"
    INDUSTRY_PERMIT = "industry_permit"
    NAME_ID_FRONT = "name_id_front"
    NAME_ID_BACK = "name_id_back"
    NAME_LETTER = "name_letter"
    NAME_AUTHORISATION = "name_authorisation"
    TRANSLATION = "translation"
    IMPRINT_SCAN = "imprint_scan"
    MAKING_CONFIRMATION = "making_confirmation"
    DESIGN_DRAFT = "design_draft"


@dataclass(frozen=True)
class CaseSeal:
    """What of a seal decides. owners: a name seal of the person whom the licence names."""

    kind: SealKind
    digitised: bool = False
    second_script: bool = False
    owners: bool = False

    @property
    def names_person(self) -> bool:
        """Whether it is a name seal (R25)."""
        return spec(self.kind).seal_class is SealClass.NAME


@dataclass(frozen=True)
class Case:
    """What of an application decides which materials are needed.

    agent: somebody else than the representative applies (经办人). three_in_one: its code is the 18-character
    one, in which the organisation's code is contained.
    """

    seals: tuple[CaseSeal, ...]
    agent: bool = False
    superior: bool = False
    permit: bool = False
    three_in_one: bool = True

    def to_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Case:
        """As it was stored."""
        seals = tuple(CaseSeal(**{**each, "kind": SealKind(each["kind"])}) for each in stored["seals"])
        return cls(**{**stored, "seals": seals})


@dataclass(frozen=True)
class Need:
    """A material and when it is needed: once for the case, or for each seal of which `of_seal` holds.

    rules: of the source documents. stamped: carries the company's or the superior body's seal in red ink
    (R99, R109). card: a small card, which fills the picture. imprint: the imprint is taken off it. drawing:
    no paper. optional: nothing lacks without it.
    """

    kind: MaterialKind
    rules: tuple[str, ...]
    of_case: Callable[[Case], bool] | None = None
    of_seal: Callable[[CaseSeal], bool] | None = None
    stamped: bool = False
    card: bool = False
    imprint: bool = False
    drawing: bool = False
    optional: bool = False


@dataclass(frozen=True)
class Slot:
    """A place for one file. key: kind, and for one of a seal its number from 0: `imprint_scan.0`."""

    need: Need
    seal: int | None = None

    @property
    def key(self) -> str:
        """What it goes by in addresses and rows."""
        kind = self.need.kind.value
        return kind if self.seal is None else f"{kind}{PER_SEAL_SEPARATOR}{self.seal}"


def _always(_: Case) -> bool:
    return True


def _others_name(seal: CaseSeal) -> bool:
    return seal.names_person and not seal.owners


_K = MaterialKind

NEEDS: tuple[Need, ...] = (
    Need(_K.LICENCE_COPY, ("R21", "R75", "R99", "R155"), _always, stamped=True),
    Need(_K.ORGANISATION_CODE, ("R100",), lambda case: not case.three_in_one),
    Need(_K.REPRESENTATIVE_ID_FRONT, ("R75", "R101", "R155"), _always, card=True),
    Need(_K.REPRESENTATIVE_ID_BACK, ("R75", "R101", "R155"), _always, card=True),
    Need(_K.SUPERIOR_LETTER, ("R22",), lambda case: case.superior, stamped=True),
    # R23 asks for it where nobody is above the company, R103 wherever an agent applies: a representative who
    # applies himself authorises nobody.
    Need(_K.AUTHORISATION, ("R23", "R103"), lambda case: case.agent, stamped=True),
    Need(_K.AGENT_ID_FRONT, ("R24", "R104"), lambda case: case.agent, card=True),
    Need(_K.AGENT_ID_BACK, ("R24", "R104"), lambda case: case.agent, card=True),
    Need(_K.INDUSTRY_PERMIT, ("R107",), lambda case: case.permit),
    Need(_K.NAME_ID_FRONT, ("R25",), of_seal=_others_name, card=True),
    Need(_K.NAME_ID_BACK, ("R25",), of_seal=_others_name, card=True),
    Need(_K.NAME_LETTER, ("R25",), of_seal=lambda seal: seal.names_person, stamped=True),
    Need(_K.NAME_AUTHORISATION, ("R25",), of_seal=lambda seal: seal.names_person, stamped=True),
    Need(_K.TRANSLATION, ("R26",), of_seal=lambda seal: seal.second_script, stamped=True),
    Need(_K.IMPRINT_SCAN, ("R105", "R155"), of_seal=lambda seal: seal.digitised, stamped=True, imprint=True),
    Need(
        _K.MAKING_CONFIRMATION,
        ("R105",),
        lambda case: any(seal.digitised for seal in case.seals),
        stamped=True,
    ),
    # For the reviewer to look at: a seal is drawn as the rules say, whatever somebody drew.
    Need(
        _K.DESIGN_DRAFT,
        ("R106",),
        lambda case: any(not seal.digitised and not seal.names_person for seal in case.seals),
        drawing=True,
        optional=True,
    ),
)


def needed(case: Case) -> tuple[Slot, ...]:
    """The materials of a case, in the order in which they are asked for."""
    slots: list[Slot] = []
    for need in NEEDS:
        if need.of_case is not None and need.of_case(case):
            slots.append(Slot(need))
        if need.of_seal is not None:
            slots += [Slot(need, number) for number, seal in enumerate(case.seals) if need.of_seal(seal)]
    return tuple(slots)


def slot_of(case: Case, key: str) -> Slot | None:
    """The slot of this key, where the case has it."""
    return next((slot for slot in needed(case) if slot.key == key), None)
