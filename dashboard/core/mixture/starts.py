"""Whether another random start of a fit ends in a much better one."""

from dataclasses import replace

import numpy as np

from dashboard.core import sampling
from dashboard.core.domain import WHOLE
from dashboard.core.errors import FitError
from dashboard.core.facts import Notice
from dashboard.core.mixture.assignment import assign
from dashboard.core.mixture.densities import mean_log_likelihood
from dashboard.core.mixture.doubts import Doubt
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.matching import by_mean
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.slice_fit import Pause, fit_points

# The starts that are tried: of fits that one start in two misses, they miss one in a thousand.
TRIED = 10
# Nats per voxel, twice the lesson's tolerance: a smaller gain is what another iteration or two of
# the same start may bring, a larger one is mostly another optimum.
MARGIN = 0.002
# Share of the voxels that change their class. Fewer do not matter to volumes or to the eye.
CHANGED = 0.05
# Larger domains are tried by every n-th voxel: ten starts then take three seconds at the most.
TRIED_VOXELS = 2**15


def better_start(features: Features, model: Model, *, pause: Pause = lambda: None) -> Notice | None:
    """Return `Doubt.BETTER_START` if the best of several starts fits by a margin that matters.

    Parameters
    ----------
    features : Features
    model : Model
        Fitted to them.
    pause : callable
        Called before each start.

    Returns
    -------
    Notice or None
        The `starts` that were tried, the log-likelihood per voxel of the best one (`best`) and of
        the model (`now`), and the share of the voxels whose class differs (`changed`). None for the
        whole head, whose fit takes the best of several starts by itself, and for a slice that
        starts from it.
    """
    recipe = model.recipe
    if recipe.starts >= TRIED or recipe.components == 1:
        return None
    if model.domain is WHOLE or recipe.start == "volume":
        return None
    points = features.points[:: sampling.step(len(features.points), TRIED_VOXELS)]
    tried = replace(recipe, starts=TRIED)
    try:
        best = fit_points(points, tried, domain=model.domain, scale=model.scale, pause=pause)
    except FitError:
        return None
    now = mean_log_likelihood(points, model.weights, model.means, model.covariances)
    # As the best is numbered: the model may have the numbers of the whole head.
    model = by_mean(model)
    changed = float(np.mean(assign(best, points) != assign(model, points)))
    if best.log_likelihood - now < MARGIN or changed < CHANGED:
        return None
    facts = {"starts": TRIED, "best": best.log_likelihood, "now": now, "changed": changed}
    return Notice(Doubt.BETTER_START, facts)
