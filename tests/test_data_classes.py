"""docs/data.md has every table once, with its class and how long it is kept."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

from tortoise import fields
from tortoise.models import Model

from auth.engine import APPS

TEXT = (Path(__file__).parent.parent / "docs" / "data.md").read_text()
ROWS = re.findall(r"^\| (`[a-z_`, ]+`|the blob store) \| ([^|]+) \| ([^|]+) \|$", TEXT, re.M)
CLASSES = ("secret", "personal", "confidential", "public")


def test_every_table_stands_there_once() -> None:
    listed = [name for tables, *_ in ROWS for name in re.findall(r"`([a-z_]+)`", tables)]
    there = {
        str(model._meta.db_table)
        for app in APPS.values()
        for module in app["models"]
        for model in vars(importlib.import_module(module)).values()
        if isinstance(model, type) and issubclass(model, Model) and model is not Model
    }
    assert sorted(listed) == sorted(there)


IN_CLEAR = {
    ("company", "name"): "public by law",
    ("application", "company_name"): "the name of a company, public once it is one",
    ("application", "live_name"): "the same",
    ("licence", "data"): "public by law, the representative's name among it",
    ("seal", "name"): "what the seal shows",
    ("document", "name"): "confidential: its company's, emptied with the archive",
    ("session", "user_agent"): "emptied 183 days after the login (`seals/archiving/traces.py`)",
    ("session", "address"): "the same",
    ("scan_login", "user_agent"): "the same",
    ("scan_login", "address"): "the same",
    ("pending_login", "user_agent"): "deleted a day after",
    ("challenge", "opener_agent"): "evidence of the signing",
    ("challenge", "opener_address"): "evidence of the signing",
    ("device_key", "label"): "a browser's kind, evidence of what it signed",
    ("identity_check", "check_url"): "an address of the identity service, with an id of its own",
    ("collection", "check_url"): "the same",
    **dict.fromkeys(
        [(table, "reason") for table in ("application", "seal", "signing", "collection", "pin_reset")],
        "the words of a refusal",
    ),
    **dict.fromkeys(
        [
            (table, "reason")
            for table in (
                "bank_deposit",
                "company_filing",
                "entry_application",
                "entry_round",
                "maker_filing",
            )
        ],
        "the words of a refusal, emptied with the archive",
    ),
    ("bank_deposit", "company_name"): "the name of a company",
    ("entry_application", "company_name"): "the name of a company",
    ("entry_material", "name"): "a file's name as given, emptied with the archive or the account",
    ("company_filing", "name"): "the name of a seal, as it was filed",
    ("company_filing", "receipt_number"): "the authority's number of a filing",
    ("maker", "name"): "the maker's, from the settings",
    ("consent", "text"): "which text was accepted",
    ("guidance", "text"): "an authority's words to maker or platform",
    ("root", "text"): "published",
    ("seal_ask", "letter_number"): "of a paper, no person",
}
"""Columns whose name says that a person may stand in them, in clear, and why they may."""

TELLING = re.compile(
    r"(^|_)(name|label|agent|address|mobile|number|reason|text|url|phone|email|birth|openid|browser)$"
)


def _columns() -> set[tuple[str, str]]:
    return {
        (str(model._meta.db_table), name)
        for app in APPS.values()
        for module in app["models"]
        for model in vars(importlib.import_module(module)).values()
        if isinstance(model, type) and issubclass(model, Model) and model is not Model
        for name, field in model._meta.fields_map.items()
        if isinstance(field, fields.CharField | fields.TextField)
    }


def test_what_may_name_a_person_is_encrypted_or_written_down_with_its_reason() -> None:
    telling = {each for each in _columns() if TELLING.search(each[1]) and each[1] != "number"}
    assert telling == {each for each in IN_CLEAR if each != ("licence", "data")}


def test_what_is_called_sealed_is_bytes() -> None:
    """A column of text under that name would be what it says it is not."""
    assert not {each for each in _columns() if each[1].endswith("_sealed")}


def test_every_row_has_a_class_and_a_time() -> None:
    assert any(tables == "the blob store" for tables, *_ in ROWS)
    for tables, sort, kept in ROWS:
        assert sort.startswith(CLASSES), tables
        assert kept.strip(), tables
