"""Apply to register a company, after making sure that its five seals can be drawn.

A character that no font has is refused here, by name and code point, before anything is issued.
"""

from __future__ import annotations

from datetime import datetime

from auth import applying, names
from auth.applying import ApplicationForm, ApplicationView, FormErrors
from auth.company_types import COMPANY_TYPES
from auth.errors import DomainError
from auth.privacy import RecordsKey
from seals import imprint
from seals.design import Design
from seals.forms import company_form
from seals.kinds import SealKind

__all__ = ["apply"]

_ANY_NUMBER = "0" * 13
_ANY_USCC = "91110105MA01ABCD5F"


async def apply(form: ApplicationForm, person_id: str, now: datetime, records: RecordsKey) -> ApplicationView:
    """Record the application; raises FormErrors with every wrong field, Conflict `company.name_taken`."""
    try:
        _try_imprints(form)
    except DomainError as error:
        applying.check_form(form, "-", now)  # its own errors come first and name their fields
        raise FormErrors([error]) from None
    return await applying.apply(form, person_id, now, records)


def _try_imprints(form: ApplicationForm) -> None:
    company = names.company_name(form.company_name)
    person = names.person_name(form.representative_name, field="representative_name")
    for kind, field in (
        (SealKind.LEGAL_NAME, "company_name"),
        (SealKind.REPRESENTATIVE, "representative_name"),
    ):
        try:
            imprint.draw(
                Design(
                    kind,
                    company_name=company,
                    uscc=_ANY_USCC,
                    seal_number=_ANY_NUMBER,
                    person_name=person,
                    form=company_form(COMPANY_TYPES.get(form.company_type, "")),
                )
            )
        except DomainError as error:
            error.field = field
            raise
