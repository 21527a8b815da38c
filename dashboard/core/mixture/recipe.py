"""The settings of a mixture; the voxels and the slice on screen are not among them."""

from dataclasses import dataclass
from typing import Literal

from dashboard.core.domain import Scope
from dashboard.core.mixture.foreground import Foreground
from dashboard.core.mixture.scaling import Scaling

Covariance = Literal["full", "tied", "diag", "spherical"]
# Where the fit of a slice begins: at random, as in the lesson, or from the whole head's mixture.
Start = Literal["kmeans", "volume"]
# Percent of the voxels that are clipped at each end of an image's intensity range.
Clip = Literal["none", "0.1", "0.5", "1"]

COMPONENTS = range(1, 11)
# Where the fit may stop: one iteration raises the log-likelihood per voxel by less. Largest first.
TOLERANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
# Twenty starts on a 1 mm slice take a second or two.
STARTS = range(1, 21)
# The best of these fits the whole head by default. A start takes a tenth of a second.
VOLUME_STARTS = 10
# With a stronger prior only the largest parts of a head keep their class.
MAX_PRIOR = 5.0
# Covariances of more images have too many parameters for the voxels of a slice.
MAX_MIXED = 8


@dataclass(frozen=True)
class Recipe:
    """All settings that determine the classes; the defaults are the lesson's.

    Attributes
    ----------
    prior : float
        Strength of the spatial prior of a whole head: what a neighbour of the same class adds to
        the logarithm of a voxel's probability. A slice has none.
    partial_volume : bool
        Whether a whole head's mixture also has Gaussians between classes that are neighbours by
        their mean, for voxels that hold two tissues. Its covariance is tied then.
    """

    foreground: Foreground = "positive"
    clip: Clip = "none"
    scaling: Scaling = "standard"
    components: int = 3
    covariance: Covariance = "full"
    seed: int = 12345
    tolerance: float = 1e-3
    starts: int = 1
    prior: float = 0.0
    start: Start = "kmeans"
    partial_volume: bool = False


def usual_starts(scope: Scope) -> int:
    """Return the starts of a fit for which nobody chose their number."""
    return VOLUME_STARTS if scope == "volume" else Recipe.starts
