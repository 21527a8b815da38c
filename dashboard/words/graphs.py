"""What a graph shows, in a sentence made of its numbers: for those who do not see it."""

from collections.abc import Mapping

from dashboard.core.analysis import Analysis
from dashboard.core.mixture.criteria import Candidate
from dashboard.view import JointKind
from dashboard.words.numbers import counted, criterion, listed, measure

KINDS: dict[JointKind, str] = {
    "scatter": "Scatter plot",
    "histogram": "2-D histogram",
    "density": "Density",
}


def histograms(analysis: Analysis, left_out: str = "") -> str:
    """Return what the histograms show."""
    features = analysis.features
    names = [features.volumes[image].label for image in features.shown]
    noun = "Histogram" if len(names) == 1 else "Histograms"
    parts = [f"{noun} of {listed(names)}, {counted(len(features.values), 'foreground voxel')}"]
    if left_out:
        parts.append(left_out)
    for name, image in zip(names, features.shown, strict=True):
        if analysis.classes and image < features.mixed:
            means = [measure(found.mean[image]) for found in analysis.classes]
            parts.append(f"{name}: {counted(len(means), 'component')} at {listed(means)}")
    return ". ".join(parts) + "."


def joint(analysis: Analysis, kind: JointKind) -> str:
    """Return what the joint view of two images shows."""
    features = analysis.features
    x, y = features.xy
    names = f"{features.volumes[x].label} and {features.volumes[y].label}"
    parts = [f"{KINDS[kind]} of {names}, {counted(len(features.values), 'foreground voxel')}"]
    if analysis.classes and max(x, y) < features.mixed:
        means = [
            f"{found.number} at {measure(found.mean[x])}, {measure(found.mean[y])}"
            for found in analysis.classes
        ]
        parts.append(f"{counted(len(means), 'component')}: {'; '.join(means)}")
    return ". ".join(parts) + "."


def criteria(fits: Mapping[int, Candidate], shown: int) -> str:
    """Return what the criteria show."""
    bic = min(fits, key=lambda k: fits[k].bic)
    icl = min(fits, key=lambda k: fits[k].icl)
    aic = min(fits, key=lambda k: fits[k].aic)
    return (
        f"BIC, ICL and AIC of {min(fits)} to {max(fits)} components. "
        f"BIC is lowest with {bic} ({criterion(fits[bic].bic)}), "
        f"ICL with {icl} ({criterion(fits[icl].icl)}), "
        f"AIC with {aic} ({criterion(fits[aic].aic)}). {shown} shown."
    )
