"""What a check of a study has to say, as data: `dashboard.words` writes the sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from dashboard.core.check.remedies import Remedy
from dashboard.core.mixture.foreground import Foreground

Severity = Literal["problem", "warning", "fact"]
# Most severe first, as findings are listed.
SEVERITIES: tuple[Severity, ...] = ("problem", "warning", "fact")


class Code(StrEnum):
    """What can be found."""

    # Files
    UNREADABLE = "unreadable"
    LEFT_OUT = "left-out"
    MORE_LEFT_OUT = "more-left-out"
    NOT_CHECKED = "not-checked"
    FILE = "file"
    SERIES = "series"
    # Images that repeat others
    SAME_VOXELS = "same-voxels"
    SAME_VOXELS_UNUSED = "same-voxels-unused"
    LINEAR_COPIES = "linear-copies"
    # Grids
    OTHER_GRID = "other-grid"
    OTHER_GRID_LEFT_OUT = "other-grid-left-out"
    OTHER_GRID_UNUSED = "other-grid-unused"
    OVERLAY_OFF_GRID = "overlay-off-grid"
    RESAMPLED = "resampled"
    TINY = "tiny"
    FLAT = "flat"
    THICK = "thick"
    # Intensities
    CONSTANT = "constant"
    TWO_VALUES = "two-values"
    NEARLY_EMPTY = "nearly-empty"
    BACKGROUND_REMOVED = "background-removed"
    BACKGROUND_KEPT = "background-kept"
    BACKGROUND_TAKES_OTHERS = "background-takes-others"
    NEGATIVES_REMOVED = "negatives-removed"
    NEGATIVES_KEPT = "negatives-kept"
    SOME_NEGATIVES = "some-negatives"
    SATURATED = "saturated"
    CLIPPED = "clipped"
    OUTLIERS = "outliers"
    NONFINITE = "nonfinite"
    SCALES = "scales"
    AIR = "air"
    NO_BACKGROUND = "no-background"


@dataclass(frozen=True)
class Finding:
    """One thing to know about a study.

    Attributes
    ----------
    code : Code
        Which thing.
    severity : {"problem", "warning", "fact"}
        Whether something cannot be shown, may mislead, or only has to be known.
    images : tuple of str
        The images that it is about.
    facts : mapping of str to value
        The numbers, and the names of other images, that its sentence needs.
    """

    code: Code
    severity: Severity
    images: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True)
class Choices:
    """What is chosen already: a remedy that was taken is a fact.

    Attributes
    ----------
    x, y : str
        The images on the axes.
    fitted : tuple of str
        The images that are meant for the mixture; all where it is empty.
    chosen : bool
        Whether somebody chose them. Otherwise those on another grid than X are left out.
    mask, reference : str
        The mask that is the foreground, and what classes are compared with; empty without one.
    """

    x: str = ""
    y: str = ""
    fitted: tuple[str, ...] = ()
    chosen: bool = False
    foreground: Foreground = "positive"
    clip: str = "none"
    grid: str = ""
    mask: str = ""
    reference: str = ""
