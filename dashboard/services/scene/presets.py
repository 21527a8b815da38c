"""The mask, the reference and the foreground of a study by default."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.core.content import allows_labels
from dashboard.core.errors import LabelError
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.foreground import Foreground
from dashboard.core.mixture.mask import mask_of
from dashboard.core.reference.labels import label_map
from dashboard.core.volume import Volume
from dashboard.services.scene.images import Images
from dashboard.services.studies.files import ImageFile, StudyFiles
from dashboard.services.studies.naming import file_of
from dashboard.services.studies.roles import marks_region, mask_rank, reference_rank
from dashboard.view import View

# Share of a head: a brain fills 5 % of the widest field of view (30 cm). Lesions rarely do.
SMALL_MASK = 0.03
# Of what another mask marks: a lesion is less of its brain, but a brain more of a whole head.
SMALL_PART = 0.2
# Share of voxels above 0 beyond which zero removal removes nothing and a mask is needed.
NOTHING_REMOVED = 0.99


@dataclass(frozen=True)
class Presets:
    """What a study has if nothing is chosen.

    Attributes
    ----------
    mask, reference : str or None
        The first mask that covers the head alone, and the first label map of tissues, if possible
        on the grid of X.
    foreground : str
        The rule: a mask if the air around the head is not 0, or if it makes X the brain alone;
        all but the background if the air is a negative constant.
    brain : str or None
        The image of the brain alone beside an X of the whole head.
    before : bool
        Whether the histograms of all voxels stand beside those of the foreground.
    """

    mask: str | None
    reference: str | None
    foreground: Foreground
    brain: str | None = None
    before: bool = False


def presets(view: View, files: StudyFiles, images: Images) -> Presets:
    """Find the mask and the reference of a study, on the grid of X."""
    head = images.get(view.x)
    mask = _covering(likely_masks(files), images, head)
    reference = _reference(likely_references(files), images, head)
    shown = head or images.get(view.y)
    brain = brain_alone(view.x, files, images) if mask else None
    by_mask = (view.mask or mask) and (brain or (shown and _has_bright_air(shown)))
    rule: Foreground = "background" if shown and has_air_below_0(shown) else "positive"
    return Presets(mask, reference, "mask" if by_mask else rule, brain, files.before)


def has_air_below_0(volume: Volume) -> bool:
    """Return whether the air is a negative constant: tissue around 0 would go with it."""
    facts = volume.intensities
    return facts.background < 0 and facts.has_constant_background


def brain_alone(name: str, files: StudyFiles, images: Images) -> str | None:
    """Return the image of the brain alone, on the grid of an image of the same whole head."""
    own, head = file_of(files, name), images.get(name)
    if own is None or head is None or "stripped" in own.meaning.processing:
        return None
    for other, file in files.of("image").items():
        if file.contrast == own.contrast and "stripped" in file.meaning.processing:
            brain = images.get(other)
            if brain and same_grid(brain, head):
                return other
    return None


def masks(files: StudyFiles) -> dict[str, ImageFile]:
    """Return what can be a mask, the likeliest first."""
    found = files.of("mask", "labels").items()

    def rank(item: tuple[str, ImageFile]) -> tuple[int, int]:
        file = item[1]
        return mask_rank(file.role, file.stem), reference_rank(file.stem)

    return dict(sorted(found, key=rank))


def likely_masks(files: StudyFiles) -> list[str]:
    """Return the masks that, by their names, may cover a head.

    What only its content shows to be a mask may be of a tumour as well.
    """
    return [
        name
        for name, file in masks(files).items()
        if file.meaning.role in ("mask", "labels") and not marks_region(file.stem)
    ]


def likely_references(files: StudyFiles) -> list[str]:
    """Return the label maps that, by their names, may be of tissues."""
    likely = [name for name, file in files.of("labels").items() if not marks_region(file.stem)]
    return sorted(likely, key=lambda name: reference_rank(files.files[name].stem))


def _covering(names: Sequence[str], images: Images, head: Volume | None) -> str | None:
    """Return the first mask that covers the head, and is not of a part that another covers."""
    if head is None:
        return next(iter(names), None)
    facts = head.intensities
    tissue = facts.finite * (1 - facts.background_share)
    found: dict[str, int] = {}
    for name in names:
        mask = images.get(name)
        if mask is None or not _covers(mask, head, tissue):
            continue
        found[name] = mask_of(mask).marked
        if found[name] >= SMALL_PART * tissue:  # no other can mark so much more
            break
    return next(
        (n for n, marked in found.items() if marked >= SMALL_PART * max(found.values())), None
    )


def _covers(mask: Volume, head: Volume, tissue: float) -> bool:
    """Return whether a mask is on the grid of a head, and marks enough of it, and not the air."""
    if not same_grid(mask, head):
        return False
    looked = mask_of(mask)
    if looked.kind == "intensities":
        return False
    corners = mask.data[np.ix_(*([0, -1] for _ in mask.shape))]
    return looked.marked >= SMALL_MASK * tissue and looked.marks(corners).sum() < corners.size / 2


def _reference(names: Sequence[str], images: Images, head: Volume | None) -> str | None:
    """Return the first label map on the grid of the head, or else the first of all."""
    first = None
    for name in names:
        volume = images.get(name)
        if volume and _holds_labels(volume):
            if head is None or same_grid(volume, head):
                return name
            first = first or name
    return first


def _holds_labels(volume: Volume) -> bool:
    """Return whether a label map has at least two labels besides the background."""
    if not allows_labels(volume):
        return False
    try:
        return len(label_map(volume).labels) > 1
    except LabelError:
        return False


def _has_bright_air(volume: Volume) -> bool:
    """Return whether zero removal would remove nothing of the air around the head."""
    facts = volume.intensities
    return facts.voxels - facts.zeros - facts.negatives >= NOTHING_REMOVED * facts.voxels
