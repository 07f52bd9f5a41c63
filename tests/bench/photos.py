"""Imprints from photos: how far what comes out is from what was stamped, and what it costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from auth.errors import Invalid
from seals.imprint import Imprint
from seals.kinds import SealKind
from seals.photo.lifting import lift
from tests.bench.table import Row
from tests.seals.photo.photos import Damage, difference, known, photo, shape_of, to_jpeg

__all__ = ["imprints_from_photos"]

PART = "imprints from photos, 1600 x 1200"
KINDS = {
    "circle, star": SealKind.LEGAL_NAME,
    "circle": SealKind.FINANCE,
    "ellipse": SealKind.INVOICE,
    "square": SealKind.REPRESENTATIVE,
}
CASES = {
    "bare sheet": Damage(uneven=0, shade=0, noise=0, blur=0.3, quality=95, text=False),
    "usual": Damage(tilt=6, turn=10),
    "tilt 20": Damage(tilt=20, turn=20),
    "shadow, noise, JPEG 60": Damage(tilt=14, turn=12, uneven=0.3, shade=0.5, noise=6, blur=1.5, quality=60),
}


def imprints_from_photos() -> Iterator[Row]:
    """Mean distance of edges, and ink that is not in common, by damage and shape; the worst targets."""
    spent = []
    for case, damage in CASES.items():
        for shape, kind in KINDS.items():
            picture = to_jpeg(photo(known(kind), damage), damage.quality)
            begun = time.process_time()
            lifted = lift(picture, shape_of(kind))
            spent.append(time.process_time() - begun)
            overlap, edge_mm = difference(
                Imprint(lifted.width_mm, lifted.height_mm, lifted.trace), known(kind)
            )
            yield Row(PART, f"{case}, {shape}: edges apart", edge_mm * 1000, "µm", at_most=120)
            yield Row(PART, f"{case}, {shape}: ink not in common", 100 * (1 - overlap), "%")
    yield Row(PART, "taken at JPEG quality down to", _lowest_quality(), "", at_most=60)
    yield Row(PART, "processor time of one, mean", 1000 * sum(spent) / len(spent), "ms", at_most=2000)


def _lowest_quality() -> float:
    for quality in (10, 20, 30, 40, 60):
        damage = replace(CASES["usual"], quality=quality)
        try:
            lifted = lift(
                to_jpeg(photo(known(SealKind.LEGAL_NAME), damage), quality), shape_of(SealKind.LEGAL_NAME)
            )
        except Invalid:
            continue
        found = Imprint(lifted.width_mm, lifted.height_mm, lifted.trace)
        if difference(found, known(SealKind.LEGAL_NAME))[1] < 0.06:
            return quality
    return 100
