import errno
import os
import shutil
import time
from dataclasses import fields

import numpy as np
import pytest

from dashboard.core.errors import FitError
from dashboard.core.mixture.slice_fit import Mixture, fit
from dashboard.services.cache.models import FitStore

KEY = {"volumes": ["a" * 64], "slice": 5, "components": 3}
VALUES = np.random.default_rng(0).normal([[0, 0]] * 50 + [[6, 6]] * 50)


@pytest.fixture
def fitted():
    """Return a function that fits a mixture, and the count of its calls."""
    calls = []

    def fitted():
        calls.append(1)
        return fit(VALUES, components=2, covariance="full", seed=0)

    fitted.calls = calls
    return fitted


def same(found, expected):
    for field in fields(Mixture):
        np.testing.assert_array_equal(getattr(found, field.name), getattr(expected, field.name))
        assert type(getattr(found, field.name)) is type(getattr(expected, field.name))


def test_another_worker_finds_the_fit(tmp_path, fitted):
    first = FitStore(tmp_path).get(KEY, fitted)
    same(FitStore(tmp_path).get(KEY, fitted), first)
    assert len(fitted.calls) == 1


@pytest.mark.parametrize("change", [{"volumes": ["b" * 64]}, {"slice": 6}, {"components": 2}])
def test_another_key_is_another_fit(tmp_path, fitted, change):
    store = FitStore(tmp_path)
    store.get(KEY, fitted)
    store.get(KEY | change, fitted)
    assert len(fitted.calls) == 2


def test_an_error_is_passed_on_and_not_remembered(tmp_path, fitted):
    def fail():
        raise FitError("too few")

    store = FitStore(tmp_path)
    with pytest.raises(FitError, match="too few"):
        store.get(KEY, fail)
    assert store.get(KEY, fitted).components == 2


@pytest.mark.parametrize(
    "damage",
    [lambda whole: b"", lambda whole: whole[:-80], lambda whole: whole[:40],  # noqa: ARG005
     lambda whole: whole[:300] + bytes(200) + whole[500:], lambda whole: b"words"],  # noqa: ARG005
    ids=["empty", "cut", "head only", "overwritten", "words"],
)  # fmt: skip
def test_a_damaged_fit_is_fitted_again(tmp_path, fitted, damage):
    first = FitStore(tmp_path).get(KEY, fitted)
    (file,) = tmp_path.rglob("*.npz")
    file.write_bytes(damage(file.read_bytes()))
    for _ in range(2):
        same(FitStore(tmp_path).get(KEY, fitted), first)
    assert len(fitted.calls) == 2


def test_the_folder_can_be_deleted_or_unwritable(tmp_path, fitted):
    store = FitStore(tmp_path / "cache")
    store.get(KEY, fitted)
    shutil.rmtree(tmp_path / "cache")
    store.get(KEY, fitted)
    (tmp_path / "file").write_text("in the way")
    FitStore(tmp_path / "file").get(KEY, fitted)
    assert len(fitted.calls) == 3


def test_every_fit_of_a_forgotten_file_goes(tmp_path, fitted):
    sources = ["a" * 64, "b" * 64, "c" * 64]
    places = {"ab": (0, 1), "ba": (1, 0), "bc": (1, 2), "aa": (0, 0)}
    of = {name: {"sources": [sources[n] for n in use]} for name, use in places.items()}
    store = FitStore(tmp_path)
    for key in (*of.values(), {}):
        store.get(KEY | key, fitted)
    assert len(fitted.calls) == 5
    FitStore(tmp_path).forget("a" * 64)
    assert len(list(tmp_path.rglob("*.npz"))) == 2
    for key in (of["bc"], {}):
        store.get(KEY | key, fitted)
    assert len(fitted.calls) == 5
    for name in ("ab", "ba", "aa"):
        store.get(KEY | of[name], fitted)
    assert len(fitted.calls) == 8
    FitStore(tmp_path / "nowhere").forget("a" * 64)


def test_eight_sources_fit_into_a_file_name(tmp_path, fitted):
    sources = [f"{n}" * 64 for n in range(8)]
    for _ in range(2):
        FitStore(tmp_path).get(KEY | {"sources": sources}, fitted)
    assert len(fitted.calls) == 1
    FitStore(tmp_path).forget("7" * 64)
    assert list(tmp_path.rglob("*.npz")) == []


def test_what_a_killed_process_left_goes_in_time(tmp_path, fitted):
    (tmp_path / "fits").mkdir()
    for name, age in ((".new-old_0old", 7200), (".new-now_0now", 0), (".new-notes of mine", 7200)):
        (tmp_path / "fits" / name).write_bytes(b"half")
        then = time.time() - age
        os.utime(tmp_path / "fits" / name, (then, then))
    FitStore(tmp_path).get(KEY, fitted)
    names = {path.name for path in tmp_path.rglob(".new-*")}
    assert names == {".new-now_0now", ".new-notes of mine"}


def test_a_fit_that_cannot_be_written_leaves_nothing(tmp_path, fitted, monkeypatch):
    def full(file, **_):
        file.write(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    assert FitStore(tmp_path).get(KEY, fitted).components == 2
    assert list((tmp_path / "fits").iterdir()) == []


def test_a_fit_of_a_file_that_is_forgotten_meanwhile_is_not_kept(tmp_path, fitted):
    there = {"a" * 64, "b" * 64}
    store = FitStore(tmp_path, kept=there.__contains__)

    def forgotten():
        FitStore(tmp_path).forget("b" * 64)
        there.remove("b" * 64)
        return fitted()

    store.get(KEY | {"sources": ["a" * 64]}, fitted)
    assert store.get(KEY | {"sources": sorted(there)}, forgotten).components == 2
    assert [path.name[:4] for path in tmp_path.rglob("*.npz")] == ["aaaa"]


def test_the_folder_is_bounded(tmp_path, fitted):
    size = 20_000
    for number in range(12):
        # A store looks at the folder's size when it writes for the first time.
        FitStore(tmp_path, max_bytes=size).get(KEY | {"slice": number}, fitted)
    kept = [path.stat().st_size for path in tmp_path.rglob("*.npz")]
    assert 0 < sum(kept) <= size
    assert len(kept) < 12
