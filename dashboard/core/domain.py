"""The voxels that a mixture is fitted to, or that are looked at."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from dashboard.core.orientation import Plane


@dataclass(frozen=True)
class Cut:
    """One slice of one plane.

    Attributes
    ----------
    plane : {"axial", "coronal", "sagittal"}
    index : int
        Counted from 0 in the RAS-oriented volume.
    """

    plane: Plane
    index: int


class Whole(Enum):
    """The whole head."""

    HEAD = "whole"


WHOLE = Whole.HEAD
Domain = Cut | Whole
# What a fit is of, by the words of links and commands: the cut on screen, or the whole head.
Scope = Literal["slice", "volume"]
