"""The foreground, the voxels to fit: the lesson's zero removal, and three other rules."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import FitError

Foreground = Literal["positive", "nonzero", "background", "mask"]


def foreground(
    channels: Sequence[NDArray[Any]],
    rule: Foreground,
    backgrounds: Sequence[float] = (),
    marked: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Mark the foreground.

    Parameters
    ----------
    channels : sequence of ndarray, all of one shape
        Intensities of each image.
    rule : {"positive", "nonzero", "background", "mask"}
        Voxels where all images are > 0; where all differ from 0; where all differ from their
        image's background; or those that a mask marks.
    backgrounds : sequence of float
        The most frequent intensity of each image's whole volume, for "background".
    marked : ndarray of bool, the channels' shape
        For "mask".

    Returns
    -------
    ndarray of bool, the channels' shape
        Voxels that are NaN or infinite in any image are never marked.

    Raises
    ------
    FitError
        If the rule is "mask" and there is none.
    """
    if rule == "mask":
        if marked is None:
            raise FitError("No mask is selected. Select one, or choose another foreground.")
        kept = marked.copy()
    else:
        kept = np.ones(channels[0].shape, dtype=bool)
    for number, channel in enumerate(channels):
        kept &= np.isfinite(channel)
        if rule == "positive":
            kept &= channel > 0
        elif rule == "nonzero":
            kept &= channel != 0
        elif rule == "background":
            kept &= channel != backgrounds[number]
    return kept
