"""The images of a script, and how it writes texts."""

from dataclasses import dataclass
from pathlib import Path

import nibabel as nib
from nibabel.filebasedimages import ImageFileError

from dashboard.core.reading.voxels import FIRST, Take
from dashboard.core.volume import Volume

FOLDER = 'folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")  # that holds the images'


@dataclass(frozen=True, eq=False)
class Given:
    """An image of a script.

    Attributes
    ----------
    path : Path
        The file.
    name : str
        What the script calls it, from the folder that holds all images.
    take : tuple of int, or None
        Its volumes, as `read_volume` takes them.
    nearest : bool
        Whether it is a map of labels, which are never interpolated.
    """

    volume: Volume
    path: Path
    name: str
    take: Take = FIRST
    nearest: bool = False


def shape(path: Path) -> tuple[int, ...] | None:
    """Return the shape of a file as nibabel reads it; None if it does not."""
    try:
        return tuple(nib.load(path).shape)  # type: ignore[attr-defined]
    except (ImageFileError, OSError, ValueError, nib.spatialimages.HeaderDataError):
        return None


def quoted(text: str) -> str:
    """Return a text as Python writes it, in double quotes if that needs no escapes."""
    plain = repr(text)[1:-1] == text and '"' not in text
    return f'"{text}"' if plain else repr(text)


def printable(text: str) -> str:
    """Return a text as one line of a comment."""
    return "".join(c if c.isprintable() else "?" for c in text)
