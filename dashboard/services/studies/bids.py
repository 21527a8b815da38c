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
from dashboard.services.studies.roles import contrast_rank, role_of, suffix_rank
from dashboard.services.studies.sorting import natural

DESCRIPTION = "dataset_description.json"
DERIVATIVES = "derivatives"
SUBJECT, SESSION = "sub-", "ses-"
# Folders of a subject that hold images of a head, the likeliest first.
DATATYPES = ("anat", "dwi", "perf", "func")
# Images of the head from runs over time; a run itself comes last.
_OF_RUNS = {"sbref", "boldref", "m0scan", "cbf", "bold"}
# Displacements are vectors, not intensities.
_VECTORS = {"xfm", "warp"}
_SURFACES = re.compile(r"\.[dp]\w+\.nii$", re.IGNORECASE)  # CIFTI

Branch = tuple[str, Listing]  # a pipeline, or "" for the data set itself


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
        levels = [level for _, _, level in _levels(look, branches, subject)]
        sessions = _sessions(look, levels)
        if sessions:
            yield from (f"{subject}/{session}" for session in sessions)
        elif any(_holds_images(level) for level in levels):
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
    levels = _levels(look, branches, subject) if is_subject(subject) else []
    sessions = _sessions(look, [level for _, _, level in levels])
    if name not in ([f"{subject}/{known}" for known in sessions] or [subject]):
        return None
    raw: list[_Found] = []
    derived: list[_Found] = []
    for pipeline, branch, level in levels:
        # The files of a subject belong to each of its sessions.
        folders = [level]
        if session in level.folders and (below := look.read(level.path / session)):
            folders.append(below)
        for depth, folder in enumerate(folders, 1):
            found = _images(look, pipeline, folder, (branch, *folders[:depth]))
            (derived if pipeline else raw).extend(found)
    files = _named(raw, set())
    files += _named(derived, {file.name for file in files})
    return arranged(title, files) if files else None


def _subjects(listing: Listing) -> Iterator[str]:
    return (name for name in listing.folders if is_subject(name))


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


def _levels(
    look: Look, branches: Iterable[Branch], subject: str
) -> list[tuple[str, Listing, Listing]]:
    """Return the folders of a subject with their pipelines and data sets."""
    return [
        (pipeline, branch, level)
        for pipeline, branch in branches
        if subject in branch.folders and (level := look.read(branch.path / subject))
    ]


def _sessions(look: Look, levels: list[Listing]) -> list[str]:
    """Return the sessions of a subject that hold images, in any of its folders."""
    names = {name for level in levels for name in level.folders if name.startswith(SESSION)}
    return [
        name
        for name in sorted(names)
        if any(
            name in level.folders
            and (session := look.read(level.path / name))
            and _holds_images(session)
            for level in levels
        )
    ]


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
    return not of_run or suffix in _OF_RUNS or role_of(file, suffix) != "image"


def _found(
    look: Look, file: str, above: tuple[Listing, ...], where: tuple[str, int, str]
) -> _Found:
    pipeline, order, datatype = where
    called = stem(Path(file))
    entities = _entities(called)
    words = [word for word in called.split("_") if not word.startswith((SUBJECT, SESSION))]
    name = "_".join(words) or called
    # The suffix gives the role of a BIDS file; other words may name a tissue for other reasons.
    role = role_of(file, entities.get("suffix", called))
    bval = _sidecar(look, entities, ".bval", above) if role == "image" else None
    if bval:
        look.watch(above[-1].path / file)  # the b-values count only if they are as many as volumes
    image = ImageFile(
        name=name,
        path=above[-1].path / file,
        file_name=file,
        role=role,
        entities=tuple(entities.items()),
        **diffusion(bval, above[-1].path / file),
        label_names=_sidecar(look, entities, ".tsv", above) if role == "labels" else None,
    )
    names = (
        name,
        *([f"{pipeline}_{name}"] if pipeline else []),
        "_".join(part for part in (pipeline, datatype, name) if part),
        "_".join(part for part in (pipeline, datatype, file) if part),
    )
    rank = 0  # only images form pairs
    if role == "image":
        rank = suffix_rank(entities) if entities else contrast_rank(called)
    return _Found(image, names, (rank, order, len(entities), natural(name)))


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
