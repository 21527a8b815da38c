"""The one door to the data: studies, volumes and analyses of a View."""

import hashlib
from dataclasses import replace
from functools import partial

from dashboard.core.analysis import Analysis, analyse, compare
from dashboard.core.domain import Domain
from dashboard.core.errors import NeuroMixError
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.criteria import criteria
from dashboard.core.mixture.features import Features, features
from dashboard.core.mixture.model import Model, provenance
from dashboard.core.mixture.recipe import COMPONENTS, Recipe
from dashboard.core.mixture.slice_fit import fit
from dashboard.core.reference.agreement import Agreement
from dashboard.core.reference.labels import distinct_labels, read_label_names
from dashboard.core.volume import Volume
from dashboard.services.ahead import Ahead
from dashboard.services.cache.memo import Memo
from dashboard.services.cache.models import ModelStore
from dashboard.services.cache.volumes import VolumeStore
from dashboard.services.scene.channels import (
    Channels,
    intended,
    mask_name,
    open_channels,
    reference_name,
)
from dashboard.services.scene.naming import find
from dashboard.services.studies.files import StudyFiles
from dashboard.services.studies.library import Library
from dashboard.services.uploads.limits import Limits
from dashboard.services.uploads.manifests import PREFIX
from dashboard.services.uploads.uploads import Uploads
from dashboard.settings import Settings
from dashboard.view import View

# An analysis of a 1 mm slice takes about 2 MB, one of a scanned histology plate 500 MB.
KEPT_ANALYSES = 64
KEPT_BYTES = 256 * 2**20
KEPT_SWEEPS = 64
# Labels of a reference are looked up once for the whole volume.
KEPT_REFERENCES = 64

MISSING = "none"
# A library opens with the lesson's study where there is one.
FIRST_STUDY = "sample"

Key = tuple[tuple[str, ...], Recipe, Domain]


