"""Air that no foreground rule removes, because no image has a constant background."""

from collections.abc import Iterator, Mapping

import numpy as np

from dashboard.core.check.findings import Choices, Code, Finding
from dashboard.core.check.remedies import UseMask
from dashboard.core.reading.summary import BACKGROUND_SHARE
from dashboard.core.volume import Volume

# Air is darker than this share of the window's white; tissue is brighter.
DARK = 0.1


def air_findings(
    images: Mapping[str, Volume], choices: Choices, mask: UseMask | None
) -> Iterator[Finding]:
    """Yield one finding if no rule removes anything: air would take a class.

    `images` are those that are shown or fitted; `mask` is the remedy, if the study has a mask.
    """
    if (
        choices.foreground == "mask"
        or not images
        or max(map(_empty, images.values())) >= BACKGROUND_SHARE
    ):
        return
    most = max(v.intensities.zeros / v.intensities.voxels for v in images.values())
    remedies = (mask,) if mask else ()
    if all(map(_has_dark_border, images.values())):
        yield Finding(Code.AIR, "warning", tuple(images), {"zeros": most}, remedies)
    else:
        yield Finding(Code.NO_BACKGROUND, "fact", tuple(images), {"zeros": most}, remedies)


def _empty(volume: Volume) -> float:
    """Return the largest share of voxels that a rule removes."""
    facts = volume.intensities
    return max(facts.background_share, facts.zeros / facts.voxels, facts.nonfinite / facts.voxels)


def _has_dark_border(volume: Volume) -> bool:
    """Return whether most faces of the box are dark, so that air surrounds the head."""
    faces = [np.take(volume.data, end, axis) for axis in range(3) for end in (0, -1)]
    medians = [np.median(face[np.isfinite(face)]) for face in faces if np.isfinite(face).any()]
    return bool(medians and np.median(medians) < DARK * volume.intensities.window[1])
