"""The images that take part in a fit, those it leaves out, and those shown beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from dashboard.core.errors import NeuroMixError
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.recipe import MAX_MIXED
from dashboard.core.volume import Volume
from dashboard.services.scene.images import Images, Named
from dashboard.services.studies.files import StudyFiles
from dashboard.services.studies.naming import Frames, contrasts, in_order, itself, split_names
from dashboard.view import View

# Of all voxels. If fewer are measured and not 0, most slices hold too few for a mixture.
SMALL_CONTENT = 0.02


class Why(StrEnum):
    """Why the fit leaves out an image."""

    UNREADABLE = "unreadable"
    OTHER_GRID = "other-grid"
    NO_CONTRAST = "no-contrast"
    TOO_MANY = "too-many"


class Lineup(NamedTuple):
    """The images for a fit by their names, in the order of the features.

    Attributes
    ----------
    meant : tuple of str
        Those chosen, or else all contrasts, up to a number.
    mixed : tuple of str
        Those of them in the fit.
    left_out : mapping of str to Why
        The others, and those beyond the number.
    """

    meant: tuple[str, ...]
    mixed: tuple[str, ...]
    left_out: Mapping[str, Why]


@dataclass(frozen=True, eq=False)
class Channels:
    """The images of a View, opened.

    Attributes
    ----------
    names : tuple of str
        As in the View: first the images in the fit, then those only shown.
    volumes : tuple of Volume
        In the same order.
    mixed : int
        The number of images in the fit.
    xy : tuple of int
        The positions of X and Y among the volumes.
    mask : Volume or None
        If the foreground is an external mask.
    """

    names: tuple[str, ...]
    volumes: tuple[Volume, ...]
    mixed: int
    xy: tuple[int, int]
    mask: Volume | None

    @property
    def every(self) -> list[Volume]:
        """The volumes, and the mask."""
        return [*self.volumes, *([self.mask] if self.mask else [])]

    @property
    def identities(self) -> list[str]:
        """What distinguishes these channels; names count because messages and tables show them."""
        images = [f"{volume.id} {volume.label} {volume.short}" for volume in self.every]
        return [*images, f"{self.mixed} {self.xy}"]


def line_up(view: View, files: StudyFiles, images: Images) -> Lineup:
    """Find the images for a fit.

    Chosen images must be usable. If none are chosen, the fit leaves out images that cannot be
    read, are on another grid than X, or hold nothing to separate.
    """
    meant, too_many = intended(view, files, images.frames)
    left_out = dict.fromkeys(too_many, Why.TOO_MANY)
    x = images.get(view.x)
    if x and not view.mix:
        for name in meant:
            if name not in (view.x, view.y) and (why := _unfit(images.get(name), x)):
                left_out[name] = why
    return Lineup(meant, tuple(name for name in meant if name not in left_out), left_out)


def intended(
    view: View, files: StudyFiles, frames: Frames = itself
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the images meant for the fit, in the order of the features, and those too many."""
    shown = (view.x, view.y)
    wanted = split_names(view.mix, files)[0] if view.mix else contrasts(files, shown, frames)
    return tuple(in_order(wanted[:MAX_MIXED], shown)), tuple(wanted[MAX_MIXED:])


def open_channels(view: View, mixed: Sequence[str], images: Images, mask: Named | None) -> Channels:
    """Open the images in the fit, X, Y, and the mask if the foreground is one.

    Raises
    ------
    NeuroMixError
        If one of them cannot be opened, or no image is in the fit.
    """
    opened = {name: images.open(name) for name in (view.x, view.y, *mixed)}
    if not mixed:
        raise NeuroMixError("This study has none of the images in the fit. Choose other images.")
    names = tuple(dict.fromkeys((*mixed, view.x, view.y)))
    return Channels(
        names=names,
        volumes=tuple(opened[name] for name in names),
        mixed=len(mixed),
        xy=(names.index(view.x), names.index(view.y)),
        mask=mask.require() if mask else None,
    )


def holds_contrast(volume: Volume) -> bool:
    """Return whether a mixture has something to separate.

    It has nothing in a constant, a mask, or an image resampled from somewhere else.
    """
    facts = volume.intensities
    content = facts.finite - facts.zeros
    several = facts.low < facts.high and not facts.has_two_values
    return several and content >= SMALL_CONTENT * facts.voxels


def _unfit(volume: Volume | None, x: Volume) -> Why | None:
    """Return why an image that nobody chose cannot be in the fit; None if it can."""
    if volume is None:
        return Why.UNREADABLE
    if not same_grid(x, volume):
        return Why.OTHER_GRID
    return None if holds_contrast(volume) else Why.NO_CONTRAST
