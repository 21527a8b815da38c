"""A short Python script that gives a label map again, voxel for voxel.

A slice needs nibabel, numpy and scikit-learn. The whole head, and images that were resampled, have
methods of this package's own, so the script calls it.
"""

from collections.abc import Iterator, Sequence

from dashboard.core.analysis import Analysis
from dashboard.core.domain import Cut
from dashboard.core.export.record import versions
from dashboard.core.export.reproduce.alone import alone
from dashboard.core.export.reproduce.given import Given, printable, quoted, shape
from dashboard.core.export.reproduce.packaged import packaged
from dashboard.core.mixture.model import Model
from dashboard.core.processing import Resampled


def script(
    analysis: Analysis,
    images: Sequence[Given],
    base: str,
    *,
    title: str,
    start: Model | None = None,
    mask: Given | None = None,
    grid: Given | None = None,
    position: Given | None = None,
) -> str:
    """Return a script that writes the label map of an analysis.

    Parameters
    ----------
    analysis : Analysis
        With a model.
    images : sequence of Given
        Of the volumes of its features, in their order.
    base : str
        Begins the name of the file that it writes.
    title : str
        What the study is called.
    start : Model, optional
        The whole head's, if the fit of a slice began there.
    mask : Given, optional
        If it is the foreground.
    grid, position : Given, optional
        The image to whose grid others were resampled, and that whose position others took.
    """
    every = [*images, *([mask] if mask else [])]
    why = _why_not_alone(analysis, every)
    if why:
        body = packaged(analysis, images, base, mask, grid or images[0], position)
    else:
        body = alone(analysis, images, base, mask, grid or images[0], start)
    head = _head(analysis, title, why)
    said = quoted(f"Wrote {base}_dseg.nii.gz")
    return "\n".join([*head, "", *body, f"print({said})", ""])


def _head(analysis: Analysis, title: str, why: str) -> Iterator[str]:
    where, classes = analysis.features.domain, analysis.fitted.components
    yield f"# {printable(title)}: the label map of {where} with {classes} classes, voxel for voxel."
    yield "#"
    if why:
        yield f"# {why}, so this needs NeuroMix's own package, `dashboard`."
    else:
        yield "# It needs nibabel, numpy and scikit-learn, and nothing else."
    with_versions = ", ".join(f"{name} {version}" for name, version in versions().items())
    yield f"# Made with {with_versions}."
    yield "# Other versions may give a few voxels another class."
    yield "#"
    yield "# Run it with the folder of the images:  python reproduce.py FOLDER"


def _why_not_alone(analysis: Analysis, images: Sequence[Given]) -> str:
    """Return what the three libraries cannot do, or nothing."""
    if not isinstance(analysis.features.domain, Cut):
        return "The fit of a whole head is a method of NeuroMix"
    if any(isinstance(step, Resampled) for one in images for step in one.volume.processing):
        return "NeuroMix resampled an image"
    if any(shape(one.path) is None for one in images):
        return "nibabel does not open one of the files as it is"
    return ""
