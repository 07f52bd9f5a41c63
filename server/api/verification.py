"""Check a document: by code, by hash, by the whole file. Open to everybody."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sanic import Blueprint, Request

from auth.errors import Invalid
from seals import verifying
from seals.verifying import Match, RecordView
from server.api.documents import uploaded_file
from server.api.operation import DER, Body, address, it, operation
from server.context import now

__all__ = ["verification"]

verification = Blueprint("verification", url_prefix="/api")


class FileHash(Body):
    """SHA-256 of the whole file, 64 hexadecimal digits."""

    sha256: str


@dataclass(frozen=True)
class SealAnswer:
    """As a line of `ezhang verify-seal`."""

    file: str
    sha256: str
    verdict: str
    reasons: list[str]
    notes: list[str]
    signatures: list[dict[str, Any]]
    words: dict[str, dict[str, str]]


@dataclass(frozen=True)
class Answer(SealAnswer):
    """As a line of `ezhang verify`, and our record of the file where it is one of ours.

    steps: what was checked, in the order it must hold, each with its outcome and words.
    """

    steps: list[dict[str, Any]]
    code: str | None
    record: Match | None


@operation(verification, "POST", "/verify", "Validate a PDF", answer=Answer, public=True, upload=True)
async def verify(request: Request) -> Answer:
    name, data = uploaded_file(request)
    done = await verifying.verify(data, name, address(request), now(), it(request).workshop)
    told = done.report.to_json()
    return Answer(
        done.file,
        done.sha256,
        told["verdict"],
        told["reasons"],
        told["notes"],
        told["signatures"],
        verifying.words_of(done.report),
        told["steps"],
        done.code,
        done.record,
    )


@operation(
    verification,
    "POST",
    "/verify-seal",
    "Verify a seal or signature of GB/T 38540",
    answer=SealAnswer,
    public=True,
    upload=True,
    upload_media=DER,
    form={"picture": "1: the answer holds the seal's picture, in base64"},
    files={"document": "The document that was signed; without it a signature is unknown at best"},
)
async def verify_seal(request: Request) -> SealAnswer:
    files: Mapping[str, Any] = request.files or {}
    form: Mapping[str, Any] = request.form or {}
    file, document = files.get("file"), files.get("document")
    if file is None or not file.body:
        raise Invalid(
            "upload.no_structure",
            "请选择电子印章（.esl）或电子签章（.ses）文件。",
            "Choose a seal (.esl) or signature (.ses) file.",
            field="file",
        )
    # A form's field in which nothing was chosen comes as a part without name and content.
    given = document.body if document is not None and (document.body or document.name) else None
    report = await verifying.verify_structure(file.body, given, address(request), now(), it(request).workshop)
    told = report.to_json(picture=form.get("picture") == "1")
    return SealAnswer(
        file.name or "",
        hashlib.sha256(file.body).hexdigest(),
        told["verdict"],
        told["reasons"],
        told["notes"],
        told["signatures"],
        told["words"],
    )


@operation(verification, "GET", "/codes/<code:str>", "What a code stands for", answer=RecordView, public=True)
async def record(request: Request, code: str) -> RecordView:
    return await verifying.record(code, address(request), now())


@operation(
    verification,
    "POST",
    "/codes/<code:str>/match",
    "Compare a file's hash with the record",
    answer=Match,
    body=FileHash,
    public=True,
)
async def match(request: Request, code: str, body: FileHash) -> Match:
    if not re.fullmatch("[0-9a-fA-F]{64}", body.sha256):
        raise Invalid(
            "hash.malformed",
            "文件指纹应为 64 位十六进制数。",
            "The hash has 64 hexadecimal digits.",
            field="sha256",
        )
    return await verifying.match(code, body.sha256, address(request), now())
