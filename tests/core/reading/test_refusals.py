"""Images that cannot be fitted are refused with a sentence."""

import numpy as np
import pytest

from dashboard.core.domain import WHOLE
from dashboard.core.errors import FitError, GridError
from dashboard.core.facts import FileCode
from dashboard.core.grid.same import require_same_grid, study_notices
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.mixture.scaling import scale
from dashboard.core.mixture.slice_fit import fit_points
from dashboard.core.volume import read_volume
from tests.candidates import candidates
from tests.core.analysing import analysed, gathered

RNG = np.random.default_rng(2)


@pytest.fixture
def problem(save):
    """Return a function that returns the problem of a one-slice study of some images."""

    def problem(*images, **settings):
        volumes = [
            read_volume(save(f"{n}.nii", np.asarray(i, float).reshape(10, 10, 1)))
            for n, i in enumerate(images)
        ]
        analysis = analysed(volumes, 0, **settings)
        assert (analysis.model is None) == (analysis.problem is not None)
        assert not analysis.labels.any() or analysis.model
        return analysis.problem

    return problem


def test_fewer_distinct_values_than_components_are_refused(problem):
    values = RNG.integers(1, 3, 100)
    assert problem(values, components=2) is None
    message = problem(values, components=3)
    assert "2 distinct intensity values" in message
    assert "3 components" in message


def test_a_constant_slice_is_refused(problem):
    assert "1 distinct intensity value," in problem(np.full(100, 7), components=1)


def test_fewer_voxels_than_components_are_refused(problem):
    values = np.zeros(100)
    values[:4] = [3, 5, 8, 13]
    assert "Only 4 foreground voxels for 5 components" in problem(values, components=5)


@pytest.mark.parametrize("copy", [(1, 0), (3, 7), (-1, 500)])
def test_copies_of_one_image_up_to_scale_are_refused(problem, copy):
    factor, offset = copy
    values = RNG.uniform(1, 100, 100)
    message = problem(values, factor * values + offset)
    assert message.startswith("0 and 1 are identical up to scale")


def test_a_constant_partner_is_no_copy(problem):
    assert problem(RNG.uniform(1, 100, 100), np.full(100, 4.0)) is None


@pytest.mark.parametrize("scaling", ["standard", "robust", "minmax", "none"])
def test_intensities_near_the_largest_float_are_refused(problem, scaling):
    values = RNG.uniform(0.1, 1, 100) * 1e300
    assert "too large" in problem(values, scaling=scaling)


def test_a_singular_covariance_is_refused():
    pair = RNG.normal(0, 1e9, (200, 2))
    values = np.column_stack([pair, pair.sum(axis=1)])
    _, linear = scale(values, "none")
    with pytest.raises(FitError, match=r"2 components .* singular"):
        fit_points(values, Recipe(components=2), domain=WHOLE, scale=linear)


def test_criteria_stop_where_the_voxels_do(save):
    volume = read_volume(save("four.nii", RNG.integers(1, 5, (10, 10, 1))))
    assert [one.model.components for one in candidates(gathered([volume], 0), range(1, 11))] == [
        1, 2, 3, 4
    ]  # fmt: skip
    dark = read_volume(save("dark.nii", np.zeros((10, 10, 1))))
    assert list(candidates(gathered([dark], 0), range(1, 11))) == []


@pytest.mark.parametrize(
    ("shape", "affine"),
    [((4, 5, 7), np.diag([2, 2, 2, 1])), ((4, 5, 6), np.diag([2, 2, 1.5, 1]))],
    ids=["another shape", "another affine"],
)
def test_a_grid_mismatch_names_both_shapes_and_affines(save, shape, affine):
    one = read_volume(save("flash.nii", RNG.uniform(1, 9, (4, 5, 6)), np.diag([2, 2, 2, 1])))
    other = read_volume(save("epi.nii", RNG.uniform(1, 9, shape), affine))
    for refuse in (
        lambda: require_same_grid([one, other]),
        lambda: gathered([one, other], 0),
    ):
        with pytest.raises(GridError) as caught:
            refuse()
        message = str(caught.value)
        assert "flash has shape 4 x 5 x 6 and affine [2 0 0 0; 0 2 0 0; 0 0 2 0]" in message
        assert f"epi has shape {' x '.join(map(str, shape))} and affine" in message
        assert f"[2 0 0 0; 0 2 0 0; 0 0 {affine[2, 2]:g} 0]" in message


@pytest.mark.parametrize(("factor", "suspicious"), [(1e-6, False), (1e-12, True), (0, False)])
def test_images_whose_intensities_lie_worlds_apart_are_suspicious(save, factor, suspicious):
    voxels = RNG.uniform(1, 9, (4, 5, 6))
    t1, adc = (
        read_volume(save(f"{n}.nii", v)) for n, v in (("T1", voxels), ("ADC", voxels * factor))
    )
    for volumes in ([t1, adc], [adc, t1]):
        notices = study_notices(volumes)
        assert [n.code for n in notices] == [FileCode.SCALES] * suspicious
        facts = {"high": "T1", "low": "ADC", "gap": pytest.approx(1e12)}
        assert all(notice.facts == facts for notice in notices)
