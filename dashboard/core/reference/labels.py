"""Labels of a segmentation: the whole numbers in it, and their names in a BIDS table."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core import sampling
from dashboard.core.errors import LabelError
from dashboard.core.facts import FileCode, Notice
from dashboard.core.once import once
from dashboard.core.reading.summary import WHOLE_ROUNDING, WHOLE_WITHIN, Intensities
from dashboard.core.volume import Volume

# The table of FreeSurfer's 1,300 labels has 50 kB.
MAX_BYTES = 2**20
# FreeSurfer's table has 1,300 labels, the finest parcellations of the cortex 1,000. What has more
# different numbers is an image.
MAX_LABELS = 4096
# Labels in float64 are exact up to 2^53.
MAX_LABEL = 2**53
# Labels that a header scales in 8 bits are off by half a step: 0.02 for 10 labels, 0.05 for 25.
# Interpolation at the border of two labels gives all values between them.
MAX_AWAY = 0.05
# Noise around 0, as programs leave it; a label that a header scales is at least 1/65535.
NO_LABEL = 1e-6
# Voxels looked at in one go: their values take 8 MB.
CHUNK = 2**20


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


@dataclass(frozen=True)
class LabelMap:
    """The numbers in a label map.

    Attributes
    ----------
    labels : tuple of int
        All that occur except the background, ascending.
    notices : tuple of Notice
        What was scaled, rounded, or taken for background besides 0.
    unit : float
        What one label is in the file; 1 unless a header made fractions of all labels.
    """

    labels: tuple[int, ...]
    notices: tuple[Notice, ...]
    unit: float = 1.0

    def of(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """Return voxels as labels; what is negative, NaN or infinite is 0."""
        known = np.where(np.isfinite(values), values, 0).clip(min=0)
        return np.asarray(np.rint(known / self.unit if self.unit != 1 else known), np.int64)


@once
def label_map(volume: Volume) -> LabelMap:
    """Find the labels of a volume.

    They are whole numbers up to `MAX_AWAY`. One negative number, and NaN, are background.

    Raises
    ------
    LabelError
        If there are values between whole numbers, several negative or very large ones, or more
        than `MAX_LABELS`.
    """
    facts = volume.intensities
    if facts.high > MAX_LABEL:
        raise _refused(volume, f"values too large for labels (up to {facts.high:g})")
    unit = _unit(facts)
    away, found = 0.0, set[int]()
    for values in _parts(volume):
        units = values / unit
        off = np.abs(units - np.rint(units))
        if off.max(initial=0) > MAX_AWAY:
            advice = ", or resample it with nearest neighbours"
            raise _refused(volume, "values between whole numbers", advice)
        off[off <= WHOLE_WITHIN + WHOLE_ROUNDING * np.abs(units)] = 0
        away = max(away, float(off.max(initial=0)))
        found.update(np.unique(np.rint(units)).astype(np.int64).tolist())
        if len(found) > MAX_LABELS + 1:
            raise _refused(volume, f"more than {MAX_LABELS:,} different numbers")
    negative = [number for number in found if number < 0]
    if len(negative) > 1:
        raise _refused(volume, f"negative values (down to {facts.low:g})")
    labels = tuple(sorted(number for number in found if number > 0))
    return LabelMap(labels, tuple(_notices(facts, unit, away, negative)), unit)


def _unit(facts: Intensities) -> float:
    """Return the smallest value if all are fractions, as after a header's division by 255."""
    if facts.high >= 0.5 or facts.distinct is None:
        return 1.0
    return next((value for value in facts.distinct if value > NO_LABEL), 1.0)


def _notices(facts: Intensities, unit: float, away: float, negative: list[int]) -> Iterator[Notice]:
    if unit != 1:
        yield Notice(FileCode.LABELS_SCALED, {"unit": unit})
    if away:
        yield Notice(FileCode.LABELS_ROUNDED, {"most": away})
    if negative:
        outside = {"value": negative[0] * unit, "count": facts.negatives}
        yield Notice(FileCode.LABELS_OUTSIDE, outside)
    if facts.nonfinite:
        yield Notice(FileCode.LABELS_NAN, {"count": facts.nonfinite})


def _parts(volume: Volume) -> Iterator[NDArray[Any]]:
    """Yield the finite values: each once if they are few, or else those of all voxels."""
    if volume.intensities.distinct is not None:
        yield np.array(volume.intensities.distinct)
        return
    flat = volume.data.ravel(order="K")
    for part in sampling.parts(flat.size, CHUNK):
        values = flat[part]
        yield values[np.isfinite(values)]


def _refused(volume: Volume, problem: str, advice: str = "") -> LabelError:
    return LabelError(
        f"{volume.name} is not a segmentation: it has {problem}. Choose a label map{advice}."
    )
