import errno
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from dashboard.core.errors import GridError, VolumeError
from dashboard.core.grid.resampling import resample
from dashboard.core.processing import Taken
from dashboard.core.volume import read_volume, unpack
from dashboard.services.cache import volumes as stores
from dashboard.services.cache.volumes import VolumeStore

ROOT = Path(__file__).resolve().parents[3]
FIELDS = ("id", "name", "unit", "header", "notices", "intensities", "source",
          "volumes", "digest", "processing")  # fmt: skip


@pytest.fixture
def image(save, head):
    voxels = head(0)
    voxels[5, 5, 5] = np.nan
    return save("study/T1.nii.gz", voxels, np.diag([-2.0, 2.0, 3.0, 1.0]))


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


@pytest.mark.faults("study file replaced while open")
def test_a_replaced_file_is_another_volume(cache, image, save, head):
    store = VolumeStore(cache)
    before = store.open(image)
    save("study/T1.nii.gz", head(1) * 2)
    after = store.open(image)
    assert after.id != before.id
    same(after, image)
    # The picture of the old one is still whole, for whoever is looking at it.
    assert np.isfinite(before.data).sum() == before.data.size - 1


@pytest.mark.faults("study file truncated while open")
def test_a_file_cut_short_after_it_was_opened_harms_nobody(cache, image):
    volume = VolumeStore(cache).open(image)
    image.write_bytes(image.read_bytes()[:100])
    assert np.nansum(volume.data) > 0


@pytest.mark.faults("cache deleted while open")
def test_the_cache_can_be_deleted_while_running(cache, image):
    store = VolumeStore(cache)
    first = store.open(image)
    shutil.rmtree(cache)
    same(store.open(image), image)
    same(VolumeStore(cache).open(image), image)
    assert np.nansum(first.data) > 0


@pytest.mark.faults("copy in the cache damaged")
@pytest.mark.parametrize("suffix", [".npy", ".json"])
@pytest.mark.parametrize(
    "content", [b"", b"\x93NUMPY", b"null", b"[]", b'"text"', b"{}", b'{"a": 1}', b"\xff\xfe"]
)
def test_a_damaged_copy_is_read_again(cache, image, reads, suffix, content):
    VolumeStore(cache).open(image)
    (copy,) = (path for path in cache.rglob("*") if path.suffix == suffix)
    copy.chmod(0o600)
    copy.write_bytes(content)
    same(VolumeStore(cache).open(image), image)
    VolumeStore(cache).open(image)
    assert reads == ["T1.nii.gz"] * 2


@pytest.mark.faults("copy in the cache damaged")
def test_a_copy_cut_short_is_read_again(cache, image):
    VolumeStore(cache).open(image)
    (copy,) = cache.rglob("*.npy")
    copy.chmod(0o600)
    copy.write_bytes(copy.read_bytes()[:-100])
    same(VolumeStore(cache).open(image), image)


def zeros(copy):
    with copy.open("r+b") as file:
        file.seek(-64, os.SEEK_END)
        file.write(bytes(64))


def replaced(copy):
    new = copy.with_suffix(".new")
    new.write_bytes(copy.read_bytes()[:-64] + bytes(64))
    new.replace(copy)


def cut_short(copy):
    os.truncate(copy, 200)


def emptied(copy):
    os.truncate(copy, 0)


@pytest.mark.faults("copy in the cache truncated, emptied, overwritten, replaced")
@pytest.mark.parametrize("harm", [zeros, replaced, cut_short, emptied])
@pytest.mark.parametrize("is_open", [True, False])
def test_a_copy_that_was_written_to_is_read_again(cache, image, reads, harm, is_open):
    store = VolumeStore(cache)
    store.open(image)
    (copy,) = cache.rglob("*.npy")
    copy.chmod(0o600)
    harm(copy)
    # To read from a map that was cut short would end this process.
    same((store if is_open else VolumeStore(cache)).open(image), image)
    same(VolumeStore(cache).open(image), image)
    assert reads == ["T1.nii.gz"] * 2


@pytest.mark.faults("copy in the cache opened for writing")
@pytest.mark.skipif(os.name != "posix", reason="Windows keeps mapped files as they are")
def test_nobody_writes_to_a_copy_that_is_mapped(cache, image):
    VolumeStore(cache).open(image)
    (copy,) = cache.rglob("*.npy")
    assert copy.stat().st_mode & 0o222 == 0
    if os.geteuid():  # the superuser may write to any file
        with pytest.raises(PermissionError):
            copy.open("r+b")


