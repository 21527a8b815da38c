"""Dice with known tissue: the whole head's fit beside those of other programs."""

import os
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from sklearn.mixture import GaussianMixture

from benchmarks.studies import SAMPLE
from benchmarks.table import show
from dashboard.core.analysis import analyse
from dashboard.core.domain import WHOLE
from dashboard.core.mixture.features import features
from dashboard.core.mixture.recipe import Recipe, usual_starts
from dashboard.core.volume import read_volume

ROOT = SAMPLE.parent.parent
# Percent of the brightest tissue.
NOISES = (3, 5, 9)
TOLERANCES = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
PRIOR = 0.5
# Voxels of two tissues are fitted too; then a converged fit is no worse.
SHARED = {"partial_volume": True, "covariance": "tied", "tolerance": 1e-5}
THRESHOLDS = 401  # a quarter of a percent of the voxels apart
# What each program needs in an environment of its own.
OTHERS = {"Atropos": "antspyx", "DIPY HMRF": "dipy"}
SCRIPTS = {
    "Atropos": """
import ants, sys
out, mask, *images = sys.argv[1:]
inside = ants.threshold_image(ants.image_read(mask), 1, 255)
found = ants.atropos(a=[ants.image_read(i) for i in images], x=inside, i="kmeans[3]",
                     m="[0.1,1x1x1]", c="[5,0]")
ants.image_write(found["segmentation"], out)
""",
    "DIPY HMRF": """
import nibabel as nib, numpy as np, sys
from dipy.segment.tissue import TissueClassifierHMRF
out, mask, image = sys.argv[1:]
given = nib.load(image)
inside = np.asarray(nib.load(mask).dataobj) > 0
_, found, _ = TissueClassifierHMRF(verbose=False).classify(given.get_fdata() * inside, 3, 0.1)
nib.save(nib.Nifti1Image(np.asarray(found, np.uint8), given.affine), out)
""",
}


@dataclass(frozen=True)
class Case:
    """A head whose tissues are known: 1, 2, 3 by ascending T1, and 0 outside."""

    name: str
    images: tuple[Path, ...]
    truth: Path


def run() -> None:
    """Print how the settings, and the programs, agree with known tissue."""
    with tempfile.TemporaryDirectory() as temporary:
        cases = [*_phantoms(Path(temporary)), *_real()]
        _settings(cases)
        programs = {name: _environment(package) for name, package in OTHERS.items()}
        rows = [
            [case.name, _fitted(case), _fitted(case, prior=PRIOR), _fitted(case, **SHARED)]
            + [_fitted(case, **SHARED, prior=PRIOR), _scikit_learn(case)]
            + [_thresholds(case), _thresholds(case, without_field=True)]
            + [_other(case, name, python, Path(temporary)) for name, python in programs.items()]
            for case in cases
        ]
    show(
        "Dice of CSF / grey / white matter, three classes",
        [
            "",
            "here",
            f"prior {PRIOR}",
            "partial volume",
            f"both, prior {PRIOR}",
            "scikit-learn",
            "best thresholds",
            "without the field",
            *OTHERS,
        ],
        rows,
    )  # fmt: skip


def _settings(cases: list[Case]) -> None:
    show(
        "Mean Dice by the tolerance of the whole head's fit",
        ["", *(f"{tolerance:.0e}" for tolerance in TOLERANCES), "1e-03, one start", "1e-03, tied",
         "1e-06, tied", f"1e-03, prior {PRIOR}"],
        [
            [case.name]
            + [
                f"{np.mean(_dice(_labels(case, **settings), _truth(case))):.3f}"
                for settings in (
                    *({"tolerance": tolerance} for tolerance in TOLERANCES),
                    {"starts": 1}, {"covariance": "tied"},
                    {"covariance": "tied", "tolerance": 1e-6}, {"prior": PRIOR},
                )
            ]
            for case in cases
        ],
    )  # fmt: skip


def _phantoms(folder: Path) -> Iterator[Case]:
    """Yield the sample's head with more and less noise."""
    spec = spec_from_file_location("make_sample", ROOT / "data" / "make_sample.py")
    assert spec is not None
    assert spec.loader is not None
    make: Any = module_from_spec(spec)
    spec.loader.exec_module(make)
    fractions, brain = make.study_fractions(np.random.default_rng(make.SEED))
    truth = folder / "truth.nii.gz"
    make.save(truth, np.where(brain, fractions.argmax(axis=0) + 1, 0).astype(np.uint8), "truth")
    for noise in NOISES:
        random, files = np.random.default_rng(noise), []
        for name, levels, texture in (
            ("T1", make.T1_LEVELS, make.T1_TEXTURE),
            ("b0", make.B0_LEVELS, make.B0_TEXTURE),
        ):
            sigma = noise / 100 * max(levels)
            voxels = make.scan(fractions, brain, levels, sigma, texture, random)
            files.append(folder / f"{name}_{noise}.nii.gz")
            make.save(files[-1], voxels.astype(np.float32), name)
        yield Case(f"phantom, {noise} % noise, T1", (files[0],), truth)
        yield Case(f"phantom, {noise} % noise, T1 + b0", tuple(files), truth)


