"""The web process lets itself have as many connections as the machine allows."""

from __future__ import annotations

import subprocess
import sys

import pytest

from server.web import OPEN_FILES

RAISED = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (256, {hard}))
from server.web import allow_files
allow_files()
print(*resource.getrlimit(resource.RLIMIT_NOFILE))
"""


@pytest.mark.parametrize("hard", [256, 2048])
def test_the_limit_of_files_is_raised_as_far_as_it_may(hard: int) -> None:
    told = subprocess.run([sys.executable, "-c", RAISED.format(hard=hard)], capture_output=True, check=True)
    assert [int(limit) for limit in told.stdout.split()] == [min(hard, OPEN_FILES), hard]
