"""Files of other formats beside images: they are listed, and opening one says what it is."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from dashboard.core.reading.foreign import APPLE, DICOM, EXTENSIONS, NAMES, by_content, by_name
from dashboard.core.reading.image import START_BYTES

# Files without an extension of which the content is looked at: DICOM series often have none.
MAX_SNIFFED = 4
# Of a folder, one stands for all.
_ONE_FOR_ALL = (DICOM, APPLE)


def foreign_files(paths: Mapping[str, Path], *, with_images: bool) -> list[str]:
    """Return the names of files of other formats: one of each pair or series.

    Parameters
    ----------
    paths : mapping of str to Path
        The files of one folder by their names.
    with_images : bool
        Whether there are images, to which the companion files of macOS belong.
    """
    found: dict[tuple[str, str], str] = {}
    for name, said in _recognised(paths):
        base = "" if said in _ONE_FOR_ALL else _base(name)
        found.setdefault((said, base), name)
    others = [name for (said, _), name in found.items() if said != APPLE]
    return others if others or with_images else list(found.values())


def _recognised(paths: Mapping[str, Path]) -> Iterator[tuple[str, str]]:
    """Yield names with what the files are, by their names or, without an extension, content."""
    sniffed = 0
    for name in sorted(paths):
        said = by_name(name)
        ending = Path(name).suffix[1:]
        if not said and (not ending or ending.isdigit()) and sniffed < MAX_SNIFFED:
            sniffed += 1
            with suppress(OSError), paths[name].open("rb") as file:
                said = by_content(file.read(START_BYTES))
            said = said if said in NAMES.values() else None
        if said:
            yield name, said


def _base(name: str) -> str:
    lower = name.lower()
    return lower.removesuffix(next((e for e in EXTENSIONS if lower.endswith(e)), ""))
