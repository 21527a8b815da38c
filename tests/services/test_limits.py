"""What one request may take."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from dashboard.core.errors import LimitError, NotNowError
from dashboard.core.mixture.recipe import COMPONENTS, Recipe
from dashboard.core.steps import take_step
from dashboard.services import limits
from dashboard.services.cache.models import ModelStore
from dashboard.services.cache.reading import ReadOnce
from dashboard.services.cache.volumes import VolumeStore
from dashboard.services.fits import Fits
from dashboard.services.limits import Allowance, BusyError, Room
from dashboard.view import View
from tests.holding import PATIENCE, Gate, end_of


def test_rooms_are_left_to_those_who_wait():
    room, inside = Room(10), threading.Barrier(2)

    def take():
        with room.taken(6):
            inside.wait(PATIENCE)

    with ThreadPoolExecutor(2) as pool:
        taken = [pool.submit(take) for _ in range(2)]
        for _ in taken:  # two of them have no room together
            inside.wait(PATIENCE)
        for one in taken:
            one.result(PATIENCE)


@pytest.mark.parametrize("sizes", [(6, 6), (4, 4, 4)])
def test_a_fit_without_room_is_put_off(sizes):
    room = Room(10, turn_seconds=0)
    *others, last = [room.taken(size) for size in sizes]
    for other in others:
        other.__enter__()
    with pytest.raises(BusyError, match=r"Try again in a minute\."), last:
        pass
    for other in others:
        other.__exit__(None, None, None)
    with room.taken(10):
        pass


def test_large_fits_of_slices_wait_for_their_turn_and_small_ones_do_not(tmp_path, monkeypatch):
    monkeypatch.setattr(limits.Room.__init__, "__kwdefaults__", {"turn_seconds": 0})
    fits, lesson = Fits(ModelStore(tmp_path), Allowance()), Recipe()
    large = replace(lesson, components=10, starts=20)
    with fits.turn(20_000, 2, large), fits.turn(20_000, 2, replace(lesson, tolerance=1e-6)):
        with fits.turn(20_000, 2, lesson):
            pass
        with pytest.raises(BusyError), fits.turn(20_000, 2, large):
            pass


def test_a_head_that_numbers_the_classes_of_slices_never_waits_for_large_fits(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(limits.Room.__init__, "__kwdefaults__", {"turn_seconds": 0})
    fits, usual = Fits(ModelStore(tmp_path), Allowance()), View(scope="volume").recipe()
    slice_fit = replace(usual, components=10, starts=20)
    large = [
        replace(usual, prior=0.5),
        replace(usual, tolerance=1e-6),
        replace(usual, components=10, starts=20),
    ]
    with fits.turn(20_000, 2, slice_fit), fits.turn_of_head(large[0]):
        for components in COMPONENTS:
            with fits.turn_of_head(replace(usual, components=components)):
                pass
        for recipe in large:
            with pytest.raises(BusyError), fits.turn_of_head(recipe):
                pass


def test_an_export_beyond_its_time_ends_at_a_step(monkeypatch):
    spent = iter([0.0, 299.0, 301.0])
    monkeypatch.setattr(limits.time, "thread_time", lambda: next(spent))
    steps = Allowance(export_seconds=300).exporting(iter([0.0, 0.5, 0.9]))
    assert next(steps) == 0
    with pytest.raises(LimitError) as error:
        next(steps)
    assert str(error.value) == (
        "Making this file takes longer than 5 minutes, so it was stopped. Choose fewer components, "
        "fewer images, or a slice."
    )


def test_what_is_not_read_in_time_is_there_later():
    read, gate = ReadOnce(4, Allowance(read_seconds=0)), Gate()

    def slow():
        gate.hold()
        return "voxels"

    for _ in range(2):
        with pytest.raises(NotNowError, match=r"longer than 0 seconds.*faster disk, or try again"):
            read.get("T1", slow)
    assert gate.reached()
    assert ReadOnce(4, Allowance()).get("b0", lambda: "other voxels") == "other voxels"
    gate.open()
    end_of("read")
    assert read.get("T1", lambda: "read again") == "voxels"


def test_a_file_that_is_not_read_in_time_leaves_nothing_half_written(
    save, head, tmp_path, monkeypatch
):
    path, cache = save("T1.nii.gz", head(0)), tmp_path / "cache"
    store = VolumeStore(cache, allowance=Allowance(read_seconds=50))
    store.identity(path)
    # The clock goes by a minute at each look.
    minutes = iter(range(0, 10**6, 60))
    monkeypatch.setattr("dashboard.services.cache.reading.time.monotonic", lambda: next(minutes))
    with pytest.raises(NotNowError) as error:
        store.open(path)
    assert str(error.value).startswith("T1.nii.gz: reading it took longer than 50 seconds")
    monkeypatch.undo()
    end_of("read")
    assert [found for found in cache.rglob("*") if found.is_file()] == []
    assert store.open(path).shape == head(0).shape


def test_a_head_that_takes_more_memory_than_there_is_says_how_much():
    allowed = Allowance(fit_bytes=2**30)
    size = allowed.bytes_of(100_000_000, 2, 0)
    assert size == pytest.approx(2.6 * 2**30, rel=0.01)
    assert str(allowed.too_large(size, 100_000_000, 2)) == (
        "A fit of 100,000,000 voxels in 2 images takes 2.6 GB of memory, and this server has 1.0 "
        "GB for it. Choose fewer images, a mask or another foreground, or fit a slice."
    )


def test_time_of_a_cpu_counts_and_not_that_of_others(monkeypatch):
    spent = iter([0.0, 59.0, 61.0])
    monkeypatch.setattr(limits.time, "thread_time", lambda: next(spent))
    with Allowance(fit_seconds=60).fitting():
        take_step()
        with pytest.raises(LimitError, match=r"^This fit takes longer than 60 seconds, so it was "):
            take_step()
