"""A person as others may see him: masked; and his own data, opened where a use case needs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from auth.authority import Act, companies_of
from auth.identifiers import mask_mobile
from auth.models import Person
from auth.names import mask_name
from auth.privacy import RecordsKey

__all__ = ["CLOSED", "CompanyRef", "Identity", "Me", "identity", "lock", "masked_name", "me", "set_identity"]


CLOSED = "已注销账户"
"""In place of the name of somebody who has closed his account."""


@dataclass(frozen=True)
class Identity:
    """A person's real data; never in a view, a log or an event."""

    name: str | None = field(repr=False)
    id_number: str | None = field(repr=False)
    mobile: str = field(repr=False)


@dataclass(frozen=True)
class CompanyRef:
    """A company in a list; roles, may: what the person is there and may do (`auth.authority`)."""

    id: str
    name: str
    uscc: str
    state: str
    roles: tuple[str, ...]
    may: tuple[str, ...]


@dataclass(frozen=True)
class Me:
    """The person who is logged in, and the companies that he has to do with."""

    id: str
    mobile_masked: str
    name_masked: str | None
    companies: tuple[CompanyRef, ...]


async def lock(person_id: str) -> None:
    """Hold a person's row to the end of the transaction: his logins and his passkeys change one by one.

    On SQLite the transaction itself is that lock already.
    """
    await Person.select_for_update().get(id=person_id)


def place(person_id: str, column: str) -> str:
    """Where a sealed value belongs."""
    return f"person.{column}:{person_id}"


def identity(person: Person, records: RecordsKey) -> Identity:
    """Open a person's data."""

    def opened(sealed: bytes | None, column: str) -> str | None:
        return None if sealed is None else records.open(bytes(sealed), place(person.id, column))

    return Identity(
        opened(person.name_sealed, "name"),
        opened(person.id_number_sealed, "id_number"),
        records.open(bytes(person.mobile_sealed), place(person.id, "mobile")),
    )


def masked_name(person: Person, records: RecordsKey) -> str:
    """How others see him: 张*, or the masked mobile while no name is known."""
    data = identity(person, records)
    if not data.mobile:
        return CLOSED
    return mask_name(data.name) if data.name else mask_mobile(data.mobile)


async def set_identity(
    person_id: str, name: str, id_number: str, records: RecordsKey, *, checked: bool = False
) -> None:
    """Record name and ID number; inside a transaction.

    checked: as the identity check found them. Without it they are an applicant's words about the owner of
    a mobile, perhaps a stranger's, and replace nothing that is recorded already.
    """
    rows = Person.filter(id=person_id) if checked else Person.filter(id=person_id, name_sealed=None)
    await rows.update(
        name_sealed=records.seal(name, place(person_id, "name")),
        id_number_sealed=records.seal(id_number, place(person_id, "id_number")),
    )


async def me(person_id: str, now: datetime, records: RecordsKey) -> Me:
    """The logged-in person, and the companies that he represents or is a member of."""
    person = await Person.get(id=person_id)
    data = identity(person, records)
    return Me(
        person.id,
        mask_mobile(data.mobile),
        mask_name(data.name) if data.name else None,
        tuple(
            CompanyRef(
                row.id,
                row.name,
                row.uscc,
                row.state.value,
                tuple(sorted(his.roles)),
                tuple(act.value for act in Act if his.may(act)),
            )
            for row, his in await companies_of(person_id, now)
        ),
    )
