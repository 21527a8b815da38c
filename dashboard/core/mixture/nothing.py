"""Why a slice or a volume has no foreground, and what to do."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core.domain import Cut, Domain
from dashboard.core.mixture.foreground import Foreground, foreground
from dashboard.core.mixture.mask import mask_of
from dashboard.core.volume import Volume

# What a rule asks of a voxel; a mask asks it of the voxels inside.
ASKS: dict[Foreground, str] = {
    "positive": "is above 0",
    "nonzero": "differs from 0",
    "background": "differs from the background value",
    "mask": "in the mask is a finite number",
}


def no_foreground(
    volumes: Sequence[Volume],
    voxels: Sequence[NDArray[Any]],
    rule: Foreground,
    domain: Domain,
    mask: Volume | None = None,
    marked: NDArray[np.bool_] | None = None,
    shown: Sequence[str] = (),
) -> str:
    """Return of which domain no voxel is kept, why, and what to do.

    Parameters
    ----------
    volumes : sequence of Volume
        The images in the fit.
    voxels : sequence of ndarray
        The intensities of each in the domain.
    mask : Volume, optional
        For the rule "mask".
    marked : ndarray of bool, optional
        What the mask marks of the domain.
    shown : sequence of str
        Images without intensities where the fit has its foreground.
    """
    where, there = "in the volume", ""
    if isinstance(domain, Cut):
        where, there = f"in this slice ({domain.plane} {domain.index})", " there"
    advice = ["another foreground", "other images"]
    if shown:
        reason, advice = f"{', '.join(shown)} has no finite intensity", ["other images"]
    elif mask and marked is not None and not marked.any():
        reason, advice = f"the mask {mask.label} marks no voxel", ["another mask"]
        if there and not mask_of(mask).marked:
            there = ", in any slice"
    elif any(_lacks(volume, rule) for volume in volumes):
        lacking = next(volume.label for volume in volumes if _lacks(volume, rule))
        reason, there = f"no voxel of {lacking} {ASKS[rule]}", ", in any slice" if there else ""
    else:
        reason = f"no voxel of {_first(volumes, voxels, rule, marked)} {ASKS[rule]}"
    if there == " there":
        advice = ["another slice", *advice]
    choices = " or ".join([", ".join(advice[:-1]), advice[-1]] if advice[1:] else advice)
    return f"There are no foreground voxels {where}: {reason}{there}. Choose {choices}."


def _first(
    volumes: Sequence[Volume],
    voxels: Sequence[NDArray[Any]],
    rule: Foreground,
    marked: NDArray[np.bool_] | None,
) -> str:
    """Return the image that keeps no voxel by itself, or else all of them."""
    for volume, image in zip(volumes, voxels, strict=True):
        if not foreground([image], rule, [volume.intensities.background], marked).any():
            return volume.label
    return f"all images at once ({', '.join(volume.label for volume in volumes)})"


def _lacks(volume: Volume, rule: Foreground) -> bool:
    """Return whether a rule keeps nothing of an image in any slice."""
    facts = volume.intensities
    return {
        "positive": facts.high <= 0,
        "nonzero": facts.low == facts.high == 0,
        "background": facts.low == facts.high == facts.background,
        "mask": False,
    }[rule]
