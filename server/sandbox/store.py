"""The sandbox's own SQLite file, so that a restart forgets nothing."""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime
from pathlib import Path

from auth.china import second

__all__ = ["get_setting", "open_store", "put_setting", "shown_time"]

FILE_NAME = "sandbox.db"
BUSY_TIMEOUT_S = 10.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, mobile TEXT NOT NULL, text TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS identity_check (
    id TEXT PRIMARY KEY, page TEXT NOT NULL UNIQUE, name TEXT NOT NULL, id_number TEXT NOT NULL,
    mobile TEXT NOT NULL, return_url TEXT NOT NULL, reference TEXT NOT NULL, way TEXT NOT NULL,
    code TEXT UNIQUE, state TEXT NOT NULL, reason TEXT, at TEXT NOT NULL, decided_at TEXT
);
CREATE TABLE IF NOT EXISTS wechat_code (
    code TEXT PRIMARY KEY, app_id TEXT NOT NULL, openid TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS wechat_message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, openid TEXT NOT NULL, message TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS push_message (
    id INTEGER PRIMARY KEY AUTOINCREMENT, browser TEXT NOT NULL, headers TEXT NOT NULL, body BLOB NOT NULL,
    at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS application (
    reference TEXT PRIMARY KEY, application_id TEXT NOT NULL UNIQUE, company_name TEXT NOT NULL,
    form TEXT NOT NULL, state TEXT NOT NULL, reason TEXT, uscc TEXT UNIQUE, licence_number TEXT UNIQUE,
    company TEXT, at TEXT NOT NULL, decided_at TEXT
);
CREATE TABLE IF NOT EXISTS payment (
    key TEXT PRIMARY KEY, reference TEXT NOT NULL UNIQUE, form TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS pin_reset (
    reference TEXT PRIMARY KEY, application TEXT NOT NULL UNIQUE, form TEXT NOT NULL, state TEXT NOT NULL,
    reason TEXT, at TEXT NOT NULL, decided_at TEXT
);
CREATE TABLE IF NOT EXISTS filing (
    reference TEXT PRIMARY KEY, who TEXT NOT NULL, number TEXT NOT NULL, form TEXT NOT NULL,
    state TEXT NOT NULL, reason TEXT, receipt TEXT UNIQUE, at TEXT NOT NULL, decided_at TEXT,
    UNIQUE (who, number)
);
CREATE TABLE IF NOT EXISTS representative_change (
    number INTEGER PRIMARY KEY AUTOINCREMENT, uscc TEXT NOT NULL, name TEXT NOT NULL,
    id_number TEXT NOT NULL, mobile TEXT NOT NULL, licence_number TEXT UNIQUE,
    since TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS name_change (
    number INTEGER PRIMARY KEY REFERENCES representative_change (number), company_name TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS type_change (
    number INTEGER PRIMARY KEY REFERENCES representative_change (number), company_type TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS one_company_per_name ON application (company_name)
    WHERE state = 'approved';
"""


def open_store(folder: Path) -> sqlite3.Connection:
    """Open or make the database. Every statement commits by itself.

    The connection is used by one thread only, the event loop's: writes here are few and small, and
    without an await between them several statements of a handler cannot be interleaved.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_S)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=NORMAL")
    db.executescript(SCHEMA)
    return db


def get_setting(db: sqlite3.Connection, key: str, default: str) -> str:
    """A stored switch, or its default."""
    row = db.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return str(row["value"]) if row else default


def put_setting(db: sqlite3.Connection, key: str, value: str) -> None:
    """Store a switch."""
    db.execute(
        "INSERT INTO setting VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        (key, value),
    )


def shown_time(stored: str) -> str:
    """A stored UTC time as people in China read it: 2026-11-21 18:05:03 +08:00."""
    return second(datetime.fromisoformat(stored))
