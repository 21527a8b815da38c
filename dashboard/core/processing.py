"""Processing steps applied to an image after its file was read.

`str()` of a step is its short form, as in ``_components.json``: "mean of 65 volumes".
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

How = Literal["linear", "nearest", "voxels", "picked"]


@dataclass(frozen=True)
class Taken:
    """One volume of a series, or the mean of several.

    `volumes` counts from 0; `held` is the number of volumes in the file.
    """

    volumes: tuple[int, ...]
    held: int

    def __str__(self) -> str:
        used = len(self.volumes)
        if used == 1:
            return f"volume {self.volumes[0]:,} of {self.held:,}"
        return f"mean of {'' if used == self.held else f'{used:,} of '}{self.held:,} volumes"


@dataclass(frozen=True)
class Placed:
    """At the position of the image named `onto`, because its own was lost."""

    onto: str

    def __str__(self) -> str:
        return f"at the position of {self.onto}"


@dataclass(frozen=True)
class Resampled:
    """Resampled to the grid of the image named `onto`.

    `how` is linear or nearest-neighbour interpolation, a copy voxel by voxel, or voxels picked from
    a finer grid: each keeps its value, and those between them are dropped.
    """

    onto: str
    how: How

    def __str__(self) -> str:
        how = {"voxels": "voxel by voxel", "picked": "voxels picked"}.get(self.how, self.how)
        return f"{how} onto the grid of {self.onto}"


@dataclass(frozen=True)
class Clipped:
    """Intensities clipped at two percentiles; `percent` of the voxels at each end, as "0.1"."""

    percent: str

    def __str__(self) -> str:
        return f"clipped to {self.percent}–{100 - float(self.percent):g} %"


Step = Taken | Placed | Resampled | Clipped

_KINDS: dict[str, Any] = {kind.__name__: kind for kind in (Taken, Placed, Resampled, Clipped)}


def to_record(step: Step) -> dict[str, Any]:
    """Return a step as JSON values."""
    return {"step": type(step).__name__, **asdict(step)}


def from_record(record: Mapping[str, Any]) -> Step:
    """Return the step of a record; raises KeyError or TypeError if it is not one."""
    facts = {k: tuple(v) if isinstance(v, list) else v for k, v in record.items() if k != "step"}
    step: Step = _KINDS[record["step"]](**facts)
    return step
