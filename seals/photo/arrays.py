"""Names for the arrays that pictures are kept in. What OpenCV returns has no finer type."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Float", "Mask", "Matrix", "Picture", "Points"]

Picture = NDArray[np.uint8]
"""Height x width x 3, RGB, 0 to 255."""
Float = NDArray[Any]
"""Height x width, or height x width x 3."""
Mask = NDArray[np.bool_]
"""Height x width."""
Points = NDArray[Any]
"""n x 2, of x and y, pixels or mm."""
Matrix = NDArray[Any]
"""3 x 3, of a projective map of the plane."""
