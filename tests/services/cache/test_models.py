import errno
import os
import shutil
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from dashboard.core.domain import Cut
from dashboard.core.errors import FitError
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import MAX_MIXED, Recipe
from dashboard.core.mixture.scaling import scale
from dashboard.core.mixture.slice_fit import fit_points
from dashboard.services.cache import models
from dashboard.services.cache.models import ModelStore

KEY = {"volumes": ["a" * 64], "slice": 5, "components": 3}
VALUES = np.random.default_rng(0).normal([[0, 0]] * 50 + [[6, 6]] * 50)


@pytest.fixture
def fitted():
    """Return a function that fits a model, and the count of its calls."""
    calls = []

    def fitted():
        calls.append(1)
        points, linear = scale(VALUES, "standard")
        return fit_points(points, Recipe(components=2), domain=Cut("axial", 5), scale=linear)

    fitted.calls = calls
    return fitted


def same(found, expected):
    assert found.to_json() == expected.to_json()


def test_a_model_is_known_once_it_is_fitted(tmp_path, fitted):
    store = ModelStore(tmp_path)
    assert not store.holds(KEY)
    store.get(KEY, fitted)
    assert ModelStore(tmp_path).holds(KEY)
    assert not store.holds(KEY | {"slice": 6})


def test_another_worker_finds_the_fit(tmp_path, fitted):
    first = ModelStore(tmp_path).get(KEY, fitted)
    same(ModelStore(tmp_path).get(KEY, fitted), first)
    assert len(fitted.calls) == 1


def test_two_workers_that_ask_at_once_fit_once(tmp_path, fitted):
    begun, asked = threading.Event(), threading.Event()

    def slow():
        begun.set()
        asked.wait()
        return fitted()

    with ThreadPoolExecutor() as workers:
        fits, waits = ModelStore(tmp_path), ModelStore(tmp_path)
        first = workers.submit(fits.get, KEY, slow)
        begun.wait()
        second = workers.submit(waits.get, KEY, fitted)
        asked.set()
        same(second.result(), first.result())
    assert fits.tally.totals == {"hit": 0, "miss": 1}
    assert waits.tally.totals == {"hit": 1, "miss": 0}
    assert len(fitted.calls) == 1
    assert len(list((tmp_path / "models").iterdir())) == 1


@pytest.mark.parametrize("change", [{"volumes": ["b" * 64]}, {"slice": 6}, {"components": 2}])
def test_another_key_is_another_fit(tmp_path, fitted, change):
    store = ModelStore(tmp_path)
    store.get(KEY, fitted)
    store.get(KEY | change, fitted)
    assert len(fitted.calls) == 2


@pytest.mark.parametrize("what", ["FORMAT", "METHOD", "__version__"])
def test_another_version_of_what_makes_models_is_another_fit(tmp_path, fitted, monkeypatch, what):
    ModelStore(tmp_path).get(KEY, fitted)
    models._versions.cache_clear()
    monkeypatch.setattr(models, what, "another")
    ModelStore(tmp_path).get(KEY, fitted)
    models._versions.cache_clear()
    assert len(fitted.calls) == 2


def test_an_error_is_passed_on_and_not_remembered(tmp_path, fitted):
    def fail():
        raise FitError("too few")

    store = ModelStore(tmp_path)
    with pytest.raises(FitError, match="too few"):
        store.get(KEY, fail)
    assert store.get(KEY, fitted).components == 2


@pytest.mark.faults("kept fit damaged")
@pytest.mark.parametrize(
    "damage",
    [lambda whole: b"", lambda whole: whole[:-80], lambda whole: whole[:40],  # noqa: ARG005
     lambda whole: whole[:300] + bytes(200) + whole[500:], lambda whole: b"words",  # noqa: ARG005
     lambda whole: b"{}", lambda whole: b"[1]", lambda whole: b"\xff" + whole,  # noqa: ARG005
     lambda whole: whole.replace(b'"counts": [50, 50]', b'"counts": [100]'),
     lambda whole: whole.replace(b'"components"', b'"gaussians"')],
    ids=["empty", "cut", "head only", "overwritten", "words", "nothing in it", "a list", "no text",
         "a class missing", "another version's"],
)  # fmt: skip
def test_a_damaged_fit_is_fitted_again(tmp_path, fitted, damage):
    first = ModelStore(tmp_path).get(KEY, fitted)
    (file,) = tmp_path.rglob("*.json")
    file.write_bytes(damage(file.read_bytes()))
    for _ in range(2):
        same(ModelStore(tmp_path).get(KEY, fitted), first)
    assert len(fitted.calls) == 2


