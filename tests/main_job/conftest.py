"""Real servers for the main job: the whole system under its supervisor, or its processes one by one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from server.demo import temporary_server
from server.settings import Settings
from tests.databases import Database, Databases
from tests.main_job.members import Member, Server
from tests.main_job.role_processes import OWN, Roles
from tests.main_job.stage import Stage, staged


@pytest.fixture(scope="session")
def server(engine: str, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`ezhang run` with its supervisor, on both engines, one for all tests of this folder."""
    data: Path = tmp_path_factory.mktemp(f"server-{engine}") / "data"
    url = databases.fresh(engine)
    with temporary_server(data, {"EZHANG_DATABASE": url}) as address:
        environ = {
            "EZHANG_PROFILE": "development",
            "EZHANG_DATA": str(data),
            "EZHANG_DATABASE": url,
            "HOST": "127.0.0.1",
            "PORT": address.rpartition(":")[2],
            "PUBLIC_URL": address,
        }
        yield Server(address, Database(url), Settings.from_env(environ))


@pytest.fixture(scope="session")
def sealed_owner(server: Server) -> Iterator[Member]:
    """An owner with collected seals, for tests that neither freeze nor lock."""
    with server.owner() as owner:
        yield owner


@pytest.fixture
def owner(server: Server) -> Iterator[Member]:
    """An owner with collected seals, for one test alone."""
    with server.owner() as owner:
        yield owner


@pytest.fixture(scope="session")
def stage(
    engine: str,
    databases: Databases,
    forks: ForkServerContext,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """Web, inspector and sandbox; sealers come and go as a test wants."""
    folder: Path = tmp_path_factory.mktemp(f"stage-{engine}")
    with staged(folder, databases.fresh(engine), forks) as stage:
        yield stage


@pytest.fixture(scope="session")
def stage_owner(stage: Stage) -> Iterator[Member]:
    """An owner with collected seals, on the stage."""
    with stage.server.owner() as owner:
        yield owner


@pytest.fixture(scope="session")
def roles_stage(
    databases: Databases, forks: ForkServerContext, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stage]:
    """Web, inspector and sandbox; the sealer that made it ready has gone."""
    with staged(tmp_path_factory.mktemp("stage-roles"), databases.fresh("sqlite"), forks) as stage:
        stage.stop_sealer()
        yield stage


@pytest.fixture(scope="session")
def roles(
    roles_stage: Stage, forks: ForkServerContext, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Roles]:
    with ExitStack() as stack:
        roles = Roles(roles_stage, forks, tmp_path_factory.mktemp("roles"), stack)
        for role in OWN:
            roles.start(role)
        yield roles


@pytest.fixture(scope="session")
def roles_owner(roles_stage: Stage, roles: Roles) -> Iterator[Member]:
    """An owner whose company was founded and whose seals were collected by the four processes together."""
    with roles_stage.server.owner() as owner:
        yield owner
