"""From the company type on the licence to what its seals look like and whom its name seal names."""

from __future__ import annotations

from collections.abc import Iterable

from auth.company_types import COMPANY_TYPES
from seals.kinds import CompanyForm, SealKind, shape

__all__ = ["company_form", "of_form", "owners_name_seal", "shape_changes"]

_FORMS = {
    COMPANY_TYPES["joint_stock"]: CompanyForm.JOINT_STOCK,
    COMPANY_TYPES["foreign_invested"]: CompanyForm.FOREIGN_INVESTED,
    COMPANY_TYPES["sole_trader"]: CompanyForm.SOLE_TRADER,
}


def company_form(company_type: str) -> CompanyForm:
    """The form of a company whose licence says this type, in Chinese; any other is a limited company."""
    return _FORMS.get(company_type, CompanyForm.LIMITED)


def of_form(kinds: Iterable[SealKind], form: CompanyForm) -> tuple[SealKind, ...]:
    """The seals that come with the licence (R2) of a company of this form.

    The name seal among them is `owners_name_seal`.
    """
    own = owners_name_seal(form)
    return tuple(own if kind is SealKind.REPRESENTATIVE else kind for kind in kinds)


def owners_name_seal(form: CompanyForm) -> SealKind:
    """The name seal of the person whom the licence names.

    A sole trader has no legal representative: it is that of the 经营者 (R14).
    """
    return SealKind.OPERATOR if form is CompanyForm.SOLE_TRADER else SealKind.REPRESENTATIVE


def shape_changes(before: str, after: str) -> bool:
    """Whether seals look otherwise, or another name seal is due, where a company's type becomes another."""
    forms = (company_form(before), company_form(after))
    return len({(owners_name_seal(each), *(shape(kind, each) for kind in SealKind)) for each in forms}) > 1