def test_half_of_a_copy_is_no_copy(cache, image):
    for suffix in ("*.json", "*.npy"):
        VolumeStore(cache).open(image)
        next(cache.rglob(suffix)).unlink()
        same(VolumeStore(cache).open(image), image)


@pytest.mark.faults("cache that cannot be written to")
def test_a_cache_that_cannot_be_written_costs_no_study(tmp_path, image):
    (tmp_path / "cache").write_text("a file in the way")
    same(VolumeStore(tmp_path / "cache").open(image), image)


def test_a_copy_is_in_the_folder_of_its_file_and_nothing_unfinished_stays(cache, image):
    volume = VolumeStore(cache).open(image)
    found = sorted("/".join(p.parts[-2:]) for p in cache.rglob("*") if p.is_file())
    assert found == [f"{volume.source}/{volume.id}{end}" for end in (".json", ".npy")]
    assert not list(cache.rglob(".new-*"))


def test_copies_of_other_versions_are_removed(cache):
    source, secret = "a1" * 32, b"voxels of an upload that is removed today"
    for old in (f"volumes-3/{source}/{source}.npy", f"volumes-1/{source}.npy"):
        (cache / old).parent.mkdir(parents=True)
        (cache / old).write_bytes(secret)
    VolumeStore(cache)
    assert list(cache.iterdir()) == []


def test_a_cache_in_a_folder_of_other_things_leaves_them_alone(cache, image):
    own = [
        cache / path
        for path in ("volumes-2023/raw.nii.gz", "volumes-old/a.npy", "volumes-3/.new-idea",
                     "volumes-4/.new-notes/a", "volumes-4/mine.npy")
    ]  # fmt: skip
    for path in own:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"precious")
    VolumeStore(cache, max_bytes=1).open(image)
    assert all(path.read_bytes() == b"precious" for path in own)


# ---- series


@pytest.fixture
def run(save, head):
    return save("study/run.nii.gz", np.stack([head(n) for n in range(3)], axis=-1))


def test_volumes_and_means_of_a_run_are_kept_beside_each_other(cache, run, reads):
    expected = nib.load(run).get_fdata()
    takes = {(0,): expected[..., 0], (2,): expected[..., 2], None: expected.mean(axis=-1)}
    for _ in range(2):
        store = VolumeStore(cache)
        for take, voxels in takes.items():
            volume = store.open(run, take=take)
            np.testing.assert_allclose(volume.data, voxels, rtol=1e-14)
            assert isinstance(volume.data, np.memmap)
    assert len(reads) == len(takes)
    assert len(list(cache.rglob("*.npy"))) == len(takes)
    assert len({path.parent for path in cache.rglob("*.npy")}) == 1


def test_the_mean_of_one_volume_is_its_copy(cache, image, reads):
    for take in ((0,), None):
        assert VolumeStore(cache).open(image, take=take).processing == ()
    assert len(reads) == 1
    assert len(list(cache.rglob("*.npy"))) == 1


# ---- names


@pytest.fixture
def stored(tmp_path):
    """Return a function that stores an upload's bytes under a hashed name."""

    def stored(content, extension=".nii.gz"):
        path = tmp_path / "blobs" / ("5eb" + "0" * 61 + extension)
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    return stored


BAD = {
    "empty": lambda whole: b"",  # noqa: ARG005
    "words": lambda whole: b"Dear colleague" * 50,  # noqa: ARG005
    "cut": lambda whole: whole[:-50],
    "checksum": lambda whole: whole[:-8] + bytes(8),
}


@pytest.mark.parametrize("damage", BAD.values(), ids=BAD)
@pytest.mark.parametrize("take", [(0,), None, (9,)])
def test_messages_call_an_upload_by_its_own_name(cache, image, stored, damage, take):
    path = stored(damage(image.read_bytes()))
    with pytest.raises(VolumeError, match=r"^My scan\.nii\.gz: ") as caught:
        VolumeStore(cache).open(path, name="My scan.nii.gz", take=take)
    assert "5eb" not in str(caught.value)
    assert str(path.parent) not in str(caught.value)


