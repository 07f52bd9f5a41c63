"""A process that holds secrets must not write them to disk when it crashes."""

from __future__ import annotations

from pathlib import Path

from tests.http.site import Site


def test_no_process_with_secrets_leaves_a_core_dump(site: Site) -> None:
    sealer, web = (int((site.data / "run" / f"{name}.pid").read_text()) for name in ("sealer", "web"))
    tasks = Path(f"/proc/{web}/task/{web}/children").read_text().split()
    workers = [pid for pid in map(int, tasks) if b"server.web" in cmdline(pid) or b"spawn" in cmdline(pid)]
    assert workers
    limits = {pid: core_limit(pid) for pid in [sealer, *workers] if b"resource_tracker" not in cmdline(pid)}
    assert set(limits.values()) == {("0", "0")}, limits


def cmdline(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def core_limit(pid: int) -> tuple[str, ...]:
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()
    return tuple(next(line for line in lines if line.startswith("Max core file size")).split()[4:6])
