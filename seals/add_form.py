"""A further seal as asked for, and what is to be drawn for it (R12-R14, R26). Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from auth import names
from auth.errors import Invalid
from seals.design import Design
from seals.drawing.second_script import MAX_SECOND_TEXT, MIN_SECOND_TEXT
from seals.drawing.words import is_han, unit_name
from seals.forms import company_form, owners_name_seal
from seals.kinds import CompanyForm, SealClass, SealKind, spec

__all__ = ["NO_NUMBER", "AddForm", "design_of", "require_confirmed"]

NO_NUMBER = "0" * 13
MAX_TRANSLATION = 100


@dataclass(frozen=True)
class AddForm:
    """A further seal as asked for.

    unit: the department or branch; person_name: whom a name seal names; foreign_text: the name in a second
    script, translation: what it means in Chinese, translation_confirmed: that the company vouches for it;
    photo: the id of a SealPhoto, for an imprint that is not drawn.
    """

    request_id: str
    kind: str
    unit: str = ""
    person_name: str = ""
    foreign_text: str = ""
    translation: str = ""
    translation_confirmed: bool = False
    photo: str | None = None


def design_of(form: AddForm, licence: Mapping[str, str]) -> Design:
    """The form's words, checked and in their normal spelling, on what the licence says of the company.

    Its number is NO_NUMBER yet, its ordinal 1. Raises Invalid with the field that is wrong.
    """
    shaped = company_form(licence["company_type"])
    kind = _kind(form.kind, shaped)
    known = spec(kind)
    foreign = _foreign_text(form.foreign_text, kind)
    person = ""
    if kind is owners_name_seal(shaped):
        person = licence["representative_name"]  # whoever is asked for, this is who it is
    elif known.seal_class is SealClass.NAME:
        person = names.person_name(form.person_name, field="person_name")
    return Design(
        kind,
        company_name=licence["company_name"],
        uscc=licence["uscc"],
        seal_number=NO_NUMBER,
        person_name=person,
        unit=unit_name(form.unit) if known.names_unit else "",
        form=shaped,
        foreign_text=foreign,
        translation=_plain(form.translation) if foreign else "",
    )


def _kind(kind: str, shaped: CompanyForm) -> SealKind:
    # A sole trader has an operator, and no legal representative.
    if kind not in set(SealKind) or (kind, shaped) == (SealKind.REPRESENTATIVE, CompanyForm.SOLE_TRADER):
        raise Invalid(
            "seal.kind", "请选择要制作的印章种类。", "Choose the kind of seal to make.", field="kind"
        )
    return SealKind(kind)


def _plain(text: str) -> str:
    # U+202F joins a Mongolian word and its suffix, and is no space between words.
    return " ".join(
        part for part in re.split(r"[ \t\r\n\u3000]+", unicodedata.normalize("NFC", text)) if part
    )


def _foreign_text(typed: str, kind: SealKind) -> str:
    text = _plain(typed)
    if text and (spec(kind).seal_class is SealClass.NAME or kind is SealKind.INVOICE):
        raise Invalid(
            "seal.foreign_text",
            "名章和发票专用章的印模中没有外文或少数民族文字，请留空。",
            "Name seals and invoice seals carry no second script; leave this empty.",
            field="foreign_text",
        )
    if text and not MIN_SECOND_TEXT <= len(text) <= MAX_SECOND_TEXT:
        raise Invalid(
            "seal.foreign_text",
            f"外文或少数民族文字名称应为 {MIN_SECOND_TEXT} 至 {MAX_SECOND_TEXT} 个字符。",
            f"The name in the second script has {MIN_SECOND_TEXT} to {MAX_SECOND_TEXT} characters.",
            field="foreign_text",
        )
    return text


def require_confirmed(form: AddForm, wanted: Design) -> None:
    """R26: 应当提供经本单位或者机构确认的翻译文本. Raises Invalid with the field that is wrong."""
    if not wanted.foreign_text:
        return
    text = wanted.translation
    bad = any(unicodedata.category(char).startswith("C") for char in text)
    if bad or not any(map(is_han, text)) or len(text) > MAX_TRANSLATION:
        raise Invalid(
            "seal.translation",
            f"请填写外文或少数民族文字名称的中文译文，不超过 {MAX_TRANSLATION} 个字。",
            f"Give the Chinese translation of the second script, at most {MAX_TRANSLATION} characters.",
            field="translation",
        )
    if not form.translation_confirmed:
        raise Invalid(
            "seal.translation_confirmed",
            "请核对译文，并勾选「本单位确认译文无误」。",
            "Check the translation, and tick that the company confirms it.",
            field="translation_confirmed",
        )
