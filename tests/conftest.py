"""What many tests share: databases on both engines, processes that have the code imported already; and how
they are dealt out to the two processes that run them."""

from __future__ import annotations

import multiprocessing
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from multiprocessing.context import ForkServerContext

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from tests.databases import ENGINES, Databases, lift_guards, opened
from tests.softhsm import SoftTokens

# Tests of these folders share what takes long to start, so one process runs a whole folder. The longest come
# first, so that both processes end together.
WHOLE_FOLDERS = ("main_job", "server", "browser")


def _whole(folder: str) -> int:
    return WHOLE_FOLDERS.index(folder) if folder in WHOLE_FOLDERS else len(WHOLE_FOLDERS)


class ByFolderOrFile(LoadScopeScheduling):
    """What one process runs without a break."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        folder = file.rpartition("/")[0]
        return folder if _whole(folder.rpartition("/")[2]) < len(WHOLE_FOLDERS) else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFolderOrFile:
    """Deal the tests out by folder or by file."""
    return ByFolderOrFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole folders first."""
    items.sort(key=lambda item: _whole(item.path.parent.name))


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Makes fresh databases."""
    with ExitStack() as stack:
        yield Databases(stack)


@pytest.fixture(scope="session", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """Both engines, one after the other."""
    return str(request.param)


@pytest.fixture
def database_url(engine: str, databases: Databases) -> str:
    """A new database with the whole schema."""
    return databases.migrated(engine)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """A new database with the whole schema, open in this process."""
    async with opened(database_url):
        yield database_url


@pytest.fixture
async def unguarded(database: str) -> None:
    """Nothing keeps the rows of the open database from whoever owns it (`seals/immutable.py`)."""
    await lift_guards()


@pytest.fixture(scope="session")
def forks() -> ForkServerContext:
    """Starts processes of Python quickly: the server they are forked from has imported the sealer's code."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["server.sealer"])
    return context


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> SoftTokens:
    """Makes fresh PKCS#11 tokens, by SoftHSM2."""
    return SoftTokens(tmp_path_factory.mktemp("softhsm"))
