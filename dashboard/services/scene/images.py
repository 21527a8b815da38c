"""The images of a study as one request sees them."""

from functools import cached_property

from dashboard.core.errors import NeuroMixError
from dashboard.core.volume import Volume
from dashboard.services.archive import Archive
from dashboard.services.studies.files import StudyFiles
from dashboard.services.studies.naming import find, frame_names, may_hold_contrasts


class Images:
    """The images of a study on one grid, each opened once; errors are kept as well.

    Parameters
    ----------
    archive : Archive
    files : StudyFiles
    grid : str
        Name of the image to whose grid all are resampled; empty keeps their own.
    """

    def __init__(self, archive: Archive, files: StudyFiles, grid: str = "") -> None:
        self._archive, self._files, self._grid = archive, files, grid
        self._opened: dict[str, Volume | NeuroMixError] = {}

    def open(self, name: str) -> Volume:
        """Open an image.

        Raises
        ------
        NeuroMixError
            As `Archive.open`.
        """
        if name not in self._opened:
            try:
                self._opened[name] = self._archive.open(self._files, name, self._grid)
            except NeuroMixError as error:
                self._opened[name] = error
        found = self._opened[name]
        if isinstance(found, NeuroMixError):
            raise found
        return found

    def get(self, name: str | None) -> Volume | None:
        """Open an image; return None if there is none or it cannot be opened."""
        try:
            return self.open(name) if name else None
        except NeuroMixError:
            return None

    def problem(self, name: str) -> str | None:
        """Return why an image cannot be opened."""
        try:
            self.open(name)
        except NeuroMixError as error:
            return str(error)
        return None

    def frames(self, name: str) -> tuple[str, ...]:
        """Return the images in a file: each of its volumes if they are contrasts, or itself."""
        file = self._files.files.get(name)
        volume = self.own.get(name) if file and may_hold_contrasts(file) else None
        return frame_names(name, volume.volumes) if volume else (name,)

    def listed(self) -> list[str]:
        """Return the images to choose from; files that nobody has opened are one image each."""
        opened = {
            found[0].name
            for name in self.own._opened
            if (found := find(self._files, name)) and self.own.get(name)
        }
        return [
            frame
            for name in self._files.of("image")
            for frame in (self.frames(name) if name in opened else (name,))
        ]

    @cached_property
    def own(self) -> "Images":
        """The same images, none of them resampled."""
        return Images(self._archive, self._files) if self._grid else self
