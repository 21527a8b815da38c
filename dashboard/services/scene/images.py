"""The images of a study as one request sees them."""

from dataclasses import dataclass
from functools import cached_property

from dashboard.core.errors import NeuroMixError
from dashboard.core.volume import Volume
from dashboard.services.archive import Archive
from dashboard.services.studies.files import StudyFiles
from dashboard.services.studies.naming import file_of, frame_names, may_hold_contrasts
from dashboard.view import View


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
    position : str
        Name of the image whose position those of its shape take that lost theirs.
    """

    def __init__(
        self, archive: Archive, files: StudyFiles, grid: str = "", position: str = ""
    ) -> None:
        self._archive, self._files, self._grid, self._position = archive, files, grid, position
        self._opened: dict[str, Named] = {}

    def named(self, name: str) -> Named:
        """Open an image, or find out why that is impossible."""
        if name not in self._opened:
            try:
                volume = self._archive.open(self._files, name, self._grid, self._position)
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

    def frames(self, name: str) -> tuple[str, ...]:
        """Return the images in a file: each of its volumes if they are contrasts, or itself."""
        file = self._files.files.get(name)
        volume = self.own.get(name) if file and may_hold_contrasts(file) else None
        # Other intents of NIfTI are time series, components of vectors, and statistics.
        if volume is None or dict(volume.header).get("intent_code", "0") != "0":
            return (name,)
        return frame_names(name, volume.volumes)

    def listed(self, files: StudyFiles) -> list[str]:
        """Return the images of some files; those that nobody has opened are one image each."""
        opened = {
            file.name
            for name in self.own._opened
            if (file := file_of(files, name)) and self.own.get(name)
        }
        return [
            frame
            for name in files.of("image")
            for frame in (self.frames(name) if name in opened else (name,))
        ]

    def under(self, view: View) -> "Images":
        """Return the same images on the grid and with the position of a View."""
        if (self._grid, self._position) == (view.grid, view.position):
            return self
        return Images(self._archive, self._files, view.grid, view.position)

    @cached_property
    def own(self) -> "Images":
        """The same images, none of them resampled."""
        if not self._grid:
            return self
        return Images(self._archive, self._files, position=self._position)

    def on(self, files: StudyFiles, *, grid: str, position: str) -> "Images":
        """Return images that are not resampled on a grid, and with lost positions from an image.

        The roles of `files` say how to resample.
        """
        own = Images(self._archive, files, position=position) if position else self
        if not grid:
            return own
        resampled = Images(self._archive, files, grid, position)
        resampled.own = own
        return resampled
