"""Daily roots of the log of events: public, for whoever wants to keep them."""

from __future__ import annotations

from sanic import Blueprint, Request

from seals import published_roots
from seals.published_roots import RootPage, RootView
from server.api.operation import operation

__all__ = ["roots_api"]

roots_api = Blueprint("roots_api")


@operation(
    roots_api,
    "GET",
    "/api/roots",
    "The newest daily roots",
    answer=RootPage,
    public=True,
    query={"before": "A number: those before it"},
)
async def list_roots(request: Request) -> RootPage:
    return await published_roots.newest(request.args.get("before"))


@operation(roots_api, "GET", "/api/roots/<number:str>", "One daily root", answer=RootView, public=True)
async def daily_root(request: Request, number: str) -> RootView:
    return await published_roots.find(number)
