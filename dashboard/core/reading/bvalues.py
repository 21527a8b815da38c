"""The .bval beside a diffusion run: a b-value for each of its volumes."""

import math
from pathlib import Path

from dashboard.core.facts import FileCode, Notice

# s/mm²; some scanners state a few instead of 0. Brain tissue (0.0008 mm²/s) loses less than 4 % of
# its signal below this, and weighted shells start at 100 or more.
B0_LIMIT = 50
# Bytes of a .bval: more than ten thousand volumes. A larger file is something else.
MAX_BVAL_BYTES = 65_536


def b_values(bval: Path) -> list[float]:
    """Return the b-values of a file; none if it is not a valid .bval."""
    try:
        with bval.open("rb") as file:
            text = file.read(MAX_BVAL_BYTES + 1)
        values = [float(word) for word in text.split()]
    except (OSError, ValueError):
        return []
    if len(text) > MAX_BVAL_BYTES or not all(math.isfinite(value) for value in values):
        return []
    return values


def b0_volumes(values: list[float]) -> tuple[int, ...]:
    """Return the volumes without diffusion weighting."""
    return tuple(index for index, value in enumerate(values) if value < B0_LIMIT)


def not_used(values: int, volumes: int) -> Notice:
    """Return that an image has another number of volumes than its .bval has values."""
    return Notice(FileCode.B_VALUES, {"values": values, "volumes": volumes})
