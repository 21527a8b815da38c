"""BIDS data sets and their derivatives: subjects, sessions, and the images of each.

Libraries read the whole data set, again after each change. On 1,000 subjects with two sessions and
one pipeline ancpbids took 0.8 s, bids2table 1.8 s, pybids 16 s. Listing only the folders of
subjects and sessions takes 0.2 s, and 0.02 s if nothing changed; file names say the rest.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dashboard.core.volume import stem
from dashboard.services.studies.files import (
    ImageFile,
    StudyFiles,
    arranged,
    diffusion,
    is_image,
)
from dashboard.services.studies.folders import Listing, Look
from dashboard.services.studies.roles import bids_meaning, meaning, role_of
from dashboard.services.studies.sorting import natural

DESCRIPTION = "dataset_description.json"
DERIVATIVES = "derivatives"
SUBJECT, SESSION = "sub-", "ses-"
# FreeSurfer has no folders below a subject's: it calls a session sub-01_ses-a.
JOINED = "_"
# FreeSurfer's and CAT12's folder of a subject's images.
SUBJECT_IMAGES = "mri"
# Folders of a subject that hold images of a head, the likeliest first.
DATATYPES = ("anat", "dwi", "perf", "func", SUBJECT_IMAGES)
# Images of the head from runs over time; a run itself comes last.
_OF_RUNS = {"sbref", "boldref", "m0scan", "cbf", "bold"}
# Displacements are vectors, not intensities.
_VECTORS = {"xfm", "warp"}
_SURFACES = re.compile(r"\.[dp]\w+\.nii$", re.IGNORECASE)  # CIFTI

Branch = tuple[str, Listing]  # a pipeline, or "" for the data set itself


@dataclass(frozen=True)
class _Level:
    """A folder of a subject; `session` if it is one of the session alone."""

    pipeline: str
    branch: Listing
    listing: Listing
    session: str

    @property
    def path(self) -> Path:
        return self.listing.path


@dataclass(frozen=True)
class _Found:
    """An image file with the names it may get, the shortest first."""

    file: ImageFile
    names: tuple[str, ...]
    order: tuple[Any, ...]


def is_dataset(listing: Listing) -> bool:
    """Return whether a folder is the top of a data set."""
    return (
        DESCRIPTION in listing.files
        or DERIVATIVES in listing.folders
        or any(_subjects(listing))
    )  # fmt: skip


def is_subject(folder: str) -> bool:
    """Return whether a folder's name is a subject's."""
    return folder.startswith(SUBJECT) and folder != SUBJECT


def study_names(look: Look, dataset: Listing) -> Iterator[str]:
    """Yield the names of the studies of a data set: each subject and session with images."""
    branches = _branches(look, dataset)
    for subject in sorted({name for _, branch in branches for name in _subjects(branch)}):
        levels = _levels(look, branches, subject)
        sessions = _sessions(look, levels)
        if sessions:
            yield from (f"{subject}/{session}" for session in sessions)
        elif any(_holds_images(level.listing) for level in levels):
            yield subject


def study(look: Look, dataset: Listing, name: str, title: str) -> StudyFiles | None:
    """List the images of a subject and session; None if it has none.

    Parameters
    ----------
    look : Look
    dataset : Listing
    name : str
        From `study_names`.
    title : str
        The name of the study in the library.
    """
    subject, _, session = name.partition("/")
    branches = _branches(look, dataset)
    known = is_subject(subject) and JOINED not in subject
    levels = _levels(look, branches, subject) if known else []
    sessions = _sessions(look, levels)
    if name not in ([f"{subject}/{one}" for one in sessions] or [subject]):
        return None
    raw: list[_Found] = []
    derived: list[_Found] = []
    for level in levels:
        if level.session not in ("", session):
            continue
        # The files of a subject belong to each of its sessions.
        folders = [level.listing]
        if session in level.listing.folders and (below := look.read(level.path / session)):
            folders.append(below)
        for depth, folder in enumerate(folders, 1):
            found = _images(look, level.pipeline, folder, (level.branch, *folders[:depth]))
            (derived if level.pipeline else raw).extend(found)
    files = _named(raw, set())
    files += _named(derived, {file.name for file in files})
    return arranged(title, files) if files else None


def _subjects(listing: Listing) -> Iterator[str]:
    return (name.partition(JOINED)[0] for name in listing.folders if is_subject(name))


def _branches(look: Look, dataset: Listing) -> list[Branch]:
    """Return the listings of a data set and of its pipelines."""
    branches = [("", dataset)]
    top = look.read(dataset.path / DERIVATIVES) if DERIVATIVES in dataset.folders else None
    if top:
        branches.append((DERIVATIVES, top))
        for name in top.folders:
            if not is_subject(name) and (pipeline := look.read(top.path / name)):
                branches.append((name, pipeline))
    return branches


def _levels(look: Look, branches: Iterable[Branch], subject: str) -> list[_Level]:
    """Return the folders of a subject, and those of its sessions beside them."""
    return [
        _Level(pipeline, branch, listing, session)
        for pipeline, branch in branches
        for name in branch.folders
        if name.partition(JOINED)[0] == subject
        and _is_session(session := name.partition(JOINED)[2])
        and (listing := look.read(branch.path / name))
    ]


def _is_session(name: str) -> bool:
    """Return whether a folder's name after the subject's is that of a session, or empty.

    Templates and time points of FreeSurfer's longitudinal stream have a dot in their names.
    """
    return not name or (name.startswith(SESSION) and "." not in name)


def _sessions(look: Look, levels: list[_Level]) -> list[str]:
    """Return the sessions of a subject that hold images, in any of its folders."""
    found = {level.session for level in levels if level.session and _holds_images(level.listing)}
    for level in levels:
        for name in level.listing.folders:
            if name.startswith(SESSION) and name not in found:
                session = look.read(level.path / name)
                if session and _holds_images(session):
                    found.add(name)
    return sorted(found)


def _holds_images(level: Listing) -> bool:
    return any(datatype in level.folders for datatype in DATATYPES) or any(
        is_image(file, level.files) for file in level.files
    )


def _images(
    look: Look, pipeline: str, level: Listing, above: tuple[Listing, ...]
) -> Iterator[_Found]:
    """List the images in a subject's or session's folder and the folders of its data types."""
    for order, datatype in enumerate(("", *DATATYPES)):
        if not datatype:
            folder: Listing | None = level
        else:
            folder = look.read(level.path / datatype) if datatype in level.folders else None
        for file in folder.files if folder else ():
            if folder and is_image(file, folder.files) and _is_wanted(file, datatype):
                yield _found(look, file, (*above, folder), (pipeline, order, datatype))


def _is_wanted(file: str, datatype: str) -> bool:
    called = stem(Path(file))
    suffix = _entities(called).get("suffix", called)
    if suffix in _VECTORS or _SURFACES.search(file):
        return False
    of_run = datatype in {"perf", "func"}
    return not of_run or suffix in _OF_RUNS or role_of(file, suffix) not in ("image", "other")


def _found(
    look: Look, file: str, above: tuple[Listing, ...], where: tuple[str, int, str]
) -> _Found:
    pipeline, order, datatype = where
    called = stem(Path(file))
    entities = _entities(called)
    words = [word for word in called.split("_") if not word.startswith((SUBJECT, SESSION))]
    name = "_".join(words) or called
    says = bids_meaning(file, entities) if entities else meaning(file, called)
    bval = _sidecar(look, entities, ".bval", above) if says.role == "image" else None
    if bval:
        look.watch(above[-1].path / file)  # the b-values count only if they are as many as volumes
    place = (order, len(entities), natural(name))
    image = ImageFile(
        name=name,
        path=above[-1].path / file,
        file_name=file,
        role=says.role,
        meaning=says,
        place=(bool(pipeline), *place),
        entities=tuple(entities.items()),
        **diffusion(bval, above[-1].path / file),
        label_names=_sidecar(look, entities, ".tsv", above) if says.role == "labels" else None,
    )
    names = (
        name,
        *([f"{pipeline}_{name}"] if pipeline else []),
        "_".join(part for part in (pipeline, datatype, name) if part),
        "_".join(part for part in (pipeline, datatype, file) if part),
    )
    return _Found(image, names, place)


def _entities(called: str) -> dict[str, str]:
    """Return the entities and the suffix of an image's name; empty without a BIDS name."""
    parsed = _parsed(called)
    return parsed if "sub" in parsed else {}


