"""What is gathered chunk by chunk, against numpy on whole arrays."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.reading import summary
from dashboard.core.reading.summary import LEVELS, MAX_DISTINCT, Summary, summarise
from dashboard.core.volume import read_volume

RNG = np.random.default_rng(6)
SHAPE = (31, 28, 25)


def head():
    voxels = np.round(RNG.normal(300, 90, SHAPE))
    voxels[:, :12] = 0
    voxels[20:] = np.minimum(voxels[20:], 350)
    return voxels


def holes():
    voxels = head() - 200
    voxels[RNG.uniform(size=SHAPE) < 0.3] = np.nan
    voxels[3, 20:24, 5] = np.inf, -np.inf, 1e6, 1e6
    return voxels


MADE = {
    "head": head,
    "holes": holes,
    "negative": lambda: RNG.normal(-5, 1, SHAPE),
    "one value": lambda: np.full(SHAPE, 7.0),
    "zeros": lambda: np.zeros(SHAPE),
    "two": lambda: np.where(RNG.uniform(size=SHAPE) < 0.5, -1.5, 2.5),
    "distinct": lambda: RNG.permutation(np.arange(float(np.prod(SHAPE)))).reshape(SHAPE),
    "saturated": lambda: np.minimum(RNG.normal(170, 66, SHAPE).round(), 255),
    "huge": lambda: RNG.uniform(-1, 1, SHAPE) * 1e300,
}


@pytest.fixture(params=MADE, ids=list(MADE))
def voxels(request):
    return MADE[request.param]()


def test_an_array_is_described_as_numpy_describes_it_whole(voxels, monkeypatch):
    monkeypatch.setattr(summary, "CHUNK_VOXELS", 1000)
    found = summarise(np.asfortranarray(voxels)).intensities()
    finite = voxels[np.isfinite(voxels)]
    assert (found.low, found.high) == (finite.min(), finite.max())
    assert found.mean == pytest.approx(finite.mean(), rel=1e-12)
    assert found.voxels == voxels.size
    assert found.nonfinite == voxels.size - finite.size
    assert found.zeros == (finite == 0).sum()
    assert found.negatives == (finite < 0).sum()
    assert found.saturated == (finite == finite.max()).sum()
    values, counts = np.unique(finite, return_counts=True)
    assert found.background == values[counts.argmax()]
    assert found.background_share == pytest.approx(counts.max() / finite.size)
    listed = tuple(values.tolist()) if values.size <= MAX_DISTINCT else None
    assert found.distinct == listed
    if np.abs(finite).max() < 2**20:
        assert found.whole == pytest.approx((finite == np.rint(finite)).mean(), abs=1e-3)
    # Zero is a background wherever it is the most frequent value; others are from a quarter on.
    is_background = found.background == 0 or counts.max() >= finite.size / 4
    bulk = finite[finite != found.background] if is_background else finite
    for level in LEVELS:
        ends = [float(level), 100 - float(level)]
        expected = np.percentile(bulk, ends) if bulk.size else (found.low, found.high)
        np.testing.assert_allclose(found.limits[level], expected, rtol=1e-12)


def test_the_window_ends_where_numpys_percentiles_do(voxels):
    black, white = summarise(voxels).intensities().window
    finite = voxels[np.isfinite(voxels)]
    shown = finite[finite != 0]
    assert white > black
    if finite.min() < 0:
        assert black == pytest.approx(min(0, np.percentile(finite, 0.5)), rel=1e-12)
    if shown.size and np.percentile(shown, 99.5) > black:
        assert white == pytest.approx(np.percentile(shown, 99.5), rel=1e-12)


@pytest.mark.parametrize("sampled", [1, 7, 5000, 21699, 21700, 21701])
def test_a_sample_is_bounded_and_evenly_spaced(monkeypatch, sampled):
    monkeypatch.setattr(summary, "SAMPLED_VOXELS", sampled)
    monkeypatch.setattr(summary, "CHUNK_VOXELS", 1000)
    values = np.arange(float(np.prod(SHAPE)))
    found = summarise(values)._sample.values
    assert found.size <= sampled
    steps = np.diff(found)
    assert found[0] == 0
    if found.size == 1:
        return
    (step,) = set(steps)
    assert values.size - found[-1] <= step
    # In step with no row, column or plane of the volume.
    assert step == 1 or all(step % factor for factor in range(2, int(step**0.5) + 1))
    assert step < 1.2 * values.size / sampled + 2


def test_stripes_of_rows_are_sampled_as_they_are(monkeypatch):
    monkeypatch.setattr(summary, "SAMPLED_VOXELS", 20_000)
    rows = np.arange(256) % 4
    voxels = np.broadcast_to(rows[:, None, None] * 100.0 + 1, (256, 64, 5))
    found = summarise(np.asfortranarray(voxels) + RNG.normal(0, 1, (256, 64, 5))).intensities()
    assert found.limits["1"][1] == pytest.approx(303, abs=2)


def test_a_few_known_voxels_are_never_missed(monkeypatch):
    monkeypatch.setattr(summary, "SAMPLED_VOXELS", 10)
    voxels = np.full(SHAPE, np.nan)
    voxels[17, 16, 15] = 42
    found = summarise(voxels).intensities()
    assert (found.background, found.high, found.limits["1"]) == (42, 42, (42, 42))


@pytest.mark.parametrize("kind", ["f4", "f8", ">f8", "i2", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_neither_order_nor_type_nor_a_map_changes_anything(tmp_path, kind, order):
    voxels = RNG.integers(0, 200, SHAPE)
    expected = summarise(voxels.astype("f8"))
    np.save(tmp_path / "voxels.npy", np.asarray(voxels, kind, order=order))
    found = summarise(np.load(tmp_path / "voxels.npy", mmap_mode="r"))
    assert found.digest == expected.digest
    assert found.intensities() == expected.intensities()


@pytest.mark.parametrize(
    ("voxels", "whole"),
    [
        ([0, 1.00000006, 0.99999997, 2], 1),  # as nibabel and DeepMedic write labels
        (np.arange(2036) * np.float32(1 / 3) * np.float32(3), 1),
        ([0, 1e-15, 1, 1], 1),
        ([0, 0.5, 1, 1], 0.75),
        ([0, 7e-6, 9e-6, 8e-6], 0.25),  # an image in small units, such as ADC
        ([np.nan, np.inf, 3, 3.5], 0.5),
    ],
)
@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_whole_numbers_are_counted_up_to_rounding(voxels, whole, kind):
    assert summarise(np.array(voxels, kind)).intensities().whole == whole


@given(st.lists(st.floats(-100, 100, width=32), min_size=1), st.integers(1, 8), st.integers(1, 30))
def test_distinct_values_are_those_of_numpy_up_to_a_limit(values, repeats, most):
    voxels = np.tile(np.array(values, "f4"), repeats)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(summary, "CHUNK_VOXELS", 7)
        patch.setattr(summary, "MAX_DISTINCT", most)
        found = summarise(voxels).intensities().distinct
    expected = np.unique(voxels)
    assert found == (None if expected.size > most else tuple(expected.tolist()))


def test_the_digest_tells_values_and_shape_and_nothing_else():
    voxels = holes()
    digest = summarise(voxels).digest
    other, bits = voxels.copy(), voxels.copy()
    other[3, 22, 5] += 1e-9
    assert summarise(other).digest != digest
    assert summarise(np.ascontiguousarray(voxels.T)).digest != digest
    assert summarise(voxels.reshape(28, 31, 25, order="F")).digest != digest
    # NaN has many patterns of bits, and 0 two.
    bits[np.isnan(bits)] = -np.nan
    bits[bits == 0] = -0.0
    assert summarise(bits).digest == digest


def test_float64_may_come_after_float32():
    values = RNG.normal(0, 1, 100).astype("f4")
    mixed = Summary((200,))
    mixed.add(values)
    mixed.add(values + np.float64(1 / 3))
    both = np.concatenate([values, values + np.float64(1 / 3)])
    assert mixed.digest == summarise(both).digest
    for level, limits in mixed.intensities().limits.items():
        expected = np.percentile(both, [float(level), 100 - float(level)])
        np.testing.assert_allclose(limits, expected, rtol=1e-12)
    assert mixed.intensities().mean == pytest.approx(both.mean(), rel=1e-12)


def test_a_files_voxels_and_an_array_of_them_are_the_same(save):
    voxels = holes()
    volume = read_volume(save("head.nii.gz", voxels))
    for array in (voxels, np.asfortranarray(voxels), volume.data):
        assert summarise(array).digest == volume.digest
        assert summarise(array).intensities() == volume.intensities
    copy = read_volume(save("copy.nii", voxels, np.diag([2.0, 2, 2, 1])))
    assert copy.digest == volume.digest
    assert copy.id != volume.id


@pytest.mark.parametrize("unit", [1e-305, 1.0, 1e300, 1e307])
def test_a_mean_neither_overflows_nor_loses_digits(unit):
    values = RNG.uniform(1, 2, 5000)
    mean = summarise(values * unit).intensities().mean
    assert mean / unit == pytest.approx(values.mean(), rel=1e-12)
