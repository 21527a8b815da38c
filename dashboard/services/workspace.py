"""The one door to the data: studies, volumes and analyses of a View."""

from dataclasses import asdict, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from dashboard.core import analysis as analyses
from dashboard.core.analysis import Analysis, Fit, Recipe, fit_recipe
from dashboard.core.errors import NeuroMixError
from dashboard.core.mixture import COMPONENTS, Mixture
from dashboard.core.study import same_grid
from dashboard.core.volume import Volume
from dashboard.services.ahead import Ahead
from dashboard.services.fits import FitStore
from dashboard.services.library import ImageFile, Library
from dashboard.services.memo import Memo
from dashboard.services.store import VolumeStore
from dashboard.settings import Settings
from dashboard.view import View

# An analysis of a 1 mm slice takes about 2 MB.
KEPT_ANALYSES = 64
KEPT_SWEEPS = 64

Key = tuple[tuple[str, ...], Recipe]


class Workspace:
    """Studies, volumes and results behind one running dashboard."""

    def __init__(self, settings: Settings) -> None:
        self.library = Library(settings.data)
        self.store = VolumeStore(settings.cache)
        self.ahead = Ahead()
        self._fits = FitStore(settings.cache)
        self._analyses: Memo[Key, Analysis] = Memo(KEPT_ANALYSES)
        self._sweeps: Memo[Key, dict[int, Mixture]] = Memo(KEPT_SWEEPS)

    def volume(self, study: str, image: str) -> Volume:
        """Open an image of a study.

        Raises
        ------
        NeuroMixError
            If there is no such image, or it cannot be read.
        """
        found = self.library.study(study)
        if found is None or image not in found.files:
            raise NeuroMixError(f"There is no image “{image[:60]}” in a study “{study[:60]}”.")
        volume = self.store.open(found.files[image].path)
        return volume if volume.name == image else replace(volume, name=image)

    def volume_by_id(self, study: str, identity: str) -> Volume:
        """Open the image of a study whose identity starts with `identity`.

        Raises
        ------
        NeuroMixError
            If no image of the study has it, as after a file was replaced.
        """
        for name, file in self._images(study).items():
            if self.store.identity(file.path).startswith(identity):
                return self.volume(study, name)
        raise NeuroMixError("The image has changed since this page was opened. Reload the page.")

    def channels(self, view: View) -> tuple[Volume, ...]:
        """Open the images of a View: X and Y, or one where both are the same."""
        names = dict.fromkeys((view.x, view.y))
        return tuple(self.volume(view.study, name) for name in names)

    def companions(self, view: View) -> tuple[Volume, ...]:
        """Open every image of the study on image X's grid, X and Y first."""
        channels = self.channels(view)
        others = self._images(view.study).keys() - {view.x, view.y}
        opened = list(channels)
        for name in sorted(others):
            try:
                volume = self.volume(view.study, name)
            except NeuroMixError:
                continue
            if same_grid(channels[0], volume):
                opened.append(volume)
        return tuple(opened)

    def analyse(self, view: View) -> Analysis:
        """Analyse what a View shows; each analysis is computed once.

        Raises
        ------
        NeuroMixError
            If an image cannot be opened or the grids differ.
        """
        volumes = self.channels(view)
        recipe = view.recipe()
        if recipe.slice >= volumes[0].orientation.count(view.plane):
            raise NeuroMixError(f"There is no {view.plane} slice {recipe.slice} in {view.x}.")
        return self._analyses.get(
            _key(volumes, recipe),
            lambda: analyses.analyse(volumes, recipe, fit=self._fit(volumes)),
        )

    def criteria(self, view: View) -> dict[int, Mixture]:
        """Fit the View's voxels with every number of components."""
        volumes = self.channels(view)
        recipe = replace(view.recipe(), components=COMPONENTS.start)
        return self._sweeps.get(
            _key(volumes, recipe),
            lambda: analyses.criteria(volumes, recipe, COMPONENTS, fit=self._fit(volumes)),
        )

    def analyse_neighbours(self, view: View) -> None:
        """Analyse the slices beside a View's, later and only while nobody waits."""
        if view.slice is None:
            return
        for index in (view.slice - 1, view.slice + 1):
            if index >= 0:
                neighbour = replace(view, slice=index)
                self.ahead.ask(partial(self.analyse, neighbour))

    def _images(self, study: str) -> dict[str, ImageFile]:
        found = self.library.study(study)
        return found.of("image") if found else {}

    def _fit(self, volumes: tuple[Volume, ...]) -> Fit:
        """Return a fit that looks first whether some worker has done it already."""
        identities = [volume.id for volume in volumes]

        def fit(scaled: NDArray[np.float64], recipe: Recipe) -> Mixture:
            key = {"volumes": identities, **asdict(recipe)}
            return self._fits.get(key, lambda: fit_recipe(scaled, recipe))

        return fit


def _key(volumes: tuple[Volume, ...], recipe: Recipe) -> Key:
    # Names are part of messages and tables, so copies under other names are other results.
    return tuple(f"{volume.id} {volume.name}" for volume in volumes), recipe
