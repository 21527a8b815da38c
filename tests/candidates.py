"""Fits of the same voxels with several numbers of components."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from dashboard.core.errors import FitError
from dashboard.core.mixture.criteria import Candidate, candidate
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.fit import fit


def candidates(features: Features, numbers: Iterable[int]) -> Iterator[Candidate]:
    """Fit them, up to the first number that fails."""
    for components in numbers:
        try:
            model = fit(features, replace(features.recipe, components=components))
        except FitError:
            return
        yield candidate(model, features)
