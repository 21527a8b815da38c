"""What decides a mixture besides the voxels; nothing of where one looks."""

from dataclasses import dataclass
from typing import Literal

from dashboard.core.mixture.foreground import Foreground
from dashboard.core.mixture.scaling import Scaling

Covariance = Literal["full", "tied", "diag", "spherical"]
# Percent of the voxels beyond each end of an image's intensity range that are set to that end.
Clip = Literal["none", "0.1", "0.5", "1"]

COMPONENTS = range(1, 11)
# Covariances of more images have more parameters than a slice has voxels to spare.
MAX_MIXED = 8


@dataclass(frozen=True)
class Recipe:
    """Everything besides the voxels that decides the numbers; the defaults are the lesson's."""

    foreground: Foreground = "positive"
    clip: Clip = "none"
    scaling: Scaling = "standard"
    components: int = 3
    covariance: Covariance = "full"
    seed: int = 12345
