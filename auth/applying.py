"""Apply to register a company: one form, checked field by field, kept encrypted, sent once."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation

from cryptography.exceptions import InvalidTag
from tortoise.exceptions import IntegrityError

from auth import events, identifiers, names, throttling
from auth.china import CHINA
from auth.company_types import COMPANY_TYPES
from auth.engine import transaction
from auth.errors import Conflict, DomainError, Invalid, NotFound, Refused
from auth.models import Application, ApplicationState, Company
from auth.ports import RegistrarApplication
from auth.privacy import RecordsKey
from auth.throttling import Limit
from auth.tokens import new_id

__all__ = [
    "ApplicationForm",
    "ApplicationView",
    "FormErrors",
    "apply",
    "find",
    "opened",
    "view",
]

MAX_CAPITAL_WAN = Decimal(100_000_000)
MAX_TERM_YEARS = 100
SCOPE_LENGTH = (2, 2000)
ADDRESS_LENGTH = (4, 120)
APPLICATIONS_PER_PERSON = Limit("application.person", 20, 86_400)


@dataclass(frozen=True)
class ApplicationForm:
    """The form as typed. capital_wan: 万元; term_years: None for long-term (长期)."""

    request_id: str
    company_name: str
    company_type: str
    region: str
    address: str
    capital_wan: str
    business_scope: str
    representative_name: str = field(repr=False)
    representative_id_number: str = field(repr=False)
    representative_mobile: str = field(repr=False)
    term_years: int | None
    declaration: bool


@dataclass(frozen=True)
class ApplicationView:
    """An application as its applicant sees it."""

    id: str
    state: str
    reason: str | None
    company_name: str
    company_id: str | None
    created_at: datetime


class FormErrors(Invalid):
    """Several fields are wrong; `errors` holds one DomainError per field, in the form's order."""

    def __init__(self, errors: list[DomainError]) -> None:
        super().__init__(
            "form.invalid",
            "有几处需要修改，请看各栏下的说明。",
            "Some fields need to be corrected; see the words beside each.",
        )
        self.errors = errors


def _text(value: str, field_name: str, zh: str, en: str, low: int, high: int) -> str:
    text = unicodedata.normalize("NFC", value).strip()
    if not low <= len(text) <= high or any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Co"} for c in text):
        raise Invalid(
            f"{field_name}.length",
            f"{zh}应为 {low} 至 {high} 个字，且不含控制字符。",
            f"{en} needs {low} to {high} characters, without control characters.",
            field=field_name,
        )
    return text


def _company_type(value: str) -> str:
    if value not in COMPANY_TYPES:
        raise Invalid(
            "company_type.unknown", "请选择企业类型。", "Choose a company type.", field="company_type"
        )
    return COMPANY_TYPES[value]


def _capital(value: str) -> Decimal:
    try:
        amount = Decimal(value.strip().replace(",", ""))
    except InvalidOperation:
        amount = Decimal("NaN")
    exponent = amount.as_tuple().exponent
    if (
        not amount.is_finite()
        or not 0 < amount <= MAX_CAPITAL_WAN
        or not isinstance(exponent, int)
        or exponent < -6
    ):
        raise Invalid(
            "capital_wan.range",
            "注册资本应为大于 0 的数字，单位万元，最多 6 位小数。",
            "The registered capital is a number over 0, in units of 10,000 CNY, with at most 6 decimals.",
            field="capital_wan",
        )
    return amount


def _term(value: int | None) -> int | None:
    if value is not None and not 1 <= value <= MAX_TERM_YEARS:
        raise Invalid(
            "term_years.range",
            f"经营期限应为 1 至 {MAX_TERM_YEARS} 年，或选择长期。",
            f"The term is 1 to {MAX_TERM_YEARS} years, or long-term.",
            field="term_years",
        )
    return value


def _declared(value: bool) -> bool:
    if not value:
        raise Invalid(
            "declaration.missing",
            "请阅读并勾选真实性声明。",
            "Please read and tick the declaration of truth.",
            field="declaration",
        )
    return value


