"""Where a picture lies in the head, and where the head lies in a picture, in mm."""

from dashboard.core.orientation import PLANE_AXES, Plane
from dashboard.core.volume import Volume

# Share of the head's length that is left free at each of its ends.
MARGIN = 0.02

# A pixel is shown at most so many times as long as wide: slices of 0.001 x 1000 mm would be a line.
MAX_ASPECT = 20

# To the right, upwards.
Point = tuple[float, float]


def pixel_size(volume: Volume, plane: Plane) -> Point:
    """Return width and height of a voxel in a plane's pictures; of a needle, at least 1/20."""
    width, height = volume.pixel_size(plane)
    return max(width, height / MAX_ASPECT), max(height, width / MAX_ASPECT)


def corner(volume: Volume, plane: Plane) -> Point:
    """Return the lower left corner of a plane's neurological pictures.

    Of an oblique grid the centres of picture and slices agree; lengths are those of its voxels.
    """
    shape, pixel = volume.orientation.picture_shape(plane), pixel_size(volume, plane)
    _, *sides = PLANE_AXES[plane]
    ends = []
    for ras, count, size in zip(sides, shape, pixel, strict=True):
        centres = volume.slice_positions(_through(ras))
        ends.append(float(centres[0] + centres[-1]) / 2 - count * size / 2)
    return ends[0], ends[1]


def head_box(volume: Volume, plane: Plane) -> tuple[Point, Point]:
    """Return the corners of a box around the head, for all slices of a plane.

    It keeps a margin within the picture. Without a background it is the whole picture.
    """
    orientation, pixel = volume.orientation, pixel_size(volume, plane)
    _, *sides = PLANE_AXES[plane]
    low, high = [], []
    for ras, start, size in zip(sides, corner(volume, plane), pixel, strict=True):
        stored, count = orientation.axes[ras], orientation.ras_shape[ras]
        first, last = volume.intensities.extents[stored]
        if orientation.flips[ras]:
            first, last = count - 1 - last, count - 1 - first
        free = MARGIN * (last + 1 - first)
        low.append(start + size * max(first - free, 0))
        high.append(start + size * min(last + 1 + free, count))
    return (low[0], low[1]), (high[0], high[1])


def _through(ras: int) -> Plane:
    return next(plane for plane, (through, *_) in PLANE_AXES.items() if through == ras)
