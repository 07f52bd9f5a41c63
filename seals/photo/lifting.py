"""The whole way: a photo's bytes to an imprint in true size, with a judgement of what the photo was worth."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from seals.drawing.output import RED
from seals.photo import refusals
from seals.photo.arrays import Float, Matrix, Picture
from seals.photo.figures import Figure, Wanted
from seals.photo.finding import Found, find
from seals.photo.flattening import Canvas, border_centre, first_map, fitted, laid_flat, star_centre
from seals.photo.inking import PX_PER_MM, Inked, lift_ink
from seals.photo.plane import Ellipse, apply, moved, turned
from seals.photo.reading import read
from seals.photo.results import DPI, Lifted, Quality
from seals.photo.sheet import corners_of_sheet, per_mm_of_sheet, vanishing_line
from seals.photo.tracing import trace
from seals.photo.turning import turn_needed

__all__ = ["lift"]

# A worker of the inspector may start no threads, and its time limit is reckoned for one processor.
cv2.setNumThreads(1)

LEAST_PX_PER_MM, GOOD_PX_PER_MM = 6.0, 12.0  # a seal number's digits have strokes of 0.2 mm
MOST_EDGE_MM, GOOD_EDGE_MM = 0.5, 0.32
DARKEST, DIM = 55.0, 90.0  # light of the paper, of 255
GOOD_BORDER = 0.9
MOST_TILT, GOOD_TILT = 34.0, 25.0  # degrees; at 41 a circle looks like an ellipse of 40 x 30
BURNT = 0.5  # share of the picture that is pure white
WASHED_OUT = 0.5  # redness of the ink, below which burnt paper has taken some of it along
SHADOW = 0.55  # darkest to brightest paper
SIZE_OFF = 0.06  # measured on the sheet against what was said
SEARCHED_MM, LEEWAY_MM = 1.2, 0.3  # beyond the border, before it is found and after
COVERED = (0.06, 0.62)  # share of its area that a seal's ink covers
_BORDER_INKED = 0.5
_GAP_MM = (0.15, 0.55)  # inside the border there is a ring of paper
_GAP_INKED = 0.6  # at most this share of what the border has


def lift(data: bytes, wanted: Wanted) -> Lifted:
    """Take the imprint out of a photo. wanted: the border looked for, and its true size.

    Raises TooLarge and Invalid: those of `seals.photo.reading.read`, and `photo.no_ink`, `no_seal`,
    `several`, `cut_off`, `imprint_small`, `tilted`, `blurred`, `too_dark`, `over_exposed`, `faint`.
    """
    picture = read(data)
    canvas = Canvas(wanted)
    found = find(picture, wanted.figure)
    px_per_mm = _px_per_mm(found, wanted)
    if px_per_mm < LEAST_PX_PER_MM:
        raise refusals.too_small(px_per_mm, LEAST_PX_PER_MM)
    corners = corners_of_sheet(picture, *_middle(found))
    vanishing = None if corners is None else vanishing_line(corners)
    matrix = first_map(found, canvas, vanishing)
    inked = _inked(picture, matrix, canvas, SEARCHED_MM, over_print=False)
    correction, border = fitted(inked.alpha, canvas)
    matrix = correction @ matrix
    if vanishing is None and wanted.figure is not Figure.SQUARE:
        matrix = _without_tilt(_inked(picture, matrix, canvas, LEEWAY_MM), matrix, canvas)
    _require_inside(matrix, canvas, picture)
    inked = _inked(picture, matrix, canvas, over_print=False)
    turn, certain = turn_needed(inked.alpha, canvas)
    matrix = canvas.from_unit() @ turned(turn) @ np.linalg.inv(canvas.from_unit()) @ matrix
    inked = _inked(picture, matrix, canvas)
    filled = _require_seal(inked.alpha, canvas)
    measured = None if corners is None else per_mm_of_sheet(corners, matrix, PX_PER_MM)
    quality = _judged(
        inked,
        canvas,
        px_per_mm=px_per_mm,
        border=min(border, filled),
        tilt=_tilt(matrix, canvas),
        turn=turn if certain else None,
        sheet=corners is not None,
        measured=None if measured is None else wanted.width_mm * PX_PER_MM / measured,
    )
    alpha = _cropped(inked.alpha, canvas)
    return Lifted(_png(alpha), trace(alpha, PX_PER_MM), wanted.width_mm, wanted.height_mm, quality)


def _px_per_mm(found: Found, wanted: Wanted) -> float:
    """By the smaller side of what is seen: a tilt takes pixels away."""
    if isinstance(found.outline, Ellipse):
        return 2 * min(found.outline.a, found.outline.b) / min(wanted.width_mm, wanted.height_mm)
    return found.size / wanted.width_mm


def _middle(found: Found) -> tuple[float, float]:
    if isinstance(found.outline, Ellipse):
        return found.outline.x, found.outline.y
    x, y = found.outline.mean(axis=0)
    return float(x), float(y)


def _inked(
    picture: Picture, matrix: Matrix, canvas: Canvas, wider_mm: float = 0.0, over_print: bool = True
) -> Inked:
    return lift_ink(laid_flat(picture, matrix, canvas), canvas.within(wider_mm), over_print)


def _without_tilt(inked: Inked, matrix: Matrix, canvas: Canvas) -> Matrix:
    """Take out the perspective that a round border alone does not show: by its star, or its thickness."""
    centre = star_centre(inked.alpha, canvas) or border_centre(inked.alpha, canvas)
    return matrix if centre is None else _with_centre(matrix, centre, canvas)


def _with_centre(matrix: Matrix, centre: tuple[float, float], canvas: Canvas) -> Matrix:
    """Bring the true middle of the border to the circle's without changing the circle.

    The sheet vanishes in the polar of its picture's true centre; in the unit circle that of p is p·x = 1.
    """
    to_unit = np.linalg.inv(canvas.from_unit())
    ((px, py),) = apply(to_unit, np.array([centre]))
    if np.hypot(px, py) > 0.15:
        return matrix
    straight = np.array([[1, 0, 0], [0, 1, 0], [-px, -py, 1.0]])
    # the circle is now an ellipse about the moved centre, longer along p
    square = 1 - px * px - py * py
    direction = np.arctan2(py, px)
    c, s = np.cos(direction), np.sin(direction)
    rotation = np.array([[c, s, 0], [-s, c, 0], [0, 0, 1]])
    round_again = rotation.T @ np.diag([square, np.sqrt(square), 1]) @ rotation
    ((mx, my),) = apply(straight, np.array([[px, py]]))
    return np.asarray(canvas.from_unit() @ round_again @ moved(-mx, -my) @ straight @ to_unit @ matrix)


def _require_inside(matrix: Matrix, canvas: Canvas, picture: Picture) -> None:
    half = canvas.box[0] / 2, canvas.box[1] / 2
    around = np.linspace(0, 2 * np.pi, 90)
    ring = np.column_stack([np.cos(around) * half[0], np.sin(around) * half[1]]) + canvas.middle
    seen = apply(np.linalg.inv(matrix), ring)
    if seen.min() < -1 or seen[:, 0].max() > picture.shape[1] or seen[:, 1].max() > picture.shape[0]:
        raise refusals.cut_off()


def _require_seal(alpha: Float, canvas: Canvas) -> float:
    """A border with a ring of paper inside it; a filled patch, an apple or a face, has none.

    Returns the share of the border that is inked.
    """
    inward = cv2.distanceTransform(canvas.within().astype(np.uint8), cv2.DIST_L2, 5) / PX_PER_MM
    border = canvas.wanted.border_mm
    inked = float(alpha[(inward > 0.1) & (inward < border - 0.1)].mean())
    gap = float(alpha[(inward > border + _GAP_MM[0]) & (inward < border + _GAP_MM[1])].mean())
    covered = float(alpha[inward > 0].mean())
    if inked < _BORDER_INKED or gap > _GAP_INKED * inked or not COVERED[0] < covered < COVERED[1]:
        raise refusals.no_seal()
    return inked


def _tilt(matrix: Matrix, canvas: Canvas) -> float:
    """How far the camera was from straight above: by how much one direction is foreshortened."""
    x, y = canvas.middle
    back = np.linalg.inv(matrix)
    spots = apply(back, np.array([[x, y], [x + 1, y], [x, y + 1]]))
    widths = np.linalg.svd(np.column_stack([spots[1] - spots[0], spots[2] - spots[0]]), compute_uv=False)
    return float(np.degrees(np.arccos(np.clip(widths[1] / widths[0], 0, 1))))


def _judged(
    inked: Inked,
    canvas: Canvas,
    *,
    px_per_mm: float,
    border: float,
    tilt: float,
    turn: float | None,
    sheet: bool,
    measured: float | None,
) -> Quality:
    within = canvas.within()
    darkest, middle, brightest = inked.light(within)
    burnt, edge_mm = float(inked.burnt[within].mean()), inked.edge_mm(within)
    if middle < DARKEST:
        raise refusals.too_dark()
    if burnt > BURNT and inked.strength < WASHED_OUT:
        raise refusals.over_exposed()
    if tilt > MOST_TILT:
        raise refusals.tilted()
    if edge_mm > MOST_EDGE_MM:
        raise refusals.blurred(edge_mm, MOST_EDGE_MM)
    weak = {
        "small": px_per_mm < GOOD_PX_PER_MM,
        "soft": edge_mm > GOOD_EDGE_MM,
        "gaps": border < GOOD_BORDER,
        "dim": middle < DIM,
        "shadow": darkest < SHADOW * brightest,
        "glare": burnt > BURNT,
        "tilted": tilt > GOOD_TILT,
        "which_way_up": turn is None,
        "size": measured is not None and abs(measured / canvas.wanted.width_mm - 1) > SIZE_OFF,
    }
    return Quality(
        px_per_mm=round(px_per_mm, 1),
        edge_mm=round(edge_mm, 3),
        border=round(border, 3),
        paper=round(middle, 1),
        shadow=round(darkest / max(brightest, 1), 3),
        ink=round(inked.strength, 3),
        tilt_degrees=round(tilt, 1),
        turned_degrees=round(turn or 0.0, 1),
        sheet=sheet,
        measured_mm=None if measured is None else round(measured, 2),
        weak=tuple(name for name, is_so in weak.items() if is_so),
    )


def _cropped(alpha: Float, canvas: Canvas) -> Float:
    width, height = canvas.box
    left, top = (canvas.size[0] - width) // 2, (canvas.size[1] - height) // 2
    return alpha[top : top + height, left : left + width]


def _png(alpha: Float) -> bytes:
    """Red of the seals, as thick as the ink, on nothing."""
    pixels = np.empty((*alpha.shape, 4), dtype=np.uint8)
    pixels[:, :, :3] = RED
    pixels[:, :, 3] = np.round(alpha * 255)
    pixels[pixels[:, :, 3] == 0] = 0
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", dpi=(DPI, DPI), compress_level=6)
    return out.getvalue()
