"""The licence in force, and whom it names: his data as registered, sealed beside the signed licence.

Name, ID number and mobile are what an identity check begins with. They are not under the licence's signature
and need not be: the sealer compares the ID number of the passed check with the one that is.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

from cryptography.exceptions import InvalidTag

from auth.errors import Refused
from auth.models import Licence
from auth.privacy import RecordsKey

__all__ = ["Representative", "in_force", "representative", "sealed"]


@dataclass(frozen=True)
class Representative:
    """The legal representative as registered; never in a view, a log or an event."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    mobile: str = field(repr=False)


async def in_force(company_id: str) -> Licence:
    """A company's newest licence; it has always one."""
    return await Licence.get(current=company_id)


def _place(licence_id: str) -> str:
    return f"licence.representative:{licence_id}"


def sealed(licence_id: str, named: Representative, records: RecordsKey) -> bytes:
    """The value of `Licence.representative_sealed`."""
    return records.seal(json.dumps(asdict(named), ensure_ascii=False), _place(licence_id))


def representative(row: Licence, records: RecordsKey) -> Representative:
    """Whom a licence names. Raises Refused `licence.damaged`, also where it was erased with the archive."""
    try:
        return Representative(**json.loads(records.open(bytes(row.representative_sealed), _place(row.id))))
    except (InvalidTag, ValueError):
        raise Refused(
            "licence.damaged",
            "执照的登记信息已损坏或被改动，无法继续。请联系客服。",
            "The licence's data were damaged or changed and cannot be used. Please contact support.",
        ) from None
