"""Where a label map and a reference differ."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Difference(IntEnum):
    """How a voxel's class and its label in the reference differ."""

    NONE = 0
    OTHER_CLASS = 1  # than the one that matches the label
    ONLY_CLASS = 2  # and no label
    ONLY_LABEL = 3  # and no class


def differences(
    labels: NDArray[Any], reference: NDArray[np.int64], partners: Mapping[int, int]
) -> NDArray[np.uint8]:
    """Return how each voxel differs, as numbers of `Difference`.

    Parameters
    ----------
    labels : ndarray of int, any shape
        0 is background, 1..K are the classes.
    reference : ndarray of int, the shape of `labels`
        0 is background; others are the reference's labels.
    partners : mapping of int to int
        The label that matches a class; a class without one differs from every label.
    """
    expected = np.full(max(int(labels.max(initial=0)), *partners, 0) + 1, -1, dtype=np.int64)
    expected[list(partners)] = list(partners.values())
    found = np.zeros(labels.shape, dtype=np.uint8)
    found[(labels > 0) & (reference > 0) & (expected[labels] != reference)] = Difference.OTHER_CLASS
    found[(labels > 0) & (reference == 0)] = Difference.ONLY_CLASS
    found[(labels == 0) & (reference > 0)] = Difference.ONLY_LABEL
    return found
