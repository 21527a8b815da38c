"""One slice of some images taken through the pipeline."""

from dashboard.core.analysis import analyse
from dashboard.core.domain import Cut
from dashboard.core.mixture.features import features
from dashboard.core.mixture.recipe import Recipe


def gathered(volumes, index, plane="axial", *, mixed=None, xy=None, mask=None, **settings):
    """Return the features of a slice; settings are the recipe's."""
    recipe, cut = Recipe(**settings), Cut(plane, index)
    return features(volumes, recipe, cut, mixed=mixed, xy=xy, mask=mask)


def analysed(volumes, index, plane="axial", **options):
    """Return the analysis of a slice."""
    return analyse(gathered(volumes, index, plane, **options))