def _parsed(called: str) -> dict[str, str]:
    """Return the entities and the suffix of a name; empty if it has other words."""
    *pairs, suffix = called.split("_")
    if "-" in suffix or not all("-" in pair for pair in pairs):
        return {}
    return {**dict(pair.split("-", 1) for pair in pairs), "suffix": suffix}


def _sidecar(
    look: Look, entities: dict[str, str], extension: str, above: tuple[Listing, ...]
) -> Path | None:
    """Return the file that describes an image: the nearest whose entities it has."""
    for listing in reversed(above):
        best: tuple[int, Path] | None = None
        for file in listing.files:
            if not file.endswith(extension):
                continue
            named = _parsed(file.removesuffix(extension))
            if named.items() <= entities.items() and len(named) > (best[0] if best else 0):
                best = len(named), listing.path / file
        if best:
            look.watch(best[1])
            return best[1]
    return None


def _named(found: list[_Found], taken: set[str]) -> list[ImageFile]:
    """Give each file the shortest of its names that no other file may have."""
    found = sorted(found, key=lambda one: one.order)
    counts = Counter(name for one in found for name in set(one.names))
    files = []
    used = set(taken)
    for one in found:
        free = (name for name in one.names if counts[name] == 1 and name not in used)
        numbered = (f"{one.names[-1]} ({number})" for number in range(2, len(found) + 3))
        name = next(free, None) or next(name for name in numbered if name not in used)
        used.add(name)
        files.append(replace(one.file, name=name))
    return files
