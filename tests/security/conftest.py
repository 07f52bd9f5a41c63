"""One real server for all tests of this folder; people and database access are those of tests/http."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.demo import temporary_server
from tests.http.site import Party, Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`ezhang run` on a folder of its own, whose database the tests write as an attacker would."""
    data: Path = tmp_path_factory.mktemp("security") / "data"
    with temporary_server(data) as url:
        yield Site(url, data, data.parent / f"{data.name}.log")


@pytest.fixture(scope="session")
def victim(site: Site) -> Party:
    """The owner of a company whose seals are collected."""
    return site.owner(1, "王若涵", "北京若涵精密仪器有限公司")
