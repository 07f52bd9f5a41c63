"""For machines: health, metrics, OpenAPI, trust anchors, revocation lists, files of daily roots."""

from __future__ import annotations

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json, text
from tortoise.exceptions import BaseORMException

from auth.errors import NotFound
from seals import published_roots, revocation
from seals.standing import sealer_is_set_up, standing
from server import secret_files
from server.api.operation import OPERATIONS, it
from server.context import now
from server.errors import NOT_FOUND
from server.openapi import document

__all__ = ["platform"]

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
    return json({"status": "ok" if good else "not ready", "checks": checks}, status=200 if good else 503)


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
    lines += [
        "# HELP ezhang_applications_waiting Applications the registrar has not decided.",
        "# TYPE ezhang_applications_waiting gauge",
        f"ezhang_applications_waiting {found.applications_waiting}",
    ]
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
    der = await revocation.newest_crl(stem) if known else None
    if der is None:
        raise NotFound("crl.unknown", "没有这个吊销列表。", "There is no such revocation list.")
    return HTTPResponse(der, content_type="application/pkix-crl")


@platform.get("/roots/<name:str>", name="root_file")
async def root_file(request: Request, name: str) -> HTTPResponse:
    """A daily root: `<number>.txt`, the sealer's signature of it `.sig`, its timestamp `.tst`."""
    data = await published_roots.file(name)
    media = "text/plain; charset=utf-8" if name.endswith(".txt") else "application/octet-stream"
    return HTTPResponse(data, content_type=media)
