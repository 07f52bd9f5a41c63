"""A whole system of its own to measure, its processes by name, and people with companies to use it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil
from stdnum.cn import ric

from server.demo import Demo, temporary_server
from tests.bench.material import COMPANY, KIND, SEAL_X_MM, SEAL_Y_MM, contract

__all__ = ["OURS", "Owner", "Site", "owner", "running_site"]

OURS = ("supervisor", "inspector", "sealer", "web")
"""All processes of the system; the sandbox stands for somebody else's."""
_numbers = count(1)


@dataclass(frozen=True)
class Site:
    """A running system. url: its address; data: its folder."""

    url: str
    data: Path

    @property
    def tsa_url(self) -> str:
        """The built-in time-stamping service."""
        return f"http://127.0.0.1:{int(self.url.rsplit(':', 1)[1]) + 2}"

    def tree(self, name: str) -> list[psutil.Process]:
        """The process of that name with all that it started; the supervisor alone."""
        first = psutil.Process(int((self.data / "run" / f"{name}.pid").read_text()))
        return [first] if name == "supervisor" else [first, *first.children(recursive=True)]

    def web_worker(self) -> psutil.Process:
        """The web worker of a system that has one."""
        (worker,) = (child for child in self.tree("web")[1:] if _listens(child, self.url))
        return worker

    def cpu(self, names: Sequence[str] = OURS) -> dict[str, float]:
        """Seconds of processor time so far, by process; workers that have ended are counted."""
        return {name: sum(_seconds(process) for process in self.tree(name)) for name in names}

    def cpu_since(self, before: dict[str, float]) -> dict[str, float]:
        """Seconds of processor time since."""
        return {name: seconds - before[name] for name, seconds in self.cpu(tuple(before)).items()}

    def idle(self, seconds: float) -> dict[str, float]:
        """Share of one core that each process takes while nobody asks for anything."""
        before, begun = self.cpu(), time.monotonic()
        time.sleep(seconds)
        took = time.monotonic() - begun
        return {name: used / took for name, used in self.cpu_since(before).items()}


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system + times.children_user + times.children_system)


def _listens(process: psutil.Process, url: str) -> bool:
    port = int(url.rsplit(":", 1)[1])
    return any(one.status == "LISTEN" and one.laddr.port == port for one in process.net_connections("tcp"))


@contextmanager
def running_site(web_workers: int = 2) -> Iterator[Site]:
    """`ezhang run` with a fresh data folder, on SQLite."""
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ezhang-bench-"))) / "data"
        environ = {"EZHANG_WEB_WORKERS": str(web_workers)}
        yield Site(stack.enter_context(temporary_server(data, environ)), data)


class Owner:
    """A person with a company whose seals are collected."""

    def __init__(self, site: Site) -> None:
        number = next(_numbers)
        base = f"11010519850101{number:03d}"
        self.demo = Demo(site.url, mobile=f"138{number:08d}")
        self._id_number = base + ric.calc_check_digit(base + "0")
        self._name = f"{COMPANY.removesuffix('有限公司')}第{number}"
        self._companies = 0
        self.company = self.seal = ""

    def log_in(self) -> None:
        """By SMS code."""
        self.demo.log_in()

    def found(self) -> None:
        """Register one more company and collect its seals: from the form to usable keys."""
        self._companies += 1
        name = f"{self._name}分{self._companies}有限公司"
        self.company = self.demo.register(name, id_number=self._id_number)
        self.demo.licence_signed(self.company)
        self.demo.collect(self.company)
        self.seal = self.demo.seal_id(self.company, KIND.value)

    def ask(self) -> str:
        """Upload the contract and ask for the seal; returns the signing's id."""
        phone = self.demo.phone
        document = phone.upload("设备采购合同.pdf", contract(), company=self.company)
        place = {"page": 0, "x_mm": SEAL_X_MM, "y_mm": SEAL_Y_MM}
        return str(phone.request_signing(document["id"], self.seal, **place)["id"])

    def seal_once(self) -> bytes:
        """One whole sealing: upload, ask, show the QR code, claim, confirm, wait, download."""
        signing = self.ask()
        done = self.demo.scan_and_confirm(signing)
        if done["state"] != "signed":
            raise RuntimeError(f"a signing ended as {done['state']}: {done['reason']}")
        return self.demo.phone.signed_file(signing)


@contextmanager
def owner(site: Site) -> Iterator[Owner]:
    """A person who has logged in and whose company's seals are collected."""
    person = Owner(site)
    try:
        person.log_in()
        person.found()
        yield person
    finally:
        person.demo.close()
