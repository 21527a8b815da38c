"""Outlines of masks and label maps in a picture."""

from typing import Any

import numpy as np
from numpy.typing import NDArray


def contours(labels: NDArray[Any]) -> NDArray[np.bool_]:
    """Return the pixels along the borders of labels: lines one pixel wide.

    A pixel belongs to a line if one of its four neighbours has a lower label. The line thus lies
    within the label, and between two labels within the higher one only. Beyond the picture's edge
    nothing is lower.

    Parameters
    ----------
    labels : ndarray of int or bool, 2-D
        0 is background.
    """
    found = np.zeros(labels.shape, dtype=bool)
    found[1:] |= labels[1:] > labels[:-1]
    found[:-1] |= labels[:-1] > labels[1:]
    found[:, 1:] |= labels[:, 1:] > labels[:, :-1]
    found[:, :-1] |= labels[:, :-1] > labels[:, 1:]
    return found
