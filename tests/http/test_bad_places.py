"""Seals placed where there is no paper."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from tests.http.site import Party, Site, in_words, refused
from tests.seals.pdf.samples import contract

PLACE: dict[str, Any] = {"page": 0, "x_mm": 100.0, "y_mm": 100.0}
WIDE, HIGH = 210.0, 297.0


@pytest.fixture(scope="module")
def document(a: Party) -> str:
    """An A4 document of two pages."""
    return str(a.client.upload("两页.pdf", contract(2))["id"])


def other(**changes: Any) -> dict[str, Any]:
    return {"name": "乙方", "page": 0, "x_mm": 20.0, "y_mm": 20.0, **changes}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"x_mm": -1.0}, "place.off_page"),
        ({"y_mm": -0.1}, "place.off_page"),
        ({"x_mm": WIDE - 37.9}, "place.off_page"),
        ({"y_mm": HIGH - 37.9}, "place.off_page"),
        ({"x_mm": 1e308}, "place.off_page"),
        ({"x_mm": -1e308, "y_mm": 1e308}, "place.off_page"),
        ({"page": -1}, "place.no_page"),
        ({"page": 2}, "place.no_page"),
        ({"page": 10**30}, "place.no_page"),
        ({"others": "some"}, "signing.others"),
        ({"others": "known"}, "signing.known"),
        ({"known": [other()]}, "signing.known"),
        ({"others": "known", "known": [other(name=str(n)) for n in range(21)]}, "signing.known"),
        ({"others": "known", "known": [other(x_mm=500.0)]}, "place.off_page"),
        ({"others": "known", "known": [other(page=7)]}, "place.no_page"),
        ({"others": "known", "known": [other(), other(y_mm=90.0)]}, "protection.name_twice"),
        ({"others": "known", "known": [other(name="a.b")]}, "protection.name"),
        ({"others": "known", "known": [other(name="\u202e")]}, "protection.name"),
        ({"also": [{**PLACE, "x_mm": WIDE}]}, "place.off_page"),
        ({"also": [PLACE, {**PLACE, "page": 2}]}, "place.no_page"),
        ({"also": [PLACE] * 50}, "signing.also"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused_and_nothing_prepared(
    site: Site, a: Party, document: str, changes: dict[str, Any], code: str
) -> None:
    before = site.state()
    error = refused(lambda: a.client.request_signing(document, a.seal(), **{**PLACE, **changes}), 422, code)
    assert error.field
    assert site.state() == before


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", '"40"', "null", "true"])
@pytest.mark.parametrize("field", ["x_mm", "y_mm", "page"])
def test_a_place_that_is_no_number(site: Site, a: Party, document: str, field: str, number: str) -> None:
    body = {"request_id": str(uuid.uuid4()), "document_id": document, "seal_id": a.seal(), **PLACE}
    text = json.dumps({**body, field: 0}).replace(f'"{field}": 0', f'"{field}": {number}')
    before = site.state()
    answer = a.http.post("/api/signings", content=text)
    lenient = number in {'"40"', "true"}
    assert answer.status_code == 422 or (lenient and answer.status_code == 201), answer.text[:200]
    if answer.status_code == 422:
        error = answer.json()["error"]
        assert in_words(error)
        assert site.state() == before
        if not lenient:  # refused by its form: the place's own check looks at no place where a field is given
            assert [(each["field"], each["code"]) for each in error["errors"]] == [(field, "field.type")]


def test_a_field_that_the_document_does_not_have(site: Site, a: Party, document: str) -> None:
    before = site.state()
    for name in ("乙方", "", "x" * 4000, "a.b"):
        ask = lambda name=name: a.client.request_signing(document, a.seal(), **PLACE, field=name)  # noqa: E731
        assert refused(ask, 404, "pdf.no_such_field").field == "field"
    assert site.state() == before


def test_further_places_are_told_and_bound(a: Party, document: str) -> None:
    also = [{"page": 1, "x_mm": 20.0, "y_mm": 30.0}, {"page": 0, "x_mm": 20.0, "y_mm": 200.0}]
    alone, asked = (a.client.request_signing(document, a.seal(), **PLACE, also=more) for more in ([], also))
    assert (alone["page"], alone["also_pages"]) == (0, [])
    assert (asked["page"], asked["also_pages"]) == (0, [1, 0])
    assert asked["digest_sha256"] != alone["digest_sha256"]


def test_the_edge_of_the_page_is_still_on_it(a: Party, document: str) -> None:
    signing = a.client.request_signing(document, a.seal(), page=1, x_mm=0.0, y_mm=0.0)
    assert (signing["page"], signing["state"]) == (1, "pending")
