"""Every table is asked: once a company's time is over, or an account is closed, no sealed column of its rows
opens any more and none of its files is left, but for what is named here with its reason (R38, R142).

Rows are made of all models, whatever they are: a table that is added is asked too.
"""

from __future__ import annotations

import importlib
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tortoise import fields
from tortoise.fields.data import CharEnumFieldInstance
from tortoise.models import Model

from auth.engine import APPS
from auth.errors import NotFound
from auth.models import Application, ApplicationState, Company, CompanyState, Person
from auth.privacy import RecordsKey
from auth.staff_models import StaffRole
from seals import registered, succeeding
from seals.archiving import companies, files, persons, stored
from seals.archiving.register import Line
from seals.entry import reviewing, seeing
from seals.entry.models import EntryApplication, EntryMaterial, EntryState
from seals.models import Document, Signing, SigningState
from seals.paper_models import Paper
from seals.policies import DEFAULT, POLICIES
from seals.service_models import Ticket
from server.adapters.blobs import LocalBlobs

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
OVER = datetime(2033, 1, 2, 2, 0, tzinfo=UTC)
RECORDS = RecordsKey(bytes(32))

STAYS = {
    ("staff_role", "name_sealed"): "who decided for the platform stays answerable",
    ("event", "private"): "by the stream, not by a column: test_archiving.py",
    (
        "wechat_login",
        "openid_sealed",
    ): "deleted a day after, or with the account it was bound to",
}
"""Sealed columns that neither erasing empties, and why."""

STORED = re.compile(r"^(blob|original|base_blob|prepared_blob|sha256|signed_sha256)$")
"""Columns that hold an address of the store."""

SAID = {
    "signing": {"counterparty": "王小二"},
    "paper": {"purpose": "交给王小二"},
}


def models() -> Iterator[type[Model]]:
    for app in APPS.values():
        for module in app["models"]:
            for model in vars(importlib.import_module(module)).values():
                if isinstance(model, type) and issubclass(model, Model) and model.__module__ == module:
                    yield model


def binary(model: type[Model]) -> list[str]:
    return [name for name, field in model._meta.fields_map.items() if isinstance(field, fields.BinaryField)]


def stored_in(model: type[Model]) -> list[str]:
    return [name for name in model._meta.fields_map if STORED.match(name)]


def relations(model: type[Model]) -> dict[str, Any]:
    names = [*model._meta.fk_fields, *model._meta.o2o_fields]
    return {name: model._meta.fields_map[name] for name in names}


class World:
    """A row of each table for one person, and for one company or none."""

    def __init__(self, blobs: LocalBlobs, *, with_company: bool) -> None:
        self.blobs, self.with_company = blobs, with_company
        self.rows: dict[type[Model], Model] = {}
        self.addresses: dict[str, str] = {}
        entry = EntryState.APPROVED if with_company else EntryState.REJECTED
        done = ApplicationState.APPROVED if with_company else ApplicationState.REJECTED
        self.columns: dict[type[Model], dict[str, Any]] = {
            Company: {"state": CompanyState.CLOSED},
            Application: {"state": done},
            EntryApplication: {"state": entry, "round": 1},
            StaffRole: {"ended_at": NOW},
            Signing: {"state": SigningState.SIGNED, "request": SAID["signing"]},
            Paper: {"said": SAID["paper"]},
            Document: {"inspection": {"pages": []}},
        }

    def reaches(self, model: type[Model], owner: type[Model]) -> bool:
        """Whether rows of this table lead to the person or the company of this world."""
        if model is owner:
            return True
        leading = [each for each in relations(model).values() if self._leads(each)]
        return any(self.reaches(each.related_model, owner) for each in leading)

    def _leads(self, field: Any) -> bool:
        if field.related_model is Company:
            return self.with_company
        return not field.null or field.related_model is Person

    def can_be(self, model: type[Model]) -> bool:
        """Without a company there is no row of what is a company's."""
        return self.with_company or not (
            model is Company
            or any(
                not field.null and not self.can_be(field.related_model) for field in relations(model).values()
            )
        )

    async def make(self, model: type[Model]) -> Model:
        if model in self.rows:
            return self.rows[model]
        values: dict[str, Any] = {}
        sources = set()
        for name, field in relations(model).items():
            sources.add(field.source_field)
            if self._leads(field):
                values[name] = await self.make(field.related_model)
        given = self.columns.get(model, {})
        for name, field in model._meta.fields_map.items():
            if name in values or name in sources or name in relations(model) or name in given:
                continue
            if name in model._meta.backward_fk_fields | model._meta.backward_o2o_fields:
                continue
            if STORED.match(name):
                values[name] = await self._put(f"{model._meta.db_table}.{name}")
            elif (value := self._value(name, field)) is not None:
                values[name] = value
        if model is EntryMaterial:
            values["lifted"] = {"blob": await self._put("entry_material.lifted")}
        self.rows[model] = row = await model.create(**values, **given)
        return row

    async def _put(self, where: str) -> str:
        self.addresses[where] = await self.blobs.put(secrets.token_bytes(16))
        return self.addresses[where]

    def _value(self, name: str, field: Any) -> Any:
        if isinstance(field, fields.BinaryField):
            return b"sealed"
        if field.generated or (field.default is not None and name != "reason"):
            return None
        if isinstance(field, fields.DatetimeField):
            return None if field.null else NOW
        if isinstance(field, CharEnumFieldInstance):
            return None if field.null else next(iter(field.enum_type))
        if isinstance(field, fields.CharField):
            return secrets.token_hex(40)[: field.max_length]
        if isinstance(field, fields.TextField):
            return "text"
        if isinstance(field, fields.JSONField):
            return None if field.null else {}
        return None if field.null else secrets.randbelow(1 << 30)

    async def filled(self, owner: type[Model]) -> list[type[Model]]:
        """All tables that can hold something sealed, or lead to the store, made; of these, his."""
        for model in models():
            if self.can_be(model) and (binary(model) or stored_in(model)):
                await self.make(model)
        return [model for model in self.rows if self.reaches(model, owner)]


