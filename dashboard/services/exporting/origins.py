"""The published data set that images come from."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from dashboard.core.export.derivatives import Origin
from dashboard.services.studies.bids import DESCRIPTION, is_subject

# Descriptions of data sets have some kB.
MOST_BYTES = 2**20
DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")


def origin(paths: Sequence[Path]) -> Origin | None:
    """Return the BIDS data set of some files, if it has a DOI by which others find it."""
    roots = {_root(path) for path in paths}
    root = roots.pop()
    if root is None or roots:
        return None
    try:
        with (root / DESCRIPTION).open("rb") as file:
            said = json.loads(file.read(MOST_BYTES))
        found = DOI.search(said["DatasetDOI"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not found:
        return None
    return Origin(found[0], tuple(path.relative_to(root).as_posix() for path in paths))


def _root(path: Path) -> Path | None:
    """Return the top of the data set of a file: above the folder of its subject."""
    return next((folder.parent for folder in path.parents if is_subject(folder.name)), None)
