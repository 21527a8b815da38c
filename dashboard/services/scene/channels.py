"""The images that take part in a fit, and those shown beside it."""

from dataclasses import dataclass

from dashboard.core.errors import NeuroMixError
from dashboard.core.facts import Notice
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.recipe import MAX_MIXED
from dashboard.core.volume import Volume
from dashboard.services.scene.images import Images
from dashboard.services.studies.files import StudyFiles
from dashboard.services.studies.naming import contrasts, in_order, split_names
from dashboard.view import View

# Of all voxels: where fewer are measured and not 0, most slices hold too few for a mixture.
SMALL_CONTENT = 0.02


@dataclass(frozen=True, eq=False)
class Channels:
    """The images of a View, opened.

    Attributes
    ----------
    names : tuple of str
        What the View calls them: those of the mixture, and behind them those only shown.
    volumes : tuple of Volume
        In the same order.
    mixed : int
        The number of images of the mixture.
    axes : tuple of int
        Which of the volumes are X and Y.
    mask : Volume or None
        Where the foreground is an external mask.
    left_out : tuple of Notice
        Images that would be mixed as well, with why they are not: `unreadable`, `other-grid`
        or `no-contrast`.
    """

    names: tuple[str, ...]
    volumes: tuple[Volume, ...]
    mixed: int
    axes: tuple[int, int]
    mask: Volume | None
    left_out: tuple[Notice, ...]

    @property
    def identities(self) -> list[str]:
        """What tells these channels from others; names are part of messages and tables."""
        every = [*self.volumes, *([self.mask] if self.mask else [])]
        return [f"{volume.id} {volume.label}" for volume in every] + [f"{self.mixed} {self.axes}"]


def open_channels(view: View, files: StudyFiles, images: Images, mask: str | None) -> Channels:
    """Open the images of a View.

    Images that were chosen have to be usable; of "all images" those are left out that cannot be
    read, lie on another grid than X, or hold nothing to separate.

    Parameters
    ----------
    view : View
    files : StudyFiles
    images : Images
    mask : str or None
        Name of the mask, where the foreground is one.

    Raises
    ------
    NeuroMixError
        If X, Y, a chosen image of the mixture, or the mask cannot be opened.
    """
    shown = {name: images.open(name) for name in dict.fromkeys((view.x, view.y))}
    mixed: dict[str, Volume] = {}
    left_out = []
    for name in intended(view, files):
        reason = None if view.mix or name in shown else _reason(images.get(name), shown[view.x])
        if reason:
            left_out.append(Notice(reason, {"image": name}))
        else:
            mixed[name] = images.open(name)
    if not mixed:
        raise NeuroMixError("None of the images to be mixed is in this study. Choose others.")
    names = [*mixed, *(name for name in shown if name not in mixed)]
    return Channels(
        names=tuple(names),
        volumes=tuple(images.open(name) for name in names),
        mixed=len(mixed),
        axes=(names.index(view.x), names.index(view.y)),
        mask=images.open(mask) if mask else None,
        left_out=tuple(left_out),
    )


def intended(view: View, files: StudyFiles) -> list[str]:
    """Return the names of the images that are to be mixed, in the order of the features."""
    shown = (view.x, view.y)
    chosen = split_names(view.mix, files)[0] if view.mix else contrasts(files, shown)
    return list(in_order(chosen[:MAX_MIXED], shown))


def holds_contrast(volume: Volume) -> bool:
    """Return whether a mixture has something to separate: not in a constant, nor in a mask.

    An image that was resampled from somewhere else holds next to nothing either.
    """
    facts = volume.intensities
    first, last = facts.limits["0.1"]
    content = facts.voxels - facts.nonfinite - facts.zeros
    return facts.low < facts.high and first < last and content >= SMALL_CONTENT * facts.voxels


def _reason(volume: Volume | None, x: Volume) -> str | None:
    """Return why an image that nobody chose is not mixed."""
    if volume is None:
        return "unreadable"
    if not same_grid(x, volume):
        return "other-grid"
    return None if holds_contrast(volume) else "no-contrast"
