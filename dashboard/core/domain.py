"""The voxels that are fitted or shown: one slice, or the whole head."""

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

    def __str__(self) -> str:
        return f"{self.plane} slice {self.index}"


class Whole(Enum):
    """The whole head."""

    HEAD = "whole"

    def __str__(self) -> str:
        return "the whole head"


WHOLE = Whole.HEAD
Domain = Cut | Whole
# The domain of a fit, in links and commands: the slice on screen, or the whole head.
Scope = Literal["slice", "volume"]