async def left(world: World, his: list[type[Model]]) -> set[tuple[str, str]]:
    """Sealed columns of his rows in which something is still."""
    found = set()
    for model in his:
        for row in await model.filter(pk=world.rows[model].pk):
            found |= {(str(model._meta.db_table), name) for name in binary(model) if getattr(row, name)}
    return found


async def files_left(world: World, his: list[type[Model]], line: Line) -> set[str]:
    await files.delete(line, world.blobs)
    tables = {str(model._meta.db_table) for model in his}
    mine = {where: address for where, address in world.addresses.items() if where.split(".")[0] in tables}
    assert mine
    return {where for where, address in mine.items() if await world.blobs.has(address)}


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs")


async def test_every_sealed_column_belongs_to_a_company_or_a_person_or_is_named(
    database: str, blobs: LocalBlobs
) -> None:
    of_company, of_person = World(blobs, with_company=True), World(blobs, with_company=False)
    reached = {*await of_company.filled(Company), *await of_person.filled(Person)}
    sealed = {(str(model._meta.db_table), name) for model in models() for name in binary(model)}
    asked = {(str(model._meta.db_table), name) for model in reached for name in binary(model)}
    assert sealed - asked == set(STAYS) - {("staff_role", "name_sealed")}


async def test_once_its_time_is_over_nothing_of_a_company_opens(database: str, blobs: LocalBlobs) -> None:
    world, other = World(blobs, with_company=True), World(blobs, with_company=True)
    his = await world.filled(Company)
    others = await other.filled(Company)
    before = await left(other, others)
    company = world.rows[Company].pk
    line = await companies.erase(company, POLICIES[DEFAULT], "operator:test", OVER)
    assert await left(world, his) == set()
    assert await files_left(world, his, line) == set()
    assert await left(other, others) == before, "another's stays"
    assert await stored.needed(other.addresses.values()) != set()
    assert all([await blobs.has(each) for each in other.addresses.values()])

    assert (await Signing.get(company_id=company)).request == {"counterparty": ""}
    assert (await Paper.get(company_id=company)).said == {"purpose": ""}
    entry = await EntryApplication.get(company_id=company)
    assert entry.reason is None
    with pytest.raises(NotFound, match=r"application\.not_found"):
        await registered.registered(company, RECORDS, None)  # type: ignore[arg-type]
    assert not await succeeding._known().filter(id=company).exists(), "nobody asks about it any more"
    assert await succeeding._known().filter(id=other.rows[Company].pk).exists()
    assert await seeing.listed(entry.applicant_id, RECORDS) == ()
    with pytest.raises(NotFound, match=r"entry\.not_found"):
        await reviewing.look(entry.id, RECORDS)


async def test_once_an_account_is_closed_nothing_of_its_person_opens(
    database: str, blobs: LocalBlobs
) -> None:
    world, other = World(blobs, with_company=False), World(blobs, with_company=False)
    his, others = await world.filled(Person), await other.filled(Person)
    before = await left(other, others)
    person = world.rows[Person].pk
    line = await persons.erase_again(person, "operator:test", OVER)
    assert await left(world, his) == {("staff_role", "name_sealed")}
    assert await files_left(world, his, line) == set()
    assert await left(other, others) == before, "another's stays"
    assert all([await blobs.has(each) for each in other.addresses.values()])
    assert (await Ticket.get(person_id=person)).state == "closed"
