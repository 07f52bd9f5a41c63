"""The figure that a seal's border makes on paper, and its size."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from seals.kinds import CompanyForm, SealClass, SealKind, shape, spec

__all__ = ["Figure", "Wanted", "wanted"]


class Figure(StrEnum):
    """What is looked for in the photo."""

    CIRCLE = "circle"
    ELLIPSE = "ellipse"
    SQUARE = "square"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The border that is looked for: its outer size and thickness, mm, as seals of this kind have it."""

    figure: Figure
    width_mm: float
    height_mm: float
    border_mm: float


def wanted(kind: SealKind, form: CompanyForm = CompanyForm.LIMITED, width_mm: float | None = None) -> Wanted:
    """The border of a kind's seal. width_mm: as measured on paper; None for the kind's usual width."""
    usual = shape(kind, form)
    scale = 1.0 if width_mm is None else width_mm / usual.width_mm
    if spec(kind).seal_class is SealClass.NAME:
        figure = Figure.SQUARE
    elif usual.width_mm == usual.height_mm:
        figure = Figure.CIRCLE
    else:
        figure = Figure.ELLIPSE
    return Wanted(
        figure, round(usual.width_mm * scale, 2), round(usual.height_mm * scale, 2), usual.border_mm
    )
