"""A file that is no image is read once, by all workers together, until it changes."""

import errno
import gzip
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from dashboard.core.errors import NotNowError, VolumeError
from dashboard.core.reading import container
from dashboard.core.reading.container import MAX_TAIL_BYTES
from dashboard.core.reading.identity import file_id
from dashboard.core.volume import read_volume, unpack
from dashboard.services.cache import copies, volumes
from dashboard.services.cache.volumes import VolumeStore
from dashboard.services.disk import locks
from dashboard.view import View
from tests.holding import PATIENCE
from tests.images import AFFINE


@pytest.fixture
def whole(save, head):
    return save("study/T1.nii.gz", head(0)).read_bytes()


def unpacks_to_too_much(whole):
    return whole + gzip.compress(bytes(MAX_TAIL_BYTES + 100), 9)


BROKEN = {
    "cut short": lambda whole: whole[: len(whole) // 2],
    "a bomb": unpacks_to_too_much,
    "a wrong checksum": lambda whole: whole[:-8] + bytes(8),
    "words": lambda _: b"Dear colleague, the scan follows by post.\n" * 20,
    "empty": lambda _: b"",
    "another format": lambda _: b"NRRD0004\n" + bytes(400),
}


@pytest.fixture(params=BROKEN, ids=list(BROKEN))
def broken(request, tmp_path, whole):
    path = tmp_path / "study" / "FLAIR.nii.gz"
    path.write_bytes(BROKEN[request.param](whole))
    return path


def test_a_broken_file_is_read_once_by_all_workers(cache, broken, reads):
    messages = set()
    for _ in range(2):
        worker = VolumeStore(cache)
        for _ in range(3):
            with pytest.raises(VolumeError) as caught:
                worker.open(broken)
            messages.add(str(caught.value))
            assert worker.holds(broken)
    assert reads == ["FLAIR.nii.gz"]
    assert len(messages) == 1
    with pytest.raises(VolumeError) as caught:
        read_volume(broken)
    assert messages == {str(caught.value)}


def test_a_broken_file_is_read_again_when_it_changes(cache, broken, whole, reads):
    worker, other = VolumeStore(cache), VolumeStore(cache)
    with pytest.raises(VolumeError):
        worker.open(broken)
    # As `rsync --inplace --times` does it.
    times = broken.stat()
    broken.write_bytes(whole)
    os.utime(broken, ns=(times.st_atime_ns, times.st_mtime_ns))
    for store in (worker, other):
        assert store.open(broken).name == "FLAIR"
    assert reads == ["FLAIR.nii.gz"] * 2


def test_without_a_cache_each_worker_reads_it_once(tmp_path, broken, monkeypatch):
    found = []

    def counted(path, **kwargs):
        found.append(path.name)
        return read_volume(path, **kwargs)

    monkeypatch.setattr(volumes, "read_volume", counted)
    (tmp_path / "cache").write_text("a file in the way")
    worker = VolumeStore(tmp_path / "cache")
    for _ in range(3):
        with pytest.raises(VolumeError, match=r"^FLAIR\.nii\.gz: "):
            worker.open(broken)
    assert len(found) == 1


def test_a_copy_has_its_own_name_in_the_message_and_an_image_in_another_format(
    cache, tmp_path, save, head, reads
):
    cut = tmp_path / "a.nii"
    cut.write_bytes(save("T1.nii", head(0)).read_bytes()[:-9])
    other = tmp_path / "b.nii"
    other.write_bytes(cut.read_bytes())
    store = VolumeStore(cache)
    for path, name in ((cut, None), (other, None), (cut, "mine.nii")):
        with pytest.raises(VolumeError, match=rf"^{name or path.name}: the voxels are damaged"):
            store.open(path, name=name)
    assert reads == ["a.nii"]
    image = save("image.nii", head(0))
    (tmp_path / "image.mgh").write_bytes(image.read_bytes())
    with pytest.raises(VolumeError, match=r"^image\.mgh: "):
        store.open(tmp_path / "image.mgh")
    assert store.open(image).name == "image"


def test_a_missing_volume_of_a_series_is_refused_alone(cache, save, head, reads):
    run = save("run.nii", np.stack([head(0), head(1)], axis=-1))
    store = VolumeStore(cache)
    for _ in range(2):
        with pytest.raises(VolumeError, match="there is no volume 7"):
            store.open(run, take=(7,))
        assert store.open(run).volumes == 2
    assert reads == ["run.nii"] * 2


def test_a_forgotten_upload_leaves_no_refusal(cache, broken):
    store = VolumeStore(cache)
    with pytest.raises(VolumeError):
        store.open(broken)
    assert list(cache.rglob("*.refused"))
    store.forget(store.identity(broken))
    assert not list(cache.rglob("*.refused"))
    assert {key[0] for key in store._volumes._results} == set()


def test_another_version_tries_again(cache, broken, reads, monkeypatch):
    for version in ("1.0", "1.1", "1.1"):
        monkeypatch.setattr(copies, "__version__", version)
        with pytest.raises(VolumeError):
            VolumeStore(cache).open(broken)
    assert len(reads) == 2


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"reason": 1}', b"\xff"])
def test_a_damaged_refusal_is_none(cache, broken, reads, content):
    with pytest.raises(VolumeError):
        VolumeStore(cache).open(broken)
    (refusal,) = cache.rglob("*.refused")
    refusal.write_bytes(content)
    with pytest.raises(VolumeError, match=r"^FLAIR\.nii\.gz: "):
        VolumeStore(cache).open(broken)
    assert len(reads) == 2