def test_messages_about_what_is_not_there_too(cache, image, stored, tmp_path):
    half = stored(b"voxels", ".img")
    folder = tmp_path / "folder.nii"
    folder.mkdir()
    whole = stored(image.read_bytes())
    for path, take in ((half, (0,)), (folder, (0,)), (tmp_path / "5eb.nii", (0,)), (whole, (1,))):
        for read in (VolumeStore(cache).open, read_volume):
            with pytest.raises(VolumeError, match=r"^Mine\.nii: ") as caught:
                read(path, name="Mine.nii", take=take)
            assert "5eb" not in str(caught.value)
    with pytest.raises(VolumeError, match=r"^Mine\.nii: "):
        VolumeStore(cache).identity(tmp_path / "5eb.nii", name="Mine.nii")


def test_the_paths_extension_and_not_the_name_tells_the_format(cache, image, stored):
    volume = VolumeStore(cache).open(stored(image.read_bytes()), name="Head.of.MINE.mnc")
    assert volume.name == "Head.of.MINE"
    np.testing.assert_array_equal(volume.data, nib.load(image).get_fdata())


def test_no_stored_name_is_written_down(cache, image, stored):
    VolumeStore(cache).open(stored(image.read_bytes()), name="T1.nii.gz")
    (description,) = cache.rglob("*.json")
    assert "5eb0" not in description.read_text()


# ---- pairs


def test_a_header_that_was_edited_makes_another_volume(cache, tmp_path, head):
    nib.Nifti1Pair(head(0), np.diag([2, 2, 2, 1])).to_filename(tmp_path / "pair.img")
    store = VolumeStore(cache)
    before = store.open(tmp_path / "pair.img")
    voxels = (tmp_path / "pair.img").stat()
    nib.Nifti1Pair(head(0), np.diag([2, 2, 3, 1])).to_filename(tmp_path / "other.img")
    (tmp_path / "other.hdr").replace(tmp_path / "pair.hdr")
    assert (tmp_path / "pair.img").stat() == voxels
    after = store.open(tmp_path / "pair.img")
    assert after.id != before.id
    assert after.voxel_size == (2, 2, 3)
    assert after.digest == before.digest


def replaced(path, content):
    """Put another file of the same size and time in the place of one."""
    times = path.stat()
    new = path.with_name("new")
    new.write_bytes(content)
    assert new.stat().st_size == times.st_size
    os.utime(new, ns=(times.st_atime_ns, times.st_mtime_ns))
    new.replace(path)


def test_a_file_replaced_by_one_of_its_size_and_time_is_another_volume(cache, save, head):
    path, store = save("T1.nii", head(0)), VolumeStore(cache)
    before = store.open(path)
    replaced(path, save("other.nii", head(1)).read_bytes())
    same(store.open(path), path)
    assert store.open(path).id != before.id


def test_so_is_a_pair_whose_header_was_replaced(cache, tmp_path, head):
    store = VolumeStore(cache)
    for name, size in (("pair", 2.0), ("other", 3.0)):
        nib.Nifti1Pair(head(0), np.diag([2, 2, size, 1])).to_filename(tmp_path / f"{name}.img")
    assert store.open(tmp_path / "pair.img").voxel_size == (2, 2, 2)
    replaced(tmp_path / "pair.hdr", (tmp_path / "other.hdr").read_bytes())
    assert store.open(tmp_path / "pair.img").voxel_size == (2, 2, 3)


# ---- what goes


def test_a_forgotten_file_leaves_nothing_but_what_is_open(cache, run, image):
    store = VolumeStore(cache)
    kept = store.open(image)
    volume = store.open(run)
    for take in ((1,), None):
        store.open(run, take=take)
    store.resampled(volume, replace(kept, data=kept.data[1:], affine=np.diag([3.0, 3, 3, 1])))
    store.forget(volume.source)
    # A map that is kept would keep the voxels on the disk.
    assert {key[0] for key in store._volumes._results} == {kept.source}
    assert {path.parent.name for path in cache.rglob("*.npy")} == {kept.source}
    assert {path.parent.name for path in cache.rglob("*.json")} == {kept.source}
    assert np.isfinite(volume.data).all()
    assert store.open(run).data is not volume.data
    store.forget("0" * 64)


def test_a_file_another_worker_forgot_is_let_go(cache, run, image):
    one, other = VolumeStore(cache), VolumeStore(cache)
    volume = one.open(run)
    other.forget(volume.source)
    one.open(image)
    assert [key[0] for key in one._volumes._results] == [one.identity(image)]


