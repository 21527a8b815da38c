"""Where a label map and a reference differ."""

from collections.abc import Mapping
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core.reference.agreement import Agreement


class Difference(IntEnum):
    """How a voxel's class and its label in the reference differ."""

    NONE = 0
    OTHER_CLASS = 1  # than the one that matches the label
    ONLY_CLASS = 2  # and no label
    ONLY_LABEL = 3  # and no class


def count(agreement: Agreement, partners: Mapping[int, int]) -> dict[Difference, int]:
    """Return how many voxels of a comparison differ in each way; parameters as `differences`."""
    rows, columns = agreement.counts[1:, 1:], np.array(agreement.labels[1:])
    expected = np.array([partners.get(k, -1) for k in range(1, len(rows) + 1)])
    return {
        Difference.OTHER_CLASS: int(rows[expected[:, None] != columns].sum()),
        Difference.ONLY_CLASS: int(agreement.counts[1:, 0].sum()),
        Difference.ONLY_LABEL: int(agreement.counts[0, 1:].sum()),
    }


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
