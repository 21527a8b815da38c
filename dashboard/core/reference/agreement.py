"""Agreement of a label map with a reference segmentation on the same grid."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from dashboard.core import sampling
from dashboard.core.errors import GridError

# FreeSurfer's label numbers reach 14,175. Larger ones are sorted instead of tabulated (11 rows of
# 2^16 counts are 6 MB).
MAX_TABULATED = 2**16 - 1
# Voxels counted at once: their indices take 8 MB.
CHUNK = 2**20


@dataclass(frozen=True)
class Match:
    """One class and its matched reference label.

    Attributes
    ----------
    number : int
        The class, 1..K.
    label, dice, reference_ml : int, float, float, or None
        The label, its Dice coefficient 2 |A ∩ B| / (|A| + |B|), and its volume in mL; None without
        a match.
    volume_ml : float
        Volume of the class in mL.
    """

    number: int
    label: int | None
    dice: float | None
    volume_ml: float
    reference_ml: float | None

    @property
    def difference(self) -> float | None:
        """Relative volume difference: (class - reference) / reference."""
        if not self.reference_ml:
            return None
        return (self.volume_ml - self.reference_ml) / self.reference_ml


@dataclass(frozen=True, eq=False)
class Agreement:
    """Classes compared with the labels of a reference.

    Attributes
    ----------
    labels : tuple of int
        The columns of `counts`: 0 (background), then the reference's labels in ascending order.
    counts : ndarray of int, shape (classes + 1, labels)
        Voxels by class (rows: background, then 1..K) and label.
    dice : ndarray, shape (classes, labels - 1)
        Of each class with each label except the background; 0 if both are empty.
    matches : tuple of Match
        One for each class, class 1 first.
    voxel_ml : float
        Volume of a voxel in mL.
    same_as_mask : bool
        Whether the foreground is a mask that marks exactly the labelled voxels. The classes then
        have the reference's outline from the start.
    """

    labels: tuple[int, ...]
    counts: NDArray[np.int64]
    dice: NDArray[np.float64]
    matches: tuple[Match, ...]
    voxel_ml: float
    same_as_mask: bool = False

    @property
    def matched(self) -> dict[int, int]:
        """The reference label of each matched class."""
        return {m.number: m.label for m in self.matches if m.label is not None}

    def partners(self, groups: Sequence[tuple[int, ...]]) -> dict[int, int]:
        """Return the reference label of each class whose tissue has one.

        Parameters
        ----------
        groups : sequence of tuple of int
            The classes of each tissue.
        """
        matched = self.of_tissues(groups).matched
        return {k: matched[i] for i, group in enumerate(groups, 1) if i in matched for k in group}

    @property
    def mean_dice(self) -> float | None:
        """Mean over the matched classes; None if there are none."""
        found = [m.dice for m in self.matches if m.dice is not None]
        return sum(found) / len(found) if found else None

    @property
    def agreeing(self) -> float | None:
        """Share of the reference's labelled voxels that have the matching class, 0..1."""
        labelled = int(self.counts[:, 1:].sum())
        if not labelled:
            return None
        columns = {label: column for column, label in enumerate(self.labels)}
        same = sum(int(self.counts[k, columns[label]]) for k, label in self.matched.items())
        return same / labelled

    def of_tissues(self, groups: Sequence[tuple[int, ...]]) -> "Agreement":
        """Return the agreement of tissues, which are matched anew.

        Parameters
        ----------
        groups : sequence of tuple of int
            The classes of each tissue. In the result, numbers count these tissues from 1.
        """
        rows = [self.counts[0], *(self.counts[list(group)].sum(axis=0) for group in groups)]
        found = _matched(self.labels, np.array(rows), self.voxel_ml)
        return replace(found, same_as_mask=self.same_as_mask)


