"""Findings of the check as data; `dashboard.words` writes the sentences."""

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
    """Kinds of finding."""

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
    LOST_POSITION = "lost-position"
    PLACED = "placed"
    RESAMPLED = "resampled"
    TINY = "tiny"
    FLAT = "flat"
    THICK = "thick"
    SHEARED = "sheared"
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
    FAR_GROUP = "far-group"
    FEW_FITTED = "few-fitted"
    AIR = "air"
    AIR_NOISE = "air-noise"
    NO_BACKGROUND = "no-background"


@dataclass(frozen=True)
class Finding:
    """One thing to know about a study.

    Attributes
    ----------
    severity : {"problem", "warning", "fact"}
        It prevents a view or a fit, may mislead, or is good to know.
    images : tuple of str
        The images concerned.
    facts : mapping of str to value
        Numbers and names of other images for the sentence.
    """

    code: Code
    severity: Severity
    images: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True)
class Choices:
    """The current settings; a remedy that was applied becomes a fact.

    Attributes
    ----------
    x, y : str
        The images on the axes.
    fitted : tuple of str
        The images for the fit; empty for all.
    chosen : bool
        Whether the user selected them.
    off_grid : tuple of str
        Those that the fit leaves out because they are on another grid than X.
    mask, reference : str
        The mask of the foreground, and the reference segmentation; empty if there is none.
    """

    x: str = ""
    y: str = ""
    fitted: tuple[str, ...] = ()
    chosen: bool = False
    off_grid: tuple[str, ...] = ()
    foreground: Foreground = "positive"
    clip: str = "none"
    grid: str = ""
    position: str = ""
    mask: str = ""
    reference: str = ""
