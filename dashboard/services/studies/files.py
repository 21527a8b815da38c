"""The image files of one study, their names and roles."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dashboard.core.errors import VolumeError
from dashboard.core.reading.bvalues import b0_volumes, b_values
from dashboard.core.reading.foreign import APPLE_PREFIX
from dashboard.core.reading.image import volumes_in
from dashboard.core.reading.names import EXTENSIONS, HEADERS, other_halves
from dashboard.core.volume import stem
from dashboard.services.studies.conventions import LIKE_T1, ROLES, Role
from dashboard.services.studies.foreign import foreign_files
from dashboard.services.studies.roles import (
    UNKNOWN,
    Meaning,
    contrast_rank,
    marks_region,
    mask_rank,
    meaning,
    processing_rank,
)
from dashboard.services.studies.short import short_names
from dashboard.services.studies.sorting import natural

# What a study opens with, beside its images: fields of the View, as JSON.
PRESETS = "neuromix.json"
PRESETS_BYTES = 10_000  # a few fields


@dataclass(frozen=True)
class ImageFile:
    """One image file of a study.

    Attributes
    ----------
    name : str
        Its name in the URL and the controls, unique in its study.
    path : Path
    file_name : str
        The name that the user gave it, for messages.
    role : Role
        What it is used for: by its name, or by its content once that is known.
    meaning : Meaning
        What its name says.
    place : tuple
        Sorts files whose meaning has the same rank.
    entities : tuple of (str, str)
        BIDS entities in the order of the name, and the suffix; empty for other names.
    b0_volumes : tuple of int
        Volumes without diffusion weighting, by the .bval of a run.
    other_bval : int
        Number of b-values beside the image if it has another number of volumes; they are not used.
    foreign : bool
        Whether it is of another format, listed to say so.
    label_names : Path or None
        The .tsv with the names of a label map's classes.
    short : str
        The name where there is little room: what tells it from the others of its study.
    """

    name: str
    path: Path
    file_name: str
    role: Role
    meaning: Meaning = UNKNOWN
    place: tuple[Any, ...] = ()
    entities: tuple[tuple[str, str], ...] = ()
    b0_volumes: tuple[int, ...] = ()
    other_bval: int = 0
    foreign: bool = False
    label_names: Path | None = None
    short: str = ""

    @property
    def stem(self) -> str:
        """The file name without its extension."""
        return stem(Path(self.file_name))

    @property
    def contrast(self) -> str:
        """What an image shows; its own name if that is unknown."""
        return self.meaning.contrast or self.name


@dataclass(frozen=True)
class StudyFiles:
    """A study and its image files.

    Attributes
    ----------
    name : str
    files : dict of str to ImageFile
        By name: images with the likeliest pair first, then masks, label maps, probabilities.
    fit : tuple of str or None
        One image of each contrast, the likeliest X first, by content; None if no content is known.
    before : bool
        Whether it opens with the histograms of all voxels beside those of the foreground, by its
        own `PRESETS` file.
    """

    name: str
    files: dict[str, ImageFile]
    fit: tuple[str, ...] | None = None
    before: bool = False

    def of(self, *roles: Role) -> dict[str, ImageFile]:
        """Return the files with one of these roles."""
        return {name: file for name, file in self.files.items() if file.role in roles}


def study_files(name: str, paths: Mapping[str, Path]) -> StudyFiles:
    """Make a study of the files of one folder.

    Parameters
    ----------
    name : str
    paths : mapping of str to Path
        Files by their original names. Images of other formats come last, one of each series; the
        .bval and the .tsv with the name of an image belong to it, and others are left out.
    """
    found = [file for file in sorted(paths) if is_image(file, paths)]
    stems = Counter(stem(Path(file)) for file in found)
    files = []
    for file in found:
        called = stem(Path(file))
        says = meaning(file, called)
        bval, tsv = paths.get(f"{called}.bval"), paths.get(f"{called}.tsv")
        files.append(
            ImageFile(
                # Two files of one name keep their extensions.
                name=called if stems[called] == 1 and called not in paths else file,
                path=paths[file],
                file_name=file,
                role=says.role,
                meaning=says,
                place=(False, natural(called)),
                **diffusion(bval if says.role == "image" else None, paths[file]),
                label_names=tsv if says.role == "labels" else None,
            )
        )
    files += [
        ImageFile(name=file, path=paths[file], file_name=file, role="image", foreign=True)
        for file in foreign_files(paths, with_images=bool(found))
    ]
    return replace(arranged(name, files), before=asks_for_before(paths.get(PRESETS)))


def asks_for_before(presets: Path | None) -> bool:
    """Return whether a study's file of presets says `{"before": true}`."""
    try:
        content = presets.read_bytes() if presets and presets.stat().st_size < PRESETS_BYTES else ""
        return json.loads(content or "{}").get("before") is True
    except (OSError, ValueError, AttributeError):  # it is no such file
        return False


