"""The kinds of seal there are, and what is fixed for each (R12-R14).

Sizes follow the industry tables (circle 40 or 38 mm, never over the 45 mm of 国发〔1999〕25号) and, for the
invoice seal, 国家税务总局公告2011年第7号 (ellipse 40 x 30 mm, border 1 mm).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = [
    "FIVE",
    "CompanyForm",
    "KindSpec",
    "SealClass",
    "SealKind",
    "Shape",
    "seal_name",
    "shape",
    "spec",
]


class SealKind(StrEnum):
    LEGAL_NAME = "legal_name"
    FINANCE = "finance"
    INVOICE = "invoice"
    CONTRACT = "contract"
    REPRESENTATIVE = "representative"
    DEPARTMENT = "department"
    BRANCH = "branch"
    EXAMINATION = "examination"
    CUSTOMS = "customs"
    HR = "hr"
    OPERATOR = "operator"
    PRINCIPAL = "principal"
    FINANCE_HEAD = "finance_head"
    AUTHORISED = "authorised"


class SealClass(StrEnum):
    """R12 and 国办发〔2025〕33号 art. 3: 法定名称章, 内设机构章, 分支机构章, 业务专用章, 个人名章."""

    LEGAL_NAME = "legal_name"
    DEPARTMENT = "department"
    BRANCH = "branch"
    BUSINESS = "business"
    NAME = "name"


class CompanyForm(StrEnum):
    """What decides the shape of the legal-name seal."""

    LIMITED = "limited"
    JOINT_STOCK = "joint_stock"
    SOLE_TRADER = "sole_trader"
    FOREIGN_INVESTED = "foreign_invested"


FIVE: tuple[SealKind, ...] = (
    SealKind.LEGAL_NAME,
    SealKind.FINANCE,
    SealKind.INVOICE,
    SealKind.CONTRACT,
    SealKind.REPRESENTATIVE,
)
"""What every company receives with its licence (R2)."""


@dataclass(frozen=True, slots=True)
class Shape:
    """Outer size, border and star of an imprint, mm; `star_mm` is the diameter through the star's tips."""

    width_mm: float
    height_mm: float
    border_mm: float
    star_mm: float | None = None


@dataclass(frozen=True, slots=True)
class KindSpec:
    """What is fixed for a kind.

    legend: words of the kind that stand in the imprint itself, or None. shape: for a limited company.
    single: at most one may live in a company (R19). ses_type: the INTEGER that
    SES_ESPropertyInfo.type carries (GB/T 38540 leaves the numbers to the business; these are in use
    in police-side systems: 1 unit, 2 finance, 3 tax, 4 contract, 5 person, 99 other).
    """

    kind: SealKind
    seal_class: SealClass
    zh: str
    en: str
    ses_type: int
    shape: Shape
    legend: str | None = None
    single: bool = False

    @property
    def names_unit(self) -> bool:
        """Whether it names a department or branch."""
        return self.seal_class in (SealClass.DEPARTMENT, SealClass.BRANCH)


_ROUND = Shape(38, 38, 1.0)
_ROUND_WITH_UNIT = Shape(38, 38, 1.0, star_mm=12)  # the star leaves room for the unit below it
_SQUARE = Shape(20, 20, 0.9)

_SPECS = {
    each.kind: each
    for each in (
        KindSpec(
            SealKind.LEGAL_NAME,
            SealClass.LEGAL_NAME,
            "法定名称章",
            "Legal-name seal",
            1,
            Shape(40, 40, 1.0, star_mm=14),
            single=True,
        ),
        KindSpec(
            SealKind.FINANCE, SealClass.BUSINESS, "财务专用章", "Finance seal", 2, _ROUND, legend="财务专用章"
        ),
        KindSpec(
            SealKind.INVOICE,
            SealClass.BUSINESS,
            "发票专用章",
            "Invoice seal",
            3,
            Shape(40, 30, 1.0),
            legend="发票专用章",
        ),
        KindSpec(
            SealKind.CONTRACT,
            SealClass.BUSINESS,
            "合同专用章",
            "Contract seal",
            4,
            _ROUND,
            legend="合同专用章",
        ),
        KindSpec(
            SealKind.REPRESENTATIVE,
            SealClass.NAME,
            "法定代表人名章",
            "Legal representative's name seal",
            5,
            _SQUARE,
            single=True,
        ),
        KindSpec(
            SealKind.DEPARTMENT, SealClass.DEPARTMENT, "内设机构章", "Department seal", 99, _ROUND_WITH_UNIT
        ),
        KindSpec(SealKind.BRANCH, SealClass.BRANCH, "分支机构章", "Branch seal", 99, _ROUND_WITH_UNIT),
        KindSpec(
            SealKind.EXAMINATION,
            SealClass.BUSINESS,
            "审验专用章",
            "Examination seal",
            99,
            _ROUND,
            legend="审验专用章",
        ),
        KindSpec(
            SealKind.CUSTOMS,
            SealClass.BUSINESS,
            "报关专用章",
            "Customs seal",
            99,
            _ROUND,
            legend="报关专用章",
        ),
        KindSpec(SealKind.HR, SealClass.BUSINESS, "人事专用章", "HR seal", 99, _ROUND, legend="人事专用章"),
        KindSpec(SealKind.OPERATOR, SealClass.NAME, "经营者名章", "Operator's name seal", 5, _SQUARE),
        KindSpec(SealKind.PRINCIPAL, SealClass.NAME, "主要负责人名章", "Principal's name seal", 5, _SQUARE),
        KindSpec(
            SealKind.FINANCE_HEAD, SealClass.NAME, "财务负责人名章", "Finance head's name seal", 5, _SQUARE
        ),
        KindSpec(
            SealKind.AUTHORISED,
            SealClass.NAME,
            "授权代表人名章",
            "Authorised representative's name seal",
            5,
            _SQUARE,
        ),
    )
}

_LEGAL_NAME_SHAPES = {
    CompanyForm.LIMITED: Shape(40, 40, 1.0, star_mm=14),
    CompanyForm.JOINT_STOCK: Shape(42, 42, 1.2, star_mm=14),
    CompanyForm.SOLE_TRADER: Shape(38, 38, 1.0, star_mm=14),
    CompanyForm.FOREIGN_INVESTED: Shape(45, 30, 1.0),
}
"""The industry tables; a foreign-invested company's ellipse has no star."""


def spec(kind: SealKind) -> KindSpec:
    """The fixed words of one kind, and its shape for a limited company."""
    return _SPECS[kind]


def shape(kind: SealKind, form: CompanyForm = CompanyForm.LIMITED) -> Shape:
    """The measures of a kind's imprint for a company of this form."""
    return _LEGAL_NAME_SHAPES[form] if kind is SealKind.LEGAL_NAME else _SPECS[kind].shape


def seal_name(
    kind: SealKind, company_name: str, person_name: str, *, unit: str = "", ordinal: int = 1
) -> str:
    """The name a seal goes by in lists, certificates and SES_ESPropertyInfo.name.

    「北京…有限公司财务专用章」, the second 「…财务专用章（2）」; a department's or branch's seal after the
    company and itself; a name seal after the person: 「张三法定代表人名章」.
    """
    numbered = f"（{ordinal}）" if ordinal > 1 else ""
    known = _SPECS[kind]
    if known.seal_class is SealClass.NAME:
        return f"{person_name}{known.zh}{numbered}"
    if known.names_unit:
        return f"{company_name}{unit}章{numbered}"
    return f"{company_name}{known.zh}{numbered}"
