"""The mixtures of scenes: each fitted once, within what the host allows."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import partial
from itertools import takewhile
from typing import Any

from dashboard.core.domain import WHOLE, Domain
from dashboard.core.errors import FitError
from dashboard.core.mixture import matching
from dashboard.core.mixture.criteria import Candidate
from dashboard.core.mixture.features import Features, features
from dashboard.core.mixture.fit import Fit, fit
from dashboard.core.mixture.model import Model, provenance
from dashboard.core.mixture.recipe import COMPONENTS, Recipe
from dashboard.core.mixture.volume_fit import fit_roughly
from dashboard.services.cache.memo import Memo
from dashboard.services.cache.models import ModelStore
from dashboard.services.fits import Fits
from dashboard.services.limits import Allowance
from dashboard.services.scene.scene import Scene

# Heads whose foreground is kept, so that another mixture of it takes only the fit: a 1 mm head
# takes 40 MB, a scanned histology plate 500 MB.
KEPT_HEADS = 2
KEPT_BYTES = 256 * 2**20
# Usual fits of heads and their identities, about 1 kB each.
KEPT_LINKS = 64

Key = tuple[tuple[str, ...], Recipe, Domain]


class Mixtures:
    """Models of scenes, and the features that they are fitted to.

    Parameters
    ----------
    models : ModelStore
        Fitted mixtures on disk, shared by all workers.
    allowance : Allowance
        What a fit may take.
    """

    def __init__(self, models: ModelStore, allowance: Allowance) -> None:
        self._models, self._allowance = models, allowance
        self._fits: Fits[Key] = Fits(models, allowance)
        self._heads: Memo[Key, Features] = Memo(
            KEPT_HEADS, weigh=lambda made: made.nbytes, max_bytes=KEPT_BYTES
        )
        self._usual: Memo[Key, matching.Link] = Memo(KEPT_LINKS)

    def knows(self, scene: Scene) -> bool:
        """Return whether the model of a scene has been fitted before."""
        return self._models.holds(_made_from(scene))

    def of_head(self, scene: Scene) -> Model:
        """Return the model of a scene's head; if it is known, without looking at a voxel.

        Raises
        ------
        FitError
            If there is none.
        """

        def fitted() -> Model:
            with self._fits.turn_of_head(scene.recipe), self.memory(scene):
                return fit(self.features(scene, WHOLE), scene.recipe)

        return self._fitted(scene, fitted)

    def usual(self, scene: Scene) -> matching.Link:
        """Return the usual fit of a scene's head with as many components, and its identities.

        Raises
        ------
        FitError
            If there is none that identities begin with.
        """
        components = scene.recipe.components
        return self._usual.get(
            key_of(scene.usual(components)),
            lambda: matching.chain(lambda number: self.of_head(scene.usual(number)), components),
        )

    def start(self, scene: Scene) -> Model | None:
        """Return the fit of the whole head from which that of a scene's slice begins, if it does.

        Raises
        ------
        NeuroMixError
            If there is none.
        """
        return self.of_head(scene.of_head()) if scene.recipe.start == "volume" else None

    def fitting(self, scene: Scene) -> Fit:
        """Return what fits a scene's features, unless some worker has done it."""

        def fitted(found: Features, recipe: Recipe) -> Model:
            one = scene.having(components=recipe.components)
            if scene.domain is WHOLE:
                return self.of_head(one)
            start = self.start(one)
            return self._fitted(one, lambda: self._fitted_slice(found, recipe, start))

        return fitted

    def from_seed(self, scene: Scene, found: Features, components: int, seed: int) -> Model:
        """Return the model from another seed; of a head from one start, and of its cells only.

        Raises
        ------
        FitError
            If there is none.
        """
        one = scene.having(components=components, seed=seed)
        if scene.domain is WHOLE:
            with self._allowance.fitting():
                return fit_roughly(found, replace(one.recipe, starts=1))
        return self._fitted(one, lambda: self._fitted_slice(found, one.recipe, None))

    def candidate(
        self, scene: Scene, make: Callable[[], Candidate], *, stable: bool = False
    ) -> Candidate:
        """Return what speaks for a scene's mixture, made if no worker has; see `ModelStore`."""
        return self._models.candidate(_made_from(scene), make, stable=stable)

    def known_candidates(self, scene: Scene, *, stable: bool = False) -> list[Candidate]:
        """Return what speaks for 1, 2, … components, up to the first that no worker has made."""
        keys = (_made_from(scene.having(components=number)) for number in COMPONENTS)
        found = (self._models.known_candidate(key, stable=stable) for key in keys)
        return [one for one in takewhile(bool, found) if one]

    def memory(self, scene: Scene) -> AbstractContextManager[None]:
        """Give memory for the voxels of a scene's head, once others leave it.

        Raises
        ------
        LimitError, BusyError
            As `Fits.memory`.
        """
        channels = scene.require_channels()
        return self._fits.memory(channels.volumes, scene.recipe, channels.mixed, channels.mask)

    def memory_of_slice(self, scene: Scene) -> AbstractContextManager[None]:
        """Give memory for the fit of the slice on screen, as `memory` does for a head."""
        return self._fits.memory_of_slice(scene.require_channels().volumes, scene.cut)

    def features(self, scene: Scene, domain: Domain) -> Features:
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
                    like = self.of_head(scene.of_head()).scale
            return gather(recipe=recipe, like=like)
        key = key_of_foreground(scene)
        return replace(self._heads.get(key, lambda: gather(recipe=key[1])), recipe=recipe)

    def forget(self, source: str) -> None:
        """Remove every model of a file, and every head with its voxels."""
        self._models.forget(source)
        self._heads.drop(lambda _, made: made.shows(source))
        self._fits.drop()
        self._usual.drop()

    def _fitted(self, scene: Scene, fit: Callable[[], Model]) -> Model:
        return self._fits.get(key_of(scene), _made_from(scene), fit)

    def _fitted_slice(self, found: Features, recipe: Recipe, start: Model | None) -> Model:
        with self._fits.turn(len(found.values), found.mixed, recipe):
            return fit(found, recipe, start=start)


def key_of(scene: Scene) -> Key:
    """Return what decides the numbers of a scene's fit."""
    return tuple(scene.require_channels().identities), scene.recipe, scene.domain


def key_of_foreground(scene: Scene) -> Key:
    """Return the key of a head's foreground, which all its mixtures share."""
    recipe = scene.recipe
    plain = Recipe(foreground=recipe.foreground, clip=recipe.clip, scaling=recipe.scaling)
    return tuple(scene.require_channels().identities), plain, WHOLE


def _made_from(scene: Scene) -> dict[str, Any]:
    channels = scene.require_channels()
    return provenance(
        channels.volumes,
        scene.recipe,
        scene.domain,
        mixed=channels.mixed,
        mask=channels.mask,
    )
