"""What is computed of a scene: each result once, kept while memory and disk allow."""

from dataclasses import replace
from functools import partial

from dashboard.core.analysis import Analysis, analyse, compare
from dashboard.core.domain import Domain
from dashboard.core.errors import NeuroMixError
from dashboard.core.facts import Notice
from dashboard.core.mixture.criteria import criteria
from dashboard.core.mixture.features import Features, features
from dashboard.core.mixture.fit import fit
from dashboard.core.mixture.model import Model, provenance
from dashboard.core.mixture.recipe import COMPONENTS, Recipe
from dashboard.core.mixture.starts import better_start
from dashboard.core.reference.agreement import Agreement
from dashboard.core.reference.labels import label_map
from dashboard.services.ahead import Ahead
from dashboard.services.cache.memo import Memo
from dashboard.services.cache.models import ModelStore
from dashboard.services.scene.channels import Channels
from dashboard.services.scene.scene import Scene

# An analysis of a 1 mm slice takes about 2 MB, one of a scanned histology plate 500 MB.
KEPT_ANALYSES = 64
KEPT_BYTES = 256 * 2**20
KEPT_SWEEPS = 64

Key = tuple[tuple[str, ...], Recipe, Domain]


class Analyses:
    """Analyses of scenes.

    Parameters
    ----------
    models : ModelStore
        Fitted mixtures on disk, shared by all workers.
    ahead : Ahead
        Analyses the slices that are likely to be next.
    """

    def __init__(self, models: ModelStore, ahead: Ahead) -> None:
        self._models, self._ahead = models, ahead
        self._analyses: Memo[Key, Analysis] = Memo(
            KEPT_ANALYSES, weigh=lambda made: made.features.nbytes, max_bytes=KEPT_BYTES
        )
        self._sweeps: Memo[Key, dict[int, Model]] = Memo(KEPT_SWEEPS)
        self._starts: Memo[Key, Notice | None] = Memo(KEPT_ANALYSES)
        # By analysis and reference: several cards of a View ask for it.
        self._agreements: Memo[tuple[Key, str], Agreement] = Memo(KEPT_ANALYSES)

    def analyse(self, scene: Scene) -> Analysis:
        """Analyse the slice of a scene.

        Raises
        ------
        NeuroMixError
            If an image cannot be opened or the grids differ.
        """
        channels, recipe, cut = scene.require_channels(), scene.recipe, scene.cut
        if cut.index >= channels.volumes[0].orientation.count(cut.plane):
            raise NeuroMixError(f"{scene.view.x} has no {cut.plane} slice {cut.index}.")
        return self._analyses.get(
            _key(scene), lambda: analyse(_features(channels, recipe, cut), fit=self._fit)
        )

    def knows(self, scene: Scene) -> bool:
        """Return whether the model of a scene has been fitted before."""
        channels = scene.require_channels()
        made_from = provenance(
            channels.volumes,
            scene.recipe,
            scene.cut,
            mixed=channels.mixed,
            mask=channels.mask,
        )
        return self._models.holds(made_from)

    def criteria(self, scene: Scene) -> dict[int, Model]:
        """Fit a scene's voxels with every number of components.

        Raises
        ------
        NeuroMixError
            As `analyse`.
        """
        channels, cut = scene.require_channels(), scene.cut
        recipe = replace(scene.recipe, components=COMPONENTS.start)
        return self._sweeps.get(
            (tuple(channels.identities), recipe, cut),
            lambda: criteria(_features(channels, recipe, cut), COMPONENTS, fit=self._fit),
        )

    def better_start(self, scene: Scene) -> Notice | None:
        """Look for another start that fits better, while no request is being answered.

        Raises
        ------
        NeuroMixError
            As `analyse`.
        """
        analysis = self.analyse(scene)
        if (model := analysis.model) is None:
            return None
        return self._starts.get(
            _key(scene), lambda: better_start(analysis.features, model, pause=self._ahead.pause)
        )

    def agreement(self, scene: Scene) -> Agreement | None:
        """Compare the classes of a slice with the reference; None without one.

        Raises
        ------
        NeuroMixError
            If the reference cannot be read, is no label map, or is on another grid.
        """
        reference = scene.reference.require() if scene.reference else None
        analysis = self.analyse(scene)
        if reference is None or analysis.model is None:
            return None
        return self._agreements.get(
            (_key(scene), reference.id),
            lambda: compare(analysis, reference, label_map(reference).labels),
        )

    def analyse_neighbours(self, scene: Scene) -> None:
        """Analyse the slices beside a scene's, while no request is being answered."""
        for neighbour in scene.neighbours():
            self._ahead.ask(partial(self.analyse, neighbour))

    def forget(self, source: str) -> None:
        """Remove every model of a file, and every analysis, which holds its voxels."""
        self._models.forget(source)

        def shows(_: Key, made: Analysis) -> bool:
            # An analysis holds voxels of its slice; its foreground is that of the mask.
            found = made.features
            return any(v and v.source == source for v in (*found.volumes, found.mask_volume))

        self._analyses.drop(shows)
        self._agreements.drop(lambda *_: True)

    def _fit(self, found: Features, recipe: Recipe) -> Model:
        """Fit a mixture, unless some worker has done it."""
        made_from = provenance(
            found.volumes, recipe, found.domain, mixed=found.mixed, mask=found.mask_volume
        )
        return self._models.get(made_from, lambda: fit(found, recipe))


def _key(scene: Scene) -> Key:
    return tuple(scene.require_channels().identities), scene.recipe, scene.cut


def _features(channels: Channels, recipe: Recipe, domain: Domain) -> Features:
    return features(
        channels.volumes,
        recipe,
        domain,
        mixed=channels.mixed,
        xy=channels.xy,
        mask=channels.mask,
    )