def test_nothing_is_kept_of_a_file_removed_while_it_was_read(cache, image, monkeypatch):
    def removed(path, *args, **kwargs):
        volume = unpack(path, *args, **kwargs)
        path.unlink()
        return volume

    monkeypatch.setattr(stores, "unpack", removed)
    with pytest.raises(VolumeError, match=r"^T1\.nii\.gz: the file no longer exists"):
        VolumeStore(cache).open(image)
    assert [path for path in cache.rglob("*") if path.is_file()] == []


@pytest.mark.faults("study file changed while it is read")
def test_nothing_is_kept_of_a_file_changed_while_it_was_read(cache, image, head, save, monkeypatch):
    def changed(path, *args, **kwargs):
        save("study/T1.nii.gz", head(1))
        return unpack(path, *args, **kwargs)

    monkeypatch.setattr(stores, "unpack", changed)
    store = VolumeStore(cache)
    with pytest.raises(VolumeError, match="changed while it was read"):
        store.open(image)
    assert list(cache.rglob("*.npy")) == []
    monkeypatch.undo()
    same(store.open(image), image)


def test_a_volume_resampled_while_its_file_is_forgotten_is_not_kept(cache, image, run, monkeypatch):
    store = VolumeStore(cache)
    volume, target = store.open(image), replace(store.open(run), affine=np.diag([3.0, 3, 3, 1]))

    def forgotten(*args, **kwargs):
        VolumeStore(cache).forget(volume.source)
        return resample(*args, **kwargs)

    monkeypatch.setattr(stores, "resample", forgotten)
    found = store.resampled(volume, target)
    np.testing.assert_array_equal(found.data, resample(volume, target).data)
    assert not list(cache.rglob(f"{volume.source}*"))
    assert not list(cache.rglob(f"{found.id}*"))


def test_files_unopened_for_longest_lose_their_copies(cache, save, head):
    paths = [save(f"study/{n}.nii", head(n)) for n in range(4)]
    whole = VolumeStore(cache)
    sources = [whole.open(path).source for path in paths[:3]]
    for age, source in zip((30, 20, 10), sources, strict=True):
        (folder,) = cache.rglob(source)
        then = folder.stat().st_mtime - age
        os.utime(folder, (then, then))
        size = sum(file.stat().st_size for file in folder.iterdir())
    # The oldest is opened again; a store looks when it writes for the first time.
    store = VolumeStore(cache, max_bytes=int(3.5 * size))
    store.open(paths[0])
    newest = store.open(paths[3]).source
    kept = {path.parent.name for path in cache.rglob("*.npy")}
    assert kept == {sources[0], sources[2], newest}


def test_what_was_just_opened_is_kept_whatever_its_size(cache, image):
    volume = VolumeStore(cache, max_bytes=1).open(image)
    assert [path.parent.name for path in cache.rglob("*.npy")] == [volume.source]


KILLED = """
import os, pathlib, signal, sys
from dashboard.core.reading.unpacked import Unpacked
from dashboard.services.cache.volumes import VolumeStore
add = Unpacked.add
def dying(self, values):
    add(self, values)
    os.kill(os.getpid(), signal.SIGKILL)
Unpacked.add = dying
VolumeStore(pathlib.Path(sys.argv[1])).open(pathlib.Path(sys.argv[2]))
"""