def agreement(
    labels: NDArray[Any],
    reference: NDArray[np.int64],
    *,
    classes: int,
    voxel_ml: float,
    reference_labels: Collection[int] = (),
    name: str = "The reference",
) -> Agreement:
    """Compare a label map with a reference segmentation, voxel by voxel.

    Classes and labels are matched one to one by the Hungarian method [2]_, which maximises the sum
    of their Dice coefficients [1]_. Pairs without a common voxel are not matched.

    Parameters
    ----------
    labels : ndarray of int, any shape
        0 is background, 1..K are the classes.
    reference : ndarray of int, the shape of `labels`
        0 is background; others are the reference's labels, as a `LabelMap` gives them.
    classes : int
        K; classes without a voxel have a row too.
    voxel_ml : float
        Volume of a voxel in mL.
    reference_labels : collection of int
        Labels that get a column even if absent, so that all slices of a volume have the same
        columns.
    name : str
        The reference's name in messages.

    Raises
    ------
    GridError
        If the two have different shapes.

    References
    ----------
    .. [1] L. R. Dice, "Measures of the amount of ecologic association between species",
       Ecology 26 (1945), 297-302.
    .. [2] H. W. Kuhn, "The Hungarian method for the assignment problem", Naval Research Logistics
       Quarterly 2 (1955), 83-97.
    """
    if labels.shape != reference.shape:
        raise GridError(
            f"{name} has shape {_shape(reference)}, but the label map has {_shape(labels)}.",
            "Resample the reference to the image's grid.",
        )
    found, counts = _confusion(labels, reference, classes)
    columns, counts = _with_columns(found, counts, reference_labels)
    return _matched(columns, counts, voxel_ml)


def _matched(columns: tuple[int, ...], counts: NDArray[np.int64], voxel_ml: float) -> Agreement:
    """Match the rows of a confusion table, but for the background, with its columns."""
    in_class, in_label = counts[1:].sum(axis=1), counts[:, 1:].sum(axis=0)
    sizes = in_class[:, None] + in_label[None, :]
    dice: NDArray[np.float64] = 2 * counts[1:, 1:] / np.maximum(sizes, 1)
    rows, others = linear_sum_assignment(dice, maximize=True)
    partner = {int(k): int(j) for k, j in zip(rows, others, strict=True) if dice[k, j] > 0}
    matches = []
    for k in range(len(in_class)):
        volume_ml, j = float(in_class[k] * voxel_ml), partner.get(k)
        if j is None:
            matches.append(Match(k + 1, None, None, volume_ml, None))
        else:
            reference_ml = float(in_label[j] * voxel_ml)
            matches.append(Match(k + 1, columns[j + 1], float(dice[k, j]), volume_ml, reference_ml))
    return Agreement(columns, counts, dice, tuple(matches), voxel_ml)


def _confusion(
    labels: NDArray[Any], reference: NDArray[np.int64], classes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the labels present, and the voxels of each class and label."""
    highest = int(reference.max(initial=0))
    few = highest <= MAX_TABULATED
    present = np.arange(highest + 1) if few else np.unique(reference)
    counts = np.zeros((classes + 1) * len(present), dtype=np.int64)
    for row, values in _chunks(labels, reference):
        column = values if few else np.searchsorted(present, values)
        counts += np.bincount(row * np.int64(len(present)) + column, minlength=counts.size)
    table = counts.reshape(classes + 1, len(present))
    there = table.any(axis=0)
    return present[there].astype(np.int64), table[:, there]


def _chunks(
    labels: NDArray[Any], reference: NDArray[Any]
) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    # In the reference's storage order, so that it is not copied.
    order: Any = "C" if reference.flags.c_contiguous else "F"
    first, second = labels.ravel(order=order), reference.ravel(order=order)
    for part in sampling.parts(first.size, CHUNK):
        yield first[part], second[part]


def _with_columns(
    found: NDArray[np.int64], counts: NDArray[np.int64], wanted: Collection[int]
) -> tuple[tuple[int, ...], NDArray[np.int64]]:
    """Return labels and counts with columns for the background and all wanted labels."""
    columns = sorted({0, *found.tolist(), *(int(label) for label in wanted)})
    whole = np.zeros((len(counts), len(columns)), dtype=np.int64)
    whole[:, np.searchsorted(columns, found)] = counts
    return tuple(columns), whole


def _shape(array: NDArray[Any]) -> str:
    return " x ".join(map(str, array.shape))
