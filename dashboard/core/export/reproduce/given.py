"""The images of a script, and how it writes texts."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import nibabel as nib
from nibabel.filebasedimages import ImageFileError

from dashboard.core.reading.names import files_of
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

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of its file, or of both of a pair, by the script's names for them."""
        files = files_of(self.path)
        if len(files) == 1:
            return {self.name: self.volume.source}
        name = PurePosixPath(self.name)
        if name.name not in {file.name for file in files}:
            return {}  # an upload: its halves are stored under other names
        return {str(name.with_name(file.name)): _sha256(file) for file in files}


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def checked(images: Iterable[Given | None]) -> Iterator[str]:
    """Yield the lines that find the folder of the images, and end the script if one differs."""
    yield FOLDER
    yield "# The files that the labels were made from, by their SHA-256."
    yield "for name, sha256 in {"
    hashes: dict[str, str] = {}
    for one in images:
        hashes |= one.hashes() if one else {}
    for name, sha256 in hashes.items():
        yield f"    {quoted(name)}: {quoted(sha256)},"
    yield "}.items():"
    yield "    if not (folder / name).is_file():"
    yield '        sys.exit(f"There is no file {name} in {folder}. Name the folder that has it.")'
    yield "    if hashlib.sha256((folder / name).read_bytes()).hexdigest() != sha256:"
    yield '        sys.exit(f"{name} is not the file that the labels were made from.")'


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
