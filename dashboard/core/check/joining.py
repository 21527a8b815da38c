"""Images that can be resampled to one grid and fitted there.

Resampling is offered only if it helps: enough points of a coarse sample of the grid must be
foreground in all images of the fit.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from nibabel.affines import apply_affine
from numpy.typing import NDArray

from dashboard.core.check.difference import grouped, overlap
from dashboard.core.check.findings import Choices
from dashboard.core.check.intensities import is_empty
from dashboard.core.check.remedies import ResampleTo
from dashboard.core.grid.position import is_placed
from dashboard.core.grid.resampling import how
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.foreground import foreground
from dashboard.core.mixture.mask import mask_of
from dashboard.core.mixture.slice_fit import are_copies
from dashboard.core.processing import How
from dashboard.core.volume import Volume

# Grids to offer: X's, and the finest of the others.
TARGETS = 2
# Sampled points along each axis of a grid.
PROBES = 24
# The smallest share of these points in a foreground.
FEWEST = 0.01
# An image must cover this share of the others' foreground, and its own must overlap it as much.
KEPT = 0.5
# What several images have in common, the strongest change first.
WAYS: tuple[How, ...] = ("linear", "picked", "voxels")
# Ratio of voxel volumes below which a grid is finer.
FINER = 0.99

Images = Mapping[str, Volume]


def resamplings(
    images: Images, wanted: Sequence[str], choices: Choices, *, finer: bool = False
) -> Iterator[ResampleTo]:
    """Yield grids on which more images can be fitted together.

    Parameters
    ----------
    wanted : sequence of str
        The images that are shown, X first, and those selected for the fit.
    finer : bool
        Offer only X's grid and finer ones.
    """
    if choices.x not in images:
        return  # it cannot be opened as a remedy would have it
    meant = [name for name in wanted if not choices.fitted or name in choices.fitted]
    shown = {choices.x, choices.y}
    targets = _targets(images, wanted, choices)
    if finer:
        most = FINER * images[choices.x].voxel_ml
        targets = [t for t in targets if t == choices.x or images[t].voxel_ml < most]
    for target in targets[:TARGETS]:
        kept, share = joined(images, target, wanted, choices)
        moved = [name for name in kept if not same_grid(images[target], images[name])]
        # Both shown images must be part of the fit.
        if not moved or len(kept) < 2 or not shown <= set(kept):
            continue
        mixed = [name for name in meant if name in kept]
        others = [n for n in meant if n not in kept and overlap(images[target], images[n])]
        ways = {how(images[name], images[target]) for name in moved}
        yield ResampleTo(
            grid=target,
            moved=tuple(moved),
            how=next(way for way in WAYS if way in ways),
            voxel_size=images[target].voxel_size,
            fitted=tuple(mixed),
            voxels=round(share * images[target].data.size),
            only=bool(others) or (choices.chosen and len(mixed) < len(meant)),
        )


def joined(
    images: Images, target: str, wanted: Sequence[str], choices: Choices
) -> tuple[list[str], float]:
    """Return the images that can be fitted on a grid: no copies, and a common foreground.

    Also returns the share of the grid that is this foreground.
    """
    points = _points(images[target])
    common = np.ones(len(points), dtype=bool)
    kept: dict[str, NDArray[np.float64]] = {}
    for name in wanted:
        volume = images[name]
        if is_empty(volume) or not (is_placed(volume) or same_grid(images[target], volume)):
            continue
        values = _sampled(volume, points)
        background, everywhere = volume.intensities.background, np.ones(len(points), bool)
        own = foreground([values], choices.foreground, [background], everywhere)
        both = common & own
        shown = name in (choices.x, choices.y)
        if both.sum() < FEWEST * len(points) or not (shown or _fits(common, own, values)):
            continue
        if any(are_copies(values[both], other[both]) for other in kept.values()):
            continue
        common, kept[name] = both, values
    return list(kept), float(common.mean())


def covered(target: Volume, mask: Volume) -> float:
    """Return the share of a grid that a mask of another grid covers."""
    return float(mask_of(mask).marks(_sampled(mask, _points(target))).mean())


def _fits(common: NDArray[np.bool_], own: NDArray[np.bool_], values: NDArray[np.float64]) -> bool:
    """Return whether an image covers most of the foreground, and its own overlaps it."""
    seen = (common & np.isfinite(values)).sum()
    both = (common & own).sum()
    return bool(seen >= KEPT * common.sum() and both >= KEPT * min(common.sum(), own.sum()))


def copies_in_place(images: Images, first: str, others: Sequence[str]) -> bool:
    """Return whether images have the same intensities as the first one at the same places."""
    points = _points(images[first])
    values = _sampled(images[first], points)
    return all(
        is_placed(images[name])
        and np.array_equal(values, _sampled(images[name], points), equal_nan=True)
        for name in others
    )


def _targets(images: Images, wanted: Sequence[str], choices: Choices) -> list[str]:
    """Return an image of each possible target grid: X's first, then the finest."""
    sound = {
        name: images[name]
        for name in wanted
        if is_placed(images[name]) and not is_empty(images[name])
    }
    heads = [group[0] for group in grouped(sound) if choices.grid not in group]
    return sorted(heads, key=lambda name: (name != choices.x, images[name].voxel_ml))


def _points(volume: Volume) -> NDArray[np.float64]:
    """Return evenly spread voxels of a grid, in mm, shape (points, 3)."""
    probes = [np.linspace(0, edge - 1, min(edge, PROBES)).round() for edge in volume.shape]
    voxels = np.stack([axis.ravel() for axis in np.meshgrid(*probes)], axis=1)
    return np.asarray(apply_affine(volume.mm_affine, voxels))


def _sampled(volume: Volume, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the intensities at points in mm, from the nearest voxels; NaN outside."""
    voxels = np.rint(apply_affine(np.linalg.inv(volume.mm_affine), points)).astype(np.int64)
    inside = ((voxels >= 0) & (voxels < np.array(volume.shape))).all(axis=1)
    values = np.full(len(points), np.nan)
    values[inside] = volume.data[tuple(voxels[inside].T)]
    return values
