"""The fit of a domain: a slice by the lesson's method, the whole head by its own."""

from collections.abc import Callable

from dashboard.core.domain import WHOLE
from dashboard.core.mixture import slice_fit, volume_fit
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import Recipe

# Part of a model's key: change it when the same voxels give other numbers.
METHOD = 7

Fit = Callable[[Features, Recipe], Model]


def fit(features: Features, recipe: Recipe, *, start: Model | None = None) -> Model:
    """Fit the mixture of a recipe to the features of a domain.

    Parameters
    ----------
    features : Features
    recipe : Recipe
    start : Model, optional
        The whole head's, if the fit of a slice begins there (``recipe.start``).

    Raises
    ------
    FitError
        If there are too few voxels, too few distinct intensities, or copies among the images, or if
        a covariance becomes singular.
    """
    if features.domain is WHOLE:
        return volume_fit.fit(features, recipe)
    return slice_fit.fit(features, recipe, start=start)
