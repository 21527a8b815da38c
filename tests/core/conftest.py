"""What tests of the check share."""

from dataclasses import replace

import numpy as np
import pytest

from dashboard.core.check.check import check_images
from dashboard.core.check.findings import Choices
from dashboard.core.volume import read_volume
from tests.core.boxes import AFFINE


@pytest.fixture
def volumes(save):
    """Return a function that reads voxels, or (voxels, affine), as volumes by name."""

    def volumes(**images):
        read = {}
        for name, image in images.items():
            voxels, affine = image if isinstance(image, tuple) else (image, AFFINE)
            read[name] = read_volume(save(f"{name}.nii", voxels, affine))
        return read

    return volumes


def lies_on(first, other):
    """Return whether two volumes have the same shape and affine."""
    return first.shape == other.shape and np.allclose(first.affine, other.affine)


@pytest.fixture
def check(volumes):
    """Return a function that checks a study of some voxels, fitted where X lies."""

    def check(*, others=None, unread=None, masks=(), chosen=None, **images):
        names = [*images, *images]
        choices = Choices(**{"x": names[0], "y": names[1], **(chosen or {})})
        read = volumes(**images)
        if not choices.chosen:
            apart = {n for n, v in read.items() if not lies_on(read[choices.x], v)}
            off_grid = tuple(sorted(apart - {choices.x, choices.y}))
            choices = replace(choices, off_grid=off_grid)
        return check_images(
            read,
            choices=choices,
            others=volumes(**(others or {})),
            unread=unread,
            masks=masks,
        )

    return check
