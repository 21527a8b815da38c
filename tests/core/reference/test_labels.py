import os

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.core.errors import LabelError
from dashboard.core.facts import FileCode
from dashboard.core.reference.labels import MAX_BYTES, label_map, read_label_names
from dashboard.core.volume import read_volume

SHAPE = (12, 12, 14)


@pytest.fixture
def table(tmp_path):
    """Return a function that reads the names from a table of the given content."""

    def table(content):
        path = tmp_path / "sub-01_dseg.tsv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_label_names(path)

    return table


def test_columns_stand_in_any_order_beside_others(table):
    content = (
        "\ufeffIndex\tcolor\tNAME \tabbreviation\r\n 2 \t#ff0000\tRinde \u2013 gro\u00df\tGM\r\n"
    )
    assert table(content) == {2: "Rinde \u2013 gro\u00df"}


def test_a_quotation_mark_swallows_no_row(table):
    assert table('index\tname\n1\t"CSF"\n2\t"open\n3\tWM\n') == {1: "CSF", 2: "open", 3: "WM"}


def test_rows_without_index_or_name_are_left_out(table):
    rows = "1\n\tnone\nx\ty\n-3\tz\n2.5\tz\n4\t\n5\tthalamus\n\u00b2\tz\n" + "9" * 5000 + "\tz\n\n"
    assert table("index\tname\n" + rows) == {5: "thalamus"}


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"1\tCSF\n", b"index\tlabel\n1\tCSF\n", b"index,name\n1,CSF\n",
     b"index\tname\n1\t\xff\xfe\n", b"\x1f\x8b\x08 no text", b"index\tname\n1\t" + b"a" * 2**18],
    ids=["empty", "line", "no head", "no name", "commas", "not UTF-8", "binary", "long field"],
)  # fmt: skip
def test_what_is_no_table_gives_no_names(table, content):
    assert table(content) == {}


