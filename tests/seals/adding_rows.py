"""A company as founding leaves it, for tests of further seals."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime
from typing import Any

from auth.identifiers import uscc_check
from auth.models import Company, CompanyState, Licence, LicenceState, Person
from seals import establishing, imprint, numbers
from seals.add_form import AddForm
from seals.design import Design
from seals.duplicates import remember
from seals.forms import company_form, of_form
from seals.kinds import FIVE, seal_name
from seals.likeness import look
from seals.models import Seal, SealPhoto, SealState

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
DISTRICT = "110105"
_numbers = itertools.count(1)


async def founded(name: str, *, company_type: str = "有限责任公司", seals: bool = True) -> Company:
    """A company, its owner, its licence and, unless said otherwise, its five seals."""
    number = next(_numbers)
    owner = await Person.create(mobile_index=f"{number:064d}", mobile_sealed=b"", created_at=NOW)
    uscc = uscc_check(f"91{DISTRICT}", f"MA{number:06d}")
    company = await Company.create(
        name=name,
        uscc=uscc,
        region=DISTRICT,
        state=CompanyState.ACTIVE,
        representative_id=owner.id,
        created_at=NOW,
    )
    data = {"company_name": name, "uscc": uscc, "company_type": company_type, "representative_name": "王若涵"}
    await Licence.create(
        company_id=company.id,
        current=company.id,
        number=f"L{number}",
        representative_ref="",
        representative_sealed=b"",
        data=data,
        state=LicenceState.VALID,
        valid_from=NOW,
    )
    if seals:
        form = company_form(company_type)
        kinds = of_form(FIVE, form)
        for kind, code in zip(kinds, await numbers.reserve(DISTRICT, len(kinds)), strict=True):
            design = Design(kind, name, uscc, code, person_name="王若涵", form=form)
            drawn = imprint.draw(design)
            seal = await Seal.create(
                company_id=company.id,
                kind=kind.value,
                bearer=design.bearer,
                ordinal=1,
                name=seal_name(kind, name, "王若涵"),
                number=code,
                design=design.to_json(),
                sole=establishing.sole(company.id, kind),
                width_mm=drawn.width_mm,
                height_mm=drawn.height_mm,
                imprint=drawn.d,
                state=SealState.ISSUED,
                created_at=NOW,
            )
            await remember(seal.id, look(drawn))
    return company


def form(kind: str, **fields: Any) -> AddForm:
    """A form for one more seal, its request_id its own."""
    return AddForm(**{"request_id": str(uuid.uuid4()), "kind": kind, **fields})


async def photo(
    company: Company, trace: str, width_mm: float = 40, height_mm: float = 40, kind: str = "contract"
) -> SealPhoto:
    """A photo's imprint, as if it had been lifted already."""
    return await SealPhoto.create(
        company_id=company.id,
        person_id=company.representative_id,
        blob="0" * 64,
        width_mm=width_mm,
        height_mm=height_mm,
        trace=trace,
        quality={"kind": kind},
        created_at=NOW,
    )
