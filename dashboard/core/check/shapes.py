"""Shapes, voxel sizes and axes of images that spoil pictures or a fit."""

from collections.abc import Iterator, Mapping

import numpy as np

from dashboard.core.check.findings import Code, Finding
from dashboard.core.volume import MAX_ANISOTROPY, Volume

# In thicker slices most voxels at a border are partial-volume voxels.
THICK_SLICE_MM = 3.0
# 20 × 20 pixels give a mixture of three classes about twenty voxels per parameter.
SMALL_PICTURE = 400
# In voxels: a smaller shift of the far side of a picture is not seen.
SKEWED = 1.0

Images = Mapping[str, Volume]


def shape_findings(images: Images, files: Images) -> Iterator[Finding]:
    """Yield findings about small grids, single slices, thick slices and oblique-angled axes.

    `files` are the images on the grids of their files: thick slices stay thick on a finer one.
    """
    flat = [name for name, volume in images.items() if min(volume.shape) == 1]
    small = [
        name for name, v in images.items() if sorted(v.shape)[1] * max(v.shape) < SMALL_PICTURE
    ]
    skewed = {name: angle for name, v in images.items() if (angle := _skew(v)) is not None}
    if skewed:
        yield Finding(Code.SHEARED, "warning", tuple(skewed), {"degrees": max(skewed.values())})
    if small:
        yield Finding(Code.TINY, "fact", tuple(small), {"fewer_than": SMALL_PICTURE})
    if flat:
        yield Finding(Code.FLAT, "fact", tuple(flat))
    long = {
        name: max(volume.voxel_size)
        for name, volume in files.items()
        if max(volume.voxel_size) > THICK_SLICE_MM
        and max(volume.voxel_size) <= MAX_ANISOTROPY * min(volume.voxel_size)  # else noticed
        and min(volume.shape) > 1
    }
    if long:
        yield Finding(Code.THICK, "fact", tuple(long), {"mm": max(long.values())})


def _skew(volume: Volume) -> float | None:
    """Return how far the axes are from right angles in degrees, or None if it is not seen."""
    matrix = volume.mm_affine[:3, :3]
    sizes = np.array(volume.voxel_size)
    directions = matrix / sizes
    largest = None
    for first, second in ((0, 1), (0, 2), (1, 2)):
        cosine = abs(float(directions[:, first] @ directions[:, second]))
        far = [sizes[axis] * (volume.shape[axis] - 1) for axis in (first, second)]
        # The far end of one axis lies this many voxels beside its place in the picture.
        shift = cosine * max(far[0] / sizes[second], far[1] / sizes[first])
        if shift >= SKEWED:
            largest = max(largest or 0.0, float(np.degrees(np.arcsin(min(cosine, 1.0)))))
    return largest
