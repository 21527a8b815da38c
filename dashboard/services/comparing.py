"""A slice of the label map beside the same slice of the reference, or of another fit."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import NeuroMixError
from dashboard.core.grid.same import require_same_grid
from dashboard.core.mixture.features import within
from dashboard.core.mixture.tissues import groups
from dashboard.core.reference.difference import differences
from dashboard.core.reference.labels import label_map
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene

NO_REFERENCE = "No reference is chosen. It is a segmentation, under Images."


@dataclass(frozen=True, eq=False)
class Compared:
    """A slice of the label map beside the same slice of the reference.

    Attributes
    ----------
    classes : ndarray of uint8, 2-D
        In storage order; 0 is background, 1..K are the classes.
    reference : ndarray of int, the shape of `classes`
    partners : mapping of int to int
        The label that matches a class in the domain of the fit, or its tissue.
    """

    classes: NDArray[np.uint8]
    reference: NDArray[np.int64]
    partners: Mapping[int, int]

    @cached_property
    def differences(self) -> NDArray[np.uint8]:
        """How each voxel differs (`dashboard.core.reference.difference`)."""
        return differences(self.classes, self.reference, self.partners)


def other_scope(scene: Scene) -> Scene:
    """Return a scene with the whole head in the fit instead of a slice, or the other way round."""
    return scene.having(scope="slice" if scene.view.scope == "volume" else "volume")


def compared(scene: Scene, analyses: Analyses) -> Compared:
    """Compare the slice on screen with the reference.

    Raises
    ------
    NeuroMixError
        If there is no reference, or it cannot be compared with the classes.
    """
    if scene.reference is None:
        raise NeuroMixError(NO_REFERENCE)
    volume, analysis = scene.reference.require(), analyses.at_cut(scene)
    found = analyses.agreement(scene)
    first = analysis.features.volumes[0]
    partners = {}
    if found:
        partners = found.partners(groups(scene.view.tissues, len(found.matches)))
    require_same_grid([first, volume])
    reference = label_map(volume).of(within(volume, first.orientation, scene.cut))
    return Compared(analysis.labels, reference, partners)
