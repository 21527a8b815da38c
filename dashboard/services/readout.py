"""One slice's numbers, packed for the browser to look up under the cursor."""

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core.analysis import Analysis
from dashboard.core.orientation import Side
from dashboard.core.volume import Volume

# A posterior in 255 steps is shown with two digits.
POSTERIOR_STEPS = 255


def pack(analysis: Analysis, channels: Sequence[Volume], side: Side) -> bytes:
    """Pack intensities, labels and posteriors of a slice, as the picture shows them.

    Returns
    -------
    bytes
        The length of a JSON head (uint32, little-endian), the head, padding to 4 bytes, then for
        each channel rows x columns float32, rows x columns uint8 labels, and for each component
        rows x columns uint8 posteriors in steps of 1/255.
    """
    plane, index = analysis.recipe.plane, analysis.recipe.slice
    orientation = analysis.volumes[0].orientation

    def upright(cut: NDArray[Any]) -> NDArray[Any]:
        return np.ascontiguousarray(orientation.upright(cut, plane, side))

    # What float32 cannot hold reads as infinite.
    with np.errstate(over="ignore"):
        pictures = [
            upright(orientation.cut(v.data, plane, index).astype("<f4", copy=False))
            for v in channels
        ]
    posteriors = []
    for responsibility in analysis.posterior.T:
        cut = np.zeros(analysis.mask.shape, dtype=np.uint8)
        cut[analysis.mask] = np.rint(responsibility * POSTERIOR_STEPS)
        posteriors.append(upright(cut))
    rows, columns = pictures[0].shape
    head = json.dumps(
        {
            "rows": rows,
            "columns": columns,
            "channels": [v.name for v in channels],
            "components": len(posteriors),
        }
    ).encode()
    head += b" " * (-len(head) % 4)
    arrays = [*pictures, upright(analysis.labels), *posteriors]
    return struct.pack("<I", len(head)) + head + b"".join(a.tobytes() for a in arrays)
