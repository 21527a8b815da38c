"""The studies of a data folder: one sub-folder of images each."""

import os
import re
import time
from dataclasses import dataclass
from pathlib import Path

from dashboard.core.errors import NeuroMixError
from dashboard.core.volume import EXTENSIONS, stem

# Names of label maps and masks: they belong to a study, but are no intensities to plot.
_LABELS = re.compile(
    r"(?:^|[_\-. ])(?:dseg|aseg|seg|mask|labels?|lesions?|gt|roi|parc)(?:$|[_\-. \d])",
    re.IGNORECASE,
)
# What a study opens with: an anatomical image on X, the lesson's b0 or the next contrast on Y.
_PREFERENCE = (r"t1w?$", r"b0", r"t2", r"flair", r"pd", r"t1")
# File systems keep times as coarsely as two seconds (FAT).
CLOCK_TICK_NS = 2_000_000_000
_RESOLUTION = re.compile(r"[_\-. ]\d+(?:\.\d+)?mm$", re.IGNORECASE)


@dataclass(frozen=True)
class StudyFiles:
    """A study and the image files in it.

    Attributes
    ----------
    name : str
        The sub-folder's name.
    images : dict of str to Path
        Image names with their files, the likeliest pair first.
    """

    name: str
    images: dict[str, Path]


class Library:
    """The studies below one folder, as they are at each call, so that new files appear.

    Names that come from outside are looked up in the listing and never joined to a path; links
    are not followed.
    """

    def __init__(self, root: Path) -> None:
        # A folder given as "." has no name of its own.
        self._root = root.resolve()
        self._read: dict[Path, tuple[int, StudyFiles]] = {}

    def studies(self) -> dict[str, StudyFiles]:
        """List the studies by name; the folder itself is one if it holds images.

        Raises
        ------
        NeuroMixError
            If the folder cannot be read or holds no study.
        """
        found = self._list()
        studies = {study.name: study for study in found if study.images}
        if not studies:
            raise NeuroMixError(
                "The data folder holds no study. Put the images of each study (.nii or .nii.gz) "
                "into a sub-folder of the folder given by --data or DASHBOARD_DATA."
            )
        return studies

    def images(self, study: str) -> dict[str, Path]:
        """Return the images of a study; none where there is no such study."""
        found = self._list(study)
        return found[-1].images if found else {}

    def file(self, study: str, image: str) -> Path:
        """Return the file of an image.

        Raises
        ------
        NeuroMixError
            If there is no such study or image.
        """
        images = self.images(study)
        if image not in images:
            raise NeuroMixError(f"There is no image “{image}” in a study “{study}”.")
        return images[image]

    def _list(self, name: str | None = None) -> list[StudyFiles]:
        """List all studies, or those of one name."""
        try:
            with os.scandir(self._root) as entries:
                names = [
                    entry.name
                    for entry in entries
                    if name in (None, entry.name) and entry.is_dir(follow_symlinks=False)
                ]
            folders = [self._root / found for found in sorted(names)]
            if name in (None, self._root.name):
                folders.insert(0, self._root)
            return [self._study(folder) for folder in folders]
        except OSError as error:
            raise NeuroMixError(
                f"The data folder cannot be read ({error.strerror}). Check the folder given by "
                "--data or DASHBOARD_DATA."
            ) from None

    def _study(self, folder: Path) -> StudyFiles:
        """Read a folder, unless it is as it was: a request looks at its study a dozen times."""
        changed = folder.stat().st_mtime_ns
        known = self._read.get(folder)
        if known and known[0] == changed:
            return known[1]
        study = _study(folder)
        # A clock tick can hide a second change that comes right after the first.
        if time.time_ns() - changed > CLOCK_TICK_NS:
            self._read[folder] = changed, study
        return study


def _study(folder: Path) -> StudyFiles:
    files = sorted(
        f
        for f in folder.iterdir()
        if f.name.lower().endswith(EXTENSIONS)
        and not f.name.startswith(".")
        and f.is_file()
        and not f.is_symlink()
    )
    intensities = [f for f in files if not _LABELS.search(stem(f))] or files
    stems = [stem(f) for f in intensities]
    named = {
        file.name if stems.count(name) > 1 else name: file
        for name, file in zip(stems, intensities, strict=True)
    }
    ranked = sorted(named.items(), key=lambda item: _rank(stem(item[1])))
    return StudyFiles(folder.name, dict(ranked))


def _rank(name: str) -> tuple[int, str]:
    contrast = _RESOLUTION.sub("", name)
    for rank, pattern in enumerate(_PREFERENCE):
        if re.search(rf"(?:^|[_\-. \d]){pattern}", contrast, re.IGNORECASE):
            return rank, name
    return len(_PREFERENCE), name
