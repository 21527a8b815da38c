"""The image files of one study, their names and roles."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dashboard.core.reading.bvalues import b0_volumes, b_values
from dashboard.core.reading.image import EXTENSIONS, HEADERS, other_halves, volumes_in
from dashboard.core.volume import stem
from dashboard.services.studies.roles import ROLES, Role, contrast_rank, role_of
from dashboard.services.studies.sorting import natural


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
    role : {"image", "mask", "labels", "probability"}
    entities : tuple of (str, str)
        BIDS entities in the order of the name, and the suffix; empty for other names.
    b0_volumes : tuple of int
        Volumes without diffusion weighting, by the .bval of a run.
    other_bval : int
        Number of b-values beside the image if it has another number of volumes; they are not used.
    label_names : Path or None
        The .tsv with the names of a label map's classes.
    """

    name: str
    path: Path
    file_name: str
    role: Role
    entities: tuple[tuple[str, str], ...] = ()
    b0_volumes: tuple[int, ...] = ()
    other_bval: int = 0
    label_names: Path | None = None

    @property
    def stem(self) -> str:
        """The file name without its extension."""
        return stem(Path(self.file_name))

    @property
    def suffix(self) -> str:
        """The BIDS suffix; empty without a BIDS name."""
        return dict(self.entities).get("suffix", "")


@dataclass(frozen=True)
class StudyFiles:
    """A study and its image files.

    Attributes
    ----------
    name : str
    files : dict of str to ImageFile
        By name: images with the likeliest pair first, then masks, label maps, probabilities.
    """

    name: str
    files: dict[str, ImageFile]

    def of(self, *roles: Role) -> dict[str, ImageFile]:
        """Return the files with one of these roles."""
        return {name: file for name, file in self.files.items() if file.role in roles}


def study_files(name: str, paths: Mapping[str, Path]) -> StudyFiles:
    """Make a study of the files of one folder.

    Parameters
    ----------
    name : str
    paths : mapping of str to Path
        Files by their original names. Others than images are left out, but the .bval and the .tsv
        with the name of an image belong to it.
    """
    found = [file for file in sorted(paths) if is_image(file, paths)]
    stems = Counter(stem(Path(file)) for file in found)
    files = []
    for file in found:
        called = stem(Path(file))
        role = role_of(file, called)
        bval, tsv = paths.get(f"{called}.bval"), paths.get(f"{called}.tsv")
        files.append(
            ImageFile(
                # Two files of one name keep their extensions.
                name=called if stems[called] == 1 and called not in paths else file,
                path=paths[file],
                file_name=file,
                role=role,
                **diffusion(bval if role == "image" else None, paths[file]),
                label_names=tsv if role == "labels" else None,
            )
        )
    files.sort(key=lambda file: (is_header(file.file_name), *_place(file)))
    return arranged(name, files)


def arranged(name: str, files: Sequence[ImageFile]) -> StudyFiles:
    """Make a study of files, which are sorted within each role."""
    if not any(file.role == "image" for file in files):
        files = [replace(file, role="image") for file in files]
    ordered = sorted(files, key=lambda file: ROLES.index(file.role))
    return StudyFiles(name, {file.name: file for file in ordered})


def is_image(file_name: str, beside: Mapping[str, object]) -> bool:
    """Return whether a file is listed: an image, or a header whose image is missing."""
    if not is_header(file_name):
        return file_name.lower().endswith(EXTENSIONS)
    return not any(half in beside for half in other_halves(file_name))


def is_header(file_name: str) -> bool:
    """Return whether a file is the header half of a pair."""
    return file_name.lower().endswith(HEADERS)


def diffusion(bval: Path | None, image: Path) -> dict[str, Any]:
    """Return what the .bval of an image says, as fields of `ImageFile`; none if it is invalid."""
    values = b_values(bval) if bval else []
    if values and volumes_in(image) not in (None, len(values)):
        return {"other_bval": len(values)}
    return {"b0_volumes": b0_volumes(values)}


def _place(file: ImageFile) -> tuple[Any, ...]:
    return contrast_rank(file.stem), natural(file.name)
