"""What masks mark, made up in many ways that programs write them, against numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import affine_transform, gaussian_filter

from dashboard.core.facts import FileCode
from dashboard.core.mixture.mask import mask_of
from dashboard.core.volume import read_volume

SHAPE = (20, 22, 18)
PLACES = np.stack(np.indices(SHAPE), axis=-1)

seeds = st.integers(0, 2**32 - 1)
dtypes = st.sampled_from(["f4", "f8"])


def ball(rng):
    """A solid region somewhere in the box."""
    centre, radius = rng.uniform(8, 11, 3), rng.uniform(3, 7)
    return np.linalg.norm(PLACES - centre, axis=-1) < radius


def codes(mask):
    return [notice.code for notice in mask.notices]


@pytest.fixture
def looked(save):
    """Return a function that looks at voxels as a mask, and the voxels as they are read."""

    def looked(voxels, dtype="f4"):
        volume = read_volume(save("mask.nii", voxels, dtype=dtype))
        return mask_of(volume), volume.data

    return looked


def assert_marks(found, data, expected):
    """The mask marks these voxels, and its counts are numpy's."""
    np.testing.assert_array_equal(found.marks(data), expected)
    assert found.marked == expected.sum()
    with np.errstate(invalid="ignore"):
        assert found.above_zero == (np.isfinite(data) & (data > 0)).sum()
    assert found.nonfinite == (~np.isfinite(data)).sum()
    for notice in found.notices:
        assert notice.facts.get("marked", found.marked) == found.marked


@given(
    seed=seeds,
    inside=st.sampled_from([1, 2, 100, 255, 0.0039215689, 1e-7, 4096, 0.3]),
    dtype=dtypes,
)
def test_of_0_and_another_value_the_other_is_marked_without_a_word(looked, seed, inside, dtype):
    region = ball(np.random.default_rng(seed))
    found, data = looked(region * inside, dtype)
    assert_marks(found, data, region)
    assert codes(found) == []


@given(seed=seeds, values=st.sampled_from([(1, 2), (-1, 1), (0, -1), (0, -7.5), (10, 250),
                                           (-1000, 1), (-2, -1)]))  # fmt: skip
def test_of_two_other_values_the_larger_is_marked_and_said(looked, seed, values):
    outside, inside = values
    region = ball(np.random.default_rng(seed))
    found, data = looked(np.where(region, inside, outside))
    assert_marks(found, data, region)
    (notice,) = found.notices
    assert notice.code == FileCode.MASK_VALUES
    assert (notice.facts["inside"], notice.facts["other"]) == (inside, outside)
    assert notice.facts["left"] == (~region).sum()


@given(
    seed=seeds,
    size=st.sampled_from([1e-15, 6e-15, 1e-9, 1e-6, 1e-4]),
    inside=st.sampled_from([1, 255, 0.0039215689, 100, 3]),
    on_both=st.booleans(),
    dtype=dtypes,
)
def test_noise_around_two_values_is_not_marked(looked, seed, size, inside, on_both, dtype):
    rng = np.random.default_rng(seed)
    region = ball(rng)
    noise = rng.uniform(-size, size, SHAPE) * (1 if on_both else ~region)
    found, data = looked((region + noise) * inside, dtype)
    assert_marks(found, data, region)
    assert codes(found) == [FileCode.MASK_NOISE]


@given(
    seed=seeds,
    inside=st.sampled_from([1, 1, 100, 255]),
    order=st.sampled_from([1, 3]),
    dtype=dtypes,
)
def test_a_mask_that_was_interpolated_is_cut_at_half(looked, seed, inside, order, dtype):
    rng = np.random.default_rng(seed)
    turn = np.eye(3) + rng.normal(0, 0.05, (3, 3))
    blurred = affine_transform(ball(rng).astype(float), turn, rng.uniform(0, 1, 3), order=order)
    found, data = looked(blurred * inside, dtype)
    assert codes(found) == [FileCode.MASK_FRACTIONS]
    facts = found.notices[0].facts
    assert facts["limit"] == inside / 2
    assert_marks(found, data, data > inside / 2)


