"""Resampling of a volume to the grid of another."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from dashboard.core.errors import GridError
from dashboard.core.grid.position import require_position
from dashboard.core.processing import How, Resampled
from dashboard.core.reading.header import MAX_VOXELS
from dashboard.core.reading.summary import summarise
from dashboard.core.volume import Volume

# Part of a resampled volume's identity: change it when the same inputs give other voxels.
METHOD = 1
# Voxels computed at once along each axis: about 10 MB with what they come from.
BLOCK = 64
# In voxels: smaller differences between grids are rounding in their headers.
ROUNDING = 1e-4
# A missing neighbour with a smaller weight is ignored.
NEGLIGIBLE = 1e-6

Shape = tuple[int, int, int]
Into = Callable[[Shape, np.dtype[Any]], NDArray[Any]]


def in_memory(shape: Shape, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return an empty array in the storage order of files."""
    return np.empty(shape, dtype=dtype, order="F")


def resample(
    volume: Volume, target: Volume, *, nearest: bool = False, into: Into = in_memory
) -> Volume:
    """Resample a volume to the grid of another one.

    The intensity at the centre of each target voxel is interpolated linearly between the eight
    voxels of the volume around it, or taken from the nearest. The volume's field of view ends at
    the edges of its outermost voxels; intensities are constant from their centres to the edge. If
    all target voxels lie on its voxels, as with another storage order, nothing is interpolated.

    Parameters
    ----------
    volume : Volume
    target : Volume
        Gives shape, affine and unit.
    nearest : bool
        Nearest-neighbour interpolation, for label maps and masks.
    into : callable
        Takes shape and data type, and returns the array to fill, such as one on disk.

    Returns
    -------
    Volume
        Outside the volume's field of view it is NaN (never foreground), or 0 (no label) for
        nearest neighbours. Voxels interpolated from NaN or infinite intensities are NaN.

    Raises
    ------
    GridError
        If the target has too many voxels, does not overlap the volume, or has its shape and only
        one of them a position.
    """
    require_position(volume, target)
    voxels = int(np.prod(target.shape, dtype=np.int64))
    if voxels > MAX_VOXELS:
        raise GridError(
            f"{volume.name} cannot be resampled to the grid of {target.name}, which has {voxels:,} "
            f"voxels; at most {MAX_VOXELS:,} are supported."
        )
    to_volume = _to_volume(volume, target)
    data = into(target.shape, volume.data.dtype)
    known = False
    for block in _blocks(target.shape):
        filled = _resampled(volume.data, to_volume, block, nearest=nearest)
        known = known or filled is not None
        data[block] = (0 if nearest else np.nan) if filled is None else filled
    if not known or not (nearest or _any_finite(data)):
        raise GridError(
            f"{volume.name} and {target.name} do not overlap.",
            "Check the positions (affines) in both headers, or choose another image.",
        )
    summary = summarise(data)
    return on_grid(
        replace(volume, data=data, intensities=summary.intensities(), digest=summary.digest),
        volume,
        target,
        nearest=nearest,
    )


def on_grid(resampled: Volume, volume: Volume, target: Volume, *, nearest: bool = False) -> Volume:
    """Return resampled voxels under the current names of the volume and its target."""
    step = Resampled(target.name, how(volume, target, nearest=nearest))
    return replace(
        volume,
        id=resampled_id(volume, target, nearest=nearest),
        data=resampled.data,
        affine=target.affine,
        unit=target.unit,
        intensities=resampled.intensities,
        digest=resampled.digest,
        processing=(*volume.processing, step),
    )


def how(volume: Volume, target: Volume, *, nearest: bool = False) -> How:
    """Return how a volume comes onto a grid.

    Nothing is interpolated if each target voxel lies on one of the volume's. On a coarser grid only
    some of them are picked, as every second.
    """
    matrix = _to_volume(volume, target)
    if not _is_whole(matrix):
        return "nearest" if nearest else "linear"
    return "voxels" if round(abs(np.linalg.det(matrix[:, :3]))) == 1 else "picked"


