"""The files and volumes that the names in a View stand for."""

from collections.abc import Iterable, Iterator, Sequence

from dashboard.core.reading.voxels import FIRST, Take
from dashboard.services.studies.files import ImageFile, StudyFiles

# `dwi:3`, `dwi:mean`, `dwi:b0`: one volume of an image, or the mean of several.
SELECTOR = ":"
MEAN, B0 = "mean", "b0"
# Between the names of the images in the fit.
SEPARATOR = ","
# Time series: images, but not contrasts for every fit.
SERIES = ("bold", "asl", "cbf")


def find(files: StudyFiles, name: str) -> tuple[ImageFile, Take] | None:
    """Return the file and the volumes that a name stands for; None if it stands for nothing."""
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
    """Split a list of image names, which may contain the separator.

    Returns
    -------
    known, unknown : list of str
    """
    known: list[str] = []
    unknown: list[str] = []
    parts = text.split(SEPARATOR)
    # Join only as many parts as some name has: a link may contain thousands of separators.
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
    """Return the images in the fit by default: those shown, and one of each other contrast."""
    chosen = list(dict.fromkeys(shown))
    taken = [found[0] for name in chosen if (found := find(files, name))]
    seen = {*SERIES, *(file.contrast for file in taken)}
    for name in files.of("image") if files.fit is None else files.fit:
        file = files.files[name]
        if file not in taken and file.contrast not in seen:
            seen.add(file.contrast)
            chosen.append(name)
    return chosen


def in_order(names: Iterable[str], shown: Sequence[str]) -> Iterator[str]:
    """Yield names with X and Y first, the order of the features."""
    names = list(names)
    yield from (name for name in dict.fromkeys(shown) if name in names)
    yield from (name for name in names if name not in shown)
