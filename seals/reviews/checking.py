"""An application held against its sources (R111): the register, asked now; what else was handed in here."""

from __future__ import annotations

from dataclasses import dataclass, field

from auth.company_types import COMPANY_TYPES
from auth.errors import NotFound, Refused, Unavailable
from auth.identifiers import mask_id
from auth.ports import RegisteredCompany, RegisteredRepresentative, Registrar, RegistrarApplication
from seals.entry.models import EntryMaterial
from seals.entry.views import EntryForm
from seals.registered import listed

__all__ = ["CrossCheck", "cross_check", "same_elsewhere"]

ITEMS = (
    *("uscc", "company_name", "company_type", "representative_name"),
    *("representative_id_number", "status"),
)


@dataclass(frozen=True)
class CrossCheck:
    """One item. outcome: equal, different, unknown (the register has no such company) or unavailable.

    ours: as the form says; theirs: as the register says, personal numbers masked.
    """

    item: str
    outcome: str
    ours: str = field(repr=False)
    theirs: str = field(repr=False)


async def cross_check(form: EntryForm, registrar: Registrar) -> tuple[CrossCheck, ...]:
    """Every item, whether or not the register answers."""
    ours = {
        "uscc": form.uscc,
        "company_name": form.company_name,
        "company_type": COMPANY_TYPES[form.company_type],
        "representative_name": form.representative_name,
        "representative_id_number": form.representative_id_number,
        "status": "active",
    }
    try:
        theirs = _theirs(*await listed(form.uscc, registrar))
    except NotFound:
        return tuple(CrossCheck(item, "unknown", _shown(item, ours[item]), "") for item in ITEMS)
    except (Refused, Unavailable):
        return tuple(CrossCheck(item, "unavailable", _shown(item, ours[item]), "") for item in ITEMS)
    return tuple(
        CrossCheck(
            item,
            "equal" if ours[item] == theirs[item] else "different",
            _shown(item, ours[item]),
            _shown(item, theirs[item]),
        )
        for item in ITEMS
    )


def _theirs(
    entry: RegistrarApplication, company: RegisteredCompany, named: RegisteredRepresentative
) -> dict[str, str]:
    return {
        "uscc": company.uscc,
        "company_name": company.company_name,
        "company_type": entry.company_type,
        "representative_name": named.name,
        "representative_id_number": named.id_number,
        "status": "active" if named.dissolved_on is None else "dissolved",
    }


def _shown(item: str, value: str) -> str:
    return mask_id(value) if item == "representative_id_number" else value


async def same_elsewhere(application_id: str) -> tuple[str, ...]:
    """The slots whose very file was handed in with another company's application too."""
    mine = await EntryMaterial.filter(application_id=application_id, live__isnull=False)
    others = EntryMaterial.filter(same_index__in=[row.same_index for row in mine])
    foreign = await others.exclude(application_id=application_id).values_list("same_index", flat=True)
    known = {str(each) for each in foreign}
    return tuple(sorted(row.slot for row in mine if row.same_index in known))