def _to_volume(volume: Volume, target: Volume) -> NDArray[np.float64]:
    """Return the matrix from the target's voxel indices to the volume's, shape (3, 4)."""
    matrix = np.asarray(np.linalg.solve(volume.mm_affine, target.mm_affine)[:3], dtype=np.float64)
    whole = np.rint(matrix)
    corners = np.array(list(product(*((0, n - 1) for n in target.shape))))
    return whole if np.abs(_positions(matrix - whole, corners)).max() < ROUNDING else matrix


def _is_whole(matrix: NDArray[np.float64]) -> bool:
    """Return whether a matrix maps voxels to voxels."""
    return np.array_equal(matrix, np.rint(matrix))


def _positions(matrix: NDArray[np.float64], voxels: NDArray[Any]) -> NDArray[np.float64]:
    positions: NDArray[np.float64] = voxels @ matrix[:, :3].T + matrix[:, 3]
    return positions


def _blocks(shape: Shape) -> Iterator[tuple[slice, slice, slice]]:
    # The last axis varies slowest, so that a file on disk is written in storage order.
    for k, j, i in product(*(range(0, n, BLOCK) for n in reversed(shape))):
        starts = zip((i, j, k), shape, strict=True)
        first, second, third = (slice(start, min(start + BLOCK, n)) for start, n in starts)
        yield first, second, third


def _resampled(
    voxels: NDArray[Any],
    matrix: NDArray[np.float64],
    block: tuple[slice, slice, slice],
    *,
    nearest: bool,
) -> NDArray[Any] | None:
    """Return one block of the target, or None if it lies outside the field of view."""
    outside = 0 if nearest else np.nan
    start = np.array([part.start for part in block])
    shape = tuple(part.stop - part.start for part in block)
    corners = _positions(matrix, start + np.array(list(product(*((0, n - 1) for n in shape)))))
    # The part of the volume that the block needs, with one neighbour on each side.
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, voxels.shape)
    inside = _inside(matrix, start, shape, voxels.shape)
    if (low >= high).any() or not inside.any():
        return None
    box = np.asarray(voxels[tuple(slice(a, b) for a, b in zip(low, high, strict=True))])
    offset = _positions(matrix, start) - low
    order = 0 if nearest or _is_whole(matrix) else 1

    def transformed(values: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(
            affine_transform(
                values, matrix[:, :3], offset, shape, order=order, mode="nearest", prefilter=False
            )
        )

    finite = np.isfinite(box)
    if order == 0 or finite.all():
        filled = transformed(box)
    else:
        # 0 times NaN is NaN: a neighbour without weight must not count.
        filled = transformed(np.where(finite, box, 0))
        filled[transformed((~finite).astype(np.float32)) > NEGLIGIBLE] = np.nan
    filled[~inside] = outside
    return filled


def _inside(
    matrix: NDArray[np.float64],
    start: NDArray[np.int64],
    shape: tuple[int, ...],
    volume_shape: tuple[int, ...],
) -> NDArray[np.bool_]:
    """Mark the voxels of a block whose centres lie in the volume's field of view."""
    inside = np.ones(shape, dtype=bool)
    i, j, k = np.ogrid[tuple(slice(a, a + n) for a, n in zip(start, shape, strict=True))]
    for row, count in zip(matrix, volume_shape, strict=True):
        position = row[0] * i + row[1] * j + row[2] * k + row[3]
        inside &= (position >= -0.5 - ROUNDING) & (position <= count - 0.5 + ROUNDING)
    return inside


def _any_finite(data: NDArray[Any]) -> bool:
    return any(bool(np.isfinite(data[block]).any()) for block in _blocks(data.shape))


def resampled_id(volume: Volume, target: Volume, *, nearest: bool = False) -> str:
    """Return the identity of a resampled volume: SHA-256 of all that determines its voxels."""
    method = f"{'nearest' if nearest else 'linear'} {METHOD}"
    grid = np.asarray(target.mm_affine + 0.0, dtype="<f8").tobytes()  # no negative zeros
    facts = f"{method} {volume.id} {'x'.join(map(str, target.shape))} "
    return hashlib.sha256(facts.encode() + grid).hexdigest()
