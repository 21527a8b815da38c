import shutil

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.errors import VolumeError
from dashboard.core.volume import read_volume
from dashboard.services import store as stores
from dashboard.services.store import VolumeStore

FIELDS = ("id", "name", "unit", "header", "notices", "intensities")


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache"


@pytest.fixture
def image(save, head):
    voxels = head(0)
    voxels[5, 5, 5] = np.nan
    return save("study/T1.nii.gz", voxels, np.diag([-2.0, 2.0, 3.0, 1.0]))


@pytest.fixture
def reads(monkeypatch):
    """The files that are read from their source."""
    found = []

    def counted(path):
        found.append(path.name)
        return read_volume(path)

    monkeypatch.setattr(stores, "read_volume", counted)
    return found


def same(volume, path):
    np.testing.assert_array_equal(volume.data, nib.load(path).get_fdata())
    fresh = read_volume(path)
    np.testing.assert_array_equal(volume.affine, fresh.affine)
    assert [getattr(volume, f) for f in FIELDS] == [getattr(fresh, f) for f in FIELDS]


def test_a_stored_volume_is_the_files(cache, image):
    same(VolumeStore(cache).open(image), image)
    same(VolumeStore(cache).open(image), image)


def test_another_worker_opens_the_stored_copy(cache, image, reads):
    VolumeStore(cache).open(image)
    volume = VolumeStore(cache).open(image)
    assert reads == ["T1.nii.gz"]
    assert isinstance(volume.data, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        volume.data[0, 0, 0] = 1


def test_identity_is_content_wherever_the_file_lies(cache, image, reads, tmp_path):
    VolumeStore(cache).open(image)
    moved = tmp_path / "elsewhere" / "copy.nii.gz"
    moved.parent.mkdir()
    shutil.move(image, moved)
    volume = VolumeStore(cache).open(moved)
    assert reads == ["T1.nii.gz"]
    assert volume.name == "copy"


def test_a_replaced_file_is_another_volume(cache, image, save, head):
    store = VolumeStore(cache)
    before = store.open(image)
    save("study/T1.nii.gz", head(1) * 2)
    after = store.open(image)
    assert after.id != before.id
    same(after, image)
    # The picture of the old one is still whole, for whoever is looking at it.
    assert np.isfinite(before.data).sum() == before.data.size - 1


def test_a_file_cut_short_after_it_was_opened_harms_nobody(cache, image):
    volume = VolumeStore(cache).open(image)
    image.write_bytes(image.read_bytes()[:100])
    assert np.nansum(volume.data) > 0


def test_the_cache_can_be_deleted_while_running(cache, image):
    store = VolumeStore(cache)
    first = store.open(image)
    shutil.rmtree(cache)
    same(store.open(image), image)
    same(VolumeStore(cache).open(image), image)
    assert np.nansum(first.data) > 0


@pytest.mark.parametrize("suffix", [".npy", ".json"])
@pytest.mark.parametrize(
    "content", [b"", b"\x93NUMPY", b"null", b"[]", b'"text"', b"{}", b'{"a": 1}', b"\xff\xfe"]
)
def test_a_damaged_copy_is_read_again(cache, image, reads, suffix, content):
    VolumeStore(cache).open(image)
    (copy,) = (path for path in cache.rglob("*") if path.suffix == suffix)
    copy.write_bytes(content)
    same(VolumeStore(cache).open(image), image)
    VolumeStore(cache).open(image)
    assert reads == ["T1.nii.gz"] * 2


def test_a_copy_cut_short_is_read_again(cache, image):
    VolumeStore(cache).open(image)
    (copy,) = cache.rglob("*.npy")
    copy.write_bytes(copy.read_bytes()[:-100])
    same(VolumeStore(cache).open(image), image)


def test_half_of_a_copy_is_no_copy(cache, image):
    for suffix in ("*.json", "*.npy"):
        VolumeStore(cache).open(image)
        next(cache.rglob(suffix)).unlink()
        same(VolumeStore(cache).open(image), image)


def test_a_cache_that_cannot_be_written_costs_no_study(tmp_path, image):
    (tmp_path / "cache").write_text("a file in the way")
    same(VolumeStore(tmp_path / "cache").open(image), image)


def test_nothing_unfinished_stays_in_the_cache(cache, image):
    identity = VolumeStore(cache).open(image).id
    names = sorted(path.name for path in cache.rglob("*") if path.is_file())
    assert names == [f"{identity}.json", f"{identity}.npy"]
    assert not list(cache.rglob(".new-*"))


def test_a_file_that_vanished_is_told(cache, image):
    store = VolumeStore(cache)
    store.open(image)
    image.unlink()
    with pytest.raises(VolumeError, match=r"^T1\.nii\.gz: there is no such file"):
        store.open(image)
