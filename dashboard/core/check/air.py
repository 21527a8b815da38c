"""Whether the air around a head is left out, where no image has a background to remove."""

from collections.abc import Iterator, Mapping

import numpy as np

from dashboard.core.check.findings import Choices, Finding, Remedy, names, percent
from dashboard.core.check.intensities import SOME
from dashboard.core.reading.summary import BACKGROUND_SHARE
from dashboard.core.volume import Volume

# Air around a head is darker than this share of what is shown white; tissue is brighter.
DARK = 0.1


def air_findings(
    images: Mapping[str, Volume], choices: Choices, mask: Remedy | None
) -> Iterator[Finding]:
    """Yield one finding where no rule removes anything, which spoils the classes if there is air.

    Parameters
    ----------
    images : mapping of str to Volume
        Those that are shown or fitted.
    choices : Choices
    mask : Remedy or None
        Chooses a mask as the foreground.
    """
    if (
        choices.foreground == "mask"
        or not images
        or max(map(_empty, images.values())) >= BACKGROUND_SHARE
    ):
        return
    most = max(v.intensities.zeros / v.intensities.voxels for v in images.values())
    share = f"at most {percent(most)}" if most >= SOME else "hardly a voxel"
    text = f"{share} of {names(list(images))} {'are' if most >= SOME else 'is'} 0"
    remedies = (mask,) if mask else ()
    if not all(map(_has_dark_border, images.values())):
        yield Finding(
            "fact",
            f"Nearly every voxel is fitted, for {text}: right where there is nothing but tissue.",
            remedies,
        )
        return
    hint = "" if mask else " A brain mask in the study would help: keep the voxels in it."
    yield Finding(
        "warning",
        "The dark air around the head takes a class of its own, and the tissues share the others, "
        f"for {text}.{hint}",
        remedies,
    )


def _empty(volume: Volume) -> float:
    """Return the share of voxels that some rule leaves out."""
    facts = volume.intensities
    return max(facts.background_share, facts.zeros / facts.voxels, facts.nonfinite / facts.voxels)


def _has_dark_border(volume: Volume) -> bool:
    """Return whether air surrounds the head: most faces of the box are dark."""
    faces = [np.take(volume.data, end, axis) for axis in range(3) for end in (0, -1)]
    medians = [np.median(face[np.isfinite(face)]) for face in faces if np.isfinite(face).any()]
    return bool(medians and np.median(medians) < DARK * volume.intensities.window[1])
