"""Evenly spaced voxels that stand for all."""

import math


def step(voxels: int, most: int) -> int:
    """Return n, where every n-th of so many voxels are `most` or fewer: 1, or an odd prime number.

    A prime number, because rows, tiles and repeated patterns mostly have lengths of small factors,
    and a sample in step with them would see the same columns only.
    """
    n = -(-voxels // most)
    if n == 1:
        return 1
    n = max(n, 3)
    while any(n % divisor == 0 for divisor in range(2, math.isqrt(n) + 1)):
        n += 1
    return n
