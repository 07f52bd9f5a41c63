"""One world for all: its keys are made once."""

from __future__ import annotations

import pytest

from tests.seals.ses.kit import World


@pytest.fixture(scope="session")
def world() -> World:
    return World()
