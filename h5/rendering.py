"""Templates, the static files beside them, and the one function that turns both into a response."""

from __future__ import annotations

import hashlib
import inspect
import mimetypes
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sanic import Request
from sanic.response import HTTPResponse, html

from h5 import scripts, words
from h5.display import Display, display_of
from h5.packing import WORTH_BYTES, pack, packed, takes_gzip

__all__ = [
    "PAGE_SCRIPTS",
    "STATIC_VERSION",
    "display_cookie",
    "language_cookie",
    "language_of",
    "needed_by",
    "render",
    "scripts_of",
    "static_file",
    "static_text",
]

HERE = Path(__file__).parent
COOKIE_LIFE_S = 365 * 24 * 3600
YEAR_S = 365 * 24 * 3600
PACK = "js/pack/"
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
    digest = hashlib.sha256(inspect.getsource(scripts).encode())
    for name, (body, _) in files.items():
        digest.update(name.encode() + b"\0" + hashlib.sha256(body).digest())
    return digest.hexdigest()[:12]


# Read once: the files belong to the program, and a name that is not in the table is not a file of ours.
_STATIC = _read_static()
STATIC_VERSION = _version(_STATIC)


def _source(path: str) -> str:
    return _STATIC[path][0].decode()


def scripts_of(path: str) -> tuple[str, ...]:
    """All scripts that a script imports, itself not, each once, after what it needs itself."""
    return scripts.modules(path, _source)[:-1]


def _page_scripts() -> frozenset[str]:
    """What templates name as the script of a page, below js/."""
    texts = (path.read_text() for path in (HERE / "templates").rglob("*.html"))
    return frozenset(name for text in texts for name in PAGE_SCRIPT.findall(text))


PAGE_SCRIPTS = _page_scripts()


def _file(path: str) -> tuple[bytes, str] | None:
    """A file by its path below /static, with its kind; `js/pack/x.js` is js/x.js with all that it imports.

    Only what is known is kept in memory: whoever asks for made-up paths fills nothing.
    """
    name = path.removeprefix(PACK)
    return _pack_of(name) if path != name and name in PAGE_SCRIPTS else _STATIC.get(path)


@cache
def _pack_of(name: str) -> tuple[bytes, str]:
    return scripts.packed(f"js/{name}", _source).encode(), "text/javascript"


def static_text(path: str) -> str:
    """A file of ours that is text."""
    return _STATIC[path][0].decode()


@cache
def needed_by(template: str) -> tuple[str, ...]:
    """The static files that a page stands on: its frame's and its own, and its packed script."""
    text = "".join((HERE / "templates" / name).read_text() for name in (FRAME, template))
    scripts = [f"{PACK}{name}" for name in PAGE_SCRIPT.findall(text)]
    return tuple(dict.fromkeys([*ASKED.findall(text), *scripts]))


@cache  # asked of files that are there, as above
def _packed(path: str) -> bytes | None:
    """A static file as gzip, None for what gains nothing by it. The path is one that is there."""
    body, kind = _file(path) or (b"", "")
    small = len(body) < WORTH_BYTES or not kind.startswith(("text/", "image/svg", "application/json"))
    return None if small else packed(body)


def static_file(request: Request, version: str, path: str) -> HTTPResponse | None:
    """A static file, or None. The version in the address makes it cacheable for ever.

    The modules import each other by relative address, so the version of the page holds for them all.
    """
    found = _file(path)
    if found is None:
        return None
    body, kind = found
    life = f"public, max-age={YEAR_S}, immutable" if version == STATIC_VERSION else "no-cache"
    headers = {"cache-control": life}
    small = _packed(path)
    if small is not None:
        headers["vary"] = "accept-encoding"
        if takes_gzip(request):
            headers["content-encoding"] = "gzip"
            body = small
    return HTTPResponse(body, content_type=_with_charset(kind), headers=headers)


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
    return environment


def language_cookie(settings: Any) -> str:
    """The name of the cookie that keeps the language: under https of this very host, as all our cookies."""
    return _cookie(settings, "lang")


def display_cookie(settings: Any) -> str:
    """The name of the cookie that keeps the look."""
    return _cookie(settings, "look")


def _cookie(settings: Any, name: str) -> str:
    return f"{'__Host-' if _is_https(settings) else ''}ezhang_{name}"


def language_of(request: Request) -> words.Language:
    """The language of this reader."""
    kept = request.cookies.get(language_cookie(request.app.ctx.settings))
    return words.choose(request.args.get("lang"), kept, request.headers.get("accept-language"))


def _other_language_link(request: Request, language: words.Language) -> str:
    query = {key: request.args.get(key) for key in request.args if key != "lang"}
    return "?" + urlencode({**query, "lang": "en" if language == "zh" else "zh"})


def render(
    request: Request, template: str, status: int = 200, *, private: bool = False, **values: Any
) -> HTTPResponse:
    """A page. Every page knows: its words and look, the sandbox address if there is one, the public host.

    The words of the groups that a template names are handed to its script by `page.html`. private: it holds
    what belongs to its reader, so it is not packed.
    """
    language = language_of(request)
    settings = request.app.ctx.settings
    display = display_of(request, display_cookie(settings))
    body = (
        _templates()
        .get_template(template)
        .render(
            w=lambda key, **facts: words.text(key, language, **facts),
            script_words=lambda names: words.groups(names, language),
            language=language,
            display=display,
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
    _keep(request, response, language, display)
    return response if private else pack(request, response)


def _keep(request: Request, response: HTTPResponse, language: words.Language, display: Display) -> None:
    """What the reader chose by a link stays chosen in this browser."""
    settings = request.app.ctx.settings
    chosen = {}
    if request.args.get("lang") == language:
        chosen[language_cookie(settings)] = str(language)
    if display.asked:
        chosen[display_cookie(settings)] = display.kept
    for name, value in chosen.items():
        response.add_cookie(
            name,
            value,
            path="/",
            max_age=COOKIE_LIFE_S,
            httponly=True,
            samesite="Lax",
            secure=_is_https(settings),
        )


def _wechat_sdk(request: Request) -> str:
    """WeChat's script, inside WeChat and by setting only; `server/app.py` lets it in for that answer."""
    inside = "MicroMessenger" in request.headers.get("user-agent", "")
    request.ctx.wechat_sdk = request.app.ctx.settings.wechat_js_sdk if inside else ""
    return str(request.ctx.wechat_sdk)


def _is_https(settings: Any) -> bool:
    return bool(urlsplit(settings.public_url).scheme == "https")
