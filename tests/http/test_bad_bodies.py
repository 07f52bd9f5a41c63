"""JSON that is not what was asked for: on every operation that takes any, a refusal in words."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import httpx
import pytest
from pydantic import AwareDatetime

from auth.identity_models import IdentityPurpose
from auth.ports import IdentityWay
from server.api.operation import MAX_JSON_BYTES, OPERATIONS, Body, Operation
from server.client import Client
from tests.http.site import Party, Site, fill, in_words, refused
from tests.seals.pdf.samples import contract

WITH_BODY = [operation for operation in OPERATIONS if operation.body is not None]
# What is given to an application that is not there is looked at by nobody.
UPLOADS = [each for each in OPERATIONS if each.upload and "<entry" not in each.path]
SAMPLES: Mapping[type, Any] = {
    str: "x",
    int: 0,
    float: 0.0,
    bool: False,
    tuple: [],
    dict: {"x": "x"},
    IdentityPurpose: IdentityPurpose.COLLECT.value,
    IdentityWay: IdentityWay.BANK.value,
    datetime: "2026-11-29T18:05:00+08:00",
    AwareDatetime: "2026-11-29T18:05:00+08:00",
}
# Values of every type of JSON, and the edges of each.
VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    5.5,
    1e300,
    10**30,
    "",
    " ",
    "x" * 4001,
    [],
    {},
    [[]],
    [None],
    {"a": {}},
]
RAW = ['"\\u0000"', '"\\ud800"', "NaN", "-Infinity", "1e999", "9" * 4000, '"\\u202e\\u0007"']
IDS = dict.fromkeys(
    (
        "check",
        "collection",
        "company",
        "document",
        "entry",
        "slot",
        "form",
        "challenge",
        "code",
        "grant",
        "member",
        "paper",
        "template",
        "filing",
        "rule",
        "change",
        "ask",
        "scan",
        "seal",
        "signing",
        *("notice", "ticket", "guidance"),
    ),
    "0" * 24,
)


def sample(model: type[Body]) -> dict[str, Any]:
    """The smallest body of the right form."""
    filled = {}
    for name, field in model.model_fields.items():
        kinds = [field.annotation]
        if get_origin(field.annotation) in (Union, UnionType):
            kinds = [kind for kind in get_args(field.annotation) if kind is not NoneType]
        kind = get_args(kinds[0])[0] if get_origin(kinds[0]) is Annotated else kinds[0]
        filled[name] = SAMPLES[get_origin(kind) or kind]  # type: ignore[index]
    return filled


def post(http: httpx.Client, operation: Operation, content: bytes | str) -> httpx.Response:
    headers = {"content-type": "application/json"}
    return http.post(fill(operation.path, IDS), content=content, headers=headers)


@pytest.fixture(params=WITH_BODY, ids=lambda operation: operation.name)
def operation(request: pytest.FixtureRequest) -> Operation:
    found: Operation = request.param
    return found


@pytest.fixture
def unchanged(site: Site, a: Party) -> Iterator[None]:
    before = site.state()
    yield
    assert site.state() == before


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("make", "status", "code"),
    [
        (lambda _: b"{", 422, "request.json"),
        (lambda _: b"mobile=13800138000&code=1", 422, "request.json"),
        (lambda _: b"[]", 422, "request.json"),
        (lambda _: b"null", 422, "request.json"),
        (lambda _: b"\xff\xfe{}", 422, "request.json"),
        (
            lambda body: re.sub('"(x|bank|on)"', '"\udce9"', json.dumps(body)).encode(
                "utf-8", "surrogateescape"
            ),
            422,
            "",
        ),
        (lambda body: json.dumps(body).encode("utf-16"), 422, "request.json"),
        (lambda _: b"[" * 60_000, 422, "request.json"),
        (lambda _: b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 422, ""),
        (lambda body: json.dumps({**body, "surprise": 1}), 422, "form.invalid"),
        (lambda body: json.dumps({**body, "pad": "x" * MAX_JSON_BYTES}), 413, "request.too_large"),
        (lambda body: json.dumps(body) + " " * 3_000_000, 413, "request.too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_the_json_that_was_asked_for(
    a: Party, operation: Operation, make: Callable[[dict[str, Any]], bytes], status: int, code: str
) -> None:
    assert operation.body is not None
    answer = post(a.http, operation, make(sample(operation.body)))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (status, code or error["code"]), error
    assert in_words(error)


@pytest.mark.usefixtures("unchanged")
def test_missing_and_unknown_fields_are_named(a: Party, operation: Operation) -> None:
    assert operation.body is not None
    needed = {name for name, field in operation.body.model_fields.items() if field.is_required()}
    error = post(a.http, operation, json.dumps({"surprise": 1})).json()["error"]
    told = {(each["field"], each["code"]) for each in error["errors"]}
    assert told == {("surprise", "field.unknown")} | {(name, "field.missing") for name in needed}
    assert all(in_words(each) for each in error["errors"])


def test_no_value_of_any_field_breaks_anything(a: Party, operation: Operation) -> None:
    assert operation.body is not None
    good = sample(operation.body)
    for name in good:
        rest = {key: value for key, value in good.items() if key != name}
        for raw in [*map(json.dumps, VALUES), *RAW]:
            content = json.dumps(rest)[:-1] + (", " if rest else "") + f"{json.dumps(name)}: {raw}}}"
            answer = post(a.http, operation, content)
            assert 200 <= answer.status_code < 500, (name, raw[:40], answer.text)
            if answer.status_code >= 400:
                assert in_words(answer.json()["error"]), (name, raw[:40])


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("operation", UPLOADS, ids=lambda operation: operation.name)
@pytest.mark.parametrize(
    "kind",
    ["application/json", "text/plain", "multipart/form-data", "multipart/form-data; boundary=", "x", ""],
)
@pytest.mark.parametrize("content", [b"", b"{}", b"--\r\n", b"\xff" * 100])
def test_an_upload_that_is_no_form(a: Party, operation: Operation, kind: str, content: bytes) -> None:
    path = operation.path.replace("<company:str>", a.company)
    answer = a.http.post(path, content=content, headers={"content-type": kind})
    assert answer.status_code == 422
    missing = {"upload.missing", "upload.no_structure", "seal.kind", "photo.missing"}
    assert answer.json()["error"]["code"] in missing


@pytest.mark.parametrize("request_id", ["", "x" * 65, "a\x00b", "a\nb", "a\n", "合同", "a b"])
def test_a_request_id_that_cannot_be_kept(site: Site, a: Party, request_id: str) -> None:
    document = a.client.upload("x.pdf", contract())["id"]
    place = {"page": 0, "x_mm": 20.0, "y_mm": 20.0}
    good = a.client.request_signing(document, a.seal(), **place, request_id="3f2a.B-7_c")
    before = site.state()
    asked = {"request_id": request_id, "document_id": document, "seal_id": a.seal(), **place}
    applied = a.form("北京编号测试有限公司", request_id=request_id)
    for path, body in (("/api/signings", asked), ("/api/applications", applied)):
        answer = a.http.post(path, json=body)
        assert answer.status_code == 422
        assert [each["field"] for each in answer.json()["error"]["errors"]] == ["request_id"]
    assert site.state() == before
    assert good["state"] == "pending"


ODD_IDS = ["\x00", "x" * 25, "x" * 3000, "' OR 1=1 --", "合同", "..", "%", "0" * 24 + "\n", "A" * 24]


@pytest.mark.parametrize("odd", ODD_IDS, ids=lambda odd: ascii(odd)[:20])
def test_an_id_that_no_row_can_have_is_one_that_no_row_has(site: Site, a: Party, odd: str) -> None:
    """On every route and in every body that names a row."""
    known = {"page": "0.png", "code": "0" * 16}
    before = site.state()
    for each in OPERATIONS:
        names = set(re.findall(r"<(\w+)", each.path))
        if names - set(known):
            path = fill(each.path, {**dict.fromkeys(names, odd), **known})
            body = sample(each.body) if each.body is not None else None
            answer = a.http.request(each.method, path, json=body)
            # Dots are resolved on the way: what is left of the path may be an address of another method.
            elsewhere = posixpath.normpath(path) in {other.path.rstrip("/") for other in OPERATIONS}
            assert answer.status_code in ({404, 405} if elsewhere else {404}), (path, answer.text)
    place = {"page": 0, "x_mm": 20.0, "y_mm": 20.0}
    refused(lambda: a.client.request_signing(odd, a.seal(), **place), 404, "document.not_found")
    refused(lambda: a.client.upload("x.pdf", contract(), company=odd), 404, "company.not_found")
    assert site.state() == before


@pytest.mark.parametrize("odd", ODD_IDS, ids=lambda odd: ascii(odd)[:20])
def test_odd_names_in_public_addresses(stranger: Client, odd: str) -> None:
    for path in (
        "/v/<x>",
        "/l/<x>",
        "/crl/<x>",
        "/crl/<x>.crl",
        "/trust/<x>.pem",
        "/static/<x>/<x>",
        "/<x>",
    ):
        status = stranger.http.get(fill(path, {"x": odd})).status_code
        assert status in {404, 410} or (odd in {"..", "%"} and status < 400), path


@pytest.mark.parametrize("query", ["w=x", "w=-1", "w=0", "w=99999999", "w=%00", "w=9e9", "w=99"])
def test_a_width_that_is_none(a: Party, query: str) -> None:
    document = a.client.upload("x.pdf", contract())["id"]
    assert a.http.get(f"/api/documents/{document}/pages/0.png?{query}").status_code == 422
    assert a.http.get(f"/api/documents/{document}/pages/0.webp?{query}").status_code == 422
    assert a.http.get(f"/api/documents/{document}/pages/0.webp?w=481").status_code == 422
    seal = a.http.get(f"/api/seals/{a.seal()}/imprint.png?{query.replace('w', 'dpi', 1)}")
    assert seal.status_code in {200, 422}
    for page in ("-1", "1", "x", "0.jpg", "", "9" * 30):
        assert a.http.get(f"/api/documents/{document}/pages/{page}").status_code == 404
