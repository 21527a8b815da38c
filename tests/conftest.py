"""What tests of every kind share."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import dashboard  # noqa: F401 - numpy's libraries get one thread each only before they are loaded

# isort: split
import numpy as np
import pytest
from hypothesis import HealthCheck, settings

from dashboard.__main__ import main
from dashboard.core.analysis import Analysis
from dashboard.core.volume import Volume
from dashboard.fields import Place
from dashboard.services.scene.opening import Opened, open_view
from dashboard.services.scene.scene import Scene, resolve
from dashboard.services.start import start
from dashboard.settings import Settings
from dashboard.view import View
from tests.images import AFFINE, save_image
from tests.repeating import RECOVERY, Table

ROOT = Path(__file__).resolve().parent.parent

# How long an example takes says something of the machine only.
settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("suite")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--times", type=int, default=1, help="how often each test of a fault runs")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    times = metafunc.config.getoption("times")
    if times > 1 and metafunc.definition.get_closest_marker("faults"):
        metafunc.fixturenames.append("time_of_many")
        metafunc.parametrize("time_of_many", range(times))


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("times") > 1:
        config.pluginmanager.register(Table("faults", "Fault"))
        config.pluginmanager.register(Table("bad_input", "Bad input"))
    # As core.mixture.slice_fit has it. In pyproject.toml it would load numpy before `dashboard`.
    ignored = "ignore::sklearn.exceptions.ConvergenceWarning"
    config.addinivalue_line("filterwarnings", ignored)


@pytest.fixture
def recovering(
    record_property: Callable[[str, object], None],
) -> Callable[[], AbstractContextManager[None]]:
    """Return what measures, for the table of faults, how long a recovery takes."""

    @contextmanager
    def recovering() -> Iterator[None]:
        start = time.monotonic()
        yield
        record_property(RECOVERY, time.monotonic() - start)

    return recovering


@pytest.fixture(scope="session")
def sample() -> Path:
    """Folder of the study that comes with the project."""
    return ROOT / "data" / "sample"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of real images, for the tests that need more than the sample."""
    if "REAL_DATA" not in os.environ:
        pytest.skip("REAL_DATA is not set: it names a folder of real images")
    folder = Path(os.environ["REAL_DATA"])
    assert folder.is_dir(), f"REAL_DATA names no folder: {folder}"
    return folder


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that saves voxels as an image file, by a name below `tmp_path`."""

    def save(name: str, voxels: Any, affine: Any = None, *, dtype: Any = None) -> Path:
        return save_image(tmp_path / name, voxels, affine, dtype=dtype or np.float64)

    return save


@pytest.fixture
def run(monkeypatch: Any, capfd: Any, tmp_path: Path) -> Callable[..., Any]:
    """Return a function that runs a command in `tmp_path`: exit code and lines of each stream."""

    def run(*arguments: Any) -> tuple[Any, list[str], list[str]]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", ["dashboard", *map(str, arguments)])
        code: Any = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code
        out, err = capfd.readouterr()
        return code, out.splitlines(), err.splitlines()

    return run


@pytest.fixture(scope="session")
def head() -> Any:
    """Return a function that makes one contrast of a small head: four tissues in a dark box."""

    def head(contrast: int, shape: tuple[int, int, int] = (24, 20, 12)) -> Any:
        tissue = np.random.default_rng(1).integers(1, 5, shape)
        noise = np.random.default_rng(contrast).normal(0, 8, shape)
        levels = np.array([[0, 100, 200, 300, 400], [0, 250, 420, 120, 330], [0, 30, 70, 10, 90]])
        voxels = np.round(levels[contrast % 3][tissue] + noise) + 40.0
        voxels[:3] = voxels[:, :2] = 0
        return voxels

    return head


class Desk:
    """The services on one data folder, as tests ask them."""

    def __init__(self, data: Path, cache: Path) -> None:
        self.archive, self.uploads, self.analyses, self.ahead = start(
            Settings(data=data, cache=cache)
        )

    def scene(self, view: View) -> Scene:
        return resolve(self.archive, view)

    def analyse(self, view: View) -> Analysis:
        return self.analyses.analyse(self.scene(view))

    def open(self, query: dict[str, str], owner: str = "", place: Place | None = None) -> Opened:
        return open_view(self.archive, query, owner, place=place, seen_in=query.get("study", ""))

    def volume(self, study: str, image: str, grid: str = "") -> Volume:
        return self.archive.open(self.archive.require(study), image, grid)


@pytest.fixture(scope="session")
def desk() -> type[Desk]:
    """Return what makes the services on a data folder."""
    return Desk


@pytest.fixture
def workspace(tmp_path: Path) -> Desk:
    """Return the services on the studies below ``tmp_path / "data"``."""
    (tmp_path / "data").mkdir(exist_ok=True)
    return Desk(tmp_path / "data", tmp_path / "cache")


@pytest.fixture
def pair(save: Callable[..., Path], head: Any, tmp_path: Path) -> Path:
    """Save one small study, `pair`, of images T1 and b0; return the folder of the studies."""
    for number, name in enumerate(("T1", "b0")):
        save(f"data/pair/{name}.nii.gz", head(number), AFFINE)
    return tmp_path / "data"


@pytest.fixture
def study(pair: Path, workspace: Desk) -> Desk:  # noqa: ARG001, saves it
    """Return the services on the study `pair`."""
    return workspace


@pytest.fixture
def swapped(workspace: Any, save: Callable[..., Path]) -> Any:
    """A head of three tissues; of two that are alike in T1, another is the brighter in slice 4."""
    chance = np.random.default_rng(3)
    kind = chance.integers(0, 3, (24, 24, 8))
    t1 = np.repeat([[100.0], [205.0], [215.0]], 8, axis=1)
    t1[1:, 4] = 215, 205
    b0 = np.array([50.0, 500.0, 250.0])[kind]
    bright = t1[kind, np.arange(8)]
    for name, voxels in (("T1", bright), ("b0", b0)):
        save(
            f"data/swapped/{name}.nii.gz",
            voxels + chance.normal(0, 5, kind.shape),
            AFFINE,
        )
    workspace.kind = kind
    return workspace
