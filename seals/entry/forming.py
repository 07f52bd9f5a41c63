"""The form of a company that exists: checked field by field, and the case that it makes. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from auth import identifiers, names
from auth.applying import FormErrors
from auth.china import CHINA
from auth.company_types import COMPANY_TYPES
from auth.errors import DomainError, Invalid, Refused
from seals import imprint
from seals.add_form import AddForm, design_of, require_confirmed
from seals.design import Design
from seals.entry.cases import ELSEWHERE, OWNER_TYPES, Case, CaseSeal
from seals.entry.views import EntryForm, SealWish
from seals.forms import company_form, owners_name_seal
from seals.kinds import SealKind, spec
from seals.photographing import width_of

__all__ = ["MAX_WISHES", "STYLES", "case_of", "checked", "designs", "licence_words", "require_here"]

MAX_WISHES = 12
"""Seals of one application; more are added once the company is here."""
STYLES = ("drawn", "digitised")
APPLICANTS = ("representative", "agent")


def require_here(owner_type: str) -> None:
    """Raises Refused `entry.elsewhere` for state organs and people's organisations (R29), Invalid else."""
    if owner_type in ELSEWHERE:
        raise Refused(
            "entry.elsewhere",
            "国家机关、人民团体的电子印章按照国家有关规定办理，不在本平台申请。请向上级机关或主管部门的"
            "办公部门咨询制发程序。",
            "State organs and people's organisations get their seals by the state's own procedure, not by an "
            "application here. Ask the office of the body above yours.",
            field="owner_type",
        )
    if owner_type not in OWNER_TYPES:
        raise Invalid(
            "entry.owner_type", "请选择单位类型。", "Choose what kind of body applies.", field="owner_type"
        )


def _one_of(value: str, known: tuple[str, ...], field: str, zh: str, en: str) -> str:
    if value not in known:
        raise Invalid(f"entry.{field}", zh, en, field=field)
    return value


def _person(form: EntryForm, who: str, now: datetime) -> dict[str, Callable[[], str]]:
    today = now.astimezone(CHINA).date()
    name, number, mobile = (f"{who}_{part}" for part in ("name", "id_number", "mobile"))
    return {
        name: lambda: names.person_name(getattr(form, name), field=name),
        number: lambda: identifiers.resident_id(getattr(form, number), today, field=number),
        mobile: lambda: identifiers.mobile(getattr(form, mobile), field=mobile),
    }


def checked(form: EntryForm, now: datetime) -> EntryForm:
    """All fields in their normal forms. Raises FormErrors with every wrong one, Refused `entry.elsewhere`."""
    require_here(form.owner_type)
    checks: dict[str, Callable[[], str]] = {
        "company_name": lambda: names.company_name(form.company_name),
        "uscc": lambda: identifiers.uscc(form.uscc),
        "company_type": lambda: _one_of(
            form.company_type,
            tuple(COMPANY_TYPES),
            "company_type",
            "请选择企业类型。",
            "Choose a company type.",
        ),
        **_person(form, "representative", now),
        "applicant": lambda: _one_of(
            form.applicant, APPLICANTS, "applicant", "请选择由谁办理。", "Choose who applies."
        ),
        **(_person(form, "agent", now) if form.applicant == "agent" else {}),
    }
    values: dict[str, str] = (
        {}
        if form.applicant == "agent"
        else dict.fromkeys(("agent_name", "agent_id_number", "agent_mobile"), "")
    )
    errors: list[DomainError] = []
    for name, check in checks.items():
        try:
            values[name] = check()
        except DomainError as error:
            errors.append(error)
    if errors:
        raise FormErrors(errors)
    whole = replace(form, **values)  # type: ignore[arg-type]
    return replace(whole, seals=_wishes(whole))


def licence_words(form: EntryForm) -> Mapping[str, str]:
    """What the licence will say, as far as seals are drawn from it."""
    return {
        "company_type": COMPANY_TYPES[form.company_type],
        "company_name": form.company_name,
        "uscc": form.uscc,
        "representative_name": form.representative_name,
    }


def _wishes(form: EntryForm) -> tuple[SealWish, ...]:
    if not 1 <= len(form.seals) <= MAX_WISHES:
        raise FormErrors(
            [
                Invalid(
                    "entry.seals",
                    f"请选择 1 至 {MAX_WISHES} 枚印章。",
                    f"Choose 1 to {MAX_WISHES} seals.",
                    field="seals",
                )
            ]
        )
    errors: list[DomainError] = []
    wishes: list[SealWish] = []
    for number, wish in enumerate(form.seals):
        try:
            wishes.append(_wish(wish, licence_words(form)))
        except DomainError as error:
            error.field = f"seals.{number}.{error.field or 'kind'}"
            errors.append(error)
    errors += _single(wishes) if not errors else []
    if errors:
        raise FormErrors(errors)
    return tuple(wishes)


def add_form(wish: SealWish) -> AddForm:
    """The words of a wish, as for a further seal."""
    return AddForm(
        request_id="-",
        kind=wish.kind,
        unit=wish.unit,
        person_name=wish.person_name,
        foreign_text=wish.foreign_text,
        translation=wish.translation,
        translation_confirmed=wish.translation_confirmed,
    )


def _wish(wish: SealWish, words: Mapping[str, str]) -> SealWish:
    """As it can be drawn: a character that no font has is refused here."""
    _one_of(wish.style, STYLES, "style", "请选择印章式样的来源。", "Choose where the style comes from.")
    if wish.style == "digitised":
        width_of(wish.width_mm)
    design = design_of(add_form(wish), words)
    require_confirmed(add_form(wish), design)
    imprint.draw(design)
    named = design.person_name if design.person_name and wish.person_name else ""
    return replace(wish, unit=design.unit, person_name=named, foreign_text=design.foreign_text)


def _single(wishes: list[SealWish]) -> list[DomainError]:
    """R19: of some kinds a company has one."""
    seen: Counter[str] = Counter()
    errors: list[DomainError] = []
    for number, wish in enumerate(wishes):
        seen[wish.kind] += 1
        known = spec(SealKind(wish.kind))
        if known.single and seen[wish.kind] > 1:
            errors.append(
                Invalid(
                    "entry.only_one",
                    f"{known.zh}只能有一枚。",
                    f"There is only one seal of this kind ({known.en}).",
                    field=f"seals.{number}.kind",
                )
            )
    return errors


def case_of(form: EntryForm) -> Case:
    """What of a checked form decides which materials are needed. R100: its code holds the organisation's."""
    own = owners_name_seal(company_form(COMPANY_TYPES[form.company_type]))
    return Case(
        seals=tuple(
            CaseSeal(
                SealKind(wish.kind),
                digitised=wish.style == "digitised",
                second_script=bool(wish.foreign_text),
                owners=SealKind(wish.kind) is own,
            )
            for wish in form.seals
        ),
        agent=form.applicant == "agent",
        superior=form.superior,
        permit=form.permit,
        three_in_one=bool(form.uscc),
    )


def designs(form: EntryForm, words: Mapping[str, str], numbers: list[str]) -> list[Design]:
    """The designs of all seals asked for, on what the register says; ordinals by kind and bearer (R20)."""
    made: list[Design] = []
    for wish, number in zip(form.seals, numbers, strict=True):
        design = replace(design_of(add_form(wish), words), seal_number=number)
        alike = sum((each.kind, each.bearer) == (design.kind, design.bearer) for each in made)
        made.append(replace(design, ordinal=alike + 1))
    return made
