"""Stored numbers become intensities: the first volume of a file, a chunk at a time.

At no time is there more in memory than the volume itself and one chunk; where float32 turns out
not to hold an intensity, the float32 volume so far and the float64 one that replaces it.
"""

from typing import Any

import numpy as np
from nibabel.volumeutils import apply_read_scaling
from numpy.typing import NDArray

from dashboard.core.container import CHUNK_BYTES, CUT_SHORT, Container
from dashboard.core.errors import VolumeError
from dashboard.core.layout import Layout

# float64 holds every whole number up to here.
LARGEST_WHOLE = 2**53


def read_voxels(container: Container, layout: Layout) -> tuple[NDArray[Any], list[str]]:
    """Read the first volume, just as ``get_fdata()`` would give it, and check all of them.

    Parameters
    ----------
    container : Container
        At its first voxel; it is left behind the last one.
    layout : Layout

    Returns
    -------
    voxels : ndarray, shape (i, j, k)
        float32 where that holds every intensity exactly, float64 elsewhere.
    notices : list of str

    Raises
    ------
    VolumeError
        If the file is damaged or cut short.
    """
    voxels: NDArray[Any] = np.empty(layout.voxels, dtype=np.float32)
    step, merged = CHUNK_BYTES // layout.dtype.itemsize, False
    for first in range(0, layout.voxels, step):
        stored = _stored(container, layout, min(step, layout.voxels - first))
        merged = merged or _exceeds_whole(stored)
        voxels = _keep(voxels, first, _intensities(stored, layout))
    container.skip(layout.stored_bytes - layout.voxels * layout.dtype.itemsize)
    notices = []
    if merged:
        notices.append(
            "The file holds whole numbers beyond 2^53, which are rounded here: neighbouring values "
            "can become one, so do not rely on differences of a few units."
        )
    return voxels.reshape((*layout.shape, 1, 1)[:3], order="F"), notices


def compact(voxels: NDArray[np.float64]) -> NDArray[Any]:
    """Halve the memory where float32 holds every value exactly."""
    flat = voxels.ravel(order="F")
    kept = _keep(np.empty(flat.size, dtype=np.float32), 0, flat)
    return kept.reshape((*voxels.shape, 1, 1)[:3], order="F")


def finite_notices(voxels: NDArray[Any]) -> list[str]:
    """Return what is to be said about voxels that are NaN or infinite.

    Raises
    ------
    VolumeError
        If no voxel is finite.
    """
    count = int(voxels.size - np.isfinite(voxels).sum())
    if count == voxels.size:
        raise VolumeError("no voxel has a finite intensity, so there is nothing to show.")
    if not count:
        return []
    return [
        f"{count:,} voxels ({count / voxels.size:.2%}) are NaN or infinite; they count as "
        "background: never foreground, and left out of every histogram."
    ]


def _stored(container: Container, layout: Layout, count: int) -> NDArray[Any]:
    content = container.read(count * layout.dtype.itemsize)
    if len(content) < count * layout.dtype.itemsize:
        raise VolumeError(CUT_SHORT)
    return np.frombuffer(content, dtype=layout.dtype)


def _exceeds_whole(stored: NDArray[Any]) -> bool:
    if stored.dtype.kind not in "iu" or stored.dtype.itemsize < 8:
        return False
    return int(stored.max()) > LARGEST_WHOLE or int(stored.min()) < -LARGEST_WHOLE


def _intensities(stored: NDArray[Any], layout: Layout) -> NDArray[np.float64]:
    with np.errstate(all="ignore"):
        scaled = apply_read_scaling(stored, np.float64(layout.slope), np.float64(layout.intercept))
        return np.asarray(scaled, dtype=np.float64)


def _keep(voxels: NDArray[Any], first: int, values: NDArray[np.float64]) -> NDArray[Any]:
    """Put values into the volume, which becomes float64 once float32 would lose some."""
    if voxels.dtype == np.float32:
        with np.errstate(all="ignore"):
            single = values.astype(np.float32)
        if not np.array_equal(single, values, equal_nan=True):
            wider = np.empty(voxels.size, dtype=np.float64)
            wider[:first] = voxels[:first]
            voxels = wider
    voxels[first : first + values.size] = values
    return voxels
