"""Some voxels of many: evenly spaced samples, and parts that are small enough for one step."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def step(voxels: int, most: int, shape: Sequence[int] = ()) -> int:
    """Return n so that every n-th of `voxels` makes a sample of at most `most`.

    It is 1, or an odd prime that divides no edge of `shape`: rows and repeated patterns mostly have
    lengths with small factors, and a sample in step with them would see the same columns only.
    """
    n = -(-voxels // most)
    if n == 1:
        return 1
    n = max(n, 3)
    while any(n % divisor == 0 for divisor in range(2, math.isqrt(n) + 1)) or any(
        edge % n == 0 for edge in shape
    ):
        n += 1
    return n


def parts(voxels: int, most: int) -> Iterator[slice]:
    """Yield slices of at most `most` voxels, which together are all of them in order."""
    for start in range(0, voxels, most):
        yield slice(start, start + most)


def indices(shape: tuple[int, int, int], most: int) -> tuple[NDArray[Any], ...]:
    """Return the indices of at most `most` evenly spaced voxels, an array for each axis."""
    voxels = int(np.prod(shape, dtype=np.int64))
    every = np.arange(0, voxels, step(voxels, most, shape))
    return np.unravel_index(every, shape, order="F")
