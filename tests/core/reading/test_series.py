"""Volumes and means of files that hold several, against nibabel."""

import hashlib

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.errors import VolumeError
from dashboard.core.facts import FileCode, Notice
from dashboard.core.processing import Taken
from dashboard.core.reading import summary, voxels
from dashboard.core.reading.voxels import FIRST
from dashboard.core.volume import read_volume

RNG = np.random.default_rng(3)
REAL = ("nibabel_functional.nii", "itksnap_img4d_11f.nii.gz", "nibabel_test.mgz",
        "nibabel_example_nifti2.nii.gz")  # fmt: skip


def series(path):
    """All volumes as nibabel gives them, one behind the other along the fourth axis."""
    voxels = nib.load(path).get_fdata()
    return voxels.reshape((*voxels.shape[:3], -1), order="F")


@pytest.mark.parametrize("name", REAL)
def test_real_volumes_and_their_means_are_nibabels(real_data, name):
    path = real_data / "odd" / name
    expected = series(path)
    count = expected.shape[3]
    for index in range(count):
        volume = read_volume(path, take=(index,))
        np.testing.assert_array_equal(volume.data, expected[..., index])
        assert volume.processing == (Taken((index,), count),)
        assert volume.volumes == count
    mean = read_volume(path, take=None)
    np.testing.assert_allclose(mean.data, expected.mean(axis=-1), rtol=1e-14)
    assert mean.processing == (Taken(tuple(range(count)), count),)


@pytest.fixture
def run(tmp_path):
    """A 5-D run of scaled whole numbers, 3 x 2 volumes."""
    image = nib.Nifti1Image(RNG.integers(-900, 900, (9, 8, 7, 3, 2)).astype("i2"), np.eye(4))
    image.header.set_slope_inter(0.3, 7)
    image.to_filename(tmp_path / "run.nii.gz")
    return tmp_path / "run.nii.gz"


@pytest.mark.parametrize("take", [(0,), (4,), (5,), (1, 3), (5, 0), (0, 1, 2, 3, 4, 5), None])
def test_volumes_are_counted_in_storage_order_beyond_the_fourth_axis_too(run, take):
    every = series(run)
    expected = every.mean(-1) if take is None else every[..., take].mean(-1)
    np.testing.assert_allclose(read_volume(run, take=take).data, expected, rtol=1e-14, atol=1e-13)


def test_a_mean_of_many_chunks_on_disk_is_the_mean(run, monkeypatch):
    monkeypatch.setattr(voxels, "CHUNK_VOXELS", 100)
    monkeypatch.setattr(voxels, "SUMS_IN_MEMORY", 1000)
    expected = series(run)[..., [1, 4, 5]].mean(-1)
    found = read_volume(run, take=(1, 4, 5)).data
    np.testing.assert_allclose(found, expected, rtol=1e-14, atol=1e-13)


def test_the_label_names_the_volume(run):
    assert read_volume(run, take=(3,)).label == "run (volume 3 of 6)"


def test_only_a_first_volume_that_nobody_chose_is_noticed(run):
    notice = Notice(FileCode.SERIES, {"volumes": 6, "shape": [9, 8, 7, 3, 2]})
    assert read_volume(run).notices == (notice,)
    for take in ((3,), (0, 1), None):
        assert read_volume(run, take=take).notices == ()


def test_identity_is_the_files_for_the_first_volume_and_anothers_for_the_rest(run):
    takes = [FIRST, (3,), (4,), (3, 4), (0, 1, 2, 3, 4, 5), None]
    found = {take: read_volume(run, take=take) for take in takes}
    source = hashlib.sha256(run.read_bytes()).hexdigest()
    assert found[FIRST].id == source
    assert {volume.source for volume in found.values()} == {source}
    assert len({volume.id for volume in found.values()}) == len(takes)
    assert read_volume(run, take=(4, 3)).id == found[3, 4].id


def test_all_volumes_of_one_are_the_volume(save):
    path = save("T1.nii", RNG.uniform(0, 9, (4, 5, 6)))
    mean, first = read_volume(path, take=None), read_volume(path)
    assert (mean.id, mean.processing, mean.notices) == (first.id, (), ())
    np.testing.assert_array_equal(mean.data, first.data)


@pytest.mark.parametrize(
    ("take", "message"),
    [((6,), "the file has 6 volumes, counted from 0; there is no volume 6."),
     ((0, 70), "the file has 6 volumes, counted from 0; there is no volume 70."),
     ((-1,), "the file has 6 volumes, counted from 0; there is no volume -1."),
     ((), "no volume is selected.")],
)  # fmt: skip
def test_a_volume_that_is_not_there_is_refused(run, take, message):
    with pytest.raises(VolumeError) as caught:
        read_volume(run, take=take)
    assert str(caught.value) == f"run.nii.gz: {message}"


def test_a_single_volume_has_no_second(save, real_data):
    for path in (save("T1.nii", np.ones((4, 5, 6))), real_data / "odd" / "nibabel_tiny.mnc"):
        with pytest.raises(VolumeError, match=r"has 1 volume, .* there is no volume 1\."):
            read_volume(path, take=(1,))


def test_a_run_damaged_behind_the_volumes_taken_is_refused(run):
    content = bytearray(run.read_bytes())
    content[-6] ^= 1
    run.write_bytes(content)
    for take in ((1,), (0, 1), None):
        with pytest.raises(VolumeError, match="damaged"):
            read_volume(run, take=take)


def test_a_mean_takes_float64_where_float32_would_round_it(save):
    path = save("pair.nii", np.stack([np.full((3, 3, 3), n) for n in (1, 2, 2)], axis=-1))
    assert read_volume(path, take=(0, 1)).data.dtype == np.float32
    thirds = read_volume(path, take=None).data
    assert thirds.dtype == np.float64
    assert (thirds == 5 / 3).all()


def test_a_mean_is_unknown_where_one_volume_is(save):
    first = RNG.uniform(1, 9, (4, 5, 6))
    second = first.copy()
    second[1, 2, 3] = np.nan
    volume = read_volume(save("run.nii", np.stack([first, second], axis=-1)), take=None)
    assert np.argwhere(np.isnan(volume.data)).tolist() == [[1, 2, 3]]
    assert volume.intensities.nonfinite == 1


def test_chunks_of_any_size_give_the_same(run, monkeypatch):
    whole = read_volume(run, take=(2,))
    for module in (voxels, summary):
        monkeypatch.setattr(module, "CHUNK_VOXELS", 37)
    parts = read_volume(run, take=(2,))
    np.testing.assert_array_equal(parts.data, whole.data)
    assert parts.digest == whole.digest
