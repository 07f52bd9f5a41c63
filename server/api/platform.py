"""For machines: health, metrics, OpenAPI, trust anchors, certificate status, files of daily roots."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache
from urllib.parse import unquote

from cryptography import x509
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json, text
from tortoise.exceptions import BaseORMException

from auth.errors import Invalid, NotFound
from seals import published_roots, revocation, statuses
from seals.filing import overdue
from seals.ocsp import REPLY_TYPE, REQUEST_TYPE, key_hash, read_request, unauthorized
from seals.standing import sealer_is_set_up, standing
from server import secret_files
from server.api.operation import OPERATIONS, it
from server.context import now
from server.errors import NOT_FOUND
from server.openapi import document
from server.settings import Settings

__all__ = ["platform"]

PUBLISHED_LIFE_S = 300

platform = Blueprint("platform")


@platform.get("/health/live", name="live")
async def live(request: Request) -> HTTPResponse:
    """This process answers."""
    return json({"status": "ok"})


@platform.get("/health/ready", name="ready")
async def ready(request: Request) -> HTTPResponse:
    """Database and inspector answer, and a sealer has made its keys: a signing can be asked for."""
    inspector = await it(request).inspector_answers()
    try:
        checks = {"database": True, "inspector": inspector, "sealer": await sealer_is_set_up(now())}
    except (BaseORMException, OSError):
        checks = {"database": False, "inspector": inspector, "sealer": False}
    good = all(checks.values())
    told = {"status": "ok" if good else "not ready", "checks": checks, "policy": it(request).policy.name}
    return json(told, status=200 if good else 503)


@platform.get("/metrics", name="metrics")
async def metrics(request: Request) -> HTTPResponse:
    """Prometheus text: what waits and what is done, from the database, the same for every worker.

    For who asks this process itself; through a proxy, as the world comes, it is not there.
    """
    if request.remote_addr:
        raise NOT_FOUND
    found = await standing()
    lines = ["# HELP ezhang_signings Signings by state.", "# TYPE ezhang_signings gauge"]
    lines += [f'ezhang_signings{{state="{state}"}} {count}' for state, count in found.signings.items()]
    for name, what, count in (
        ("applications_waiting", "Applications the registrar has not decided", found.applications_waiting),
        ("entries_waiting", "Applications of existing companies for a reviewer", found.entries_waiting),
        ("payments_waiting", "Small payments that the bank has not taken", found.payments_waiting),
        ("held_seals", "Seals held for a reviewer", found.held_seals),
    ):
        lines += [f"# HELP ezhang_{name} {what}.", f"# TYPE ezhang_{name} gauge", f"ezhang_{name} {count}"]
    filings = await overdue.counts(it(request).policy, now())
    lines += ["# HELP ezhang_filings Filings of the maker with the authority.", "# TYPE ezhang_filings gauge"]
    lines += [f'ezhang_filings{{state="{name}"}} {count}' for name, count in asdict(filings).items()]
    return text("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


@platform.get("/openapi.json", name="openapi")
async def openapi(request: Request) -> HTTPResponse:
    """The OpenAPI 3.1 document, built from the declared operations."""
    return json(document(OPERATIONS, it(request).settings.public_url))


@platform.get("/trust/<name:str>", name="trust")
async def trust(request: Request, name: str) -> HTTPResponse:
    """Public certificates: `root.pem` and those of all authorities; the licences' `sealer-identity.pem`."""
    stem = name.removesuffix(".pem")
    if stem not in {*secret_files.AUTHORITIES, secret_files.SEALER_IDENTITY} or not name.endswith(".pem"):
        raise NotFound("trust.unknown", "没有这个证书。", "There is no such certificate.")
    data = secret_files.read_trust(secret_files.trust_path(it(request).settings, stem))
    return HTTPResponse(data, content_type="application/x-pem-file")


@platform.get("/crl/<name:str>", name="crl")
async def crl(request: Request, name: str) -> HTTPResponse:
    """Revocation lists (DER): `root.crl`, `issuing.crl`, `sm2-root.crl`, `sm2-issuing.crl`."""
    stem = name.removesuffix(".crl")
    known = stem in revocation.AUTHORITIES and name.endswith(".crl")
    row = await revocation.newest(stem) if known else None
    if row is None:
        raise NotFound("crl.unknown", "没有这个吊销列表。", "There is no such revocation list.")
    return _published(request, base64.b64decode(row.der), "application/pkix-crl", row.this_update)


@platform.get("/roots/<name:str>", name="root_file")
async def root_file(request: Request, name: str) -> HTTPResponse:
    """A daily root: `<number>.txt`, the sealer's signature of it `.sig`, its timestamp `.tst`."""
    data = await published_roots.file(name)
    media = "text/plain; charset=utf-8" if name.endswith(".txt") else "application/octet-stream"
    return HTTPResponse(data, content_type=media)


@platform.post("/ocsp", name="ocsp")
async def ocsp(request: Request) -> HTTPResponse:
    """The status of one of our P-256 certificates (RFC 6960), as its issuer last said it."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != REQUEST_TYPE:
        raise Invalid(
            "ocsp.type",
            f"请求类型应为 {REQUEST_TYPE}。",
            f"The content type of a request is {REQUEST_TYPE}.",
        )
    return await _status(request, request.body)


@platform.get("/ocsp/<asked:path>", name="ocsp_get")
async def ocsp_get(request: Request, asked: str) -> HTTPResponse:
    """The same for a request in Base64 (RFC 6960 appendix A.1), which may be cached on its way."""
    try:
        der = base64.b64decode(unquote(asked), validate=True)
    except ValueError:
        der = b""
    return await _status(request, der)


async def _status(request: Request, der: bytes) -> HTTPResponse:
    wanted = read_request(der)
    serial = f"{wanted.serial:x}"
    below_root = _below_root(it(request).settings)
    issuer = below_root["root"] if serial in below_root else below_root["issuing"]
    found = await statuses.newest(serial)
    if found is None or key_hash(issuer, wanted.issuer_key_hash) != wanted.issuer_key_hash:
        return HTTPResponse(unauthorized(), content_type=REPLY_TYPE, headers={"cache-control": "no-store"})
    return _published(request, found[0], REPLY_TYPE, found[1])


@cache
def _below_root(settings: Settings) -> dict[str, x509.Certificate]:
    """`root`, `issuing`, and by its serial number every certificate that the root issued."""
    named = {name: secret_files.trusted(settings, name) for name in ("root", "issuing")}
    issued = (named["issuing"], *secret_files.built_in_units(settings))
    return named | {statuses.serial_of(certificate): certificate for certificate in issued}


def _published(request: Request, der: bytes, kind: str, made: datetime) -> HTTPResponse:
    """What an issuer signed and anybody may keep a while (RFC 5019 §6.2); after a revocation not for long."""
    tag = f'"{hashlib.sha256(der).hexdigest()[:32]}"'
    headers = {
        "cache-control": f"public, max-age={PUBLISHED_LIFE_S}, no-transform, must-revalidate",
        "etag": tag,
        "last-modified": format_datetime(made.astimezone(UTC), usegmt=True),
        "expires": format_datetime(now() + timedelta(seconds=PUBLISHED_LIFE_S), usegmt=True),
    }
    if request.headers.get("if-none-match") == tag:
        return HTTPResponse(status=304, headers=headers)
    return HTTPResponse(der, content_type=kind, headers=headers)
