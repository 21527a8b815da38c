"""Which files and volumes the names in a View stand for."""

from collections.abc import Iterable, Iterator, Sequence

from dashboard.core.reading.voxels import FIRST, Take
from dashboard.services.studies.files import ImageFile, StudyFiles

# `dwi:3`, `dwi:mean`, `dwi:b0`: an image of several volumes, and which of them is meant.
SELECTOR = ":"
MEAN, B0 = "mean", "b0"
# Between the names of the mixture's images.
SEPARATOR = ","
# Time series: readable as images, but no contrast that belongs into every mixture.
SERIES = ("bold", "asl", "cbf")


def find(files: StudyFiles, name: str) -> tuple[ImageFile, Take] | None:
    """Return the file that a name stands for and the volumes taken of it; None if none does."""
    if file := files.files.get(name):
        return file, file.b0_volumes or FIRST
    stem, _, which = name.rpartition(SELECTOR)
    file = files.files.get(stem)
    if file is None:
        return None
    if which == MEAN:
        return file, None
    if which == B0 and file.b0_volumes:
        return file, file.b0_volumes
    if which.isascii() and which.isdigit() and len(which) < 10:
        return file, (int(which),)
    return None


def split_names(text: str, files: StudyFiles) -> tuple[list[str], list[str]]:
    """Split a list of image names, which may hold the separator themselves.

    Returns
    -------
    known, unknown : list of str
    """
    known: list[str] = []
    unknown: list[str] = []
    parts = text.split(SEPARATOR)
    # Only as many parts together as some name has: a link may hold thousands of separators.
    counts = sorted({name.count(SEPARATOR) + 1 for name in files.files}, reverse=True)
    start = 0
    while start < len(parts):
        for count in counts:
            name = SEPARATOR.join(parts[start : start + count])
            if start + count <= len(parts) and find(files, name):
                known.append(name)
                break
        else:
            count = 1
            unknown.append(parts[start])
        start += count
    return list(dict.fromkeys(known)), [name for name in unknown if name]


def contrasts(files: StudyFiles, shown: Sequence[str]) -> list[str]:
    """Return the images that are mixed unless others are chosen: the shown ones and all others.

    Of a BIDS study one image of each suffix is enough: its derivatives are copies.
    """
    chosen = list(dict.fromkeys(shown))
    taken = [found[0] for name in chosen if (found := find(files, name))]
    suffixes = {_suffix(file) for file in taken} - {""}
    for name, file in files.of("image").items():
        suffix = _suffix(file)
        if file in taken or suffix in suffixes or suffix in SERIES:
            continue
        if suffix:
            suffixes.add(suffix)
        chosen.append(name)
    return chosen


def in_order(names: Iterable[str], shown: Sequence[str]) -> Iterator[str]:
    """Yield names with those of X and Y first, the order of the mixture's features."""
    names = list(names)
    yield from (name for name in dict.fromkeys(shown) if name in names)
    yield from (name for name in names if name not in shown)


def _suffix(file: ImageFile) -> str:
    return dict(file.entities).get("suffix", "")
