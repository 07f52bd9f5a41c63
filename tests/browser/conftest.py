"""A browser per module, one server for all of them, and people with companies on it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from server.demo import temporary_server
from server.demo_contract import demo_contract
from tests.browser.windows import DESK, PHONE, Window, chromium
from tests.http.site import Site

OpenWindow = Callable[..., Window]
FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember a failure, so that the windows can be pictured before they close."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`ezhang run` on a folder of its own. Modules share it, for a start costs seconds, but no people."""
    data: Path = tmp_path_factory.mktemp("browser") / "data"
    with temporary_server(data) as url:
        yield Site(url, data, data.parent / f"{data.name}.log")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Not longer than a module: while it lives, its event loop is the thread's, and no other can run."""
    with chromium() as running:
        yield running


@pytest.fixture
def open_window(
    browser: Browser, site: Site, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[OpenWindow]:
    """Opens windows; at the end each must have been free of errors. A failed test leaves their pictures."""
    opened: list[Window] = []

    def open_one(**how: Any) -> Window:
        scripts = how.get("java_script_enabled", True)
        how.setdefault("service_workers", "block")  # a worker fetches the whole shell for every window
        window = Window(browser.new_context(locale="zh-CN", **how), site.url, scripts)
        opened.append(window)
        return window

    yield open_one
    wrongs = _pictures(opened, tmp_path) if request.node.stash.get(FAILED, False) else []
    for window in opened:
        try:
            window.close()
        except AssertionError as wrong:
            wrongs.append(str(wrong))
    if wrongs:
        pytest.fail("\n".join(wrongs), pytrace=False)


def _pictures(windows: list[Window], folder: Path) -> list[str]:
    told = []
    for number, page in enumerate(page for window in windows for page in window.context.pages):
        page.screenshot(path=folder / f"{number}.png")
        told.append(f"{page.url} looked like {folder / f'{number}.png'}")
    return told


@pytest.fixture
def phone(open_window: OpenWindow) -> Window:
    """A phone."""
    return open_window(**PHONE)


@pytest.fixture
def desk(open_window: OpenWindow) -> Window:
    """A PC."""
    return open_window(**DESK)


@pytest.fixture(scope="session")
def contract() -> bytes:
    """A contract of two pages."""
    return demo_contract("北京晨曦精密仪器有限公司")
