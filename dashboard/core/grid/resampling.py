"""One volume on the grid of another."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform

from dashboard.core.errors import GridError
from dashboard.core.reading.header import MAX_VOXELS
from dashboard.core.reading.summary import summarise
from dashboard.core.volume import Volume

# Part of a resampled volume's identity: another number when the same inputs give other voxels.
METHOD = 1
# Voxels computed at once along each axis: with their source, some 10 MB.
BLOCK = 64
# Grids that meet within a ten-thousandth of a voxel differ by the rounding of their headers.
ROUNDING = 1e-4
# Below this share of the weights a missing neighbour plays no part.
NEGLIGIBLE = 1e-6

Shape = tuple[int, int, int]
Into = Callable[[Shape, np.dtype[Any]], NDArray[Any]]


def in_memory(shape: Shape, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return room for a volume, in the order in which files store their voxels."""
    return np.empty(shape, dtype=dtype, order="F")


def resample(
    volume: Volume, target: Volume, *, nearest: bool = False, into: Into = in_memory
) -> Volume:
    """Bring a volume onto the grid of another one.

    A voxel of the target takes the intensity that the source has at its centre, interpolated
    linearly between the eight voxels around it, or that of the nearest one. The source's field of
    view ends at the edges of its outermost voxels; in the half voxel between their centres and
    the edge, the outermost intensities hold. Where all voxels of the target lie on voxels of
    the source, as after another order of the axes, nothing is interpolated.

    Parameters
    ----------
    volume : Volume
        The source.
    target : Volume
        Gives shape, affine and unit.
    nearest : bool
        For label maps and masks, whose numbers have nothing between them.
    into : callable
        Takes shape and data type, and returns the array that is filled, such as one on disk.

    Returns
    -------
    Volume
        Outside the source's field of view it is NaN, which is never foreground, or, of the
        nearest neighbour, 0, which is no label. NaN and infinite intensities of the source make
        every voxel NaN that they have a part in.

    Raises
    ------
    GridError
        If the target has too many voxels, or none where the source is known.
    """
    voxels = int(np.prod(target.shape, dtype=np.int64))
    if voxels > MAX_VOXELS:
        raise GridError(
            f"{volume.name} cannot be resampled to the grid of {target.name}: its {voxels:,} "
            f"voxels are more than the {MAX_VOXELS:,} this dashboard takes."
        )
    to_source = _to_source(volume, target)
    data = into(target.shape, volume.data.dtype)
    known = False
    for block in _blocks(target.shape):
        filled = _resampled(volume.data, to_source, block, nearest=nearest)
        known = known or filled is not None
        data[block] = (0 if nearest else np.nan) if filled is None else filled
    if not known or not (nearest or _any_finite(data)):
        raise GridError(
            f"{volume.name} and {target.name} show different places: no voxel of {target.name} "
            f"lies where {volume.name} has intensities.",
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
    """Return resampled voxels under the names of today's volume and target.

    Parameters
    ----------
    resampled : Volume
        Gives voxels and intensities.
    volume, target, nearest
        What was resampled onto which grid, and how.
    """
    how = "nearest" if nearest else "linear"
    if moves_voxels(volume, target):
        how = "voxel by voxel"
    return replace(
        volume,
        id=resampled_id(volume, target, nearest=nearest),
        data=resampled.data,
        affine=target.affine,
        unit=target.unit,
        intensities=resampled.intensities,
        digest=resampled.digest,
        processing=(
            *volume.processing,
            f"{how} onto the grid of {target.name}",
        ),
    )


def moves_voxels(volume: Volume, target: Volume) -> bool:
    """Return whether each voxel of the target is one of the source's: nothing is interpolated."""
    return _is_whole(_to_source(volume, target))


def _to_source(volume: Volume, target: Volume) -> NDArray[np.float64]:
    """Return the matrix from the target's voxel indices to the source's, shape (3, 4)."""
    matrix = np.asarray(np.linalg.solve(volume.mm_affine, target.mm_affine)[:3], dtype=np.float64)
    whole = np.rint(matrix)
    corners = np.array(list(product(*((0, n - 1) for n in target.shape))))
    return whole if np.abs(_positions(matrix - whole, corners)).max() < ROUNDING else matrix


def _is_whole(matrix: NDArray[np.float64]) -> bool:
    """Return whether a matrix maps voxels onto voxels, with nothing between them."""
    return np.array_equal(matrix, np.rint(matrix))


def _positions(matrix: NDArray[np.float64], voxels: NDArray[Any]) -> NDArray[np.float64]:
    positions: NDArray[np.float64] = voxels @ matrix[:, :3].T + matrix[:, 3]
    return positions


def _blocks(shape: Shape) -> Iterator[tuple[slice, slice, slice]]:
    # Along the axis that is stored last at last, so that a file on disk is written in its order.
    for k, j, i in product(*(range(0, n, BLOCK) for n in reversed(shape))):
        starts = zip((i, j, k), shape, strict=True)
        first, second, third = (slice(start, min(start + BLOCK, n)) for start, n in starts)
        yield first, second, third


def _resampled(
    source: NDArray[Any],
    matrix: NDArray[np.float64],
    block: tuple[slice, slice, slice],
    *,
    nearest: bool,
) -> NDArray[Any] | None:
    """Return one block of the target, or None where it lies outside the field of view."""
    outside = 0 if nearest else np.nan
    start = np.array([part.start for part in block])
    shape = tuple(part.stop - part.start for part in block)
    corners = _positions(matrix, start + np.array(list(product(*((0, n - 1) for n in shape)))))
    # The part of the source that the block needs, with a neighbour at each side.
    low = np.maximum(np.floor(corners.min(axis=0)).astype(int) - 1, 0)
    high = np.minimum(np.ceil(corners.max(axis=0)).astype(int) + 2, source.shape)
    inside = _inside(matrix, start, shape, source.shape)
    if (low >= high).any() or not inside.any():
        return None
    box = np.asarray(source[tuple(slice(a, b) for a, b in zip(low, high, strict=True))])
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
        # Nothing times NaN is NaN: a neighbour of no weight must not reach so far.
        filled = transformed(np.where(finite, box, 0))
        filled[transformed((~finite).astype(np.float32)) > NEGLIGIBLE] = np.nan
    filled[~inside] = outside
    return filled


def _inside(
    matrix: NDArray[np.float64],
    start: NDArray[np.int64],
    shape: tuple[int, ...],
    source_shape: tuple[int, ...],
) -> NDArray[np.bool_]:
    """Mark the voxels of a block whose centres lie within the source's outermost voxels."""
    inside = np.ones(shape, dtype=bool)
    i, j, k = np.ogrid[tuple(slice(a, a + n) for a, n in zip(start, shape, strict=True))]
    for row, count in zip(matrix, source_shape, strict=True):
        position = row[0] * i + row[1] * j + row[2] * k + row[3]
        inside &= (position >= -0.5 - ROUNDING) & (position <= count - 0.5 + ROUNDING)
    return inside


def _any_finite(data: NDArray[Any]) -> bool:
    return any(bool(np.isfinite(data[block]).any()) for block in _blocks(data.shape))


def resampled_id(volume: Volume, target: Volume, *, nearest: bool = False) -> str:
    """Return the identity of a resampled volume: SHA-256 of everything that decides its voxels."""
    method = f"{'nearest' if nearest else 'linear'} {METHOD}"
    grid = np.asarray(target.mm_affine + 0.0, dtype="<f8").tobytes()  # no negative zeros
    facts = f"{method} {volume.id} {'x'.join(map(str, target.shape))} "
    return hashlib.sha256(facts.encode() + grid).hexdigest()
