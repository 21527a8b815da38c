"""What is computed of a scene: each result once, kept while memory and disk allow."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from dashboard.core.analysis import Analysis, analyse, compare, identified
from dashboard.core.domain import WHOLE, Cut
from dashboard.core.errors import FitError, LimitError, NeuroMixError
from dashboard.core.facts import Notice
from dashboard.core.mixture.criteria import Candidate, candidate, stability
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.recipe import COMPONENTS
from dashboard.core.mixture.starts import better_start
from dashboard.core.reference.agreement import Agreement
from dashboard.core.reference.labels import label_map
from dashboard.services.ahead import Ahead
from dashboard.services.cache.memo import Memo
from dashboard.services.cache.models import ModelStore
from dashboard.services.jobs import Jobs, Progress
from dashboard.services.limits import Allowance
from dashboard.services.mixtures import Key, Mixtures, key_of, key_of_foreground
from dashboard.services.scene.scene import Scene
from dashboard.services.tally import Tally

# An analysis of a 1 mm slice takes about 1 MB, one of a 1 mm head 40 MB, one of a scanned
# histology plate 500 MB. Fifty people have a slice each, and one on both sides that was made ahead.
KEPT_ANALYSES = 160
KEPT_BYTES = 256 * 2**20
# Of what is drawn of heads: the joint distribution takes a megabyte.
KEPT_OF_HEADS = 16
KEPT_SWEEPS = 64

Made = TypeVar("Made")


class Analyses:
    """Analyses of scenes.

    Parameters
    ----------
    models : ModelStore
        Fitted mixtures on disk, shared by all workers.
    ahead : Ahead
        Analyses the slices that are likely to be next.
    allowance : Allowance, optional
        What a fit may take.

    Attributes
    ----------
    mixtures : Mixtures
        The models of scenes.
    """

    def __init__(
        self, models: ModelStore, ahead: Ahead, allowance: Allowance | None = None
    ) -> None:
        self._models, self._ahead = models, ahead
        self._allowance = allowance or Allowance()
        self.mixtures = Mixtures(models, self._allowance)
        self._analyses: Memo[Key, Analysis] = Memo(
            KEPT_ANALYSES, weigh=lambda made: made.nbytes, max_bytes=KEPT_BYTES
        )
        # Of heads: what cards draw of them, whatever the mixture.
        self._of_heads: Memo[tuple[Key, Hashable], Any] = Memo(KEPT_OF_HEADS)
        # Of the whole head's model at a cut, which comes last in the key.
        self._at_cuts: Memo[tuple[Key, Cut], Analysis] = Memo(
            KEPT_ANALYSES, weigh=lambda made: made.nbytes, max_bytes=KEPT_BYTES
        )
        self._sweeps: Jobs[Key, Candidate] = Jobs(KEPT_SWEEPS)
        self._starts: Memo[Key, Notice | None] = Memo(KEPT_ANALYSES)
        # By analysis and reference: several cards of a View ask for it.
        self._agreements: Memo[tuple[Key, str], Agreement] = Memo(KEPT_ANALYSES)

    @property
    def tallies(self) -> dict[str, Tally]:
        """Of the analyses asked for, and of their models: those made were fitted."""
        return {"analyses": self._analyses.tally, "models": self._models.tally}

    def analyse(self, scene: Scene) -> Analysis:
        """Analyse the voxels of a scene's fit: the slice on screen, or the whole head.

        Raises
        ------
        NeuroMixError
            If an image cannot be opened or the grids differ.
        """
        _require_slice(scene)
        return self._analyses.get(
            key_of(scene), lambda: self._identified(scene, self._analysed(scene))
        )

    def _analysed(self, scene: Scene) -> Analysis:
        fitting = self.mixtures.fitting(scene)
        if scene.domain is not WHOLE:
            with suppress(FitError):
                self.mixtures.start(scene)  # as below
            with self.mixtures.memory_of_slice(scene):
                return analyse(self.mixtures.features(scene, scene.domain), fit=fitting)
        try:
            # It is fitted before others wait for the memory of its voxels.
            self.mixtures.of_head(scene)
        except LimitError:
            raise
        except FitError:
            pass  # as the analysis says
        with self.mixtures.memory(scene), self._allowance.fitting():
            return analyse(self.mixtures.features(scene, WHOLE), fit=fitting)

    def at_cut(self, scene: Scene) -> Analysis:
        """Return the slice on screen under the model of the scene's fit.

        Raises
        ------
        NeuroMixError
            As `analyse`.
        """
        cut = scene.cut
        if scene.domain == cut:
            return self.analyse(scene)
        _require_slice(scene)
        return self._at_cuts.get(
            (key_of(scene), cut),
            lambda: self._of_cut(scene, self.mixtures.features(scene, cut)),
        )

    def foreground(self, scene: Scene) -> Features:
        """Return the foreground of the slice on screen, without a fit.

        Raises
        ------
        NeuroMixError
            As `analyse`.
        """
        _require_slice(scene)
        return self.mixtures.features(scene, scene.cut)

    def of_foreground(self, scene: Scene, name: Hashable, make: Callable[[], Made]) -> Made:
        """Return what is made of the voxels of a scene's fit, whatever the mixture.

        That of a head, which takes a tenth of a second, is kept for its other mixtures. The `name`
        says what it is.
        """
        if scene.domain is not WHOLE:
            return make()
        made: Made = self._of_heads.get((key_of_foreground(scene), name), make)
        return made

    def criteria(self, scene: Scene) -> Progress[Candidate]:
        """Return the fits of a scene's voxels with every number of components, as far as they are.

        Their stability comes last, when each is there a second time.

        Raises
        ------
        NeuroMixError
            As `analyse`.
        """
        _require_slice(scene)
        images, recipe, domain = key_of(scene)
        key = images, replace(recipe, components=COMPONENTS.start), domain
        return self._sweeps.ask(key, lambda: self._sweep(scene))

    def _sweep(self, scene: Scene) -> Iterator[list[Candidate]]:
        """Yield what other workers know, then one by one."""
        fits = self.mixtures.known_candidates(scene)
        # The cache may have lost a fit and kept its stability.
        stable = self.mixtures.known_candidates(scene, stable=True)[: len(fits)]
        yield [*fits, *stable]
        if len(stable) == len(COMPONENTS):
            return
        found = self.mixtures.features(scene, scene.domain)
        for number in COMPONENTS[len(fits) :]:
            make = partial(self._candidate, scene, found, number)
            try:
                fits.append(self.mixtures.candidate(scene.having(components=number), make))
            except FitError:
                break
            yield fits[-1:]
        if found.recipe.start == "volume":
            return  # no seed decides
        for one in fits[len(stable) :]:
            such = scene.having(components=one.model.components)
            make = partial(self._with_stability, scene, found, one)
            yield [self.mixtures.candidate(such, make, stable=True)]

    def _candidate(self, scene: Scene, found: Features, number: int) -> Candidate:
        fit = self.mixtures.fitting(scene)
        return candidate(fit(found, replace(found.recipe, components=number)), found)

    def _with_stability(self, scene: Scene, found: Features, one: Candidate) -> Candidate:
        other = partial(self.mixtures.from_seed, scene, found, one.model.components)
        return replace(one, stability=stability(found, one.model, fit=other))

    def better_start(self, scene: Scene) -> Notice | None:
        """Look for another start that fits better, while no request is being answered.

        A fit of the whole head has had several.

        Raises
        ------
        NeuroMixError
            As `analyse`.
        """
        analysis = self.analyse(scene)
        if (model := analysis.model) is None or scene.domain is WHOLE:
            return None
        with self._allowance.fitting():
            return self._starts.get(
                key_of(scene),
                lambda: better_start(analysis.features, model, pause=self._ahead.pause),
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
            (key_of(scene), reference.id),
            lambda: compare(analysis, reference, label_map(reference).labels),
        )

    def analyse_neighbours(self, scene: Scene) -> None:
        """Analyse the slices beside a scene's, while no request is being answered."""
        for neighbour in scene.neighbours():
            self._ahead.ask(partial(self.at_cut, neighbour))

    def forget(self, source: str) -> None:
        """Remove every model of a file, and every analysis, which holds its voxels."""
        self.mixtures.forget(source)
        self._analyses.drop(lambda _, made: made.features.shows(source))
        self._at_cuts.drop(lambda _, made: made.features.shows(source))
        self._of_heads.drop()
        self._sweeps.drop()
        self._agreements.drop()

    def _of_cut(self, scene: Scene, cut: Features) -> Analysis:
        # Under a spatial prior a voxel's class depends on its neighbours, also across the slices.
        if scene.recipe.prior:
            return self.analyse(scene).of_cut(cut)
        found = analyse(cut, fit=lambda *_: self.mixtures.of_head(scene))
        return self._identified(scene, found)

    def _identified(self, scene: Scene, found: Analysis) -> Analysis:
        """Return an analysis whose classes are numbered as those of the head, with identities."""
        return identified(
            found,
            lambda: self.mixtures.usual(scene),
            lambda: self.mixtures.of_head(scene.of_head()),
            plane=scene.cut.plane,
        )


def _require_slice(scene: Scene) -> None:
    orientation = scene.require_channels().volumes[0].orientation
    if scene.cut.index >= orientation.count(scene.cut.plane):
        raise NeuroMixError(f"{scene.view.x} has no {scene.cut}.")
