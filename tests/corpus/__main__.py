"""`make corpus`: seal real-world PDFs, have the result checked by others, print what became of them.

Files of this machine's packages, with DOWNLOAD=1 also of some that are fetched into a temporary folder, or
of FOLDER=…; LIMIT=N takes some of them by lot. No part of CI: it takes long, and every machine has others.
Time is processor time, memory the most that one process held, its libraries included.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from auth.errors import DomainError
from server.inspector.worker import MEMORY_BYTES, _peak_bytes
from tests.corpus.checking import complaints, opens
from tests.corpus.finding import download, found_in, on_this_machine, read
from tests.corpus.sealing import seal
from tests.seals.pdf.checkers import nss_with_root
from tests.seals.pdf.parties import company, mark

AT_ONCE = 2
MOST_S, MOST_BYTES = 10.0, 512 * 2**20
KILLED_S = 120
TARGET = 0.96
NO_ROOM = frozenset({"place.page_too_small", "place.no_room_for_mark"})
"""No page has room for a seal of 40 mm and its code: pictures and single notes, no documents."""


@dataclass(frozen=True)
class Outcome:
    """code: `sealed`, why not, or what was wrong with it; opens: in a common reader, without a password."""

    path: str
    code: str
    opens: bool = True
    repaired: bool = False
    removed: Sequence[str] = ()
    seconds: float = 0.0
    peak: int = 0
    wrong: Sequence[str] = ()


def _one(path: Path, database: Path) -> Outcome:
    """In a process of its own."""
    data = read(path)
    shown = opens(data)
    begun = time.process_time()
    try:
        sealed = seal(data)
    except DomainError as refusal:
        took, peak = time.process_time() - begun, _peak_bytes()
        return Outcome(str(path), refusal.code, shown, seconds=took, peak=peak)
    took, peak = time.process_time() - begun, _peak_bytes()
    wrong = complaints(sealed, database)
    code = "not accepted" if wrong else "sealed"
    return Outcome(str(path), code, shown, sealed.repaired, sealed.removed, took, peak, wrong)


def _apart(path: Path, base: Path) -> Outcome:
    """Forked, with a worker's limits, so that nothing a file does outlives it."""
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (KILLED_S, KILLED_S))
        try:
            outcome = _one(path, _own_copy(base))
        except Exception as error:
            outcome = Outcome(str(path), f"error {type(error).__name__}")
        os.write(writing, json.dumps(asdict(outcome)).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as answer:
        told = answer.read()
    os.waitpid(process, 0)
    return Outcome(**json.loads(told)) if told else Outcome(str(path), "killed")


def _own_copy(base: Path) -> Path:
    """A folder for this process's files beside the certificate database."""
    folder = Path(tempfile.mkdtemp(dir=base))
    (folder / "nss").symlink_to(base / "nss")
    return folder / "nss"


def _report(outcomes: Sequence[Outcome]) -> bool:
    openable = [one for one in outcomes if one.opens]
    room = [one for one in openable if one.code not in NO_ROOM]
    done = [one for one in openable if one.code == "sealed"]
    share = len(done) / len(room) if room else 0.0
    print(f"{len(outcomes)} files, {len(openable)} open in a common reader without a password")
    print(f"{len(openable) - len(room)} of them have no page with room for a seal of 40 mm and its code")
    print(f"{len(done)} sealed and accepted: {share:.1%} of those with room (target {TARGET:.0%}),", end=" ")
    print(f"{len(done) / max(1, len(openable)):.1%} of all that open")
    print(f"of the sealed: {sum(one.repaired for one in done)} mended,", end=" ")
    print(f"{Counter(code for one in done for code in one.removed)}")
    closed = [one for one in outcomes if not one.opens]
    for title, some in (("open, but not sealed", openable), ("do not open", closed)):
        print(f"\n{title}:")
        for code, count in Counter(one.code for one in some if one.code != "sealed").most_common():
            print(f"  {count:5d}  {code}")
    for one in outcomes:
        if one.opens and one.code not in NO_ROOM | {"sealed"}:
            print(f"  {one.code} {' '.join(one.wrong)} {one.path}")
    slow = max(outcomes, key=lambda one: one.seconds)
    large = max(outcomes, key=lambda one: one.peak)
    print(f"\nslowest {slow.seconds:.1f} s (at most {MOST_S:.0f}): {slow.path}")
    print(f"most memory {large.peak >> 20} MB (at most {MOST_BYTES >> 20}): {large.path}")
    return share >= TARGET and slow.seconds <= MOST_S and large.peak <= MOST_BYTES


def main() -> None:
    """Seal them all."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus")
    parser.add_argument("--folder", type=Path, action="append", default=[])
    parser.add_argument("--download", action="store_true")
    parser.add_argument("--limit", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="where to write one line of JSON a file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ezhang-corpus-") as name:
        base = Path(name)
        folders = options.folder or on_this_machine()
        if options.download:
            download(base / "packages")
            folders = [*folders, base / "packages" / "files"]
        paths = found_in(folders)
        if options.limit and options.limit < len(paths):
            paths = random.Random(options.seed).sample(paths, options.limit)
        nss_with_root(base)
        company(), mark()  # made once, before the processes part
        outcomes = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for outcome in pool.map(lambda path: _apart(path, base), paths):
                outcomes.append(outcome)
                print("." if outcome.code == "sealed" else "-", end="", file=sys.stderr, flush=True)
                if options.out:
                    with options.out.open("a") as lines:
                        print(json.dumps(asdict(outcome)), file=lines)
        print(file=sys.stderr)
        sys.exit(0 if outcomes and _report(outcomes) else 1)


if __name__ == "__main__":
    main()
