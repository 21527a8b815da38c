"""Evenly spaced voxels that stand for all."""

import math
from collections.abc import Sequence


def step(voxels: int, most: int, shape: Sequence[int] = ()) -> int:
    """Return n, where every n-th of so many voxels are `most` or fewer: 1, or an odd prime number.

    A prime number that divides no edge of the volume's shape, because rows, tiles and repeated
    patterns mostly have lengths of small factors, and a sample in step with them would see the
    same columns only.
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
