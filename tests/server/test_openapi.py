"""The OpenAPI document: it is valid, and it is the routes, no more and no less."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from sanic.router import Route

from server.api import (
    account,
    approvals,
    closing,
    companies,
    consents,
    deposits,
    desk,
    devices,
    documents,
    entries,
    exports,
    filings,
    further_seals,
    grants,
    ledger,
    members,
    papers,
    passkeys,
    photos,
    pins,
    printed,
    push,
    reviews,
    roots,
    scanning,
    seal_asks,
    seal_life,
    service,
    service_desk,
    signings,
    supervision,
    thread,
    verification,
    wechat,
)
from server.api.operation import OPERATIONS
from server.app import create_app
from server.openapi import document, template
from server.settings import Settings

# Whoever adds to these opens a door to everybody: the test asks whether that is meant.
PUBLIC = {
    "send_code",
    "log_in",
    "ask_login_code",
    "login_standing",
    "enter_scanned",
    "begin_wechat",
    "enter_wechat",
    "bind_wechat",
    "sign_page",
    "begin_factor",
    "enter_factor",
    "begin_lost",
    "enter_lost",
    "verify",
    "verify_seal",
    "record",
    "match",
    "open_printed",
    "printed_page",
    "list_roots",
    "daily_root",
    "send_ticket",
    "look_up_ticket",
}


@pytest.fixture(scope="module")
def routes() -> tuple[Route, ...]:
    development = {"EZHANG_PROFILE": "development", "EZHANG_DATA": "/nowhere"}
    app = create_app(Settings.from_env(development), name="test-openapi")
    return tuple(app.router.routes)


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    return document(OPERATIONS, "https://seal.example.cn")


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            yield method.upper(), path, told


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def test_it_is_a_valid_document(described: dict[str, Any]) -> None:
    assert list(OpenAPIV31SpecValidator(described).iter_errors()) == []
    wrong = copy.deepcopy(described)
    wrong["paths"]["/api/me"]["get"]["parameters"] = [{"name": "x", "in": "nowhere"}]
    assert list(OpenAPIV31SpecValidator(wrong).iter_errors())


def test_its_operations_are_the_routes(routes: tuple[Route, ...], described: dict[str, Any]) -> None:
    served = {
        (method, template(f"/{route.path}"))
        for route in routes
        if route.path.startswith("api/")
        for method in route.methods
    }
    assert {(method, path) for method, path, _ in operations(described)} == served
    assert len(served) == len(OPERATIONS)


def test_outside_the_api_there_are_pages_only(routes: tuple[Route, ...]) -> None:
    others = [route for route in routes if not route.path.startswith("api/")]
    told = {(str(route.path), method) for route in others for method in route.methods if method != "GET"}
    # RFC 6960, and the forms of a browser without scripts; they change nothing either
    assert told == {("ocsp", "POST"), ("verify", "POST"), ("v/<code:str>", "POST")}
    assert {str(route.name).split(".")[1] for route in others} == {
        *("pages", "platform", "installed"),
        *("desk_pages", "service_desk_pages"),
    }


def test_each_says_who_may_call_it(described: dict[str, Any]) -> None:
    session: list[Any] = [{"session": []}]
    open_to_all = {told["operationId"] for _, _, told in operations(described) if told["security"] == []}
    assert open_to_all == PUBLIC == {each.name for each in OPERATIONS if each.public}
    assert all(told["security"] in ([], session) for _, _, told in operations(described))
    scheme = described["components"]["securitySchemes"]["session"]
    assert (scheme["type"], scheme["in"]) == ("apiKey", "cookie")


def test_every_reference_resolves_and_every_schema_is_used(described: dict[str, Any]) -> None:
    used = set(references(described))
    made = {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}
    assert used == made
    for schema in described["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


def test_names_are_their_own(described: dict[str, Any]) -> None:
    """Two types of one name would overwrite each other among the schemas."""
    names = [told["operationId"] for _, _, told in operations(described)]
    assert len(set(names)) == len(names)
    named = (kind for each in OPERATIONS for kind in (each.body, each.answer) if kind is not None)
    kinds = {get_args(kind)[0] if get_origin(kind) is tuple else kind for kind in named}
    assert len({kind.__name__ for kind in kinds}) == len(kinds)
    assert all(told["summary"].strip() for _, _, told in operations(described))


def test_parameters_are_those_that_are_read(described: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        told = described["paths"][template(operation.path)][operation.method.lower()]
        places = {(each["name"], each["in"]) for each in told["parameters"]}
        read = {
            *((name, "path") for name in re.findall(r"{(\w+)}", template(operation.path))),
            *((name, "query") for name in _read_from("args", operation.name)),
        }
        assert places == read, operation.name


def test_bodies_are_described(described: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        told = described["paths"][template(operation.path)][operation.method.lower()]
        if operation.body is not None:
            (schema,) = references(told["requestBody"])
            fields = described["components"]["schemas"][schema.rpartition("/")[2]]
            assert set(fields["properties"]) == set(operation.body.model_fields)
            assert fields["additionalProperties"] is False, "an unknown field is refused"
        elif operation.upload:
            parts = told["requestBody"]["content"]["multipart/form-data"]["schema"]
            beside = _read_from("form", operation.name) | _read_from("files", operation.name)
            assert set(parts["properties"]) == {"file"} | beside
            assert parts["properties"]["file"]["contentMediaType"] == operation.upload_media
            assert parts["required"] == ["file"]
        else:
            assert "requestBody" not in told


def test_answers_are_described_in_their_media_type(described: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        told = described["paths"][template(operation.path)][operation.method.lower()]["responses"]
        assert set(told) == {str(operation.status), "default"}
        assert told["default"]["content"]["application/json"]["schema"] == {
            "$ref": "#/components/schemas/Error"
        }
        answer = told[str(operation.status)].get("content", {})
        assert set(answer) == (set() if operation.status == 204 else {operation.media})
        if operation.answer is not None:
            assert answer[operation.media]["schema"]


def _read_from(what: str, name: str) -> set[str]:
    """The names that a handler reads from the request's `args`, `form` or `files`, as its source says."""
    modules = (
        account,
        approvals,
        closing,
        companies,
        deposits,
        consents,
        desk,
        devices,
        documents,
        entries,
        exports,
        filings,
        further_seals,
        papers,
        grants,
        members,
        printed,
        push,
        ledger,
        passkeys,
        photos,
        pins,
        reviews,
        roots,
        scanning,
        seal_asks,
        seal_life,
        service,
        service_desk,
        signings,
        supervision,
        thread,
        verification,
        wechat,
    )
    handler = next(getattr(module, name) for module in modules if hasattr(module, name))
    return set(re.findall(rf'\b{what}\.get\(\s*"(\w+)"', inspect.getsource(handler)))