def test_a_table_beyond_the_limit_gives_no_names(table):
    row = b"7\tx\n"
    rows = b"index\tname\n" + row * (MAX_BYTES // len(row))
    assert table(rows) == {}
    assert table(rows[: MAX_BYTES // 2]) == {7: "x"}


def test_a_missing_table_a_folder_and_a_pipe_give_no_names(tmp_path):
    os.mkfifo(tmp_path / "pipe.tsv")
    for path in (tmp_path / "none.tsv", tmp_path, tmp_path / "pipe.tsv"):
        assert read_label_names(path) == {}


@pytest.fixture
def mapped(save):
    """Return a function that reads voxels as a label map, and as the labels of each voxel."""

    def mapped(voxels, dtype="f8"):
        volume = read_volume(save("dseg.nii", np.asarray(voxels), dtype=dtype))
        found = label_map(volume)
        return found, found.of(volume.data)

    return mapped


def drawn(seed, labels):
    """A label map of 0 and these labels, all of which occur."""
    rng = np.random.default_rng(seed)
    voxels = rng.choice([0, *labels], SHAPE)
    voxels.flat[: len(labels)] = labels
    return voxels


label_sets = st.lists(st.integers(1, 14175), min_size=1, max_size=60, unique=True)
seeds = st.integers(0, 2**32 - 1)


@given(seeds, label_sets, st.sampled_from(["i2", "i4", "u2", "f4", "f8"]))
def test_the_labels_are_those_of_numpy(mapped, seed, labels, dtype):
    truth = drawn(seed, labels)
    found, voxels = mapped(truth, dtype)
    assert found.labels == tuple(np.unique(truth)[1:].tolist())
    assert found.notices == ()
    np.testing.assert_array_equal(voxels, truth)


@given(seeds, label_sets, st.sampled_from([1.00000006, 0.99999997, 1 + 1e-8, 85 * 0.011764706]))
def test_labels_up_to_the_rounding_of_float32_are_exact(mapped, seed, labels, factor):
    truth = drawn(seed, labels)
    for dtype in ("f4", "f8"):
        found, voxels = mapped(truth * factor, dtype)
        assert found.labels == tuple(sorted(labels))
        assert found.notices == ()
        np.testing.assert_array_equal(voxels, truth)


@given(seeds, st.lists(st.integers(1, 200), min_size=1, unique=True), st.floats(0.001, 0.0499))
def test_labels_nearly_whole_are_rounded_and_it_is_said(mapped, seed, labels, away):
    truth = drawn(seed, labels)
    noise = np.random.default_rng(seed).uniform(-away, away, SHAPE)
    noise.flat[0] = away
    found, voxels = mapped(truth + noise)
    assert found.labels == tuple(sorted(labels))
    np.testing.assert_array_equal(voxels, truth)
    (notice,) = found.notices
    assert (notice.code, notice.facts["most"]) == (FileCode.LABELS_ROUNDED, pytest.approx(away))


@given(seeds, label_sets, st.sampled_from([-1, -3, -1000]))
def test_one_negative_number_is_background_and_it_is_said(mapped, seed, labels, outside):
    truth = drawn(seed, labels)
    given = np.where(np.random.default_rng(seed).random(SHAPE) < 0.3, outside, truth)
    found, voxels = mapped(given)
    assert set(found.labels) == set(given[given > 0])
    np.testing.assert_array_equal(voxels, np.where(given > 0, given, 0))
    (notice,) = found.notices
    assert (notice.code, dict(notice.facts)) == (
        FileCode.LABELS_OUTSIDE,
        {"value": outside, "count": (given < 0).sum()},
    )


@given(seeds, st.integers(1, 12), st.sampled_from([1 / 255, 0.0039215689, 0.001, 1 / 65535, 0.03]))
def test_labels_that_a_header_made_fractions_are_counted_in_their_unit(mapped, seed, most, unit):
    truth = drawn(seed, list(range(1, most + 1)))
    for dtype in ("f4", "f8"):
        found, voxels = mapped(truth * unit, dtype)
        assert found.labels == tuple(range(1, most + 1))
        np.testing.assert_array_equal(voxels, truth)
        assert [n.code for n in found.notices] == [FileCode.LABELS_SCALED]


def test_fractions_below_a_half_are_no_labels(mapped):
    with pytest.raises(LabelError, match="between whole numbers"):
        mapped(np.random.default_rng(1).choice([0, 0.1, 0.17, 0.4], SHAPE))
    with pytest.raises(LabelError, match="between whole numbers"):
        mapped(np.random.default_rng(1).uniform(0, 0.4, SHAPE))


def test_a_map_without_labels_has_none(mapped):
    assert mapped(np.zeros(SHAPE))[0].labels == ()


@pytest.mark.parametrize("outside", [np.nan, np.inf, -np.inf])
def test_nan_is_background_and_it_is_said(mapped, outside):
    truth = drawn(1, [3, 4]).astype(float)
    truth[:2] = outside
    found, voxels = mapped(truth, "f4")
    assert found.labels == (3, 4)
    np.testing.assert_array_equal(voxels, np.where(np.isfinite(truth), truth, 0))
    (notice,) = found.notices
    assert (notice.code, notice.facts["count"]) == (FileCode.LABELS_NAN, 2 * 12 * 14)


@pytest.mark.parametrize("kind", ["i2", "f4"])
def test_hundreds_and_thousands_of_labels_are_welcome(mapped, kind):
    for labels in (range(1, 209), range(1001, 2036), range(1, 1400)):
        found, _ = mapped(drawn(2, list(labels)), kind)
        assert found.labels == tuple(labels)


def test_noise_around_labels_is_no_label(mapped):
    truth = drawn(6, [1, 2, 3])
    found, voxels = mapped(truth + np.random.default_rng(6).uniform(-1e-15, 1e-15, SHAPE))
    assert (found.labels, found.notices) == ((1, 2, 3), ())
    np.testing.assert_array_equal(voxels, truth)


@pytest.mark.parametrize(
    ("value", "message"),
    [(0.5, "between whole numbers"), (2.94, "between whole numbers"), (-0.2, "between whole"),
     (1e17, "large"), (70_000.25, "between whole numbers")],
)  # fmt: skip
def test_an_image_that_is_no_segmentation_is_refused(mapped, value, message):
    voxels = np.ones(SHAPE)
    voxels[7, 5, 2] = value
    with pytest.raises(LabelError, match=f"^dseg is not a segmentation: .*{message}"):
        mapped(voxels)


@pytest.mark.parametrize("many", [False, True])
def test_images_of_intensities_are_refused(mapped, monkeypatch, many):
    monkeypatch.setattr("dashboard.core.reference.labels.CHUNK", 1000)
    rng = np.random.default_rng(5)
    brain = rng.normal(400, 90, SHAPE)
    with pytest.raises(LabelError, match="between whole numbers"):
        mapped(brain.round(1) if many else brain)
    with pytest.raises(LabelError, match=r"negative values \(down to -"):
        mapped(rng.normal(0, 90, SHAPE).round())
    monkeypatch.setattr("dashboard.core.reference.labels.MAX_LABELS", 1500)
    with pytest.raises(LabelError, match="more than 1,500 different numbers"):
        mapped(np.arange(np.prod(SHAPE)).reshape(SHAPE) * 3)


def test_the_labels_of_a_volume_are_looked_up_once(save, monkeypatch):
    volume = read_volume(save("dseg.nii", drawn(1, [1, 2])))
    first = label_map(volume)
    monkeypatch.setattr("dashboard.core.reference.labels._parts", None)
    assert label_map(volume) is first
