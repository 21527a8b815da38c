"""Fits with several numbers of components, to compare their BIC and AIC."""

from collections.abc import Sequence
from dataclasses import replace

from dashboard.core.errors import FitError
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.slice_fit import Fit, fit


def criteria(features: Features, candidates: Sequence[int], *, fit: Fit = fit) -> dict[int, Model]:
    """Fit the same voxels with several numbers of components.

    Parameters
    ----------
    candidates : sequence of int
        Numbers of components, ascending.
    fit : callable
        For callers that keep models.

    Returns
    -------
    dict
        The model of each number of components that the voxels can carry.
    """
    models: dict[int, Model] = {}
    try:
        for components in candidates:
            models[components] = fit(features, replace(features.recipe, components=components))
    except FitError:
        # More components than this cannot be fitted either: what was fitted is the answer.
        return models
    return models
