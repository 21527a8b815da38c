"""The images that take part in what a View shows."""

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.core.errors import NeuroMixError
from dashboard.core.study import MAX_MIXED, same_grid
from dashboard.core.volume import Volume
from dashboard.services.files import ImageFile, StudyFiles
from dashboard.services.selection import contrasts, in_order, split_names
from dashboard.view import View

Open = Callable[[str], Volume]

NO_REFERENCE = "none"


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
    """

    names: tuple[str, ...]
    volumes: tuple[Volume, ...]
    mixed: int
    axes: tuple[int, int]
    mask: Volume | None

    @property
    def identities(self) -> list[str]:
        """What tells these channels from others; names are part of messages and tables."""
        every = [*self.volumes, *([self.mask] if self.mask else [])]
        return [f"{volume.id} {volume.label}" for volume in every] + [f"{self.mixed} {self.axes}"]


def open_channels(view: View, files: StudyFiles, open_: Open) -> Channels:
    """Open the images of a View.

    Raises
    ------
    NeuroMixError
        If X, Y, a chosen image of the mixture, or the mask cannot be opened.
    """
    shown = {name: open_(name) for name in dict.fromkeys((view.x, view.y))}
    mixed = mixed_images(view, files, shown, open_)
    if not mixed:
        raise NeuroMixError("None of the images to be mixed is in this study. Choose others.")
    names = [*mixed, *(name for name in shown if name not in mixed)]
    mask = mask_name(view, files) if view.foreground == "mask" else None
    return Channels(
        names=tuple(names),
        volumes=tuple({**shown, **mixed}[name] for name in names),
        mixed=len(mixed),
        axes=(names.index(view.x), names.index(view.y)),
        mask=open_(mask) if mask else None,
    )


def intended(view: View, files: StudyFiles) -> list[str]:
    """Return the names of the images that are to be mixed, in the order of the features."""
    shown = (view.x, view.y)
    chosen = split_names(view.mix, files)[0] if view.mix else contrasts(files, shown)
    return list(in_order(chosen[:MAX_MIXED], shown))


def mixed_images(
    view: View, files: StudyFiles, shown: dict[str, Volume], open_: Open
) -> dict[str, Volume]:
    """Open the images of the mixture.

    Images that were chosen have to be usable; of "all images" those are left out that cannot be
    read or lie on another grid than X, as the check tells.
    """
    mixed: dict[str, Volume] = {}
    for name in intended(view, files):
        if view.mix or name in shown:
            mixed[name] = shown.get(name) or open_(name)
            continue
        try:
            volume = open_(name)
        except NeuroMixError:
            continue
        if same_grid(shown[view.x], volume):
            mixed[name] = volume
    return mixed


def mask_name(view: View, files: StudyFiles) -> str | None:
    """Return the image that is the mask: the chosen one, or the first that can be one."""
    return view.mask or next(iter(masks(files)), None)


def reference_name(view: View, files: StudyFiles) -> str | None:
    """Return the label map that classes are compared with, if any."""
    if view.reference == NO_REFERENCE:
        return None
    return view.reference or next(iter(files.of("labels")), None)


def masks(files: StudyFiles) -> dict[str, ImageFile]:
    """Return what can serve as a mask, the likeliest first."""
    return {**files.of("mask"), **files.of("labels")}
