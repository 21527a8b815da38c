"""Fits with several numbers of components, to compare their BIC and AIC."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from dashboard.core.errors import FitError
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.fit import Fit, fit
from dashboard.core.mixture.model import Model


def criteria(features: Features, candidates: Sequence[int], *, fit: Fit = fit) -> dict[int, Model]:
    """Fit the same voxels with several numbers of components, in ascending order.

    Returns
    -------
    dict
        The models up to the first number of components that cannot be fitted.
    """
    models: dict[int, Model] = {}
    with suppress(FitError):
        for components in candidates:
            models[components] = fit(features, replace(features.recipe, components=components))
    return models
