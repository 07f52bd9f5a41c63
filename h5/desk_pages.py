"""Pages of the platform's desks: shells as the others, for whoever has the role; there is none for others.

A page shows nothing that is not on it for everybody: what a desk has arrives by the JSON API, which asks for
the passkey as well.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from sanic import Blueprint, Request
from sanic.response import HTTPResponse, redirect

from auth.staff import no_desk, roles_of
from auth.staff_models import StaffRoleName
from h5.rendering import render

__all__ = ["desk_page", "desk_pages"]

desk_pages = Blueprint("desk_pages")


async def desk_page(
    request: Request, template: str, role: StaffRoleName | None = None, **values: Any
) -> HTTPResponse:
    """A page of the desk of this role, of any role if None is named. Raises NotFound `page.not_found`."""
    if request.ctx.session is None:
        here = request.path + (f"?{request.query_string}" if request.query_string else "")
        return redirect(f"/pc/login?{urlencode({'next': here})}")
    roles = await roles_of(request.ctx.session.person_id)
    if not roles or (role is not None and role not in roles):
        raise no_desk()
    return render(request, template, roles=sorted(each.value for each in roles), **values)


@desk_pages.get("/desk", name="start")
async def start(request: Request) -> HTTPResponse:
    return await desk_page(request, "desk/start.html")
