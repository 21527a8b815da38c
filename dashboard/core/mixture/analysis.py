"""The lesson's pipeline for one slice: cut, remove zeros, clip, scale, fit."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import CopiesError, FitError
from dashboard.core.grid.same import require_same_grid
from dashboard.core.mixture import classes as described
from dashboard.core.mixture import slice_fit as mixtures
from dashboard.core.mixture.foreground import Foreground, foreground
from dashboard.core.mixture.scaling import LinearScale, Scaling, scale
from dashboard.core.mixture.slice_fit import Covariance, Mixture
from dashboard.core.orientation import Plane
from dashboard.core.processing import Clipped
from dashboard.core.reference.agreement import Agreement, agreement
from dashboard.core.volume import Volume

Scope = Literal["slice", "volume"]
# Percent of the voxels beyond each end of an image's intensity range that are set to that end.
Clip = Literal["none", "0.1", "0.5", "1"]
Fit = Callable[[NDArray[np.float64], "Recipe"], Mixture]

NO_FOREGROUND = "There are no foreground voxels in this slice."


@dataclass(frozen=True)
class Recipe:
    """Everything besides the volumes that decides the numbers; the defaults are the lesson's."""

    plane: Plane
    slice: int
    scope: Scope = "slice"
    foreground: Foreground = "positive"
    clip: Clip = "none"
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
        The images of the mixture, and behind them those that are only shown.
    mixed : int
        The number of images the mixture is fitted to.
    axes : tuple of int
        Which of the volumes are X and Y; twice the same where one image is shown alone.
    recipe : Recipe
    mask_volume : Volume or None
        The external mask, where the foreground is one.
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
    mixed: int
    axes: tuple[int, int]
    recipe: Recipe
    mask_volume: Volume | None
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
        return self.mixture.posterior(self.features)

    @property
    def features(self) -> NDArray[np.float64]:
        """What the mixture is fitted to, shape (voxels, mixed)."""
        return self.scaled[:, : self.mixed]

    @property
    def shown(self) -> tuple[int, ...]:
        """Which of the volumes are X and Y, each once."""
        return tuple(dict.fromkeys(self.axes))

    @property
    def facts(self) -> list[Clipped]:
        """What was done to the foreground's intensities before the fit."""
        return [] if self.recipe.clip == "none" else [Clipped(self.recipe.clip)]

    @cached_property
    def components(self) -> list[described.Component]:
        """The components in original units; empty without a mixture."""
        if not self.mixture or not self.scale:
            return []
        scale = self.scale.first(self.mixed)
        return described.describe(self.mixture, scale, self.volumes[0].voxel_ml)


def fit_recipe(scaled: NDArray[np.float64], recipe: Recipe) -> Mixture:
    """Fit the mixture of a recipe to scaled intensities, shape (voxels, images)."""
    return mixtures.fit(
        scaled, components=recipe.components, covariance=recipe.covariance, seed=recipe.seed
    )


def analyse(
    volumes: Sequence[Volume],
    recipe: Recipe,
    *,
    mixed: int | None = None,
    axes: tuple[int, int] | None = None,
    mask: Volume | None = None,
    fit: Fit = fit_recipe,
) -> Analysis:
    """Take one slice of some images through foreground, clipping, scaling and mixture.

    Parameters
    ----------
    volumes : sequence of Volume
        The images of one head on one grid: those of the mixture, in the order of the features,
        and behind them those that are only shown.
    recipe : Recipe
    mixed : int, optional
        The number of images of the mixture; all if not given.
    axes : tuple of int, optional
        Which of the volumes are X and Y; the first two if not given.
    mask : Volume, optional
        For the foreground rule "mask", on the same grid.
    fit : callable
        Takes scaled intensities and the recipe; for callers that keep mixtures.

    Returns
    -------
    Analysis
        With `problem` set where the slice cannot carry the mixture.

    Raises
    ------
    GridError
        If the images, or the mask, are not on one grid.
    FitError
        If the rule is "mask" and there is none.
    """
    mixed = len(volumes) if mixed is None else mixed
    mask = mask if recipe.foreground == "mask" else None
    cuts, kept, values = _foreground_values(volumes, recipe, mixed, mask)
    scaled, linear, mixture, problem = values, None, None, None
    try:
        if not len(values):
            raise FitError(NO_FOREGROUND)
        scaled, linear = scale(values, recipe.scaling)
        mixture = fit(scaled[:, :mixed], recipe)
    except CopiesError as error:
        problem = error.told(*(volumes[index].name for index in error.pair))
    except FitError as error:
        problem = str(error)
    return Analysis(
        volumes=tuple(volumes),
        mixed=mixed,
        axes=axes or (0, min(1, len(volumes) - 1)),
        recipe=recipe,
        mask_volume=mask,
        cuts=cuts,
        mask=kept,
        values=values,
        scaled=scaled,
        scale=linear,
        mixture=mixture,
        problem=problem,
    )


