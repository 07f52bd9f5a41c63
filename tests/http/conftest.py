"""One real server for all tests of this folder, with two companies of two persons."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.client import Client
from server.demo import temporary_server
from tests.http.site import Party, Site, client_at


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`ezhang run` on a folder of its own."""
    data: Path = tmp_path_factory.mktemp("site") / "data"
    with temporary_server(data) as url:
        yield Site(url, data, data.parent / f"{data.name}.log")


@pytest.fixture(scope="session")
def a(site: Site) -> Party:
    """The owner of a company whose seals are collected."""
    return site.owner(1, "王若涵", "北京若涵精密仪器有限公司")


@pytest.fixture(scope="session")
def b(site: Site) -> Party:
    """Another company's owner."""
    return site.owner(2, "赵启明", "上海启明贸易有限公司")


@pytest.fixture
def stranger(site: Site) -> Iterator[Client]:
    """Nobody: no session, an address of his own."""
    client = client_at(site.url)
    yield client
    client.close()