def arranged(name: str, files: Sequence[ImageFile]) -> StudyFiles:
    """Make a study of files: sort them, and take all for images if no name is one of an image."""
    if not any(file.role == "image" for file in files):
        files = [replace(file, role="image") for file in files]
    shown = {file.contrast for file in files if file.role == "image"}
    first = next((contrast for contrast in LIKE_T1 if contrast in shown), "")
    files = _named_after(first, files)
    with_mask = any(map(_masks_brain, files))

    def key(file: ImageFile) -> tuple[Any, ...]:
        rank = -1 if file.contrast == first else contrast_rank(file.contrast)
        derived, *place = file.place or (False,)
        done = processing_rank(file.meaning.processing, with_mask=with_mask)
        if file.role != "image":
            done = "normalised" in file.meaning.processing
        unreadable = file.foreign or is_header(file.file_name)
        return ROLES.index(file.role), unreadable, rank, derived, done, *place

    short = short_names([file.name for file in files])
    ordered = sorted(files, key=key)
    return StudyFiles(name, {f.name: replace(f, short=short[f.name]) for f in ordered})


def _named_after(contrast: str, files: Sequence[ImageFile]) -> list[ImageFile]:
    """Give the contrast of an image to what a program made of it under the start of its name.

    ANTs calls the brain of sub1_T1 sub1_BrainExtractionBrain.
    """
    stems = [file.stem.lower() for file in files if file.contrast == contrast]

    def is_made(file: ImageFile) -> bool:
        says = file.meaning
        start = says.contrast.removeprefix("named ")
        return bool(not says.known and says.processing) and any(
            stem.startswith(start) for stem in stems
        )

    return [
        replace(file, meaning=replace(file.meaning, contrast=contrast)) if is_made(file) else file
        for file in files
    ]


def _masks_brain(file: ImageFile) -> bool:
    return (
        file.role == "mask"
        and "normalised" not in file.meaning.processing
        and mask_rank(file.role, file.stem) <= 1
        and not marks_region(file.stem)
    )


def is_image(file_name: str, beside: Mapping[str, object]) -> bool:
    """Return whether a file is listed: an image, or a header whose image is missing."""
    if file_name.startswith(APPLE_PREFIX):
        return False
    if not is_header(file_name):
        return file_name.lower().endswith(EXTENSIONS)
    return not any(half in beside for half in other_halves(file_name))


def is_header(file_name: str) -> bool:
    """Return whether a file is the header half of a pair."""
    return file_name.lower().endswith(HEADERS)


def diffusion(bval: Path | None, image: Path) -> dict[str, Any]:
    """Return what the .bval of an image says, as fields of `ImageFile`; none if it is invalid."""
    values = b_values(bval) if bval else []
    with suppress(VolumeError):  # whoever opens the image hears why it cannot be read
        if values and volumes_in(image) != len(values):
            return {"other_bval": len(values)}
    return {"b0_volumes": b0_volumes(values)}