# ---- reasons of the moment


def fails(error):
    def fail(*_, **__):
        raise error

    return fail


MOMENT = {
    "no permission": PermissionError(errno.EACCES, "Permission denied"),
    "too many files": OSError(errno.EMFILE, "Too many open files"),
    "a bad disk": OSError(errno.EIO, "Input/output error"),
    "no memory": MemoryError(),
}


@pytest.mark.parametrize("error", MOMENT.values(), ids=MOMENT)
@pytest.mark.parametrize("where", ["unpack", "read"])
def test_a_reason_of_the_moment_is_not_kept(cache, tmp_path, whole, monkeypatch, error, where):
    path = tmp_path / "study" / "T1.nii.gz"
    store = VolumeStore(cache)
    if where == "read":
        monkeypatch.setattr(container.gzip.GzipFile, "read", fails(error))
    else:
        opened = container.Path.open
        monkeypatch.setattr(
            container.Path, "open",
            lambda p, *args: fails(error)() if p == path else opened(p, *args),
        )  # fmt: skip
        store.identity = lambda *_, **__: "1" * 64
    with pytest.raises(NotNowError, match=r"^T1\.nii\.gz: "):
        store.open(path)
    monkeypatch.undo()
    assert not list(cache.rglob("*.refused"))
    assert not store.holds(path)
    assert path.read_bytes() == whole
    assert store.open(path).name == "T1"


def test_a_full_disk_is_a_reason_of_the_moment(cache, tmp_path, whole, monkeypatch):  # noqa: ARG001
    path, store = tmp_path / "study" / "T1.nii.gz", VolumeStore(cache)
    full = fails(OSError(errno.ENOSPC, "No space left on device"))
    monkeypatch.setattr("dashboard.core.reading.unpacked.Unpacked.add", full)
    with pytest.raises(NotNowError, match="no room to unpack it"):
        store.open(path)
    monkeypatch.undo()
    assert store.open(path).name == "T1"


def test_a_file_that_is_still_being_written_is_read_again(cache, tmp_path, whole, monkeypatch):
    path = tmp_path / "study" / "FLAIR.nii.gz"
    path.write_bytes(whole[:100])

    def grown(*args, **kwargs):
        try:
            return unpack(*args, **kwargs)
        finally:
            path.write_bytes(whole)

    monkeypatch.setattr(volumes, "unpack", grown)
    store = VolumeStore(cache)
    with pytest.raises(NotNowError, match="changed while it was read"):
        store.open(path)
    monkeypatch.undo()
    assert store.open(path).name == "FLAIR"


# ---- together


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("good", [True, False])
def test_requests_that_wait_for_one_file_share_one_reading(
    cache, tmp_path, whole, monkeypatch, workers, good
):
    path = tmp_path / "study" / "FLAIR.nii.gz"
    path.write_bytes(whole if good else whole[:-50])
    reads, asked, threads = [], [], 4
    stores = [VolumeStore(cache) for _ in range(workers)]
    arrived = threading.Barrier(threads)
    waiting = threading.Event()
    take, lock = locks.take, f".new-{stores[0].identity(path)[:16]}.lock"

    def taking(file, *, wait):
        if Path(file.name).name == lock:
            asked.append(1)
        if len(asked) == 2:
            waiting.set()
        return take(file, wait=wait)

    def slow(*args, **kwargs):
        reads.append(threading.get_ident())
        if workers == 2:  # the other worker waits for this one
            assert waiting.wait(PATIENCE)
        return unpack(*args, **kwargs)

    monkeypatch.setattr(locks, "take", taking)
    monkeypatch.setattr(volumes, "unpack", slow)

    def request(number):
        arrived.wait(PATIENCE)
        try:
            return stores[number % workers].open(path).id
        except VolumeError as error:
            return str(error)

    with ThreadPoolExecutor(threads) as pool:
        answers = set(pool.map(request, range(threads), timeout=PATIENCE))
    assert len(reads) == 1
    assert len(answers) == 1
    assert not list(cache.rglob(".new-*"))


@pytest.mark.parametrize("broken_one", [False, True])
def test_a_broken_image_costs_no_reading_at_any_step(
    tmp_path, save, head, desk, monkeypatch, reads, broken_one
):
    for number, name in enumerate(("T1", "b0", "flair")):
        save(f"data/pair/{name}.nii.gz", head(number), AFFINE)
    if broken_one:
        path = tmp_path / "data/pair/flair.nii.gz"
        path.write_bytes(path.read_bytes()[:-50])
    hashed = []

    def counted(path, **kwargs):
        hashed.append(path)
        return file_id(path, **kwargs)

    monkeypatch.setattr(volumes, "file_id", counted)
    workers = [desk(tmp_path / "data", tmp_path / "cache") for _ in range(2)]
    for worker in workers:
        worker.open({"study": "pair"})
    before = sorted(reads), len(hashed)
    assert before == (sorted(f"{n}.nii.gz" for n in ("T1", "b0", "flair")), 6)
    for index in range(3, 9):
        for worker in workers:
            scene = worker.scene(View("pair", "T1", "b0", slice=index))
            assert worker.analyses.analyse(scene).model
            assert scene.complete
    assert (sorted(reads), len(hashed)) == before
