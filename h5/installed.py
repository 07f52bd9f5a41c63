"""The site as an app on a phone: manifest, icons drawn from our mark, and the service worker.

What the worker keeps is in ADR 46: the files of the program and the empty thread page, never an answer of
the API, a document or a page with a name in it; a phone that is handed on shows nothing.
"""

from __future__ import annotations

import asyncio
import json
import re
from functools import cache

import typst
from sanic import Blueprint, Request
from sanic.exceptions import NotFound as NoSuchPage
from sanic.response import HTTPResponse

from h5 import words
from h5.rendering import STATIC_VERSION, language_of, needed_by, static_text

__all__ = ["ICON_SIZES_PX", "installed"]

installed = Blueprint("installed")

ICON_SIZES_PX = (180, 192, 512)
MASK_MARGIN = 0.1  # of each side: systems cut an icon to their own shape and leave the inner 80 %
GROUND, THEME = "#f3f1ec", "#f3f1ec"
ICON = re.compile(r"(?P<purpose>any|maskable)-(?P<size>[0-9]{1,4})\.png")
DAY_S = 24 * 3600
MARK = "img/mark.svg"
WORKER = "js/shell/worker.js"
THREAD = "thread.html"


@installed.get("/manifest.webmanifest")
async def manifest(request: Request) -> HTTPResponse:
    """What a browser needs to put the site on the home screen, in the reader's language."""
    language = language_of(request)

    def word(key: str) -> str:
        return words.text(key, language)

    told = {
        "id": "/m",
        "name": word("app.name"),
        "short_name": word("app.name"),
        "description": word("installed.about"),
        "lang": "zh-CN" if language == "zh" else "en",
        "start_url": "/m",
        "scope": "/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": THEME,
        "icons": [
            {"src": f"/static/{STATIC_VERSION}/{MARK}", "sizes": "any", "type": "image/svg+xml"},
            *(_icon(size, "any") for size in ICON_SIZES_PX[1:]),
            *(_icon(size, "maskable") for size in ICON_SIZES_PX[1:]),
        ],
        "shortcuts": [
            {"name": word("thread.menu_seal"), "url": "/m/seal"},
            {"name": word("qr.title"), "url": "/m/scan"},
            {"name": word("thread.menu_check_file"), "url": "/verify"},
        ],
    }
    return HTTPResponse(
        json.dumps(told, ensure_ascii=False),
        content_type="application/manifest+json; charset=utf-8",
        headers={"cache-control": f"private, max-age={DAY_S}", "vary": "Accept-Language, Cookie"},
    )


def _icon(size: int, purpose: str) -> dict[str, str]:
    return {
        "src": f"/icons/{purpose}-{size}.png",
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }


@installed.get("/icons/<name:str>")
async def icon(request: Request, name: str) -> HTTPResponse:
    """Our mark as PNG, in one of `ICON_SIZES_PX`; `maskable` with a margin that systems may cut off."""
    found = ICON.fullmatch(name)
    if found is None or int(found["size"]) not in ICON_SIZES_PX:
        raise NoSuchPage(f"no icon {name!r}")
    drawn = await asyncio.to_thread(_drawn, int(found["size"]), found["purpose"] == "maskable")
    return HTTPResponse(
        drawn, content_type="image/png", headers={"cache-control": f"public, max-age={7 * DAY_S}"}
    )


@cache
def _drawn(size_px: int, maskable: bool) -> bytes:
    width = 100 - 200 * MASK_MARGIN if maskable else 100
    page = (
        f'#set page(width: {size_px}pt, height: {size_px}pt, margin: 0pt, fill: rgb("{GROUND}"))\n'
        f'#align(center + horizon, image(bytes(sys.inputs.mark), format: "svg", width: {width}%))'
    )
    found = typst.compile(
        page.encode(), format="png", ppi=72, ignore_system_fonts=True, sys_inputs={"mark": static_text(MARK)}
    )
    assert isinstance(found, bytes)
    return found


@installed.get("/sw.js")
async def worker(request: Request) -> HTTPResponse:
    """The service worker; its scope is its folder, so that it lies at the top."""
    kept = [f"/static/{STATIC_VERSION}/{path}" for path in needed_by(THREAD)]
    told = f"const VERSION = {json.dumps(STATIC_VERSION)};\nconst FILES = {json.dumps(kept)};\n\n"
    return HTTPResponse(
        told + static_text(WORKER),
        content_type="text/javascript; charset=utf-8",
        headers={"cache-control": "no-cache"},
    )
