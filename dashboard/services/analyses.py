"""What is computed of a scene: each result once, kept while memory and disk allow."""

from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from dashboard.core.analysis import Analysis, analyse, compare, identified
from dashboard.core.domain import WHOLE, Cut, Domain
from dashboard.core.errors import FitError, LimitError, NeuroMixError
from dashboard.core.facts import Notice
from dashboard.core.mixture.criteria import Candidate, candidates, stability
from dashboard.core.mixture.features import Features, features
from dashboard.core.mixture.fit import Fit, fit
from dashboard.core.mixture.model import Model, provenance
from dashboard.core.mixture.recipe import COMPONENTS, Recipe
from dashboard.core.mixture.starts import better_start
from dashboard.core.mixture.volume_fit import fit_roughly
from dashboard.core.reference.agreement import Agreement
from dashboard.core.reference.labels import label_map
from dashboard.services.ahead import Ahead
from dashboard.services.cache.memo import Memo
from dashboard.services.cache.models import ModelStore
from dashboard.services.fits import Fits
from dashboard.services.jobs import Jobs, Progress
from dashboard.services.limits import Allowance
from dashboard.services.scene.scene import Scene
from dashboard.services.tally import Tally

# An analysis of a 1 mm slice takes about 1 MB, one of a 1 mm head 40 MB, one of a scanned
# histology plate 500 MB. Fifty people have a slice each, and one on both sides that was made ahead.
KEPT_ANALYSES = 160
KEPT_BYTES = 256 * 2**20
# Heads whose foreground is kept, so that another mixture of it takes only the fit.
KEPT_HEADS = 2
# Of what is drawn of them: the joint distribution takes a megabyte.
KEPT_OF_HEADS = 16
KEPT_SWEEPS = 64

