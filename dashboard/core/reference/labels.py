"""Labels of a segmentation: the numbers in it, and their names in a BIDS table."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core.reference.agreement import CHUNK, MAX_LABELS

# The table of FreeSurfer's 1,300 labels has 50 kB.
MAX_BYTES = 2**20


def read_label_names(path: Path) -> dict[int, str]:
    """Read the names of labels from a BIDS ``_dseg.tsv`` with columns ``index`` and ``name``.

    Rows without an index or a name are skipped. The result is empty if the file is missing or not
    such a table.
    """
    try:
        if not path.is_file():
            return {}
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            return {}
        lines = content.decode("utf-8-sig").splitlines()
        rows = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
        head = [field.strip().lower() for field in rows[0]]
        index, name = head.index("index"), head.index("name")
    except (OSError, ValueError, IndexError, csv.Error):
        return {}
    return {
        int(row[index]): row[name].strip(' "')
        for row in rows[1:]
        if len(row) > max(index, name) and _is_index(row[index]) and row[name].strip(' "')
    }


def _is_index(text: str) -> bool:
    text = text.strip()
    # Longer numbers are not labels, and slow for `int`.
    return text.isascii() and text.isdigit() and len(text) < 16


def distinct_labels(voxels: NDArray[Any]) -> tuple[int, ...]:
    """Return the whole numbers except 0 in a volume, ascending.

    If there are more than `MAX_LABELS`, the rest may be missing.
    """
    found: set[float] = set()
    flat = voxels.ravel(order="K")
    for start in range(0, flat.size, CHUNK):
        found.update(np.unique(flat[start : start + CHUNK]).tolist())
        if len(found) > MAX_LABELS + 1:
            break
    return tuple(sorted(int(value) for value in found if value and float(value).is_integer()))
