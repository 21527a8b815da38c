"""The fit of a whole head against scikit-learn's from the same start, and how it grows."""

import os
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from benchmarks.table import show
from dashboard.core.analysis import analyse
from dashboard.core.domain import WHOLE
from dashboard.core.mixture.cells import Cells, cells
from dashboard.core.mixture.criteria import Candidate, candidate, stability
from dashboard.core.mixture.densities import Densities, largest, mean_log_likelihood, parts
from dashboard.core.mixture.em import ExpectationMaximisation, Mixture
from dashboard.core.mixture.features import Features, features
from dashboard.core.mixture.fit import fit
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import COMPONENTS, VOLUME_STARTS, Recipe
from dashboard.core.mixture.slice_fit import FLOOR
from dashboard.core.mixture.volume_fit import best_start, fit_roughly, followed, rested
from dashboard.core.volume import read_volume

RECIPE = Recipe(tolerance=1e-6)
CONVERGED = 1e-9
MOST = 5000
PRIOR = 0.5
MILLION = 2**20

Points = NDArray[np.float64]


# One native thread, as in the program.
@threadpool_limits.wrap(limits=1)
def run(pair: Sequence[Path]) -> None:
    """Print the tables; `pair` are two images of a 1 mm head."""
    real = {"2 images": _head(pair)}
    if folder := os.environ.get("REAL_DATA"):
        study = Path(folder) / "ms_patient07"
        names = ("T1", "T2", "FLAIR", "T1POST")
        real["4 images"] = _head([study / f"{name}.nii.gz" for name in names])
    heads = {name: found.points for name, found in real.items()}
    two = heads["2 images"]
    heads["8 images, made up"] = _made_up(MILLION // 4, 8)
    show(
        "The whole head's fit by size, ten starts, tolerance 1e-3 (s)",
        ["voxels", "cells", "3 components", "labels", "10 components", "K = 1 … 10",
         "peak memory (GB)"],
        [_grown(two, voxels) for voxels in (MILLION, 8 * MILLION, 35_000_000)],
    )  # fmt: skip
    compared = [_compared(name, points) for name, points in heads.items()]
    show(
        "One fit of a 1 mm head with its labels, from the same start to a tolerance of 1e-6",
        ["", "voxels", "here (s)", "scikit-learn (s)", "faster", "equal labels",
         "difference of the log-likelihood"],
        [row for row, _ in compared],
    )  # fmt: skip
    show(
        f"Both of these fits beside scikit-learn's, continued to a tolerance of {CONVERGED:.0e}",
        ["", "here, equal labels", "scikit-learn, equal labels", "here, log-likelihood less by",
         "scikit-learn, log-likelihood less by"],
        [row for _, row in compared],
    )  # fmt: skip
    show(
        "What else is asked of a 1 mm head, ten starts, tolerance 1e-3 (s)",
        ["", "3 components", f"with the prior {PRIOR}", "criteria of K = 1 … 10",
         "their stability"],
        [_asked(name, found) for name, found in real.items()],
    )  # fmt: skip


def _head(images: Sequence[Path]) -> Features:
    return features([read_volume(image) for image in images], RECIPE, WHOLE)


def _made_up(voxels: int, images: int) -> Points:
    """Return three overlapping tissues, with correlated images."""
    random = np.random.default_rng(1)
    tissue = random.choice(3, voxels, p=[0.2, 0.5, 0.3])
    mixing = np.eye(images) + random.normal(0, 0.2, (images, images))
    found = random.normal(0, 1.4, (3, images))[tissue] + random.normal(size=(voxels, images))
    found = found @ mixing
    return np.asarray((found - found.mean(axis=0)) / found.std(axis=0))


def _compared(name: str, points: Points) -> tuple[list[str], list[str]]:
    """Return how one fit is like scikit-learn's, and how both are like that in the end."""
    start = _start(points)
    # The median of three: other work of the machine does not count.
    runs = [_timed(lambda: _ours(points, start)) for _ in range(3)]
    ours, (found, labels) = float(np.median([seconds for seconds, _ in runs])), runs[0][1]
    theirs, (other, expected) = _timed(lambda: _scikit_learns(points, start, RECIPE.tolerance))
    # A tolerance is where EM rests, not how far it is from the maximum: who stopped short?
    end, converged = _scikit_learns(points, other, CONVERGED)
    here, there, best = (mean_log_likelihood(points, *_parameters(m)) for m in (found, other, end))
    return [
        name, f"{len(points):,}", f"{ours:.2f}", f"{theirs:.1f}", f"{theirs / ours:.0f} ×",
        _equal(labels, expected), f"{abs(here - there):.0e}",
    ], [
        name, _equal(labels, converged), _equal(expected, converged), f"{best - here:.0e}",
        f"{best - there:.0e}",
    ]  # fmt: skip


def _equal(one: NDArray[np.integer], other: NDArray[np.integer]) -> str:
    return f"{100 * np.mean(one == other):.2f} %"


def _candidate(found: Features, components: int) -> Candidate:
    return candidate(fit(found, replace(found.recipe, components=components)), found)


def _asked(name: str, found: Features) -> list[str]:
    recipe = Recipe(starts=VOLUME_STARTS)
    found = replace(found, recipe=recipe)
    found.partition()
    plain, _ = _timed(lambda: analyse(found).labels)
    smooth = replace(found, recipe=replace(recipe, prior=PRIOR))
    prior, _ = _timed(lambda: analyse(smooth).labels)
    criteria, models = _timed(lambda: [_candidate(found, number).model for number in COMPONENTS])

    def from_seed(components: int, seed: int) -> Model:
        return fit_roughly(found, Recipe(components=components, seed=seed))

    stable, _ = _timed(
        lambda: [stability(found, m, fit=partial(from_seed, m.components)) for m in models]
    )
    return [name, *(f"{seconds:.2f}" for seconds in (plain, prior, criteria, stable))]


def _start(points: Points) -> Mixture:
    """Return a mixture around the means of a small sample."""
    sample = points[:: len(points) // 2000]
    means = KMeans(3, n_init=1, random_state=0).fit(sample).cluster_centers_
    return Mixture(np.full(3, 1 / 3), means, np.stack([np.eye(points.shape[1])] * 3))


def _parameters(found: Mixture) -> tuple[Points, Points, Points]:
    return found.weights, found.means, found.covariances


def _ours(points: Points, start: Mixture) -> tuple[Mixture, NDArray[np.uint8]]:
    divided = cells(points)
    em = ExpectationMaximisation(divided, "full", FLOOR)
    found = rested(em, start, RECIPE) if divided.fine else followed(points, em, start, RECIPE)
    return found, _labels(points, found)


def _labels(points: Points, found: Mixture) -> NDArray[np.uint8]:
    densities, labels = Densities(*_parameters(found)), np.empty(len(points), dtype=np.uint8)
    for part in parts(len(points)):
        labels[part] = largest(densities(points[part]))
    return labels


def _scikit_learns(
    points: Points, start: Mixture, tolerance: float
) -> tuple[Mixture, NDArray[np.int64]]:
    estimator = GaussianMixture(
        3, tol=tolerance, max_iter=MOST, init_params="random_from_data", random_state=0,
        weights_init=start.weights, means_init=start.means,
        precisions_init=np.linalg.inv(start.covariances),
    )  # fmt: skip
    with threadpool_limits(os.cpu_count()):
        labels = estimator.fit_predict(points.astype(np.float64))
    return Mixture(estimator.weights_, estimator.means_, estimator.covariances_), labels


def _grown(points: Points, voxels: int) -> list[str]:
    """Fit a head that is repeated with a little noise until it has so many voxels."""
    random = np.random.default_rng(2)
    grown = np.empty((voxels, points.shape[1]), dtype=np.float32, order="F")
    for begin in range(0, voxels, len(points)):
        part = grown[begin : begin + len(points)]
        part[:] = points[: len(part)]
        part += random.normal(0, 0.02, part.shape).astype(np.float32)
    divide, divided = _timed(lambda: cells(grown))
    recipe = Recipe(starts=10)
    three, found = _timed(lambda: _fit_cells(divided, recipe))
    label, _ = _timed(lambda: _labels(grown, found))
    each = [
        _timed(lambda k=k: _fit_cells(divided, Recipe(components=k, starts=10)))[0]
        for k in range(1, 11)
    ]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    seconds = (divide, three, label, each[-1], sum(each))
    return [f"{voxels:,}", *(f"{value:.2f}" for value in seconds), f"{peak:.1f}"]


def _fit_cells(divided: Cells, recipe: Recipe) -> Mixture:
    start = best_start(divided, recipe, floor=FLOOR)
    return rested(ExpectationMaximisation(divided, recipe.covariance, FLOOR), start, recipe)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found