@given(seed=seeds, inside=st.sampled_from([100, 255, 1000, 4095, 32767]))
def test_an_interpolated_mask_in_whole_numbers_is_cut_at_half(looked, seed, inside):
    rng = np.random.default_rng(seed)
    blurred = affine_transform(
        ball(rng) * float(inside), np.eye(3) + rng.normal(0, 0.05, (3, 3)), order=1
    )
    found, data = looked(np.rint(blurred), "i2")
    assert codes(found) == [FileCode.MASK_FRACTIONS]
    assert_marks(found, data, data > inside / 2)


@pytest.mark.parametrize(("inside", "dtype"), [(1, "f4"), (100, "f4"), (255, "u1"), (100, "u1")])
def test_fractions_on_a_finer_grid_are_still_fractions(looked, inside, dtype):
    rng = np.random.default_rng(12)
    blurred = affine_transform(ball(rng) * float(inside), np.eye(3), (0.3, 0.4, 0.2), order=1)
    finer = blurred.repeat(2, 0).repeat(2, 1).repeat(2, 2)  # nearest voxel
    found, data = looked(np.rint(finer) if dtype == "u1" else finer, dtype)
    assert codes(found) == [FileCode.MASK_FRACTIONS]
    assert_marks(found, data, data > inside / 2)


@given(seed=seeds, most=st.floats(0.8, 1))
def test_a_map_of_probabilities_is_cut_at_half(looked, seed, most):
    smooth = gaussian_filter(ball(np.random.default_rng(seed)).astype(float), 1.5)
    smooth[smooth < 1e-4] = 0
    found, data = looked(smooth / smooth.max() * most)
    assert codes(found) == [FileCode.MASK_FRACTIONS]
    assert_marks(found, data, data > 0.5)


@given(seed=seeds, labels=st.sampled_from([(1, 2, 3), (1, 2, 4), (10, 150, 250), (50, 100, 255),
                                           (2, 3, 41, 42), (1001, 2035, 17, 53)]))  # fmt: skip
def test_every_label_of_a_label_map_is_marked_and_that_is_said(looked, seed, labels):
    rng = np.random.default_rng(seed)
    region = ball(rng)
    found, data = looked(np.where(region, rng.choice(labels, SHAPE), 0), "i2")
    assert_marks(found, data, region)
    (notice,) = found.notices
    assert (notice.code, notice.facts["labels"]) == (FileCode.MASK_LABELS, len(labels))