def test_the_folder_can_be_deleted_or_unwritable(tmp_path, fitted):
    store = ModelStore(tmp_path / "cache")
    store.get(KEY, fitted)
    shutil.rmtree(tmp_path / "cache")
    store.get(KEY, fitted)
    (tmp_path / "file").write_text("in the way")
    ModelStore(tmp_path / "file").get(KEY, fitted)
    assert len(fitted.calls) == 3


def test_every_fit_of_a_forgotten_file_goes(tmp_path, fitted):
    sources = ["a" * 64, "b" * 64, "c" * 64]
    places = {"ab": (0, 1), "ba": (1, 0), "bc": (1, 2), "aa": (0, 0)}
    of = {name: {"sources": [sources[n] for n in use]} for name, use in places.items()}
    store = ModelStore(tmp_path)
    for key in (*of.values(), {}):
        store.get(KEY | key, fitted)
    assert len(fitted.calls) == 5
    ModelStore(tmp_path).forget("a" * 64)
    assert len(list(tmp_path.rglob("*.json"))) == 2
    for key in (of["bc"], {}):
        store.get(KEY | key, fitted)
    assert len(fitted.calls) == 5
    for name in ("ab", "ba", "aa"):
        store.get(KEY | of[name], fitted)
    assert len(fitted.calls) == 8
    ModelStore(tmp_path / "nowhere").forget("a" * 64)


def test_as_many_sources_as_a_view_may_have_fit_into_a_file_name(tmp_path, fitted):
    sources = [f"{n:x}" * 64 for n in range(MAX_MIXED + 3)]  # and X, Y and the mask
    for _ in range(2):
        ModelStore(tmp_path).get(KEY | {"sources": sources}, fitted)
    assert len(fitted.calls) == 1
    ModelStore(tmp_path).forget("7" * 64)
    assert list(tmp_path.rglob("*.json")) == []


def test_what_a_killed_process_left_goes_in_time(tmp_path, fitted):
    (tmp_path / "models").mkdir()
    for name, age in ((".new-old_0old", 7200), (".new-now_0now", 0), (".new-notes of mine", 7200)):
        (tmp_path / "models" / name).write_bytes(b"half")
        then = time.time() - age
        os.utime(tmp_path / "models" / name, (then, then))
    ModelStore(tmp_path).get(KEY, fitted)
    names = {path.name for path in tmp_path.rglob(".new-*")}
    assert names == {".new-now_0now", ".new-notes of mine"}


@pytest.mark.faults("disk full when a fit is kept")
def test_a_fit_that_cannot_be_written_leaves_nothing(tmp_path, fitted, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Model, "to_json", full)
    assert ModelStore(tmp_path).get(KEY, fitted).components == 2
    assert list((tmp_path / "models").iterdir()) == []


def test_a_fit_of_a_file_that_is_forgotten_meanwhile_is_not_kept(tmp_path, fitted):
    there = {"a" * 64, "b" * 64}
    store = ModelStore(tmp_path, kept=there.__contains__)

    def forgotten():
        ModelStore(tmp_path).forget("b" * 64)
        there.remove("b" * 64)
        return fitted()

    store.get(KEY | {"sources": ["a" * 64]}, fitted)
    assert store.get(KEY | {"sources": sorted(there)}, forgotten).components == 2
    assert [path.name[:4] for path in tmp_path.rglob("*.json")] == ["aaaa"]


def test_the_folder_is_bounded(tmp_path, fitted):
    size = 5_000
    for number in range(12):
        # A store looks at the folder's size when it writes for the first time.
        ModelStore(tmp_path, max_bytes=size).get(KEY | {"slice": number}, fitted)
    kept = [path.stat().st_size for path in tmp_path.rglob("*.json")]
    assert 0 < sum(kept) <= size
    assert len(kept) < 12


def test_labels_that_older_versions_kept_go(tmp_path):
    (tmp_path / "fits").mkdir()
    for name in (f"{'a' * 16}-{'0' * 64}.npz", "mine.npz"):
        (tmp_path / "fits" / name).write_bytes(b"labels")
    ModelStore(tmp_path)
    assert [path.name for path in (tmp_path / "fits").iterdir()] == ["mine.npz"]
