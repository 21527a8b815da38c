"""What a remedy leads to, found by trying it before it is offered."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.core import sampling
from dashboard.core.check.findings import SEVERITIES, Severity
from dashboard.core.check.remedies import Clip, KeepGrids, Remedy, TakePosition
from dashboard.core.mixture.foreground import Foreground, foreground
from dashboard.core.mixture.mask import mask_of
from dashboard.core.volume import Volume

# With fewer voxels a foreground is as good as empty.
FEWEST = 100
# Voxels counted: all of a head with voxels of 2 mm, and evenly spaced ones of larger volumes.
COUNTED = 1_000_000


@dataclass(frozen=True)
class Outcome:
    """What some settings lead to.

    Attributes
    ----------
    images : int
        Number of images in the fit.
    voxels : int
        Foreground voxels of the whole volume; 0 if nothing can be fitted.
    exact : bool
        Whether all voxels were counted.
    problems, warnings : int
        Number of findings.
    """

    images: int
    voxels: int
    exact: bool
    problems: int
    warnings: int


@dataclass(frozen=True)
class Effect:
    """The outcome of the settings before and after a remedy."""

    before: Outcome
    after: Outcome

    def helps(self, severity: Severity) -> bool:
        """Return whether a remedy of a finding leads to a better state.

        Fewer problems are better, then fewer warnings, as long as the slice keeps its voxels. For
        a mere fact nothing has to become better, but nothing may become worse.
        """
        if self.before.voxels >= FEWEST > self.after.voxels:
            return False
        was = self.before.problems, self.before.warnings
        now = self.after.problems, self.after.warnings
        return now <= was if severity == SEVERITIES[-1] else now < was


def undoes(remedy: Remedy) -> bool:
    """Return whether a remedy only takes back what another one did."""
    match remedy:
        case KeepGrids() | Clip("none") | TakePosition(""):
            return True
    return False


def foreground_voxels(
    volumes: Sequence[Volume], rule: Foreground, mask: Volume | None
) -> tuple[int, bool]:
    """Return the foreground voxels of volumes on one grid, and whether all were counted."""
    shape = volumes[0].shape
    step = sampling.step(volumes[0].data.size, COUNTED, shape)
    some = [volume.data.reshape(-1, order="F")[::step] for volume in volumes]
    marks = mask_of(mask).marks(mask.data.reshape(-1, order="F")[::step]) if mask else None
    backgrounds = [volume.intensities.background for volume in volumes]
    kept = foreground(some, rule, backgrounds, marks)
    return int(kept.sum()) * step, step == 1