Key = tuple[tuple[str, ...], Recipe, Domain]
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
    """

    def __init__(
        self, models: ModelStore, ahead: Ahead, allowance: Allowance | None = None
    ) -> None:
        self._models, self._ahead = models, ahead
        self._allowance = allowance or Allowance()
        self._fits: Fits[Key] = Fits(models, self._allowance)
        self._analyses: Memo[Key, Analysis] = Memo(
            KEPT_ANALYSES, weigh=lambda made: made.nbytes, max_bytes=KEPT_BYTES
        )
        self._heads: Memo[Key, Features] = Memo(
            KEPT_HEADS, weigh=lambda made: made.nbytes, max_bytes=KEPT_BYTES
        )
        # Of those heads: what cards draw of them, whatever the mixture.
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
            _key(scene), lambda: self._identified(scene, self._analysed(scene))
        )

    def _analysed(self, scene: Scene) -> Analysis:
        fitting = self._fitting(scene)
        if scene.domain is not WHOLE:
            with suppress(FitError):
                self.start(scene)  # as below
            volumes = scene.require_channels().volumes
            with self._fits.memory_of_slice(volumes, scene.cut):
                return analyse(self._features(scene, scene.domain), fit=fitting)
        try:
            self._model(scene)  # it is fitted before others wait for the memory of its voxels
        except LimitError:
            raise
        except FitError:
            pass  # as the analysis says
        with self._with_memory(scene), self._allowance.fitting():
            return analyse(self._features(scene, WHOLE), fit=fitting)

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
            (_key(scene), cut),
            lambda: self._of_cut(scene, self._features(scene, cut)),
        )

    def foreground(self, scene: Scene) -> Features:
        """Return the foreground of the slice on screen, without a fit.

        Raises
        ------
        NeuroMixError
            As `analyse`.
        """
        _require_slice(scene)
        return self._features(scene, scene.cut)

    def of_foreground(self, scene: Scene, name: Hashable, make: Callable[[], Made]) -> Made:
        """Return what is made of the voxels of a scene's fit, whatever the mixture.

        That of a head, which takes a tenth of a second, is kept for its other mixtures. The `name`
        says what it is.
        """
        if scene.domain is not WHOLE:
            return make()
        made: Made = self._of_heads.get((_key_of_head(scene), name), make)
        return made

    def start(self, scene: Scene) -> Model | None:
        """Return the fit of the whole head from which that of a scene's slice begins, if it does.

        Raises
        ------
        NeuroMixError
            If there is none.
        """
        return self._model(scene.of_head()) if scene.recipe.start == "volume" else None

    def knows(self, scene: Scene) -> bool:
        """Return whether the model of a scene has been fitted before."""
        return self._models.holds(_made_from(scene))

    def criteria(self, scene: Scene) -> Progress[Candidate]:
        """Return the fits of a scene's voxels with every number of components, as far as they are.

        Their stability comes last, when each is there a second time.

        Raises
        ------
        NeuroMixError
            As `analyse`.
        """
        _require_slice(scene)
        identities, recipe, domain = _key(scene)
        key = identities, replace(recipe, components=COMPONENTS.start), domain
        return self._sweeps.ask(key, lambda: self._sweep(scene))

    def _sweep(self, scene: Scene) -> Iterator[Candidate]:
        found = self._features(scene, scene.domain)
        fitted = []
        for one in candidates(found, COMPONENTS, fit=self._fitting(scene)):
            fitted.append(one)
            yield one
        if found.recipe.start == "volume":
            return  # no seed decides
        for one in fitted:
            model = one.model
            other = partial(self._from_seed, scene, found, model.components)
            yield replace(one, stability=stability(found, model, fit=other))

    def _from_seed(self, scene: Scene, found: Features, components: int, seed: int) -> Model:
        """Return the model from another seed; of a head from one start, and of its cells only."""
        one = scene.having(components=components, seed=seed)
        if scene.domain is WHOLE:
            with self._allowance.fitting():
                return fit_roughly(found, replace(one.recipe, starts=1))
        return self._fitted(one, lambda: self._fitted_slice(found, one.recipe, None))

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
            self._ahead.ask(partial(self.at_cut, neighbour))

    def forget(self, source: str) -> None:
        """Remove every model of a file, and every analysis, which holds its voxels."""
        self._models.forget(source)

        def shows(found: Features) -> bool:
            # Features hold voxels; their foreground is that of the mask.
            return any(v and v.source == source for v in (*found.volumes, found.mask_volume))

        self._analyses.drop(lambda _, made: shows(made.features))
        self._at_cuts.drop(lambda _, made: shows(made.features))
        self._heads.drop(lambda _, made: shows(made))
        self._of_heads.drop(lambda *_: True)
        self._fits.drop()
        self._sweeps.drop()
        self._agreements.drop(lambda *_: True)

    def _fitting(self, scene: Scene) -> Fit:
        """Return what fits a scene's features, unless some worker has done it."""

        def fitted(found: Features, recipe: Recipe) -> Model:
            one = scene.having(components=recipe.components)
            if scene.domain is WHOLE:
                return self._model(one)
            start = self.start(one)
            return self._fitted(one, lambda: self._fitted_slice(found, recipe, start))

        return fitted

    def _model(self, scene: Scene) -> Model:
        """Return the model of a scene's head; if it is known, without looking at a voxel."""

        def fitted() -> Model:
            with self._fits.turn_of_head(scene.recipe), self._with_memory(scene):
                return fit(self._features(scene, WHOLE), scene.recipe)

        return self._fitted(scene, fitted)

    def _fitted(self, scene: Scene, fit: Callable[[], Model]) -> Model:
        return self._fits.get(_key(scene), _made_from(scene), fit)

    def _fitted_slice(self, found: Features, recipe: Recipe, start: Model | None) -> Model:
        with self._fits.turn(len(found.values), found.mixed, recipe):
            return fit(found, recipe, start=start)

    def _with_memory(self, scene: Scene) -> AbstractContextManager[None]:
        channels = scene.require_channels()
        return self._fits.memory(channels.volumes, scene.recipe, channels.mixed, channels.mask)

    def _of_cut(self, scene: Scene, cut: Features) -> Analysis:
        # Under a spatial prior a voxel's class depends on its neighbours, also across the slices.
        if scene.recipe.prior:
            return self.analyse(scene).of_cut(cut)
        found = analyse(cut, fit=lambda *_: self._model(scene))
        return self._identified(scene, found)

    def _identified(self, scene: Scene, found: Analysis) -> Analysis:
        """Return an analysis whose classes are numbered as those of the head, with identities."""
        return identified(
            found,
            lambda components: self._model(scene.usual(components)),
            lambda: self._model(scene.of_head()),
            plane=scene.cut.plane,
        )

    def _features(self, scene: Scene, domain: Domain) -> Features:
        """Gather the features of a domain; those of a head are kept for its other mixtures."""
        channels, recipe = scene.require_channels(), scene.recipe
        gather = partial(
            features,
            channels.volumes,
            domain=domain,
            mixed=channels.mixed,
            xy=channels.xy,
            mask=channels.mask,
        )
        if domain is not WHOLE:
            like = None
            if recipe.start == "volume":
                # Where the head has no fit, the slice has none either, which says why.
                with suppress(FitError):
                    like = self._model(scene.of_head()).scale
            return gather(recipe=recipe, like=like)
        key = _key_of_head(scene)
        return replace(self._heads.get(key, lambda: gather(recipe=key[1])), recipe=recipe)


def _key_of_head(scene: Scene) -> Key:
    """Return the key of a head's foreground, which all its mixtures share."""
    recipe = scene.recipe
    usual = Recipe(foreground=recipe.foreground, clip=recipe.clip, scaling=recipe.scaling)
    return tuple(scene.require_channels().identities), usual, WHOLE


def _key(scene: Scene) -> Key:
    return tuple(scene.require_channels().identities), scene.recipe, scene.domain


def _made_from(scene: Scene) -> dict[str, Any]:
    channels = scene.require_channels()
    return provenance(
        channels.volumes,
        scene.recipe,
        scene.domain,
        mixed=channels.mixed,
        mask=channels.mask,
    )


def _require_slice(scene: Scene) -> None:
    orientation = scene.require_channels().volumes[0].orientation
    if scene.cut.index >= orientation.count(scene.cut.plane):
        raise NeuroMixError(f"{scene.view.x} has no {scene.cut.plane} slice {scene.cut.index}.")
