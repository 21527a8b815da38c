"""The images of a study as one request sees them."""

from dataclasses import dataclass
from functools import cached_property

from dashboard.core.errors import NeuroMixError
from dashboard.core.volume import Volume
from dashboard.services.archive import Archive
from dashboard.services.studies.files import StudyFiles


@dataclass(frozen=True, eq=False)
class Named:
    """An image by its name in the View: its volume, or why it cannot be opened."""

    name: str
    volume: Volume | None
    problem: NeuroMixError | None = None

    def require(self) -> Volume:
        """Return the volume.

        Raises
        ------
        NeuroMixError
            The problem.
        """
        if self.volume is None:
            raise self.problem or NeuroMixError(f"{self.name} cannot be opened.")
        return self.volume


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
        self._opened: dict[str, Named] = {}

    def named(self, name: str) -> Named:
        """Open an image, or find out why that is impossible."""
        if name not in self._opened:
            try:
                volume = self._archive.open(self._files, name, self._grid)
                self._opened[name] = Named(name, volume)
            except NeuroMixError as error:
                self._opened[name] = Named(name, None, error)
        return self._opened[name]

    def open(self, name: str) -> Volume:
        """Open an image.

        Raises
        ------
        NeuroMixError
            As `Archive.open`.
        """
        return self.named(name).require()

    def get(self, name: str | None) -> Volume | None:
        """Open an image; return None if there is none or it cannot be opened."""
        return self.named(name).volume if name else None

    def problem(self, name: str) -> str | None:
        """Return why an image cannot be opened."""
        problem = self.named(name).problem
        return str(problem) if problem else None

    @cached_property
    def own(self) -> "Images":
        """The same images, none of them resampled."""
        return Images(self._archive, self._files) if self._grid else self

    def on(self, grid: str, files: StudyFiles) -> "Images":
        """Return images that are not resampled on a grid; their roles say how to resample."""
        if not grid:
            return self
        resampled = Images(self._archive, files, grid)
        resampled.own = self
        return resampled
