"""Whether float32, which costs half, shows the same as float64."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

SINGLE = np.finfo(np.float32)
# A graph on a large screen is a few thousand pixels wide.
PIXELS = 4096


def fits_single(values: NDArray[np.floating[Any]]) -> bool:
    """Return whether float32 keeps the finite numbers, and apart what a screen shows apart."""
    known = values[np.isfinite(values)]
    if not known.size or values.dtype == np.float32:
        return True
    low, high = float(known.min()), float(known.max())
    largest = max(-low, high)
    if largest == 0:
        return True
    fine = low == high or float(SINGLE.eps) * largest < (high - low) / PIXELS
    return fine and float(SINGLE.tiny) < largest < float(SINGLE.max)
