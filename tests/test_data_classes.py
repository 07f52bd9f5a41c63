"""docs/data.md has every table once, with its class and how long it is kept."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

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


def test_every_row_has_a_class_and_a_time() -> None:
    assert any(tables == "the blob store" for tables, *_ in ROWS)
    for tables, sort, kept in ROWS:
        assert sort.startswith(CLASSES), tables
        assert kept.strip(), tables
