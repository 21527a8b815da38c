"""Density against seaborn, an analysis against the notebook's cells, and a list of subjects."""

import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import nibabel as nib
import numpy as np
import seaborn as sns
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler

from benchmarks.studies import SAMPLE
from benchmarks.table import ratio, show, spread
from dashboard.core.analysis import analyse
from dashboard.core.density import joint_density
from dashboard.core.domain import Cut
from dashboard.core.mixture.features import features
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.volume import read_volume
from dashboard.services.studies.library import Library

mpl.use("Agg")
CUT = Cut("axial", 30)


def timed(work: Callable[[], object], repeats: int) -> list[float]:
    work()
    results = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        results.append((time.perf_counter() - start) * 1000)
    return results


def run() -> None:
    volumes = [read_volume(SAMPLE / f"{name}.nii.gz") for name in ("T1", "b0")]
    points = features(volumes, Recipe(), CUT).scaled

    def with_seaborn() -> None:
        sns.kdeplot(x=points[:, 0], y=points[:, 1])
        plt.close()

    ours = timed(lambda: joint_density(points).proportions(), 20)
    theirs = timed(with_seaborn, 3)
    lesson = timed(notebook, 3)
    analysis = timed(lambda: analyse(features(volumes, Recipe(), CUT)).labels, 20)
    show(
        f"Computing, sample, slice 30, {len(points):,} voxels (ms)",
        ["", "median", "p95", "faster"],
        [
            ["density with levels, here", *spread(ours), ratio(theirs, ours)],
            ["seaborn.kdeplot", *spread(theirs), ""],
            ["one analysis, here", *spread(analysis), ratio(lesson, analysis)],
            ["the notebook's cells for a slice", *spread(lesson), ""],
        ],
    )
    listing()


def listing() -> None:
    """List the studies of a BIDS data set, for the first time and when nothing has changed."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for subject in range(1000):
            for session in "ab":
                name = f"sub-{subject:04}_ses-{session}_T1w.nii.gz"
                anat = root / f"sub-{subject:04}" / f"ses-{session}" / "anat"
                anat.mkdir(parents=True)
                (anat / name).touch()
        first = timed(lambda: Library(root).names(), 5)
        library = Library(root)
        again = timed(library.names, 5)
    show(
        "Naming 1,000 subjects with 2 sessions each (ms)",
        ["", "median", "p95"],
        [["first time", *spread(first)], ["again", *spread(again)]],
    )


def notebook() -> None:
    """Run the lesson's cells for one slice, pictures included."""
    t1 = nib.load(SAMPLE / "T1.nii.gz").get_fdata()[:, :, 30]
    b0 = nib.load(SAMPLE / "b0.nii.gz").get_fdata()[:, :, 30]
    mask = (t1 > 0) & (b0 > 0)
    x, y = t1[mask], b0[mask]
    scaled = StandardScaler().fit_transform(np.c_[x, y])
    labels = GaussianMixture(n_components=3, random_state=12345).fit_predict(scaled)
    picture = np.zeros(t1.shape)
    picture[mask] = labels + 1
    for image in (t1, b0, picture):
        _cell(lambda axes, image=image: axes.imshow(image))
    for values in (t1.ravel(), b0.ravel(), x, y):
        _cell(lambda axes, values=values: axes.hist(values, bins=50))
    for a, b in ((x, y), scaled.T):
        _cell(lambda axes, a=a, b=b: axes.scatter(a, b))
        _cell(lambda axes, a=a, b=b: axes.hist2d(a, b, bins=50, vmax=10))
        _cell(lambda axes, a=a, b=b: sns.kdeplot(x=a, y=b, ax=axes))
    _cell(lambda axes: axes.scatter(x, y, c=labels))


def _cell(draw: Callable[[plt.Axes], object]) -> None:
    figure, axes = plt.subplots()
    draw(axes)
    figure.savefig(io.BytesIO(), format="png")
    plt.close(figure)
