"""The files and volumes that the names in a View stand for."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from dashboard.core.mixture.recipe import MAX_MIXED
from dashboard.core.reading.voxels import FIRST, Take
from dashboard.services.studies.conventions import LATE_CONTRASTS, SAMPLES_WORDS, whole_words
from dashboard.services.studies.files import ImageFile, StudyFiles

# `dwi:3`, `dwi:mean`, `dwi:b0`: one volume of an image, or the mean of several.
SELECTOR = ":"
MEAN, B0 = "mean", "b0"
# Between the names of the images in the fit.
SEPARATOR = ","
# Time series: images, but not contrasts for every fit.
SERIES = ("bold", "asl", "cbf")
_SAMPLES = whole_words(SAMPLES_WORDS)
# All contrasts of a file can be in the fit together.
MOST_CONTRASTS = MAX_MIXED

# From the name of a file to the names of the images in it.
Frames = Callable[[str], Sequence[str]]


def find(files: StudyFiles, name: str) -> tuple[ImageFile, Take] | None:
    """Return the file and the volumes that a name stands for; None if it stands for nothing."""
    if file := files.files.get(name):
        return file, file.b0_volumes or FIRST
    stem, _, which = name.rpartition(SELECTOR)
    file = files.files.get(stem)
    try:
        return (file, take_called(which, file.b0_volumes)) if file else None
    except ValueError:
        return None


def file_of(files: StudyFiles, name: str) -> ImageFile | None:
    """Return the file of an image, whichever of its volumes the name selects; None without one."""
    found = find(files, name)
    return found[0] if found else None


def short_name(files: StudyFiles, name: str) -> str:
    """Return the short name of an image, with the volumes that its name selects."""
    if name in files.files:
        return files.files[name].short or name
    stem, _, which = name.rpartition(SELECTOR)
    return f"{files.files[stem].short or stem}{SELECTOR}{which}" if stem in files.files else name


def take_called(which: str, b0: tuple[int, ...] = ()) -> Take:
    """Return the volumes that a selector stands for: a number from 0, the mean, or the b0.

    Raises
    ------
    ValueError
        If it stands for none.
    """
    if which == MEAN:
        return None
    if which == B0 and b0:
        return b0
    if which.isascii() and which.isdigit() and len(which) < 10:
        return (int(which),)
    raise ValueError(which)


def may_hold_contrasts(file: ImageFile) -> bool:
    """Return whether the volumes of a file, if they are few, are contrasts by its name."""
    return not (file.b0_volumes or file.contrast in LATE_CONTRASTS or _SAMPLES.search(file.stem))


def frame_names(name: str, volumes: int) -> tuple[str, ...]:
    """Return the names of a file's volumes as images, if they are few; else its own name."""
    if not 1 < volumes <= MOST_CONTRASTS:
        return (name,)
    return tuple(f"{name}{SELECTOR}{index}" for index in range(volumes))


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


def itself(name: str) -> tuple[str]:
    """Return the one image in a file whose volumes are not images of their own."""
    return (name,)


def contrasts(files: StudyFiles, shown: Sequence[str], frames: Frames = itself) -> list[str]:
    """Return the images in the fit by default: those shown, and one of each other contrast.

    A file of contrasts gives all its `frames`, but none beside a mean of them; only files that can
    still be in the fit are asked.
    """
    chosen = list(dict.fromkeys(shown))
    taken = [found for name in chosen if (found := find(files, name))]
    means = {file.name for file, take in taken if take is None or len(take) > 1}
    own = {file.name for file, _ in taken}
    seen = {*SERIES, *(file.contrast for file, _ in taken)}
    for name in files.of("image") if files.fit is None else files.fit:
        contrast = files.files[name].contrast
        if name in means or (contrast in seen and name not in own):
            continue
        seen.add(contrast)
        images = frames(name) if len(chosen) < MAX_MIXED else (name,)
        # Of a file that is shown, the other contrasts.
        rest = [i for i in images if i != name and find(files, i) not in taken]
        chosen += rest if name in own else images
    return chosen


def in_order(names: Iterable[str], shown: Sequence[str]) -> Iterator[str]:
    """Yield names with X and Y first, the order of the features."""
    names = list(names)
    yield from (name for name in dict.fromkeys(shown) if name in names)
    yield from (name for name in names if name not in shown)
