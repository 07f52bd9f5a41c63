"""Pages of the sandbox: templates, and the headers that every page and answer carries."""

from __future__ import annotations

import secrets

from jinja2 import Environment, PackageLoader, StrictUndefined
from sanic import HTTPResponse, Request
from sanic.response import html

from auth.identifiers import mask_id, mask_mobile, mask_name
from server.sandbox.settings import origin_of
from server.sandbox.store import shown_time

__all__ = ["STAND_IN_HEADER", "field", "render"]

STAND_IN_HEADER = ("X-Ezhang-Stand-In", "sandbox")

TEMPLATES = Environment(
    loader=PackageLoader("server.sandbox"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
TEMPLATES.filters.update(china_time=shown_time, mask_id=mask_id, mask_mobile=mask_mobile, mask_name=mask_name)


def render(request: Request, template: str, status: int = 200, **values: object) -> HTTPResponse:
    """A page. form-action names the origins of return addresses: browsers hold redirects to it too."""
    nonce = secrets.token_urlsafe(16)
    settings = request.app.ctx.settings
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; connect-src 'self';"
        f" img-src data:; base-uri 'none'; frame-ancestors 'none';"
        f" form-action 'self' {' '.join(origin_of(url) or '' for url in settings.return_origins)}"
    )
    page = TEMPLATES.get_template(template).render(nonce=nonce, **values)
    return html(page, status, headers={"Content-Security-Policy": policy})


def field(request: Request, name: str) -> str:
    """A field of a posted form, trimmed; empty when it is not there."""
    form = request.form
    return str(form.get(name) or "").strip() if form else ""
