"""The input of a fit: the foreground intensities of a domain, raw and scaled."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core.domain import WHOLE, Cut, Domain
from dashboard.core.errors import FitError
from dashboard.core.grid.same import require_same_grid
from dashboard.core.mixture.cells import Cells, cells
from dashboard.core.mixture.foreground import foreground
from dashboard.core.mixture.mask import mask_of
from dashboard.core.mixture.nothing import no_foreground
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.mixture.scaling import LinearScale, Scaling, scale, scale_of
from dashboard.core.orientation import Orientation
from dashboard.core.processing import Clipped
from dashboard.core.volume import Volume

# Between these float32 holds intensities, their squares, and sums of them over a head.
SMALLEST, LARGEST = 1e-15, 1e15


@dataclass(frozen=True, eq=False)
class Features:
    """The foreground of a domain.

    Attributes
    ----------
    volumes : tuple of Volume
        The images in the fit, then those that are only shown.
    mixed : int
        The number of images in the fit.
    xy : tuple of int
        The volumes on X and Y; twice the same if one image is shown alone.
    mask_volume : Volume or None
        The mask, if it is the foreground.
    voxels : tuple of ndarray
        Intensities of each image in the domain, 2-D for a cut and 3-D for the whole head, in
        storage order.
    mask : ndarray of bool, the shape of `voxels`
        The foreground.
    values : ndarray, shape (foreground voxels, images)
        In storage order; float64 of a cut, and of the whole head what its volumes need.
    scaled : ndarray, shape (foreground voxels, images)
        `values` if they cannot be scaled.
    scale : LinearScale or None
        From `values` to `scaled`.
    problem : str or None
        Why no mixture can be fitted.
    partition : callable
        Returns `points` as cells, which all mixtures of these features share.
    """

    volumes: tuple[Volume, ...]
    mixed: int
    xy: tuple[int, int]
    recipe: Recipe
    domain: Domain
    mask_volume: Volume | None
    voxels: tuple[NDArray[Any], ...]
    mask: NDArray[np.bool_]
    values: NDArray[Any]
    scaled: NDArray[Any]
    scale: LinearScale | None
    problem: str | None
    partition: Callable[[], Cells]

    @property
    def points(self) -> NDArray[np.float64]:
        """Scaled intensities of the images in the fit, shape (foreground voxels, mixed)."""
        return self.scaled[:, : self.mixed]

    @property
    def shown(self) -> tuple[int, ...]:
        """The volumes on X and Y, each once."""
        return tuple(dict.fromkeys(self.xy))

    @property
    def facts(self) -> list[Clipped]:
        """The processing of the foreground's intensities."""
        return [] if self.recipe.clip == "none" else [Clipped(self.recipe.clip)]

    @property
    def nbytes(self) -> int:
        """Memory in bytes; the volumes themselves are mapped."""
        return self.values.nbytes + self.scaled.nbytes + self.mask.nbytes

    def shows(self, source: str) -> bool:
        """Return whether these are voxels of a file; a foreground is that of the mask's file."""
        return any(v and v.source == source for v in (*self.volumes, self.mask_volume))


def features(
    volumes: Sequence[Volume],
    recipe: Recipe,
    domain: Domain,
    *,
    mixed: int | None = None,
    xy: tuple[int, int] | None = None,
    mask: Volume | None = None,
    like: LinearScale | None = None,
) -> Features:
    """Gather, clip and scale the foreground of a domain.

    The images in the fit decide the foreground. Voxels that are not finite in an image that is
    only shown are left out too, because the joint view cannot show them.

    Parameters
    ----------
    volumes : sequence of Volume
        On one grid: the images in the fit, in the order of the features, then those that are only
        shown.
    mixed : int, optional
        The number of images in the fit; all by default.
    xy : tuple of int, optional
        The volumes on X and Y; the first two by default.
    mask : Volume, optional
        For the foreground "mask", on the same grid; ignored otherwise.
    like : LinearScale, optional
        The scale of the images in the fit, if it is not their own: that of another domain.

    Raises
    ------
    GridError
        If the images and the mask are not on one grid.
    FitError
        If the foreground is "mask" and there is none.
    """
    mixed = len(volumes) if mixed is None else mixed
    mask = mask if recipe.foreground == "mask" else None
    require_same_grid([*volumes, *([mask] if mask else [])])
    orientation = volumes[0].orientation
    voxels = tuple(within(volume, orientation, domain) for volume in volumes)
    inside = mask_of(mask).marks(within(mask, orientation, domain)) if mask else None
    kept = foreground(
        voxels[:mixed],
        recipe.foreground,
        [volume.intensities.background for volume in volumes],
        inside,
    )
    fitted = kept.any()
    for shown in voxels[mixed:]:
        kept &= np.isfinite(shown)
    values = _gathered(volumes, voxels, kept, domain)
    if recipe.clip != "none":
        low, high = zip(*(v.intensities.limits[recipe.clip] for v in volumes), strict=True)
        np.clip(values, low, high, out=values)
    scaled, linear, problem = values, None, None
    try:
        if not len(values):
            raise FitError(
                no_foreground(
                    volumes[:mixed], voxels[:mixed], recipe.foreground, domain,
                    mask=mask, marked=inside,
                    shown=[volume.label for volume in volumes[mixed:]] if fitted else (),
                )
            )  # fmt: skip
        scaled, linear = _scaled(values, recipe.scaling, domain)
        if like:
            linear = like.followed_by(linear)
            scaled = linear.apply(values)
    except FitError as error:
        problem = str(error)
    return Features(
        volumes=tuple(volumes),
        mixed=mixed,
        xy=xy or (0, min(1, len(volumes) - 1)),
        recipe=recipe,
        domain=domain,
        mask_volume=mask,
        voxels=voxels,
        mask=kept,
        values=values,
        scaled=scaled,
        scale=linear,
        problem=problem,
        partition=cache(lambda: cells(scaled[:, :mixed])),
    )


def precision(volumes: Sequence[Volume]) -> np.dtype[Any]:
    """Return what holds the intensities of a whole head: float32 if none needs more."""
    facts = [volume.intensities for volume in volumes]
    largest = [max(abs(one.low), abs(one.high)) for one in facts]
    wide = [np.float64 for size in largest if size and not SMALLEST < size < LARGEST]
    return np.result_type(np.float32, *(volume.data.dtype for volume in volumes), *wide)


def _gathered(
    volumes: Sequence[Volume],
    voxels: Sequence[NDArray[Any]],
    kept: NDArray[np.bool_],
    domain: Domain,
) -> NDArray[Any]:
    """Return the foreground of each image, shape (voxels, images)."""
    # Millions of voxels are not copied twice. Those of a voxel stand together in a cut, as
    # scikit-learn has them, and those of an image in a head.
    shape, kind = (len(voxels), int(np.count_nonzero(kept))), precision(volumes)
    values = np.empty(shape, kind).T if domain is WHOLE else np.empty(shape[::-1])
    for own, image in zip(values.T, voxels, strict=True):
        own[:] = image[kept]
    return values


def _scaled(
    values: NDArray[Any], kind: Scaling, domain: Domain
) -> tuple[NDArray[Any], LinearScale]:
    if domain is not WHOLE:
        return scale(values, kind)
    linear = scale_of(values, kind)
    return linear.apply(values), linear


def within(volume: Volume, orientation: Orientation, domain: Domain) -> NDArray[Any]:
    """Return a volume's voxels in a domain of a grid with this orientation, in storage order."""
    if isinstance(domain, Cut):
        return orientation.cut(volume.data, domain.plane, domain.index)
    return volume.data