def _real() -> Iterator[Case]:
    """Yield the heads of REAL_DATA whose tissues are known."""
    study = Path(os.environ.get("REAL_DATA", "")) / "brainweb_t1"
    if "REAL_DATA" in os.environ and study.is_dir():
        yield Case("BrainWeb, T1", (study / "t1.nii.gz",), study / "labels_csf1_gm2_wm3.nii.gz")


def _truth(case: Case) -> Any:
    return np.asarray(nib.load(case.truth).dataobj)


def _labels(case: Case, **settings: Any) -> Any:
    volumes = [read_volume(path) for path in case.images]
    recipe = Recipe(**{"foreground": "mask", "starts": usual_starts("volume"), **settings})
    return analyse(features(volumes, recipe, WHOLE, mask=read_volume(case.truth))).labels


def _fitted(case: Case, **settings: Any) -> str:
    return _shown(_dice(_labels(case, **settings), _truth(case)))


def _scikit_learn(case: Case) -> str:
    """Return what scikit-learn's defaults give on all voxels, seeded as in the lesson."""
    truth = _truth(case)
    inside = truth > 0
    points = np.stack([nib.load(path).get_fdata()[inside] for path in case.images], axis=1)
    points = (points - points.mean(axis=0)) / points.std(axis=0)
    mixture = GaussianMixture(3, random_state=Recipe().seed).fit(points)
    labels = np.zeros(truth.shape, int)
    labels[inside] = mixture.means_[:, 0].argsort().argsort()[mixture.predict(points)] + 1
    return _shown(_dice(labels, truth))


def _thresholds(case: Case, *, without_field: bool = False) -> str:
    """Return the best mean Dice that two thresholds can have which know the truth.

    No method that looks at each voxel of one image by itself has a better one, if the tissues are
    intervals of its intensities.

    Parameters
    ----------
    case : Case
    without_field : bool
        Whether the intensities are divided by the field that fits the truth best.
    """
    if len(case.images) > 1:
        return ""
    truth, voxels = _truth(case), nib.load(case.images[0]).get_fdata()
    inside = truth > 0
    values = voxels[inside] / (_field(voxels, truth) if without_field else 1)
    sorted_truth = truth[inside][np.argsort(values)]
    # Voxels of each tissue below each of some thresholds.
    below = [np.concatenate([[0], np.cumsum(sorted_truth == k)]) for k in (1, 2, 3)]
    places = np.linspace(0, len(sorted_truth), THRESHOLDS).astype(int)
    found = [
        [2 * one[b] / (b + one[-1]), 2 * (two[c] - two[b]) / (c - b + two[-1]),
         2 * (three[-1] - three[c]) / (len(sorted_truth) - c + three[-1])]
        for one, two, three in [below]
        for number, b in enumerate(places)
        for c in places[number:]
    ]  # fmt: skip
    return _shown(max(found, key=sum))


def _field(voxels: Any, truth: Any) -> Any:
    """Return the field within the truth; its logarithm is a quadratic of the place."""
    inside = truth > 0
    x, y, z = 2 * np.argwhere(inside).T / np.array(truth.shape)[:, None] - 1
    smooth = np.stack([x, y, z, x * x, y * y, z * z, x * y, y * z, z * x])
    tissues = np.stack([truth[inside] == k for k in (1, 2, 3)])
    # In dark voxels the noise is no factor.
    bright = (truth[inside] > 1) & (voxels[inside] > 0)
    terms = np.concatenate([smooth, tissues[1:]])[:, bright]
    found, *_ = np.linalg.lstsq(terms.T, np.log(voxels[inside][bright]), rcond=None)
    return np.exp(found[: len(smooth)] @ smooth)


def _environment(package: str) -> Path | None:
    """Return the Python of an environment that has a package; None if it cannot be installed."""
    folder = Path(tempfile.gettempdir()) / "neuromix-bench" / package
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet", package]
        if subprocess.run(install, stderr=subprocess.DEVNULL, check=False).returncode:
            return None
        (folder / "ready").touch()
    return python


def _other(case: Case, name: str, python: Path | None, folder: Path) -> str:
    """Return the Dice of another program, with its time."""
    if python is None:
        return "not installed"
    if name == "DIPY HMRF" and len(case.images) > 1:
        return "one image only"
    out = folder / "other.nii.gz"
    arguments = [str(path) for path in (out, case.truth, *case.images)]
    start = time.perf_counter()
    done = subprocess.run(
        [python, "-c", SCRIPTS[name], *arguments], capture_output=True, check=False
    )
    if done.returncode:
        print(done.stderr.decode()[-500:], file=sys.stderr)
        return "failed"
    seconds = time.perf_counter() - start
    labels = np.asarray(nib.load(out).dataobj).astype(int)
    if not labels.any():
        return f"no tissue ({seconds:.0f} s)"
    return f"{_shown(_dice(labels, _truth(case)))} ({seconds:.0f} s)"


def _dice(labels: Any, truth: Any) -> list[float]:
    return [
        2 * np.count_nonzero((labels == k) & (truth == k))
        / (np.count_nonzero((labels == k) & (truth > 0)) + np.count_nonzero(truth == k))
        for k in (1, 2, 3)
    ]  # fmt: skip


def _shown(dice: list[float]) -> str:
    return " / ".join(f"{value:.3f}"[1:] if value < 1 else "1" for value in dice)
