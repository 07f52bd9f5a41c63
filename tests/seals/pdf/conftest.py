"""The sealed document that tests look at or attack; made once a module."""

from __future__ import annotations

import pytest

from tests.seals.pdf.samples import contract
from tests.seals.pdf.sealing_kit import World


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def sealed(world: World) -> bytes:
    return world.sign(contract())
