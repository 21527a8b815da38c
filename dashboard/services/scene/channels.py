"""The images that take part in a fit, and those shown beside it."""

from dataclasses import dataclass

from dashboard.core.errors import NeuroMixError
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.recipe import MAX_MIXED
from dashboard.core.volume import Volume
from dashboard.services.scene.images import Images
from dashboard.services.studies.files import StudyFiles
from dashboard.services.studies.naming import Frames, contrasts, in_order, itself, split_names
from dashboard.view import View

# Of all voxels. If fewer are measured and not 0, most slices hold too few for a mixture.
SMALL_CONTENT = 0.02


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
    axes : tuple of int
        The places of X and Y among the volumes.
    mask : Volume or None
        If the foreground is an external mask.
    """

    names: tuple[str, ...]
    volumes: tuple[Volume, ...]
    mixed: int
    axes: tuple[int, int]
    mask: Volume | None

    @property
    def identities(self) -> list[str]:
        """What distinguishes these channels; names count because messages and tables show them."""
        every = [*self.volumes, *([self.mask] if self.mask else [])]
        return [f"{volume.id} {volume.label}" for volume in every] + [f"{self.mixed} {self.axes}"]


def open_channels(view: View, files: StudyFiles, images: Images, mask: str | None) -> Channels:
    """Open the images of a View, and the mask of that name if the foreground is one.

    Chosen images must be usable. If none are chosen, the fit leaves out images that cannot be
    read, are on another grid than X, or hold nothing to separate.

    Raises
    ------
    NeuroMixError
        If X, Y, a chosen image of the fit, or the mask cannot be opened.
    """
    shown = {name: images.open(name) for name in dict.fromkeys((view.x, view.y))}
    mixed = [
        name
        for name in intended(view, files, images.frames)
        if view.mix or name in shown or _fits(images.get(name), shown[view.x])
    ]
    if not mixed:
        raise NeuroMixError("This study has none of the images in the fit. Choose other images.")
    names = [*mixed, *(name for name in shown if name not in mixed)]
    return Channels(
        names=tuple(names),
        volumes=tuple(images.open(name) for name in names),
        mixed=len(mixed),
        axes=(names.index(view.x), names.index(view.y)),
        mask=images.open(mask) if mask else None,
    )


def intended(view: View, files: StudyFiles, frames: Frames = itself) -> list[str]:
    """Return the names of the images meant for the fit, in the order of the features."""
    shown = (view.x, view.y)
    chosen = split_names(view.mix, files)[0] if view.mix else contrasts(files, shown, frames)
    return list(in_order(chosen[:MAX_MIXED], shown))


def holds_contrast(volume: Volume) -> bool:
    """Return whether a mixture has something to separate.

    It has nothing in a constant, a mask, or an image resampled from somewhere else.
    """
    facts = volume.intensities
    first, last = facts.limits["0.1"]
    content = facts.voxels - facts.nonfinite - facts.zeros
    return facts.low < facts.high and first < last and content >= SMALL_CONTENT * facts.voxels


def _fits(volume: Volume | None, x: Volume) -> bool:
    """Return whether an image that nobody chose can be in the fit."""
    return volume is not None and same_grid(x, volume) and holds_contrast(volume)
