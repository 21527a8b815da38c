"""What is computed of a scene: each result once, kept for as long as memory and disk allow."""

import hashlib
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dashboard.core.errors import NeuroMixError
from dashboard.core.mixture import analysis as analysing
from dashboard.core.mixture.analysis import Analysis, Fit, Recipe, fit_recipe
from dashboard.core.mixture.slice_fit import COMPONENTS, Mixture
from dashboard.core.reference.agreement import Agreement
from dashboard.core.reference.labels import distinct_labels
from dashboard.services.ahead import Ahead
from dashboard.services.cache.memo import Memo
from dashboard.services.cache.models import FitStore
from dashboard.services.scene.channels import Channels
from dashboard.services.scene.scene import Scene

# An analysis of a 1 mm slice takes about 2 MB, one of a scanned histology plate 500 MB.
KEPT_ANALYSES = 64
KEPT_BYTES = 256 * 2**20
KEPT_SWEEPS = 64
# Labels of a reference are looked up once for the whole volume.
KEPT_REFERENCES = 64

Key = tuple[tuple[str, ...], Recipe]


class Analyses:
    """Analyses of scenes.

    Parameters
    ----------
    fits : FitStore
        Mixtures on disk, shared by all workers.
    ahead : Ahead
        Does what is likely to be asked for next.
    """

    def __init__(self, fits: FitStore, ahead: Ahead) -> None:
        self._fits, self._ahead = fits, ahead
        self._analyses: Memo[Key, Analysis] = Memo(
            KEPT_ANALYSES, weigh=_bytes, max_bytes=KEPT_BYTES
        )
        self._sweeps: Memo[Key, dict[int, Mixture]] = Memo(
            KEPT_SWEEPS,
            weigh=lambda fits: sum(fit.labels.nbytes for fit in fits.values()),
            max_bytes=KEPT_BYTES,
        )
        self._labels: Memo[str, tuple[int, ...]] = Memo(KEPT_REFERENCES)

    def analyse(self, scene: Scene) -> Analysis:
        """Analyse the slice of a scene.

        Raises
        ------
        NeuroMixError
            If an image cannot be opened or the grids differ.
        """
        channels, recipe = scene.require_channels(), scene.recipe
        if recipe.slice >= channels.volumes[0].orientation.count(recipe.plane):
            raise NeuroMixError(
                f"There is no {recipe.plane} slice {recipe.slice} in {scene.view.x}."
            )
        return self._analyses.get(
            (tuple(channels.identities), recipe),
            lambda: analysing.analyse(
                channels.volumes,
                recipe,
                mixed=channels.mixed,
                axes=channels.axes,
                mask=channels.mask,
                fit=self._fit(channels),
            ),
        )

    def criteria(self, scene: Scene) -> dict[int, Mixture]:
        """Fit a scene's voxels with every number of components.

        Raises
        ------
        NeuroMixError
            As `analyse`.
        """
        channels = scene.require_channels()
        recipe = replace(scene.recipe, components=COMPONENTS.start)
        return self._sweeps.get(
            (tuple(channels.identities), recipe),
            lambda: analysing.criteria(
                channels.volumes,
                recipe,
                COMPONENTS,
                mixed=channels.mixed,
                mask=channels.mask,
                fit=self._fit(channels),
            ),
        )

    def agreement(self, scene: Scene) -> Agreement | None:
        """Compare the classes of a slice with the reference; None without one.

        Raises
        ------
        NeuroMixError
            If the reference cannot be read, is no label map, or lies on another grid.
        """
        reference = scene.images.open(scene.reference) if scene.reference else None
        analysis = self.analyse(scene)
        if reference is None or analysis.mixture is None:
            return None
        labels = self._labels.get(reference.id, lambda: distinct_labels(reference.data))
        return analysing.compare(analysis, reference, labels)

    def analyse_neighbours(self, scene: Scene) -> None:
        """Analyse the slices beside a scene's, later and only while nobody waits."""
        for neighbour in scene.neighbours():
            self._ahead.ask(partial(self.analyse, neighbour))

    def forget(self, source: str) -> None:
        """Remove everything that was computed of a file."""
        self._fits.forget(source)
        # Analyses hold voxels of their slices.
        self._analyses.drop(lambda _, made: any(v.source == source for v in made.volumes))

    def _fit(self, channels: Channels) -> Fit:
        """Return a fit that looks first whether some worker has done it already."""
        every = [*channels.volumes, *([channels.mask] if channels.mask else [])]

        def fit(scaled: NDArray[np.float64], recipe: Recipe) -> Mixture:
            # The numbers themselves, so that nothing that decides them can be forgotten here.
            numbers = hashlib.sha256(np.ascontiguousarray(scaled).data).hexdigest()
            key = {
                "features": [*scaled.shape, numbers],
                "components": recipe.components,
                "covariance": recipe.covariance,
                "seed": recipe.seed,
                "sources": [volume.source for volume in every],
            }
            return self._fits.get(key, lambda: fit_recipe(scaled, recipe))

        return fit


def _bytes(analysis: Analysis) -> int:
    arrays = (analysis.values, analysis.scaled, analysis.mask)
    return sum(array.nbytes for array in arrays)
