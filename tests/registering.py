"""The registrar's desk of the sandbox, for tests: a clerk registers who represents a company now."""

from __future__ import annotations

import httpx

from server.sandbox.settings import now

__all__ = ["dissolve", "register", "rename", "retype"]


def register(sandbox: str, uscc: str, name: str, id_number: str, mobile: str) -> str:
    """As the clerk does on the desk's page; returns the day."""
    day = now().date().isoformat()
    form = {"uscc": uscc, "name": name, "id_number": id_number, "mobile": mobile, "since": day}
    answer = httpx.post(f"{sandbox}/representatives", data=form, trust_env=False)
    assert answer.status_code == 303, answer.text
    return day


def rename(sandbox: str, uscc: str, company_name: str) -> str:
    """As the clerk does on the same page: the company is called otherwise; returns the day."""
    day = now().date().isoformat()
    form = {"uscc": uscc, "company_name": company_name, "since": day}
    answer = httpx.post(f"{sandbox}/representatives/names", data=form, trust_env=False)
    assert answer.status_code == 303, answer.text
    return day


def retype(sandbox: str, uscc: str, company_type: str) -> str:
    """As the clerk does on the same page: the company is of another type; returns the day."""
    day = now().date().isoformat()
    form = {"uscc": uscc, "company_type": company_type, "since": day}
    answer = httpx.post(f"{sandbox}/representatives/types", data=form, trust_env=False)
    assert answer.status_code == 303, answer.text
    return day


def dissolve(sandbox: str, uscc: str) -> str:
    """As the clerk does on the same page: the company ends; returns the day."""
    day = now().date().isoformat()
    form = {"uscc": uscc, "since": day}
    answer = httpx.post(f"{sandbox}/representatives/dissolutions", data=form, trust_env=False)
    assert answer.status_code == 303, answer.text
    return day
