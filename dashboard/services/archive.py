"""Everything that can be opened: studies of the library, uploaded studies, and their volumes."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from dashboard.core.content import is_overlay
from dashboard.core.errors import NeuroMixError, NotNowError
from dashboard.core.grid.position import lost_beside, positioned
from dashboard.core.grid.same import same_grid
from dashboard.core.reading.bvalues import not_used
from dashboard.core.reading.image import volumes_in
from dashboard.core.reading.voxels import Take
from dashboard.core.volume import Volume
from dashboard.services.cache.memo import Memo
from dashboard.services.cache.reading import ReadOnce
from dashboard.services.cache.volumes import VolumeStore
from dashboard.services.limits import Allowance
from dashboard.services.studies.files import ImageFile, StudyFiles
from dashboard.services.studies.first import MOST_STUDIES, first_good, goodness
from dashboard.services.studies.library import Library
from dashboard.services.studies.naming import find, frame_names, may_hold_contrasts
from dashboard.services.tally import Tally
from dashboard.services.uploads.manifests import PREFIX
from dashboard.services.uploads.uploads import Uploads

# A library opens with the lesson's study if it has it.
FIRST_STUDY = "sample"
# Looking at the headers of a study takes milliseconds.
FIRST_SECONDS = 1


class Archive:
    """Studies by name, and their images as volumes."""

    def __init__(self, library: Library, uploads: Uploads, store: VolumeStore) -> None:
        self._library, self._uploads, self._store = library, uploads, store
        self._first: tuple[tuple[str, ...], str] = (), ""
        self._looks: Memo[tuple[tuple[str, ...], str], int] = ReadOnce(
            MOST_STUDIES, Allowance(read_seconds=FIRST_SECONDS)
        )

    @property
    def tally(self) -> Tally:
        """Of the volumes asked for."""
        return self._store.tally

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

    def first_study(self, studies: Mapping[str, str]) -> str:
        """Return which of these opens by default: the lesson's study, an own upload, or a good one.

        The choice holds as long as the names are the same. Studies on a disk that is slow to answer
        do not count; nobody waits for it twice.
        """
        names = tuple(studies)
        if FIRST_STUDY in studies:
            return FIRST_STUDY
        if names[0].startswith(PREFIX):
            return names[0]
        known, first = self._first
        if known != names:
            slow: list[str] = []

            def good(name: str) -> int:
                try:
                    return self._looks.get((names, name), lambda: goodness(self.study(name)))
                except NotNowError:
                    slow.append(name)
                    return 0

            first = first_good(names, good)
            if not slow:
                self._first = names, first
        return first

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

    def open(self, files: StudyFiles, image: str, grid: str = "", position: str = "") -> Volume:
        """Open an image of a study.

        Parameters
        ----------
        files : StudyFiles
        image : str
            Its name, which may select among its volumes.
        grid : str
            Name of the image to whose grid this one is resampled; empty keeps its own. An image of
            its shape that lost its position is not resampled.
        position : str
            Name of the image whose position this one takes, if it has its shape and lost its own.

        Raises
        ------
        NeuroMixError
            If there is no such image, it cannot be read, or it cannot be resampled.
        """
        file, take = _found(files, image)
        volume = self._store.open(file.path, name=file.file_name, take=take)
        if (volume.name, volume.short_name) != (file.name, file.short):
            volume = replace(volume, name=file.name, short_name=file.short)
        if file.other_bval:
            notice = not_used(file.other_bval, volume.volumes)
            volume = replace(volume, notices=(*volume.notices, notice))
        if position and position != image:
            volume = _placed(volume, self.open(files, position))
        if not grid or grid == image:
            return volume
        target = self.open(files, grid, position=position)
        if same_grid(volume, target) or lost_beside(volume, target):
            return volume
        # What the file holds, not its role, which depends on the other files that were looked at.
        nearest = is_overlay(volume, file.meaning.role)
        return self._store.resampled(volume, target, nearest=nearest)

    def frames(self, files: StudyFiles, name: str) -> tuple[str, ...]:
        """Return the images in a file, of which only the header is read."""
        file = files.files[name]
        with suppress(NeuroMixError):
            if may_hold_contrasts(file):
                return frame_names(name, volumes_in(file.path))
        return (name,)

    def is_read(self, files: StudyFiles, image: str) -> bool:
        """Return whether an image opens at once, or fails at once."""
        try:
            file, take = _found(files, image)
            return self._store.holds(file.path, name=file.file_name, take=take)
        except NeuroMixError:
            return True


def _placed(volume: Volume, other: Volume) -> Volume:
    """Return a volume at the position of another one, if it lost its own."""
    pair = None if same_grid(volume, other) else lost_beside(volume, other)
    return positioned(volume, other) if pair and pair[0] is volume else volume


def _found(files: StudyFiles, image: str) -> tuple[ImageFile, Take]:
    found = find(files, image)
    if found is None:
        raise NeuroMixError(f"There is no image “{image[:60]}” in {files.name}.")
    return found
