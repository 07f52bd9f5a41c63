"""The OpenAPI 3.1 document, built from the declared operations: bodies and answers are their own types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from server.api.operation import Operation
from server.settings import VERSION

__all__ = ["document", "template"]

REF = "#/components/schemas/{model}"
SESSION = "session"
ANY_FILE = "application/octet-stream"


def template(path: str) -> str:
    """Sanic's `/a/<b:str>` as OpenAPI's `/a/{b}`."""
    return re.sub(r"<(\w+)(?::\w+)?>", r"{\1}", path)


def _schema(kind: Any, schemas: dict[str, Any], mode: str) -> dict[str, Any]:
    made = TypeAdapter(kind).json_schema(ref_template=REF, mode=mode)  # type: ignore[arg-type]
    schemas.update(made.pop("$defs", {}))
    title = made.get("title")
    if title and made.get("type") == "object":
        schemas[title] = made
        return {"$ref": REF.format(model=title)}
    return made  # type: ignore[no-any-return]


def _request_body(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any] | None:
    if operation.upload:
        parts: dict[str, Any] = {"file": {"type": "string", "contentMediaType": operation.upload_media}}
        parts |= {
            name: {"type": "string", "contentMediaType": ANY_FILE, "description": meaning}
            for name, meaning in operation.files.items()
        }
        parts |= {
            name: {"type": "string", "description": meaning} for name, meaning in operation.form.items()
        }
        schema: dict[str, Any] = {"type": "object", "properties": parts, "required": ["file"]}
        return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}
    if operation.body is not None:
        content = {"application/json": {"schema": _schema(operation.body, schemas, "validation")}}
        return {"required": True, "content": content}
    return None


def _one(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": operation.summary}
    if operation.answer is not None:
        schema = _schema(operation.answer, schemas, "serialization")
        answer["content"] = {operation.media: {"schema": schema}}
    elif operation.status != 204:
        answer["content"] = {operation.media: {}}
    told: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "security": [] if operation.public else [{SESSION: []}],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in re.findall(r"<(\w+)", operation.path)
        ]
        + [
            {"name": name, "in": "query", "description": meaning, "schema": {"type": "string"}}
            for name, meaning in operation.query.items()
        ],
        "responses": {
            str(operation.status): answer,
            "default": {
                "description": "An error: code, words in Chinese and English, field, facts",
                "content": {"application/json": {"schema": {"$ref": REF.format(model="Error")}}},
            },
        },
    }
    body = _request_body(operation, schemas)
    if body is not None:
        told["requestBody"] = body
    return told


ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "zh", "en"],
            "properties": {
                "code": {"type": "string"},
                "zh": {"type": "string"},
                "en": {"type": "string"},
                "field": {"type": ["string", "null"]},
                "facts": {"type": "object"},
                "errors": {"type": "array", "items": {"type": "object"}},
            },
        }
    },
}


def document(operations: Sequence[Operation], public_url: str) -> dict[str, Any]:
    """The whole document."""
    schemas: dict[str, Any] = {"Error": ERROR}
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(template(operation.path), {})[operation.method.lower()] = _one(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "e章通 ezhang", "version": VERSION, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": public_url}],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                SESSION: {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "ezhang_session",
                    "description": "Good only with the cookie ezhang_device that came with it; "
                    "under https both names begin with __Host-",
                },
            },
        },
    }
