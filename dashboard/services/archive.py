"""Everything that can be opened: studies of the library, uploaded studies, and their volumes."""

from collections.abc import Mapping
from dataclasses import replace

from dashboard.core.errors import NeuroMixError
from dashboard.core.grid.same import same_grid
from dashboard.core.reading.bvalues import not_used
from dashboard.core.reading.voxels import Take
from dashboard.core.volume import Volume
from dashboard.services.cache.volumes import VolumeStore
from dashboard.services.studies.files import ImageFile, StudyFiles
from dashboard.services.studies.library import Library
from dashboard.services.studies.naming import find
from dashboard.services.uploads.manifests import PREFIX
from dashboard.services.uploads.uploads import Uploads

# A library opens with the lesson's study if it has it.
FIRST_STUDY = "sample"


class Archive:
    """Studies by name, and their images as volumes."""

    def __init__(self, library: Library, uploads: Uploads, store: VolumeStore) -> None:
        self._library, self._uploads, self._store = library, uploads, store

    def studies(self, owner: str = "") -> dict[str, str]:
        """Return the studies that a browser can choose, with titles; its uploads first.

        Raises
        ------
        NeuroMixError
            If there is none.
        """
        own = self._uploads.listed(owner) if owner else {}
        try:
            return own | {name: name for name in self._library.names()}
        except NeuroMixError:
            if own:
                return own
            raise

    def study(self, name: str) -> StudyFiles | None:
        """Return the files of a study; None if there is none."""
        if name.startswith(PREFIX):
            return self._uploads.study(name)
        return self._library.study(name)

    def require(self, name: str) -> StudyFiles:
        """Return the files of a study.

        Raises
        ------
        NeuroMixError
            If there is none.
        """
        files = self.study(name)
        if files is None:
            raise NeuroMixError(f"There is no study “{name[:60]}”. Choose another.")
        return files

    def shared_title(self, name: str) -> str:
        """Return the title of an upload for people who did not make it."""
        return f"{self._uploads.title(name)} (shared)"

    def open(self, files: StudyFiles, image: str, grid: str = "") -> Volume:
        """Open an image of a study.

        Parameters
        ----------
        files : StudyFiles
        image : str
            Its name, which may select among its volumes.
        grid : str
            Name of the image to whose grid this one is resampled; empty keeps its own.

        Raises
        ------
        NeuroMixError
            If there is no such image, it cannot be read, or it cannot be resampled.
        """
        file, take = _found(files, image)
        volume = self._store.open(file.path, name=file.file_name, take=take)
        if volume.name != file.name:
            volume = replace(volume, name=file.name)
        if file.other_bval:
            notice = not_used(file.other_bval, volume.volumes)
            volume = replace(volume, notices=(*volume.notices, notice))
        if not grid or grid == image:
            return volume
        target = self.open(files, grid)
        if same_grid(volume, target):
            return volume
        return self._store.resampled(volume, target, nearest=file.role in ("mask", "labels"))

    def is_read(self, files: StudyFiles, image: str) -> bool:
        """Return whether an image opens at once, or fails at once."""
        try:
            file, take = _found(files, image)
            return self._store.holds(file.path, name=file.file_name, take=take)
        except NeuroMixError:
            return True


def first_study(studies: Mapping[str, str]) -> str:
    """Return the study that opens by default."""
    return FIRST_STUDY if FIRST_STUDY in studies else next(iter(studies))


def _found(files: StudyFiles, image: str) -> tuple[ImageFile, Take]:
    found = find(files, image)
    if found is None:
        raise NeuroMixError(f"There is no image “{image[:60]}” in {files.name}.")
    return found