class Workspace:
    """Studies, volumes and results behind one running dashboard."""

    def __init__(self, settings: Settings) -> None:
        self.library = Library(settings.data)
        self.store = VolumeStore(settings.cache)
        self.uploads = Uploads(
            settings.uploads,
            Limits(
                drop=settings.max_upload_bytes,
                store=settings.upload_quota_bytes,
                days=settings.upload_days,
            ),
            open_volume=lambda path, name: self.store.open(path, name=name),
            forget=self._forget,
        )
        self.ahead = Ahead()
        self._models = ModelStore(settings.cache, kept=self.store.kept)
        self._analyses: Memo[Key, Analysis] = Memo(
            KEPT_ANALYSES, weigh=lambda made: made.features.nbytes, max_bytes=KEPT_BYTES
        )
        self._sweeps: Memo[Key, dict[int, Model]] = Memo(KEPT_SWEEPS)
        self._labels: Memo[str, tuple[int, ...]] = Memo(KEPT_REFERENCES)

    def study(self, name: str) -> StudyFiles | None:
        """Return the files of a study, of the library or uploaded; None if there is none."""
        if name.startswith(PREFIX):
            return self.uploads.study(name)
        return self.library.study(name)

    def volume(self, study: str, image: str, grid: str = "") -> Volume:
        """Open an image of a study.

        Parameters
        ----------
        study, image : str
            The image's name may select among its volumes.
        grid : str
            Name of the image whose grid this one is brought to; its own if empty.

        Raises
        ------
        NeuroMixError
            If there is no such image, it cannot be read, or lies elsewhere than the grid.
        """
        files = self.study(study)
        found = find(files, image) if files else None
        if found is None:
            raise NeuroMixError(f"There is no image “{image[:60]}” in a study “{study[:60]}”.")
        file, take = found
        volume = self.store.open(file.path, name=file.file_name, take=take)
        if volume.name != file.name:
            volume = replace(volume, name=file.name)
        if not grid or grid == image:
            return volume
        target = self.volume(study, grid)
        if same_grid(volume, target):
            return volume
        return self.store.resampled(volume, target, nearest=file.role in ("mask", "labels"))

    def entities(self, study: str, image: str) -> dict[str, str]:
        """Return what the BIDS name of an image's file says; nothing where it has none."""
        files = self.study(study)
        found = find(files, image) if files else None
        return dict(found[0].entities) if found else {}

    def first_study(self) -> str:
        """Return the study that opens when none is asked for.

        Raises
        ------
        NeuroMixError
            If the library holds none.
        """
        names = self.library.names()
        return FIRST_STUDY if FIRST_STUDY in names else names[0]

    def is_read(self, study: str, image: str) -> bool:
        """Return whether an image opens at once, because it has been unpacked before."""
        files = self.study(study)
        found = find(files, image) if files else None
        if found is None:
            return True
        file, take = found
        try:
            return self.store.holds(file.path, name=file.file_name, take=take)
        except NeuroMixError:
            return True

    def channels(self, view: View) -> Channels:
        """Open the images of a View.

        Raises
        ------
        NeuroMixError
            If one of them cannot be opened.
        """
        return open_channels(view, self._files(view), self._open(view))

    def companions(self, view: View) -> tuple[Volume, ...]:
        """Open the images whose intensities are read under the cursor: X and Y first."""
        channels = self.channels(view)
        opened = [channels.volumes[i] for i in dict.fromkeys(channels.axes)]
        opened += [v for i, v in enumerate(channels.volumes) if i not in channels.axes]
        if view.mix:
            everything = replace(view, mix="")
            known = {volume.id for volume in opened}
            opened += [v for v in self.channels(everything).volumes if v.id not in known]
        return tuple(opened)

    def reference(self, view: View) -> Volume | None:
        """Open the label map that the classes are compared with; None without one.

        Raises
        ------
        NeuroMixError
            If it cannot be read.
        """
        name = reference_name(view, self._files(view), self._open(view))
        if name is None:
            return None
        return self._open(view)(name)

    def reference_names(self, view: View) -> tuple[str, dict[int, str]]:
        """Return what the reference is called, and what its labels are."""
        files = self._files(view)
        name = reference_name(view, files, self._open(view)) or ""
        found = find(files, name)
        table = found[0].label_names if found else None
        return name, read_label_names(table) if table else {}

    def identity(self, view: View) -> tuple[str, bool]:
        """Return a hash of all files that a View depends on, and whether all could be read."""
        try:
            files = self._files(view)
        except NeuroMixError:
            return MISSING, False
        names = [view.x, view.y, *intended(view, files), view.grid]
        open_ = self._open(view)
        for choose in (mask_name, reference_name):
            # By its name alone as well: what cannot be read now may be the one later.
            names += [choose(view, files, open_) or "", choose(view, files) or ""]
        identities = []
        for name in names:
            try:
                identities.append(open_(name).id if name else "")
            except NeuroMixError:
                identities.append(MISSING)
        # What its labels are called is read from a file of its own.
        joined = " ".join([*identities, repr(self.reference_names(view)[1])])
        return hashlib.sha256(joined.encode()).hexdigest(), MISSING not in identities

    def analyse(self, view: View) -> Analysis:
        """Analyse what a View shows; each analysis is computed once.

        Raises
        ------
        NeuroMixError
            If an image cannot be opened or the grids differ.
        """
        channels, recipe, cut = self.channels(view), view.recipe(), view.cut()
        if cut.index >= channels.volumes[0].orientation.count(cut.plane):
            raise NeuroMixError(f"There is no {cut.plane} slice {cut.index} in {view.x}.")
        return self._analyses.get(
            (tuple(channels.identities), recipe, cut),
            lambda: analyse(_features(channels, recipe, cut), fit=self._fit),
        )

    def knows(self, view: View) -> bool:
        """Return whether the model of a View has been fitted before."""
        channels = self.channels(view)
        return self._models.holds(
            provenance(
                channels.volumes,
                view.recipe(),
                view.cut(),
                mixed=channels.mixed,
                mask=channels.mask,
            )
        )

    def criteria(self, view: View) -> dict[int, Model]:
        """Fit the View's voxels with every number of components."""
        channels, cut = self.channels(view), view.cut()
        recipe = replace(view.recipe(), components=COMPONENTS.start)
        return self._sweeps.get(
            (tuple(channels.identities), recipe, cut),
            lambda: criteria(_features(channels, recipe, cut), COMPONENTS, fit=self._fit),
        )

    def agreement(self, view: View) -> Agreement | None:
        """Compare the classes of a slice with the reference; None without one.

        Raises
        ------
        NeuroMixError
            If the reference cannot be read, is no label map, or lies on another grid.
        """
        reference = self.reference(view)
        analysis = self.analyse(view)
        if reference is None or analysis.model is None:
            return None
        labels = self._labels.get(reference.id, lambda: distinct_labels(reference.data))
        return compare(analysis, reference, labels)

    def analyse_neighbours(self, view: View) -> None:
        """Analyse the slices beside a View's, later and only while nobody waits."""
        if view.slice is None:
            return
        for index in (view.slice - 1, view.slice + 1):
            if index >= 0:
                neighbour = replace(view, slice=index)
                self.ahead.ask(partial(self.analyse, neighbour))

    def _files(self, view: View) -> StudyFiles:
        files = self.study(view.study)
        if files is None:
            raise NeuroMixError(f"There is no study “{view.study[:60]}” any more. Choose another.")
        return files

    def _open(self, view: View) -> partial[Volume]:
        return partial(self.volume, view.study, grid=view.grid)

    def _fit(self, found: Features, recipe: Recipe) -> Model:
        """Fit a mixture unless some worker has done it already."""
        made_from = provenance(
            found.volumes, recipe, found.domain, mixed=found.mixed, mask=found.mask_volume
        )
        return self._models.get(made_from, lambda: fit(found, recipe))

    def _forget(self, source: str) -> None:
        """Remove everything that was made of a file."""
        self.store.forget(source)
        self._models.forget(source)
        # Analyses hold voxels of their slices.
        self._analyses.drop(lambda _, made: any(v.source == source for v in made.features.volumes))


def _features(channels: Channels, recipe: Recipe, domain: Domain) -> Features:
    return features(
        channels.volumes,
        recipe,
        domain,
        mixed=channels.mixed,
        axes=channels.axes,
        mask=channels.mask,
    )
