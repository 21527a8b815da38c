"""Which voxels take part in the mixture: the lesson's zero removal, and two other rules."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Foreground = Literal["positive", "nonzero", "background"]


def foreground(
    channels: Sequence[NDArray[Any]], rule: Foreground, backgrounds: Sequence[float] = ()
) -> NDArray[np.bool_]:
    """Mark the voxels that take part.

    Parameters
    ----------
    channels : sequence of ndarray, all of one shape
        Intensities of each image.
    rule : {"positive", "nonzero", "background"}
        Keep voxels where all images are > 0; where all differ from 0; or where all differ from
        their image's background intensity.
    backgrounds : sequence of float
        The most frequent intensity of each image's whole volume, for the rule "background".

    Returns
    -------
    ndarray of bool, the channels' shape
        Voxels that are NaN or infinite in any image are never marked.
    """
    mask = np.ones(channels[0].shape, dtype=bool)
    for number, channel in enumerate(channels):
        mask &= np.isfinite(channel)
        if rule == "positive":
            mask &= channel > 0
        elif rule == "nonzero":
            mask &= channel != 0
        else:
            mask &= channel != backgrounds[number]
    return mask