def test_hundreds_of_labels_are_labels_and_a_brain_of_whole_numbers_is_not(looked):
    rng = np.random.default_rng(3)
    region = ball(rng)
    blocks = (PLACES // 3) @ [1, 8, 64]
    for last in (255, 1000, 2035):
        found, data = looked(np.where(region, last - blocks.max() + blocks, 0), "i2")
        assert codes(found) == [FileCode.MASK_LABELS]
        assert_marks(found, data, region & (data > 0))
    found, data = looked(np.where(region, rng.normal(500, 120, SHAPE).round(), 0), "i2")
    assert codes(found) == [FileCode.MASK_INTENSITIES]
    assert_marks(found, data, region)


@given(seed=seeds, step=st.sampled_from([1.0000000029, 0.99999997, 0.0117647, 0.0470588245 / 3]))
def test_labels_that_a_header_scales_are_all_marked(looked, seed, step):
    rng = np.random.default_rng(seed)
    region = ball(rng)
    found, data = looked(np.where(region, rng.integers(1, 4, SHAPE) * step, 0))
    assert codes(found) == [FileCode.MASK_LABELS]
    assert_marks(found, data, region)


def test_small_labels_beside_large_ones_are_marked(looked):
    """FreeSurfer numbers white matter 2 and 41, and the parcels of the cortex 11,101 to 12,175."""
    region = ball(np.random.default_rng(3))
    numbers = np.array([2, 3, 4, 5, 7, 10, 11, 12, 13, 17, 18, 41, 42, *range(11101, 12176, 50)])
    blocks = ((PLACES // 4) @ [1, 5, 30]) % len(numbers)
    for labels in (numbers, np.array([*range(1, 19), 14175])):
        found, data = looked(np.where(region, labels[blocks % len(labels)], 0), "i2")
        assert codes(found) == [FileCode.MASK_LABELS]
        assert_marks(found, data, region)


def test_many_labels_that_a_header_scales_are_all_marked(looked):
    blocks = 1 + (PLACES // 4) @ [1, 5, 30]
    for step in (0.001, 1 / 65535, 1.7):
        region = ball(np.random.default_rng(3))
        found, data = looked(np.where(region, blocks * step, 0))
        assert codes(found) == [FileCode.MASK_LABELS]
        assert_marks(found, data, region)


def test_labels_are_marked_between_noise_and_after_interpolation(looked):
    rng = np.random.default_rng(8)
    region = ball(rng)
    tissue = np.where(region, 1 + (PLACES[..., 0] // 4) % 3, 0)
    found, data = looked(tissue + np.where(region, 0, rng.uniform(-1e-14, 1e-14, SHAPE)), "f8")
    np.testing.assert_array_equal(found.marks(data), region)
    blurred = affine_transform(tissue.astype(float), np.eye(3), (0.3, 0, 0), order=1)
    found, data = looked(blurred)
    assert codes(found) == [FileCode.MASK_LABELS]
    assert_marks(found, data, data > 0.5)


@given(seed=seeds, background=st.sampled_from([0, -1, -5]), scale=st.sampled_from([1, 0.1, 1000]))
def test_of_a_stripped_brain_what_is_not_its_background_is_marked(looked, seed, background, scale):
    rng = np.random.default_rng(seed)
    region = ball(rng)
    brain = np.where(region, rng.normal(5, 1, SHAPE) * scale, background)
    found, data = looked(brain)
    assert codes(found) == [FileCode.MASK_INTENSITIES]
    assert found.notices[0].facts["background"] == np.float32(background)
    assert_marks(found, data, region)


@pytest.mark.parametrize("outside", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("inside", [1, 255, 0.3])
def test_nan_and_infinity_are_outside_and_counted(looked, outside, inside):
    region = ball(np.random.default_rng(1))
    found, data = looked(np.where(region, inside, outside))
    assert_marks(found, data, region)
    (notice,) = found.notices
    assert (notice.code, notice.facts["count"]) == (FileCode.MASK_NAN, (~region).sum())


def test_minus_1_outside_and_0_between_are_outside(looked):
    region = ball(np.random.default_rng(2))
    voxels = np.where(region, 1, 0)
    voxels[:3] = -1
    region = voxels == 1
    found, data = looked(voxels, "i2")
    assert_marks(found, data, region)
    assert found.notices[0].facts["low"] == -1


@pytest.mark.parametrize("value", [0, 1, -3])
def test_one_value_marks_all_or_nothing_and_says_so(looked, value):
    found, data = looked(np.full(SHAPE, value))
    assert_marks(found, data, np.full(SHAPE, value != 0))
    assert codes(found) == [FileCode.MASK_CONSTANT]


def test_air_that_is_not_constant_is_kept_out_above_0_only(looked):
    rng = np.random.default_rng(4)
    found, data = looked(np.where(ball(rng), 500, 0) + rng.normal(0, 40, SHAPE))
    assert codes(found) == [FileCode.MASK_INTENSITIES]
    assert_marks(found, data, data > 0)


@settings(max_examples=30)
@given(seed=seeds, scale=st.sampled_from([1e-300, 1e-38, 1e30, 1e38, 1e300]))
def test_no_size_of_numbers_breaks_a_mask(looked, seed, scale):
    rng = np.random.default_rng(seed)
    found, data = looked(rng.normal(0, 1, SHAPE) * scale, "f8")
    assert found.marked == found.marks(data).sum()


def test_voxels_are_looked_at_once(monkeypatch, save):
    volume = read_volume(save("m.nii", np.random.default_rng(0).random(SHAPE)))
    first = mask_of(volume)
    monkeypatch.setattr("dashboard.core.mixture.mask._chunks", None)
    assert mask_of(volume) is first
