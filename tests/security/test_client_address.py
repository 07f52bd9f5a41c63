"""Limits are counted by the client's address: who may say it, and that clients behind a proxy differ."""

from __future__ import annotations

import itertools

import pytest
from sanic import Request
from sanic.compat import Header

from auth.errors import NotFound
from server.api.operation import address
from server.api.platform import metrics
from server.app import create_app
from server.settings import Settings

NUMBERS = itertools.count()  # Sanic wants a name of its own for each application
FORGED = {"x-forwarded-for": "6.6.6.6", "forwarded": "for=6.6.6.6", "x-real-ip": "6.6.6.6"}


class Transport:
    """A connection from the reverse proxy, or from a client that pretends to be one."""

    def get_extra_info(self, name: str) -> object:
        return {"peername": ("172.18.0.1", 40000)}.get(name)


def asked(proxies: str, headers: dict[str, str]) -> Request:
    environ = {"EZHANG_PROFILE": "development", "EZHANG_DATA": "/nowhere", "EZHANG_PROXIES": proxies}
    app = create_app(Settings.from_env(environ), name=f"address-{next(NUMBERS)}")
    request = Request(b"/", Header(headers), "1.1", "GET", Transport(), app)  # type: ignore[arg-type]
    request.conn_info = _Connection()  # type: ignore[assignment]
    return request


def seen(proxies: str, headers: dict[str, str]) -> str:
    return address(asked(proxies, headers))


class _Connection:
    client_ip = "172.18.0.1"


@pytest.mark.parametrize("name", FORGED)
def test_without_a_proxy_no_header_is_believed(name: str) -> None:
    assert seen("0", {name: FORGED[name]}) == "172.18.0.1"


def test_behind_a_proxy_what_it_appended_counts_and_not_what_the_client_wrote() -> None:
    assert seen("1", {"x-forwarded-for": "6.6.6.6, 203.0.113.7"}) == "203.0.113.7"
    assert seen("1", {"x-forwarded-for": "203.0.113.8", "forwarded": "for=6.6.6.6"}) == "203.0.113.8"


async def test_who_comes_through_the_proxy_reads_no_metrics() -> None:
    with pytest.raises(NotFound) as refusal:
        await metrics(asked("1", {"x-forwarded-for": "203.0.113.7"}))
    assert refusal.value.code == "page.not_found"