@pytest.mark.faults("worker killed while it unpacks a file")
def test_a_killed_process_leaves_nothing_after_the_next_start(cache, image):
    done = subprocess.run([sys.executable, "-c", KILLED, cache, image], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert list(cache.rglob("*.npy"))
    VolumeStore(cache)
    assert [path for path in cache.rglob("*") if path.is_file()] == []
    assert list(cache.glob("*/*")) == []


def test_what_another_process_is_writing_is_left_alone(cache, image, monkeypatch):
    def meanwhile(*args, **kwargs):
        VolumeStore(cache)
        return unpack(*args, **kwargs)

    monkeypatch.setattr(stores, "unpack", meanwhile)
    assert isinstance(VolumeStore(cache).open(image).data, np.memmap)
    assert len(list(cache.rglob("*.npy"))) == 1


# ---- full disks


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.faults("disk full at the cache")
def test_a_full_cache_costs_time_and_not_the_study(cache, image, monkeypatch):
    monkeypatch.setattr(stores, "unpack", full)
    store = VolumeStore(cache)
    volume = store.open(image)
    same(volume, image)
    assert store.open(image) is volume
    assert [path for path in cache.rglob("*") if path.is_file()] == []


def test_a_disk_that_is_full_everywhere_is_an_error(cache, image, monkeypatch):
    monkeypatch.setattr("dashboard.core.reading.unpacked.Unpacked.add", full)
    for read in (VolumeStore(cache).open, read_volume):
        with pytest.raises(VolumeError, match=r"^T1\.nii\.gz: there is no room .*No space left"):
            read(image)


@pytest.mark.faults("disk full while an image is resampled")
def test_a_full_disk_is_an_error_before_a_map_meets_it(cache, image, monkeypatch):
    store = VolumeStore(cache)
    volume = store.open(image)
    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(VolumeError, match=r"^T1: not enough disk space"):
        store.resampled(volume, replace(volume, affine=np.diag([3.0, 3, 3, 1])))


# ---- other grids


@pytest.fixture
def grids(save, head):
    """A volume's file, and that of another grid."""
    return (save("study/b0.nii.gz", head(0), np.diag([2.0, 2, 3, 1])),
            save("study/T1.nii.gz", head(1), np.diag([1.7, 1.8, 2, 1])))  # fmt: skip


@pytest.mark.parametrize("nearest", [False, True])
def test_a_volume_on_another_grid_is_computed_once(cache, grids, monkeypatch, nearest):
    calls = []

    def counted(*args, **kwargs):
        calls.append(1)
        return resample(*args, **kwargs)

    monkeypatch.setattr(stores, "resample", counted)
    for _ in range(2):
        store = VolumeStore(cache)
        volume, target = map(store.open, grids)
        expected = resample(volume, target, nearest=nearest)
        for _ in range(2):
            found = store.resampled(volume, target, nearest=nearest)
            np.testing.assert_array_equal(found.data, expected.data)
            np.testing.assert_array_equal(found.affine, expected.affine)
            for field in (*FIELDS, "label"):
                assert getattr(found, field) == getattr(expected, field)
            with pytest.raises(ValueError, match="read-only"):
                found.data[0, 0, 0] = 1
    assert len(calls) == 1
    assert (next(cache.rglob(volume.source)) / f"{found.id}.npy").exists()


def test_resampled_voxels_have_todays_names(cache, grids):
    store = VolumeStore(cache)
    volume, target = map(store.open, grids)
    first = store.resampled(volume, target)
    again = VolumeStore(cache).resampled(
        replace(volume, name="dwi", processing=(Taken(tuple(range(65)), 65),)),
        replace(target, name="A"),
    )
    assert first.label == "b0 (linear onto the grid of T1)"
    assert again.label == "dwi (mean of 65 volumes, linear onto the grid of A)"
    assert again.id == first.id


def test_a_resampled_volume_is_not_the_one_it_is_made_of(cache, grids):
    store = VolumeStore(cache)
    volume, target = map(store.open, grids)
    found = store.resampled(volume, target)
    assert found.digest != volume.digest
    assert store.resampled(volume, volume).digest == volume.digest


def test_a_refused_grid_leaves_nothing(cache, grids):
    store = VolumeStore(cache)
    volume, target = map(store.open, grids)
    away = replace(target, affine=np.diag([2.0, 2, 2, 1]) + 1e4 * np.eye(4, k=3))
    before = sorted(cache.rglob("*"))
    with pytest.raises(GridError, match="do not overlap"):
        store.resampled(volume, away)
    assert sorted(cache.rglob("*")) == before


def test_a_grid_is_found_where_nothing_can_be_written(tmp_path, grids):
    (tmp_path / "cache").write_text("a file in the way")
    store = VolumeStore(tmp_path / "cache")
    volume, target = map(store.open, grids)
    expected = resample(volume, target)
    np.testing.assert_array_equal(store.resampled(volume, target).data, expected.data)


@pytest.mark.faults("study file deleted while open")
def test_a_file_that_vanished_is_an_error(cache, image):
    store = VolumeStore(cache)
    store.open(image)
    image.unlink()
    with pytest.raises(VolumeError, match=r"^T1\.nii\.gz: the file no longer exists"):
        store.open(image)


def test_a_file_without_permission_is_an_error_with_its_reason(cache, image, monkeypatch):
    def denied(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "stat", denied)
    with pytest.raises(VolumeError, match=r"^T1\.nii\.gz: the file cannot be read \(Permission "):
        VolumeStore(cache).identity(image)
