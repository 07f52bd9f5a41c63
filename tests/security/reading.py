"""What the product's sources say, and what a process that runs one of them has loaded."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

__all__ = ["OURS", "ROOT", "SANDBOX", "loaded", "sources"]

ROOT = Path(__file__).parents[2]
SANDBOX = ROOT / "server" / "sandbox"
OURS = ("auth", "seals", "server", "h5")


def sources(*below: str) -> Iterator[tuple[str, ast.Module]]:
    """The product's modules by path, without the stand-ins."""
    for top in below:
        for path in sorted((ROOT / top).rglob("*.py")):
            if SANDBOX not in path.parents:
                yield path.relative_to(ROOT).as_posix(), ast.parse(path.read_text())


def loaded(module: str) -> set[str]:
    """What of ours a process has that imported this module."""
    told = f"import {module}, sys; print(*(m for m in sys.modules if m.split('.')[0] in {OURS}))"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())