def check_form(form: ApplicationForm, application_id: str, now: datetime) -> RegistrarApplication:
    """All fields in their normal forms. Raises FormErrors with every wrong field."""
    errors: list[DomainError] = []
    today = now.astimezone(CHINA).date()
    checks: dict[str, Callable[[], object]] = {
        "company_name": lambda: names.company_name(form.company_name),
        "company_type": lambda: _company_type(form.company_type),
        "region": lambda: identifiers.region(form.region),
        "address": lambda: _text(form.address, "address", "住所", "The address", *ADDRESS_LENGTH),
        "capital_wan": lambda: _capital(form.capital_wan),
        "business_scope": lambda: _text(
            form.business_scope, "business_scope", "经营范围", "The business scope", *SCOPE_LENGTH
        ),
        "representative_name": lambda: names.person_name(
            form.representative_name, field="representative_name"
        ),
        "representative_id_number": lambda: identifiers.resident_id(
            form.representative_id_number, today, field="representative_id_number"
        ),
        "representative_mobile": lambda: identifiers.mobile(
            form.representative_mobile, field="representative_mobile"
        ),
        "term_years": lambda: _term(form.term_years),
        "declaration": lambda: _declared(form.declaration),
    }
    values: dict[str, object] = {}
    for name, check in checks.items():
        try:
            values[name] = check()
        except DomainError as error:
            errors.append(error)
    if errors:
        raise FormErrors(errors)
    values.pop("declaration")
    return RegistrarApplication(application_id=application_id, **values)  # type: ignore[arg-type]


def _place(application_id: str) -> str:
    return f"application.form:{application_id}"


def opened(row: Application, records: RecordsKey) -> RegistrarApplication:
    """The checked form of an application row. Raises Refused `application.damaged`."""
    try:
        values = json.loads(records.open(bytes(row.form_sealed), _place(row.id)))
    except InvalidTag:
        raise Refused(
            "application.damaged",
            "申请内容已损坏或被改动，无法继续。请联系客服。",
            "The application's form was damaged or changed and cannot be used. Please contact support.",
        ) from None
    return RegistrarApplication(**{**values, "capital_wan": Decimal(values["capital_wan"])})


async def apply(form: ApplicationForm, person_id: str, now: datetime, records: RecordsKey) -> ApplicationView:
    """Record an application; the sealer's work role sends it to the registrar.

    The same request_id again gives the same application. Raises FormErrors; Conflict
    `company.name_taken` when a live company or application has the name.
    """
    known = await Application.get_or_none(applicant_id=person_id, request_id=form.request_id)
    if known is not None:
        return view(known)
    application_id = new_id()
    checked = check_form(form, application_id, now)
    await throttling.count(APPLICATIONS_PER_PERSON, person_id, now)
    sealed = records.seal(
        json.dumps(asdict(checked), default=str, ensure_ascii=False), _place(application_id)
    )
    try:
        async with transaction():
            if await Company.exists(name=checked.company_name):
                raise _name_taken()
            row = await Application.create(
                id=application_id,
                applicant_id=person_id,
                request_id=form.request_id,
                company_name=checked.company_name,
                live_name=checked.company_name,
                form_sealed=sealed,
                state=ApplicationState.SUBMITTED,
                created_at=now,
                lease_until=now,  # never null, which the two engines sort to different ends
            )
            await events.append(
                events.person_stream(person_id),
                "application.submitted",
                actor=f"person:{person_id}",
                subject=f"application:{application_id}",
                now=now,
                facts={"company_name": checked.company_name},
            )
    except IntegrityError:
        # Somebody was faster: the same form sent twice at once, or another form of the same name.
        again = await Application.get_or_none(applicant_id=person_id, request_id=form.request_id)
        if again is not None:
            return view(again)
        raise _name_taken() from None
    return view(row)


def _name_taken() -> Conflict:
    return Conflict(
        "company.name_taken",
        "该企业名称已登记或正在申请。若是您的企业，请直接登录领取；否则请换一个名称。",
        "A company of this name is registered or applied for. If it is yours, log in to collect; "
        "otherwise choose another name.",
        field="company_name",
    )


async def find(application_id: str, person_id: str) -> ApplicationView:
    """One's own application; raises NotFound `application.not_found`."""
    row = await Application.get_or_none(id=application_id, applicant_id=person_id)
    if row is None:
        raise NotFound("application.not_found", "没有找到该申请。", "There is no such application.")
    return view(row)


def view(row: Application) -> ApplicationView:
    """The applicant's view of a row."""
    return ApplicationView(
        row.id, row.state.value, row.reason, row.company_name, row.company_id, row.created_at
    )
