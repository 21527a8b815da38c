"""The lesson's pipeline for one slice: cut, remove zeros, scale, fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dashboard.core import mixture as mixtures
from dashboard.core.errors import FitError
from dashboard.core.foreground import Foreground, foreground
from dashboard.core.intensity import LinearScale, Scaling, scale
from dashboard.core.mixture import Component, Covariance, Mixture
from dashboard.core.orientation import Plane
from dashboard.core.study import require_same_grid
from dashboard.core.volume import Volume

Scope = Literal["slice", "volume"]
Fit = Callable[[NDArray[np.float64], "Recipe"], Mixture]

NO_FOREGROUND = "There are no foreground voxels in this slice."


@dataclass(frozen=True)
class Recipe:
    """Everything besides the volumes that decides the numbers; the defaults are the lesson's."""

    plane: Plane
    slice: int
    scope: Scope = "slice"
    foreground: Foreground = "positive"
    scaling: Scaling = "standard"
    components: int = 3
    covariance: Covariance = "full"
    seed: int = 12345


@dataclass(frozen=True, eq=False)
class Analysis:
    """One slice, taken through the pipeline as far as its voxels allow.

    Attributes
    ----------
    volumes : tuple of Volume
    recipe : Recipe
    cuts : tuple of ndarray, 2-D
        The slice of each image, in storage order.
    mask : ndarray of bool, 2-D
        The foreground, in storage order.
    values : ndarray, shape (voxels, images)
        Foreground intensities in storage order.
    scaled : ndarray, shape (voxels, images)
    scale : LinearScale or None
    mixture : Mixture or None
    problem : str or None
        Why there is no mixture.
    """

    volumes: tuple[Volume, ...]
    recipe: Recipe
    cuts: tuple[NDArray[Any], ...]
    mask: NDArray[np.bool_]
    values: NDArray[np.float64]
    scaled: NDArray[np.float64]
    scale: LinearScale | None
    mixture: Mixture | None
    problem: str | None

    @cached_property
    def labels(self) -> NDArray[np.uint8]:
        """The label map, 2-D in storage order: 0 is background, 1..K the classes."""
        labels = np.zeros(self.mask.shape, dtype=np.uint8)
        if self.mixture:
            labels[self.mask] = self.mixture.labels
        return labels

    @cached_property
    def posterior(self) -> NDArray[np.float64]:
        """Responsibilities of the foreground voxels, shape (voxels, components)."""
        if not self.mixture:
            return np.zeros((len(self.values), 0))
        return self.mixture.posterior(self.scaled)

    @cached_property
    def components(self) -> list[Component]:
        """The components in original units; empty without a mixture."""
        if not self.mixture or not self.scale:
            return []
        return mixtures.describe(self.mixture, self.scale, self.volumes[0].voxel_ml)


def fit_recipe(scaled: NDArray[np.float64], recipe: Recipe) -> Mixture:
    """Fit the mixture of a recipe to scaled intensities, shape (voxels, images)."""
    return mixtures.fit(
        scaled, components=recipe.components, covariance=recipe.covariance, seed=recipe.seed
    )


def analyse(volumes: Sequence[Volume], recipe: Recipe, *, fit: Fit = fit_recipe) -> Analysis:
    """Take one slice of some images through foreground, scaling and mixture.

    Parameters
    ----------
    volumes : sequence of Volume
        The images of one head on one grid; their order is the order of the features.
    recipe : Recipe
    fit : callable
        Takes scaled intensities and the recipe; for callers that keep mixtures.

    Returns
    -------
    Analysis
        With `problem` set where the slice cannot carry the mixture.

    Raises
    ------
    GridError
        If the images are not on one grid.
    """
    require_same_grid(volumes)
    cuts, mask, values = _foreground_values(volumes, recipe)
    scaled, linear, mixture, problem = values, None, None, None
    try:
        if not len(values):
            raise FitError(NO_FOREGROUND)
        scaled, linear = scale(values, recipe.scaling)
        mixture = fit(scaled, recipe)
    except FitError as error:
        problem = str(error)
    return Analysis(tuple(volumes), recipe, cuts, mask, values, scaled, linear, mixture, problem)


def criteria(
    volumes: Sequence[Volume],
    recipe: Recipe,
    candidates: Sequence[int],
    *,
    fit: Fit = fit_recipe,
) -> dict[int, Mixture]:
    """Fit the same voxels with several numbers of components, to compare BIC and AIC.

    Returns
    -------
    dict
        The mixture of each number of components that the voxels can carry.
    """
    require_same_grid(volumes)
    _, _, values = _foreground_values(volumes, recipe)
    fits: dict[int, Mixture] = {}
    if not len(values):
        return fits
    try:
        scaled, _ = scale(values, recipe.scaling)
        for components in candidates:
            fits[components] = fit(scaled, replace(recipe, components=components))
    except FitError:
        # More components than this cannot be fitted either: what was fitted is the answer.
        return fits
    return fits


def _foreground_values(
    volumes: Sequence[Volume], recipe: Recipe
) -> tuple[tuple[NDArray[Any], ...], NDArray[np.bool_], NDArray[np.float64]]:
    orientation = volumes[0].orientation
    cuts = tuple(orientation.cut(v.data, recipe.plane, recipe.slice) for v in volumes)
    backgrounds = [v.intensities.background for v in volumes]
    mask = foreground(cuts, recipe.foreground, backgrounds)
    values = np.stack([cut[mask] for cut in cuts], axis=1).astype(np.float64)
    return cuts, mask, values
