"""STAND-IN, to be deleted at the merge: `StudyFiles` and `study_files` of services/library.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.services import names


@dataclass(frozen=True)
class ImageFile:
    """STAND-IN for library.ImageFile."""

    name: str
    path: Path
    file_name: str
    role: str = "image"


@dataclass(frozen=True)
class StudyFiles:
    """STAND-IN for library.StudyFiles."""

    name: str
    files: dict[str, ImageFile]


def study_files(name: str, paths: Mapping[str, Path]) -> StudyFiles:
    """STAND-IN for library.study_files."""
    stems = [names.stem(file) for file in paths]
    files = {}
    for (file, path), base in sorted(zip(paths.items(), stems, strict=True), key=lambda f: f[1]):
        own = file if stems.count(base) > 1 else base
        files[own] = ImageFile(own, path, file)
    return StudyFiles(name, files)
