"""Reasons to doubt a fit: a component that collapsed, a class without voxels, too few voxels."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from dashboard.core.facts import Notice
from dashboard.core.mixture.model import Model

# A variance below this multiple of what the fit adds to each consists mostly of the addition.
FLOOR_MULTIPLE = 2
# With fewer voxels for each free parameter, means and covariances follow chance.
VOXELS_PER_PARAMETER = 10
# A class with this share of the voxels leaves the others single voxels.
NEARLY_ALL = 0.999


class Doubt(StrEnum):
    """Why the numbers of a fit may mean nothing."""

    FLOOR = "variance-floor"
    EMPTY = "empty-class"
    ONE_CLASS = "one-class"
    FEW_VOXELS = "few-voxels"
    NOT_CONVERGED = "not-converged"
    BETTER_START = "better-start"


def doubts(model: Model) -> list[Notice]:
    """Return the reasons to doubt a fit, by `Doubt`; another start is sought by `better_start`."""
    found: list[Notice] = []
    smallest = np.linalg.eigvalsh(model.covariances)[:, 0]
    if collapsed := _numbers(smallest < FLOOR_MULTIPLE * model.floor):
        found.append(Notice(Doubt.FLOOR, {"classes": collapsed, "of": model.components}))
    largest = int(model.counts.argmax())
    share = float(model.counts[largest] / model.voxels)
    if model.components > 1 and share >= NEARLY_ALL:
        found.append(Notice(Doubt.ONE_CLASS, {"class": largest + 1, "share": share}))
    elif empty := _numbers(model.counts == 0):
        found.append(Notice(Doubt.EMPTY, {"classes": empty}))
    if model.fitted_voxels < VOXELS_PER_PARAMETER * model.parameters:
        facts = {"voxels": model.fitted_voxels, "parameters": model.parameters}
        found.append(Notice(Doubt.FEW_VOXELS, facts))
    if not model.converged:
        found.append(Notice(Doubt.NOT_CONVERGED, {"iterations": model.iterations}))
    return found


def _numbers(which: NDArray[np.bool_]) -> list[int]:
    """Return the numbers of the marked classes."""
    return [int(k) + 1 for k in np.flatnonzero(which)]
