"""The images that take part in what a View shows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dashboard.core.errors import NeuroMixError
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.recipe import MAX_MIXED
from dashboard.core.volume import Volume, stem
from dashboard.services.scene.naming import contrasts, in_order, split_names
from dashboard.services.studies.files import ImageFile, StudyFiles
from dashboard.services.studies.roles import marks_region, mask_rank
from dashboard.view import View

Open = Callable[[str], Volume]

NO_REFERENCE = "none"
# Of a head: a brain fills 5 % of the widest field of view, 30 cm each way. Lesions rarely do.
SMALL_MASK = 0.03
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
    mask = mask_name(view, files, open_) if view.foreground == "mask" else None
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
    read, lie on another grid than X, or hold nothing to separate, as the check tells.
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
        if same_grid(shown[view.x], volume) and holds_contrast(volume):
            mixed[name] = volume
    return mixed


def holds_contrast(volume: Volume) -> bool:
    """Return whether a mixture has something to separate: not in a constant, nor in a mask.

    An image that was resampled from somewhere else holds next to nothing either.
    """
    facts = volume.intensities
    first, last = facts.limits["0.1"]
    content = facts.voxels - facts.nonfinite - facts.zeros
    return facts.low < facts.high and first < last and content >= SMALL_CONTENT * facts.voxels


def mask_name(view: View, files: StudyFiles, open_: Open | None = None) -> str | None:
    """Return the image that is the mask: the chosen one, or the first that covers a head.

    Without `open_`, names alone decide: no look is taken at grids and at what masks cover.
    """
    if view.mask:
        return view.mask
    likely = [name for name, file in masks(files).items() if not _marks_region(file)]
    head = _opened(view.x, open_)
    return next((name for name in likely if not head or _covers(_opened(name, open_), head)), None)


def reference_name(view: View, files: StudyFiles, open_: Open | None = None) -> str | None:
    """Return the label map that classes are compared with, if any.

    Unless one is chosen, it is the first that knows tissues: no lesions, and no single label.
    Without `open_`, names alone decide.
    """
    if view.reference:
        return None if view.reference == NO_REFERENCE else view.reference
    likely = [name for name, file in files.of("labels").items() if not _marks_region(file)]
    if open_ is None:
        return next(iter(likely), None)
    return next((name for name in likely if _holds_labels(_opened(name, open_))), None)


def masks(files: StudyFiles) -> dict[str, ImageFile]:
    """Return what can serve as a mask, the likeliest first."""
    found = files.of("mask", "labels").items()
    return dict(sorted(found, key=lambda item: mask_rank(item[1].role, _stem(item[1]))))


def _stem(file: ImageFile) -> str:
    return stem(Path(file.file_name))


def _marks_region(file: ImageFile) -> bool:
    return marks_region(_stem(file))


def _opened(name: str, open_: Open | None) -> Volume | None:
    try:
        return open_(name) if open_ else None
    except NeuroMixError:
        return None


def _covers(mask: Volume | None, head: Volume) -> bool:
    """Return whether a mask lies on a head's grid and leaves enough of it."""
    if mask is None or not same_grid(mask, head):
        return False
    marked, facts = mask.intensities, head.intensities
    kept = marked.voxels - marked.zeros - marked.negatives - marked.nonfinite
    tissue = (facts.voxels - facts.nonfinite) * (1 - facts.background_share)
    return kept >= SMALL_MASK * tissue


def _holds_labels(volume: Volume | None) -> bool:
    """Return whether a label map tells at least two labels apart; 0 is none."""
    if volume is None:
        return False
    facts = volume.intensities
    return len({facts.low, facts.high, facts.background, *facts.limits["0.1"]} - {0.0}) > 1
