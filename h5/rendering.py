"""Templates, the static files beside them, and the one function that turns both into a response."""

from __future__ import annotations

import hashlib
import mimetypes
import posixpath
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sanic import Request
from sanic.response import HTTPResponse, html

from h5 import words

__all__ = [
    "STATIC_VERSION",
    "language_cookie",
    "language_of",
    "needed_by",
    "render",
    "scripts_of",
    "static_file",
    "static_text",
]

HERE = Path(__file__).parent
LANGUAGE_COOKIE_LIFE_S = 365 * 24 * 3600
YEAR_S = 365 * 24 * 3600
IMPORT = re.compile(r"""^(?:import|export)\b[^"';]*["'](\.{1,2}/[^"']+)["'];""", re.MULTILINE)
FRAME = "page.html"
ASKED = re.compile(r"""\bstatic\(["']([\w/.-]+)["']\)""")
PAGE_SCRIPT = re.compile(r"""\bpage_script\(["']([\w/.-]+)["']""")
TAGS: dict[words.Language, str] = {"zh": "zh-CN", "en": "en"}

mimetypes.add_type("text/javascript", ".js")


def _read_static() -> dict[str, tuple[bytes, str]]:
    root = HERE / "static"
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {
        path.relative_to(root).as_posix(): (
            path.read_bytes(),
            mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        )
        for path in files
    }


def _version(files: dict[str, tuple[bytes, str]]) -> str:
    digest = hashlib.sha256()
    for name, (body, _) in files.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(body).digest())
    return digest.hexdigest()[:12]


# Read once: the files belong to the program, and a name that is not in the table is not a file of ours.
_STATIC = _read_static()
STATIC_VERSION = _version(_STATIC)


def _imports(path: str) -> list[str]:
    """The scripts that one script imports, by their paths."""
    text = _STATIC[path][0].decode()
    return [
        posixpath.normpath(posixpath.join(posixpath.dirname(path), name)) for name in IMPORT.findall(text)
    ]


@cache
def scripts_of(path: str) -> tuple[str, ...]:
    """All scripts that a script needs, itself not, each once: a browser told of them asks for all at once,
    where it would find them one import after another, a journey for each on a slow network."""
    found: dict[str, None] = {}
    waiting = _imports(path)
    while waiting:
        name = waiting.pop(0)
        if name not in found and name != path:
            found[name] = None
            waiting += _imports(name)
    return tuple(found)


def static_text(path: str) -> str:
    """A file of ours that is text."""
    return _STATIC[path][0].decode()


@cache
def needed_by(template: str) -> tuple[str, ...]:
    """The static files that a page stands on: its frame's and its own, its script and what that imports."""
    text = "".join((HERE / "templates" / name).read_text() for name in (FRAME, template))
    scripts = [f"js/{name}" for name in PAGE_SCRIPT.findall(text)]
    imported = [needed for name in scripts for needed in scripts_of(name)]
    return tuple(dict.fromkeys([*ASKED.findall(text), *scripts, *imported]))


def static_file(version: str, path: str) -> HTTPResponse | None:
    """A static file, or None. The version in the address makes it cacheable for ever.

    Scripts import each other by relative address, so the version of the page holds for them all.
    """
    found = _STATIC.get(path)
    if found is None:
        return None
    body, kind = found
    life = f"public, max-age={YEAR_S}, immutable" if version == STATIC_VERSION else "no-cache"
    return HTTPResponse(body, content_type=_with_charset(kind), headers={"cache-control": life})


def _with_charset(kind: str) -> str:
    return f"{kind}; charset=utf-8" if kind.startswith("text/") or kind == "image/svg+xml" else kind


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"ensure_ascii": False}
    environment.globals["static"] = lambda path: f"/static/{STATIC_VERSION}/{path}"
    environment.globals["scripts_of"] = scripts_of
    return environment


def language_cookie(settings: Any) -> str:
    """The name of the cookie that keeps the language: under https of this very host, as all our cookies."""
    return f"{'__Host-' if _is_https(settings) else ''}ezhang_lang"


def language_of(request: Request) -> words.Language:
    """The language of this reader."""
    kept = request.cookies.get(language_cookie(request.app.ctx.settings))
    return words.choose(request.args.get("lang"), kept, request.headers.get("accept-language"))


def _other_language_link(request: Request, language: words.Language) -> str:
    query = {key: request.args.get(key) for key in request.args if key != "lang"}
    return "?" + urlencode({**query, "lang": "en" if language == "zh" else "zh"})


def render(request: Request, template: str, status: int = 200, **values: Any) -> HTTPResponse:
    """A page. Every page knows: its words, the sandbox address if there is one, and the public host.

    The words of the groups that a template names are handed to its script by `page.html`.
    """
    language = language_of(request)
    settings = request.app.ctx.settings
    body = (
        _templates()
        .get_template(template)
        .render(
            w=lambda key, **facts: words.text(key, language, **facts),
            script_words=lambda names: words.groups(names, language),
            language=language,
            language_tag=TAGS[language],
            other_language_link=_other_language_link(request, language),
            sandbox_url=settings.sandbox_public_url if settings.sandbox_url else "",
            wechat_sdk=_wechat_sdk(request),
            public_host=urlsplit(settings.public_url).netloc,
            logged_in=getattr(request.ctx, "session", None) is not None,
            **values,
        )
    )
    response = html(
        body, status=status, headers={"cache-control": "no-store", "content-language": TAGS[language]}
    )
    if request.args.get("lang") == language:
        response.add_cookie(
            language_cookie(settings),
            language,
            path="/",
            max_age=LANGUAGE_COOKIE_LIFE_S,
            httponly=True,
            samesite="Lax",
            secure=_is_https(settings),
        )
    return response


def _wechat_sdk(request: Request) -> str:
    """WeChat's script, inside WeChat and by setting only; `server/app.py` lets it in for that answer."""
    inside = "MicroMessenger" in request.headers.get("user-agent", "")
    request.ctx.wechat_sdk = request.app.ctx.settings.wechat_js_sdk if inside else ""
    return str(request.ctx.wechat_sdk)


def _is_https(settings: Any) -> bool:
    return bool(urlsplit(settings.public_url).scheme == "https")
