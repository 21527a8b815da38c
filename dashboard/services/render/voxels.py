"""The numbers of one slice, packed for the browser, which shows them under the cursor."""

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core import sampling
from dashboard.core.analysis import Analysis
from dashboard.core.domain import Cut
from dashboard.core.errors import NeuroMixError
from dashboard.core.orientation import Side
from dashboard.core.precision import fits_single
from dashboard.core.volume import Volume

# A posterior in 255 steps is shown with two digits.
POSTERIOR_STEPS = 255
# A slice of 2048 x 2048 with two images and three components is 50 MB, about a second over a good
# line; larger ones would fill the memory of the browser and the worker.
MAX_PIXELS = 2048**2
# Voxels whose posteriors are computed at once: 20 MB with 10 components.
CHUNK = 2**18


def pack(analysis: Analysis, channels: Sequence[Volume], side: Side) -> bytes:
    """Pack intensities, labels and posteriors of a slice in the orientation of its picture.

    Parameters
    ----------
    analysis : Analysis
        Its domain is a cut.
    channels : sequence of Volume
        The images whose intensities are packed.
    side : {"neurological", "radiological"}

    Returns
    -------
    bytes
        The length of a JSON head (uint32, little-endian), the head, padding to 4 bytes, then for
        each channel rows x columns float32, or float64 where the head says so, rows x columns
        uint8 labels, and for each component rows x columns uint8 posteriors in steps of 1/255.

    Raises
    ------
    NeuroMixError
        If the slice is too large to send.
    """
    features = analysis.features
    if features.mask.size > MAX_PIXELS:
        raise NeuroMixError(
            f"This slice is too large to show values under the cursor: it has more than "
            f"{MAX_PIXELS / 1e6:.1f} million voxels."
        )
    assert isinstance(features.domain, Cut), "only cuts are on screen"
    plane, index = features.domain.plane, features.domain.index
    orientation = features.volumes[0].orientation

    def upright(cut: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(orientation.upright(cut, plane, side))

    cuts = [orientation.cut(v.data, plane, index) for v in channels]
    doubles = [not fits_single(cut) for cut in cuts]
    pictures = [
        upright(cut.astype("<f8" if double else "<f4", copy=False))
        for cut, double in zip(cuts, doubles, strict=True)
    ]
    posteriors = [upright(cut) for cut in _posterior_steps(analysis)]
    rows, columns = pictures[0].shape
    head = json.dumps(
        {
            "rows": rows,
            "columns": columns,
            "channels": [v.short_label for v in channels],
            "doubles": doubles,
            "components": len(posteriors),
        }
    ).encode()
    head += b" " * (-len(head) % 4)
    arrays = [*pictures, upright(analysis.labels), *posteriors]
    return b"".join([struct.pack("<I", len(head)), head, *(array.data for array in arrays)])


def _posterior_steps(analysis: Analysis) -> list[NDArray[np.uint8]]:
    """Return the posterior of each class as a slice in storage order, in steps of 1/255."""
    model, features = analysis.model, analysis.features
    if model is None:
        return []
    voxels = len(features.values)
    steps = np.empty((model.components, voxels), dtype=np.uint8)
    for part in sampling.parts(voxels, CHUNK):
        steps[:, part] = np.rint(analysis.posterior(part).T * POSTERIOR_STEPS)
    cuts = np.zeros((model.components, *features.mask.shape), dtype=np.uint8)
    cuts[:, features.mask] = steps
    return list(cuts)
