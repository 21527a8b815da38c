"""Fits within what the host allows."""

import math
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Generic, TypeVar

from dashboard.core.check.effects import foreground_voxels
from dashboard.core.domain import Cut
from dashboard.core.errors import FitError
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.mixture.slice_fit import USUAL_TOLERANCE
from dashboard.core.volume import Volume
from dashboard.services.cache.memo import Memo
from dashboard.services.cache.models import ModelStore
from dashboard.services.limits import (
    FEWER_IMAGES,
    LARGE_AT_ONCE,
    LARGE_EFFORT,
    LARGE_EFFORT_OF_HEAD,
    SLICE_BYTES,
    SMALL_SLICE,
    Allowance,
    Room,
)

# About 1 kB each.
KEPT = 512

Key = TypeVar("Key", bound=Hashable)


class Fits(Generic[Key]):
    """Models by what is fitted; what cannot be, or takes too long, is not tried again and again.

    Parameters
    ----------
    models : ModelStore
    allowance : Allowance
    """

    def __init__(self, models: ModelStore, allowance: Allowance) -> None:
        self._models, self._allowance = models, allowance
        self._memory = Room(allowance.fit_bytes)
        self._turns = Room(LARGE_AT_ONCE)
        self._known: Memo[Key, Model | FitError] = Memo(KEPT)

    def get(self, key: Key, made_from: Mapping[str, Any], fit: Callable[[], Model]) -> Model:
        """Return a model, fitted if no worker has done it.

        Parameters
        ----------
        key : hashable
        made_from : mapping
            Its provenance, by which all workers find it.
        fit : callable

        Raises
        ------
        FitError
            If it cannot be fitted, or takes more than is allowed.
        BusyError
            If there is no room now.
        """

        def fitted() -> Model | FitError:
            try:
                with self._allowance.fitting():
                    return self._models.get(made_from, fit)
            except FitError as error:
                return error

        found = self._known.get(key, fitted)
        if isinstance(found, FitError):
            raise found.with_traceback(None)  # which would hold the voxels
        return found

    def memory(
        self, volumes: Sequence[Volume], recipe: Recipe, mixed: int, mask: Volume | None
    ) -> AbstractContextManager[None]:
        """Give memory for the voxels of a head, once others leave it.

        Raises
        ------
        LimitError
            If it takes more than is allowed.
        BusyError
            If others take too long.
        """
        components = recipe.components if recipe.prior else 0
        size = self._allowance.bytes_of(math.prod(volumes[0].shape), len(volumes), components)
        if size > self._allowance.fit_bytes:
            chosen = mask if recipe.foreground == "mask" else None
            voxels, _ = foreground_voxels(volumes[:mixed], recipe.foreground, chosen)
            size = self._allowance.bytes_of(voxels, len(volumes), components)
            if size > self._allowance.fit_bytes:
                raise self._allowance.too_large(size, voxels, len(volumes))
        return self._memory.taken(size)

    def memory_of_slice(self, volumes: Sequence[Volume], cut: Cut) -> AbstractContextManager[None]:
        """Give memory for the voxels of a slice, once others leave it; a small one need not wait.

        Raises
        ------
        LimitError, BusyError
            As `memory`.
        """
        voxels = math.prod(volumes[0].orientation.picture_shape(cut.plane))
        size = voxels * len(volumes) * SLICE_BYTES
        if size <= SMALL_SLICE:
            return nullcontext()
        if size > self._allowance.fit_bytes:
            raise self._allowance.too_large(size, voxels, len(volumes), FEWER_IMAGES)
        return self._memory.taken(size)

    def turn(self, voxels: int, images: int, recipe: Recipe) -> AbstractContextManager[None]:
        """Give a turn for a fit of a slice; a small one need not wait.

        Raises
        ------
        BusyError
            If others take too long.
        """
        return self._turn(large=voxels * images * _effort(recipe) > LARGE_EFFORT)

    def turn_of_head(self, recipe: Recipe) -> AbstractContextManager[None]:
        """Give a turn for a fit of a head; a small one need not wait.

        Raises
        ------
        BusyError
            If others take too long.
        """
        return self._turn(large=bool(recipe.prior) or _effort(recipe) > LARGE_EFFORT_OF_HEAD)

    def _turn(self, *, large: bool) -> AbstractContextManager[None]:
        return self._turns.taken(1) if large else nullcontext()

    def drop(self) -> None:
        """Forget all that is known in this process."""
        self._known.drop()


def _effort(recipe: Recipe) -> float:
    """Return how many times the fit of one component from one start this takes."""
    iterations = max(1.0, math.sqrt(USUAL_TOLERANCE / recipe.tolerance))
    return recipe.components * recipe.starts * iterations
