"""Steps of long work, at which it can be ended."""

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.analysis import analyse
from dashboard.core.domain import WHOLE, Cut
from dashboard.core.errors import LimitError
from dashboard.core.mixture.features import features
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.reading.identity import file_id
from dashboard.core.steps import at_each_step, take_step
from dashboard.core.volume import read_volume
from tests.images import save_image


class EndError(Exception):
    """What ends the work."""


def ends():
    raise EndError


def test_work_that_nobody_limits_goes_on():
    take_step()


def test_what_looks_is_asked_within_only():
    asked = []
    with at_each_step(lambda: asked.append("outer")):
        with at_each_step(lambda: asked.append("inner")):
            take_step()
        take_step()
    take_step()
    assert asked == ["inner", "outer"]


@pytest.fixture(scope="module")
def volumes(tmp_path_factory, head):
    found = []
    for number in range(3):
        path = save_image(tmp_path_factory.mktemp("steps") / f"{number}.nii.gz", head(number))
        found.append(read_volume(path))
    return found


@pytest.mark.parametrize("images", [1, 2, 3])
@pytest.mark.parametrize("settings", [{}, {"prior": 0.5}, {"partial_volume": True}], ids=str)
def test_a_fit_of_a_head_can_be_ended(volumes, images, settings):
    found = features(volumes[:images], Recipe(**settings), WHOLE)
    with pytest.raises(EndError), at_each_step(ends):
        analyse(found)


def test_the_prior_can_be_ended(volumes):
    found = features(volumes[:2], Recipe(prior=0.5), WHOLE)
    model = analyse(found).model
    with pytest.raises(EndError), at_each_step(ends):
        analyse(found, fit=lambda *_: model)


@pytest.mark.parametrize("covariance", ["full", "tied", "diag", "spherical"])
def test_a_fit_of_a_slice_can_be_ended_at_each_iteration(volumes, covariance):
    found = features(volumes[:2], Recipe(covariance=covariance), Cut("axial", 6))
    steps = []
    with at_each_step(lambda: steps.append(1)):
        iterations = analyse(found).fitted.iterations
    assert len(steps) >= iterations > 1
    with pytest.raises(EndError), at_each_step(ends):
        analyse(found)


def test_what_a_host_does_not_allow_says_nothing_of_the_voxels(volumes):
    def refused(*_):
        raise LimitError("It takes too long.")

    with pytest.raises(LimitError):
        analyse(features(volumes[:1], Recipe(), WHOLE), fit=refused)


@pytest.mark.parametrize("name", ["T1.nii", "T1.nii.gz", "T1.mgz", "T1.img"])
def test_reading_can_be_ended(tmp_path, head, name):
    path = tmp_path / name
    write(path, head(0).astype("f4"))
    with pytest.raises(EndError), at_each_step(ends):
        file_id(path)
    steps = []
    with at_each_step(lambda: steps.append(1)):
        read_volume(path)
    for last in range(len(steps)):
        left = iter(range(last))
        with (
            pytest.raises(EndError),
            at_each_step(lambda left=left: next(left, None) is None and ends()),
        ):
            read_volume(path)


def write(path, voxels):
    kinds = {".mgz": nib.MGHImage, ".img": nib.Nifti1Pair}
    nib.save(kinds.get(path.suffix, nib.Nifti1Image)(voxels, np.eye(4)), path)
