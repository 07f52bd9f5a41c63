"""`make bench`: measure this system on this machine, print a table, write ./bench.json.

Under three minutes on two cores. Figures of processor time bear a busy machine, wall times do not.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.bench.founding import five_seals, founding_companies
from tests.bench.large import large_document
from tests.bench.parts import parts, prepare_and_finish
from tests.bench.photos import imprints_from_photos
from tests.bench.pins import login_to_confirm, pins_at_once
from tests.bench.rows import database_parts
from tests.bench.sealing import at_once, at_rest, whole_sealing
from tests.bench.site import owner, running_site
from tests.bench.table import Row, by_part, save, show
from tests.bench.verifying import verifying_by_the_archive
from tests.bench.waiting import waiters, waiting_pages

FILE = Path("bench.json")

# A person may claim 30 codes in ten minutes.
SEALINGS, WARM_UP = 20, 4
CLIENTS, SEALINGS_EACH, COMPANIES_EACH = 4, 10, 2
COMPANIES = 6
PHONES, PINS = 6, 100
PAGES, WOKEN, WAITING_S = 5_000, 1_000, 17.0
TIMES = 40
AT_REST_S = 10.0

NOTES = (
    "CPU of a sealing: supervisor, inspector, sealer with its time-stamping service, and web; what they "
    "take at rest meanwhile is included, the sandbox and the client are not.",
    "Bare pyHanko: the same PDF, key type, seal (vector, same size), service and level (B-LTA) in one "
    "process, key, HTTP session and revocation lists held, the service's CPU included; no mark, no cleaning, "
    "no check of the result, no PIN.",
    "Waiting pages send a browser's headers; the resident memory of the worker is compared with that "
    "before them, after 100 others have come and gone.",
)


def _all() -> Iterator[Iterable[Row]]:
    with running_site() as site:
        with owner(site):
            pass  # whatever is done only once is done
        rest, shares = at_rest(site, AT_REST_S)
        yield whole_sealing(site, shares, SEALINGS, WARM_UP)
        yield prepare_and_finish(TIMES)
        yield rest
        yield founding_companies(site, shares, COMPANIES)
        yield login_to_confirm(site, shares, PHONES)
        yield five_seals(TIMES)
        yield at_once(site, CLIENTS, SEALINGS_EACH, COMPANIES_EACH)
        yield waiters(PAGES)
        yield database_parts(site, TIMES, WOKEN)
    yield parts(TIMES)
    yield verifying_by_the_archive(TIMES)
    yield imprints_from_photos()
    yield pins_at_once(PINS)
    yield large_document()
    yield waiting_pages(PAGES, WOKEN, WAITING_S)


def main() -> None:
    """Measure everything."""
    begun = time.monotonic()
    rows: list[Row] = []
    for some in _all():
        for row in some:
            print(".", end="", file=sys.stderr, flush=True)
            rows.append(row)
    print(file=sys.stderr)
    rows = by_part(rows)
    show(rows, sys.stdout)
    print(*(f"\n{note}" for note in NOTES), sep="")
    save(rows, NOTES, FILE, time.monotonic() - begun)
    print(f"\n{FILE}, {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
