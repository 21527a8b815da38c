"""The studies of a data folder: sub-folders of images, and BIDS subjects and sessions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.core.errors import NeuroMixError
from dashboard.core.reading.names import MGH
from dashboard.core.volume import stem
from dashboard.services.disk.looks import Looks
from dashboard.services.studies import bids
from dashboard.services.studies.files import PRESETS, StudyFiles, is_image, study_files
from dashboard.services.studies.folders import Folders, Listing, Look, Stamps, unchanged
from dashboard.services.studies.foreign import foreign_files
from dashboard.services.studies.sorting import natural


class Library:
    """The studies below one folder as they are at each call, so that new files appear.

    While its disk hangs, they are as they were before; if it is slow, changes appear a bit later.

    Parameters
    ----------
    root : Path
    looks : Looks, optional
        At the disk.

    A sub-folder of images is a study of its name, and so is the folder itself. A BIDS data set, in
    the folder or in a sub-folder, has one study per subject and session: ``sub-01/ses-02`` or
    ``set/sub-01/ses-02``. Names from outside are looked up in listings and never joined to a path.
    """

    def __init__(self, root: Path, looks: Looks | None = None) -> None:
        self._folders = Folders(root)
        # What was found last, with its stamps; None while these do not show every change.
        self._known: dict[str | None, tuple[Stamps | None, Any]] = {}
        self._parts: dict[Path, _Part] = {}
        self._looks = looks or Looks()

    def names(self) -> list[str]:
        """Return the names of the studies, without reading the files of BIDS subjects.

        Raises
        ------
        NeuroMixError
            If the folder cannot be read or contains no study.
        """
        names: list[str] = self._remembered(None, lambda look: list(self._names(look)))
        if not names:
            raise NeuroMixError(
                "The data folder contains no study. Put the images of each study (.nii or .nii.gz) "
                "into a sub-folder of the folder given by --data or DASHBOARD_DATA. Convert DICOM "
                "series with dcm2niix first."
            )
        return list(names)

    def study(self, name: str) -> StudyFiles | None:
        """Return a study with its files; None if it is missing or none of its files is there.

        Raises
        ------
        NeuroMixError
            If the folder cannot be read.
        """
        study: StudyFiles | None = self._remembered(name, lambda look: self._study(look, name))
        return study

    def _remembered(self, key: str | None, find: Callable[[Look], Any]) -> Any:
        """Look again only if something changed: a request needs its study many times."""
        known = self._known.get(key)
        if known and self._looks.hang:
            return known[1]
        return self._looks.at(
            key,
            lambda: self._found(key, find),
            known and known[1],
            beside=key is None and known is not None,
        )

    def _found(self, key: str | None, find: Callable[[Look], Any]) -> Any:
        known = self._known.get(key)
        if known and known[0] is not None and unchanged(known[0]):
            return known[1]
        look = Look(self._folders)
        result = find(look)
        if result:
            self._known[key] = look.stamps if look.settled else None, result
        else:
            self._known.pop(key, None)
        return result

    def _names(self, look: Look) -> Iterator[str]:
        root = self._root(look)
        found: set[str] = set()
        foreign: set[str] = set()
        if bids.is_dataset(root):
            found.update(bids.study_names(look, root))
        for folder in _plain_folders(look, root):
            part = self._soon(root.path / folder)
            if part is None:
                look.settled = False
                continue
            look.add(part.look)
            found |= part.names
            foreign |= part.foreign
        own = _holds_images(root) or _below(look, root)
        if own and root.path.name not in found:
            yield root.path.name
        yield from sorted(found, key=natural)
        # They say what their files are, but none of them is what one opens first.
        yield from sorted(foreign - found, key=natural)
        if not (own or found) and _holds_foreign(root):
            yield root.path.name

    def _soon(self, path: Path) -> "_Part | None":
        """Return what a folder holds, as it was if its disk is slow; None if nobody knows yet."""

        def find() -> _Part:
            part = self._parts[path] = _part(Look(self._folders), path)
            return part

        return self._looks.at(path, find, self._parts.get(path), beside=True)

    def _study(self, look: Look, name: str) -> StudyFiles | None:
        root = self._root(look)
        head, _, rest = name.partition("/")
        study = None
        if bids.is_subject(head) and bids.is_dataset(root):
            study = bids.study(look, root, name, name)
        elif head in _plain_folders(look, root) and (listing := look.read(root.path / head)):
            if not rest:
                study = _plain_study(look, listing) if name == head else None
            elif bids.is_dataset(listing):
                study = bids.study(look, listing, rest, name)
        if study is None and name == root.path.name:
            study = _plain_study(look, root)
        return study

    def _root(self, look: Look) -> Listing:
        try:
            return look.require(self._folders.root)
        except OSError as error:
            raise NeuroMixError(
                f"The data folder cannot be read ({error.strerror}). Check the folder given by "
                "--data or DASHBOARD_DATA."
            ) from None


@dataclass(frozen=True)
class _Part:
    """The studies in one folder, and those that hold files of other formats only."""

    look: Look
    names: frozenset[str]
    foreign: frozenset[str]


def _part(look: Look, path: Path) -> _Part:
    folder, listing = path.name, look.read(path)
    if listing is None:
        return _Part(look, frozenset(), frozenset())
    names: set[str] = set()
    if _holds_images(listing) or _below(look, listing):
        names.add(folder)
    foreign = {folder} if not names and _holds_foreign(listing) else set()
    if bids.is_dataset(listing):
        names.update(f"{folder}/{name}" for name in bids.study_names(look, listing))
    return _Part(look, frozenset(names), frozenset(foreign))


def _plain_folders(look: Look, root: Listing) -> dict[str, None]:
    """Return the folders that belong neither to a data set nor to the study of the root."""
    taken = {bids.SUBJECT_IMAGES} if _below(look, root) else set()
    if bids.is_dataset(root):
        taken |= {bids.DERIVATIVES, *filter(bids.is_subject, root.folders)}
    return {name: None for name in root.folders if name not in taken}


def _holds_images(listing: Listing) -> bool:
    return any(is_image(file, listing.files) for file in listing.files)


def _holds_foreign(listing: Listing) -> bool:
    paths = {file: listing.path / file for file in listing.files}
    return bool(foreign_files(paths, with_images=False))


def _plain_study(look: Look, listing: Listing) -> StudyFiles | None:
    runs = {file.removesuffix(".bval") for file in listing.files if file.endswith(".bval")}
    for file in listing.files:
        # What they say counts; the b-values only if they are as many as the volumes.
        if file == PRESETS or file.removesuffix(".bval") in runs or stem(Path(file)) in runs:
            look.watch(listing.path / file)
    paths = {file: listing.path / file for file in listing.files}
    if below := _below(look, listing):
        # Where two files have one name, that of the folder itself counts.
        paths = {file: below.path / file for file in below.files} | paths
    study = study_files(listing.path.name, paths)
    return study if study.files else None


def _below(look: Look, listing: Listing) -> Listing | None:
    """Return the folder of images that FreeSurfer and CAT12 make below a subject's; None if none.

    A folder of that name beside other studies is a study of its own.
    """
    if bids.SUBJECT_IMAGES not in listing.folders:
        return None
    below = look.read(listing.path / bids.SUBJECT_IMAGES)
    if below is None or not _holds_images(below):
        return None
    by_program = any(file.lower().endswith(MGH) for file in below.files) or _holds_images(listing)
    return below if by_program else None


class Given(Library):
    """The one study of the files that a command is given."""

    def __init__(self, files: StudyFiles) -> None:
        self._files = files

    def names(self) -> list[str]:
        """Return its name."""
        return [self._files.name]

    def study(self, name: str) -> StudyFiles | None:
        """Return the study if it has that name."""
        return self._files if name == self._files.name else None
