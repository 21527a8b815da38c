"""Remedies for findings, as data; `dashboard.services.scene` applies them to the View."""

from dataclasses import dataclass, field
from typing import Literal

from dashboard.core.mixture import recipe
from dashboard.core.mixture.foreground import Foreground
from dashboard.core.processing import How

Axis = Literal["x", "y"]


@dataclass(frozen=True)
class UseRule:
    """Choose the foreground by another rule."""

    rule: Foreground


@dataclass(frozen=True)
class UseMask:
    """Use a mask as the foreground; `preset` if it is the study's default mask."""

    mask: str
    preset: bool


@dataclass(frozen=True)
class Clip:
    """Clip intensities at a percentile at both ends, or not at all."""

    percent: recipe.Clip


@dataclass(frozen=True)
class ResampleTo:
    """Resample images to one grid.

    Attributes
    ----------
    grid : str
        The image that gives the grid.
    moved : tuple of str
        The images on other grids.
    voxel_size : tuple of float
        Of the grid, in mm.
    fitted : tuple of str
        The images in the fit afterwards.
    only : bool
        Whether these must be selected, because other images would join the fit.
    voxels : int
        About how many voxels of the grid are then in the foreground.
    """

    grid: str
    moved: tuple[str, ...]
    how: How
    voxel_size: tuple[float, float, float]
    fitted: tuple[str, ...] = ()
    only: bool = False
    voxels: int = field(default=0, compare=False)


@dataclass(frozen=True)
class TakePosition:
    """Let images that lost their position take that of an image of their shape.

    `of` is empty to leave each where its header puts it; `mask` names one that becomes the
    foreground.
    """

    of: str
    images: tuple[str, ...] = ()
    mask: str = ""


@dataclass(frozen=True)
class KeepGrids:
    """Keep each image on the grid of its file.

    `refit` also drops the selection of images, because they are on several grids.
    """

    refit: bool = False


@dataclass(frozen=True)
class UseOnly:
    """Fit and show only some images.

    Attributes
    ----------
    x, y : str or None
        New images on the axes; None to keep them.
    instead : tuple of (str, str) or None
        An image, and the one that it replaces.
    """

    images: tuple[str, ...]
    x: str | None = None
    y: str | None = None
    instead: tuple[str, str] | None = None


@dataclass(frozen=True)
class TakeVolumes:
    """Use the mean of the b0 volumes of a series, or of all volumes.

    `count` is their number; `shown_on` are the axes on which the series is shown.
    """

    series: str
    take: Literal["b0", "mean"]
    count: int
    shown_on: tuple[Axis, ...]


Remedy = UseRule | UseMask | Clip | ResampleTo | TakePosition | KeepGrids | UseOnly | TakeVolumes
