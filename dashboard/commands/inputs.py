"""The images that a command is given: their files, and one of the volumes of a 4-D file."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dashboard.core.errors import NeuroMixError
from dashboard.core.reading.image import volumes_in
from dashboard.core.reading.names import files_of
from dashboard.core.reading.voxels import FIRST, Take
from dashboard.core.volume import Volume, read_volume, stem
from dashboard.services.studies.naming import SELECTOR, take_called


@dataclass(frozen=True)
class Input:
    """An image as it is given: `T1.nii.gz`, `dwi.nii.gz:2`, `dwi.nii.gz:mean`.

    Attributes
    ----------
    name : str
        What messages and records call its file.
    selector : str
        What follows the path and its colon; empty without.
    chosen : bool
        Whether somebody chose among the volumes of a file with several.
    """

    path: Path
    name: str
    take: Take = FIRST
    selector: str = ""
    chosen: bool = False

    @property
    def label(self) -> str:
        """The name of the image, with the volume that was asked for."""
        return f"{self.name}{SELECTOR}{self.selector}" if self.selector else self.name

    @property
    def base(self) -> str:
        """What the names of its results begin with."""
        return f"{stem(self.path)}_{self.selector}" if self.selector else stem(self.path)

    @property
    def files(self) -> tuple[Path, ...]:
        """Its files: two for a pair."""
        return files_of(self.path)

    def read(self) -> Volume:
        """Read it.

        Raises
        ------
        VolumeError
            As `read_volume`.
        """
        return replace(read_volume(self.path, take=self.take), name=self.name)


def inputs(images: Iterable[str]) -> list[Input]:
    """Return what images stand for, each file with a name of its own.

    Raises
    ------
    NeuroMixError
        If a volume is neither a number nor the mean.
    """
    return _named([_selected(image) for image in images])


def with_volume(given: Sequence[Input], volume: str) -> list[Input]:
    """Take a volume of each file with several, unless the image names one itself.

    Raises
    ------
    NeuroMixError
        If it is neither a number nor the mean, or no file has several volumes.
    """
    take = _take(volume, "--volume")
    several = [image for image in given if not image.selector and volumes_in(image.path) > 1]
    if not several and take not in (FIRST, None):
        raise NeuroMixError(f"--volume {volume}: none of the images has several volumes.")
    return [replace(i, take=take, chosen=True) if i in several else i for i in given]


def _selected(image: str) -> Input:
    """Return an image, whose name may end like a selection: a file of the whole name wins."""
    path, colon, which = image.rpartition(SELECTOR)
    if Path(image).exists() or not (colon and Path(path).is_file()):
        return Input(Path(image), stem(Path(image)))
    return Input(Path(path), stem(Path(path)), _take(which, image), which, chosen=True)


def _take(which: str, where: str) -> Take:
    try:
        return take_called(which)
    except ValueError:
        raise NeuroMixError(
            f"{where}: a volume is a number from 0, or mean, not {which[:20]!r}."
        ) from None


def _named(found: Sequence[Input]) -> list[Input]:
    """Tell files of one name apart: by their extensions, or else by their paths."""
    paths = {given.path for given in found}
    stems = Counter(stem(path) for path in paths)
    files = Counter(path.name for path in paths)
    return [
        replace(
            given,
            name=given.name if stems[given.name] == 1
            else given.path.name if files[given.path.name] == 1
            else str(given.path),
        )
        for given in found
    ]  # fmt: skip
