"""What tests of the check share."""

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


@pytest.fixture
def check(volumes):
    """Return a function that checks a study of some voxels."""

    def check(*, others=None, unread=None, masks=(), chosen=None, **images):
        names = [*images, *images]
        choices = Choices(**{"x": names[0], "y": names[1], **(chosen or {})})
        return check_images(
            volumes(**images),
            choices=choices,
            others=volumes(**(others or {})),
            unread=unread,
            masks=masks,
        )

    return check