def compare(
    analysis: Analysis, reference: Volume, reference_labels: Collection[int] = ()
) -> Agreement:
    """Compare the classes of a slice with a reference segmentation.

    Parameters
    ----------
    analysis : Analysis
    reference : Volume
        A label map.
    reference_labels : collection of int
        Labels that are told even where the slice has none of them.

    Raises
    ------
    GridError
        If the reference is not on the grid of the images.
    LabelError
        If it is no label map.
    """
    first, recipe = analysis.volumes[0], analysis.recipe
    require_same_grid([first, reference])
    return agreement(
        analysis.labels,
        first.orientation.cut(reference.data, recipe.plane, recipe.slice),
        classes=recipe.components,
        voxel_ml=first.voxel_ml,
        reference_labels=reference_labels,
        name=reference.name,
    )


def criteria(
    volumes: Sequence[Volume],
    recipe: Recipe,
    candidates: Sequence[int],
    *,
    mixed: int | None = None,
    mask: Volume | None = None,
    fit: Fit = fit_recipe,
) -> dict[int, Mixture]:
    """Fit the same voxels with several numbers of components, to compare BIC and AIC.

    Parameters
    ----------
    volumes : sequence of Volume
        As in `analyse`: those that are only shown decide with which voxels take part.
    recipe : Recipe
    candidates : sequence of int
        Numbers of components, ascending.
    mixed : int, optional
        The number of images of the mixture; all if not given.
    mask : Volume, optional
        For the foreground rule "mask".
    fit : callable
        As in `analyse`.

    Returns
    -------
    dict
        The mixture of each number of components that the voxels can carry.
    """
    mixed = len(volumes) if mixed is None else mixed
    _, _, values = _foreground_values(volumes, recipe, mixed, mask)
    fits: dict[int, Mixture] = {}
    if not len(values):
        return fits
    try:
        scaled, _ = scale(values, recipe.scaling)
        for components in candidates:
            fits[components] = fit(scaled[:, :mixed], replace(recipe, components=components))
    except FitError:
        # More components than this cannot be fitted either: what was fitted is the answer.
        return fits
    return fits


def _foreground_values(
    volumes: Sequence[Volume], recipe: Recipe, mixed: int, mask: Volume | None
) -> tuple[tuple[NDArray[Any], ...], NDArray[np.bool_], NDArray[np.float64]]:
    """Return the slice of each image, its foreground, and the intensities there.

    Only the images of the mixture decide what is foreground; a voxel without an intensity in an
    image that is shown beside them has no place in the joint view and is left out as well.
    """
    require_same_grid([*volumes, *([mask] if mask else [])])
    orientation = volumes[0].orientation

    def cut(volume: Volume) -> NDArray[Any]:
        return orientation.cut(volume.data, recipe.plane, recipe.slice)

    cuts = tuple(cut(volume) for volume in volumes)
    backgrounds = [volume.intensities.background for volume in volumes]
    kept = foreground(cuts[:mixed], recipe.foreground, backgrounds, cut(mask) if mask else None)
    for shown in cuts[mixed:]:
        kept &= np.isfinite(shown)
    values = np.stack([cut[kept] for cut in cuts], axis=1).astype(np.float64)
    if recipe.clip != "none":
        low, high = zip(*(v.intensities.limits[recipe.clip] for v in volumes), strict=True)
        np.clip(values, low, high, out=values)
    return cuts, kept, values
