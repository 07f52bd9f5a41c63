"""One document at the limit of size, with as many pages as a tender has: the memory that sealing it takes."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from functools import cache
from io import BytesIO

import pikepdf

from seals.pdf.opening import MAX_BYTES
from tests.bench.material import SEAL_X_MM, SEAL_Y_MM
from tests.bench.site import OURS, owner, running_site
from tests.bench.table import Row

__all__ = ["large_document"]

PAGES = 500
SPARE_BYTES = 2**20
TARGET_MB = 250.0


@cache
def tender() -> bytes:
    """A scan of `PAGES` pages, a megabyte under the limit."""
    side = int(((MAX_BYTES - SPARE_BYTES) / PAGES - 600) ** 0.5)
    pdf = pikepdf.new()
    for _ in range(PAGES):
        page = pdf.add_blank_page(page_size=(595, 842))
        scan = pikepdf.Stream(pdf, secrets.token_bytes(side * side))
        scan.stream_dict = pikepdf.Dictionary(
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=side,
            Height=side,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceGray,
        )
        page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(S=pdf.make_indirect(scan)))
        page.obj.Contents = pdf.make_stream(b"q 495 0 0 742 50 50 cm /S Do Q")
    out = BytesIO()
    pdf.save(out)
    return out.getvalue()


def large_document() -> Iterator[Row]:
    """Of a fresh system, so that nothing else has left its peak in the processes."""
    part = f"a document of {len(tender()) / 1e6:.0f} MB and {PAGES} pages"
    with running_site() as site, owner(site) as person:
        phone = person.demo.phone
        document = phone.upload("招标文件.pdf", tender(), company=person.company)
        place = {"page": PAGES - 1, "x_mm": SEAL_X_MM, "y_mm": SEAL_Y_MM}
        signing = str(phone.request_signing(document["id"], person.seal, **place)["id"])
        if person.demo.scan_and_confirm(signing)["state"] != "signed":
            raise RuntimeError("the large document was not signed")
        for name in OURS:
            peak = max(_peak_bytes(process.pid) for process in site.tree(name))
            yield Row(part, f"most memory of one process, {name}", peak / 1e6, "MB", TARGET_MB)


def _peak_bytes(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as status:
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024
