"""The names of labels: the table that BIDS puts beside a segmentation."""

import csv
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core.reference.agreement import CHUNK, MAX_LABELS

# The table of FreeSurfer's 1,300 and more labels is 50 kB.
MAX_BYTES = 2**20


def read_label_names(path: Path) -> dict[int, str]:
    """Read the names of labels from a table with the columns ``index`` and ``name``.

    Parameters
    ----------
    path : Path
        A ``_dseg.tsv`` file as the Brain Imaging Data Structure describes it.

    Returns
    -------
    dict of int to str
        Rows that give no index or no name are left out; empty where the file is missing or is no
        such table: labels are then called by their numbers.
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
    # Longer ones are no labels, and take `int` its time.
    return text.isascii() and text.isdigit() and len(text) < 16


def distinct_labels(voxels: NDArray[Any]) -> tuple[int, ...]:
    """Return the whole numbers in a label map besides 0, ascending.

    Parameters
    ----------
    voxels : ndarray
        A whole volume; read a chunk at a time.

    Returns
    -------
    tuple of int
        Of more than `MAX_LABELS` not all, but more than that.
    """
    found: set[float] = set()
    flat = voxels.ravel(order="K")
    for start in range(0, flat.size, CHUNK):
        found.update(np.unique(flat[start : start + CHUNK]).tolist())
        if len(found) > MAX_LABELS + 1:
            break
    return tuple(sorted(int(value) for value in found if value and float(value).is_integer()))
