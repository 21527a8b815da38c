"""What mends or undoes a finding, as data: what it means for the page is decided elsewhere."""

from dataclasses import dataclass
from typing import Literal

from dashboard.core.mixture.foreground import Foreground
from dashboard.core.processing import How

Axis = Literal["x", "y"]


@dataclass(frozen=True)
class UseRule:
    """Choose the foreground by another rule."""

    rule: Foreground


@dataclass(frozen=True)
class UseMask:
    """Take the voxels in a mask as the foreground.

    Attributes
    ----------
    preset : bool
        Whether it is the mask of the study, which is meant where none is named.
    """

    mask: str
    preset: bool


@dataclass(frozen=True)
class Clip:
    """Clip intensities at a percentile and its mirror image, or at none."""

    percent: Literal["0.1", "none"]


@dataclass(frozen=True)
class ResampleTo:
    """Bring images onto one grid.

    Attributes
    ----------
    grid : str
        The image whose grid it is.
    moved : tuple of str
        The images that do not lie on it.
    how : {"linear", "nearest", "voxels"}
    voxel_size : tuple of float
        Of the grid, in mm.
    fitted : tuple of str
        The images of the mixture afterwards.
    only : bool
        Whether these have to be chosen, because others would come along.
    """

    grid: str
    moved: tuple[str, ...]
    how: How
    voxel_size: tuple[float, float, float]
    fitted: tuple[str, ...] = ()
    only: bool = False


@dataclass(frozen=True)
class KeepGrids:
    """Leave every image on the grid of its file.

    Attributes
    ----------
    refit : bool
        Whether the choice of images has to go too, because they lie on several grids.
    """

    refit: bool = False


@dataclass(frozen=True)
class UseOnly:
    """Fit some images only, and show none but those.

    Attributes
    ----------
    x, y : str or None
        The axes; None where they stay.
    instead : tuple of (str, str) or None
        An image that takes the place of another one.
    """

    images: tuple[str, ...]
    x: str | None = None
    y: str | None = None
    instead: tuple[str, str] | None = None


@dataclass(frozen=True)
class TakeVolumes:
    """Take other volumes of a series, or their mean.

    Attributes
    ----------
    take : {"b0", "mean"}
        The b0 volumes, or all.
    count : int
        How many these are.
    axes : tuple of {"x", "y"}
        Where the series is shown.
    """

    series: str
    take: Literal["b0", "mean"]
    count: int
    axes: tuple[Axis, ...]


Remedy = UseRule | UseMask | Clip | ResampleTo | KeepGrids | UseOnly | TakeVolumes
