"""Which class of one fit is which class of another.

Classes are numbered by their mean, so that another slice, seed or number of components may give a
tissue another number. What stays is where its Gaussian lies, in the images' own units.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from dashboard.core.errors import FitError, LimitError
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import COMPONENTS, Recipe, usual_starts
from dashboard.core.orientation import Plane
from dashboard.core.volume import Volume

# A class farther than this from every other one is like none of them. The scale: 0 is the same
# Gaussian, 1 one that has nothing in common with it; two of one shape are 0.5 apart if their means
# are 2.4 SD apart. The browser has the same number (assets/client/matching.mjs).
NEW = 0.5

# The components of the fit that identities begin with: those of the lesson.
ANCHOR = 3

# The classes of a slice are matched with those of the head, if that has at most so many voxels as
# a head of 0.8 mm: its fit takes a second. A photographed plate has more, and one slice.
MATCHED_VOXELS = 2**24

# For each class, counted from 0, the class that it is; None for one that is like none.
Kin = tuple[int | None, ...]


@dataclass(frozen=True, eq=False)
class Link:
    """A usual fit of the head, and the identity of each of its classes: numbers from 1 to 10."""

    model: Model
    identities: tuple[int, ...]


def is_matched(volume: Volume, plane: Plane) -> bool:
    """Return whether slices of a volume have the classes of its head."""
    return volume.orientation.count(plane) > 1 and volume.data.size <= MATCHED_VOXELS


def usual(recipe: Recipe, components: int) -> Recipe:
    """Return the recipe of the head's fit whose classes those of other fits are matched with.

    All but the voxels and the number of components is at its default, such as the seed, so that it
    is one for all of them.
    """
    return Recipe(
        foreground=recipe.foreground,
        clip=recipe.clip,
        components=components,
        starts=usual_starts("volume"),
    )


def distances(now: Model, before: Model) -> NDArray[np.float64]:
    """Return the squared Hellinger distance of each class to each of another fit, 0 to 1.

    One minus the Bhattacharyya coefficient of two Gaussians (Pardo 2006, Statistical Inference
    Based on Divergence Measures, p. 46), in the images' own units.

    Parameters
    ----------
    now, before : Model
        Fits of the same images.

    Returns
    -------
    ndarray, shape (components of `now`, components of `before`)
    """
    mean, covariance = (part[:, None] for part in now.gaussians)
    other, spread = before.gaussians
    both, apart = (covariance + spread) / 2, mean - other
    far = (apart * np.linalg.solve(both, apart[..., None])[..., 0]).sum(axis=-1) / 8
    own = _log_determinant(covariance) + _log_determinant(spread)
    common = np.exp(own / 4 - _log_determinant(both) / 2 - far)
    return np.asarray(np.clip(1 - common, 0, 1))


def kin(now: Model, before: Model) -> Kin:
    """Return the class before that each class is: the assignment with the least sum of distances.

    A class that is farther than `NEW` from those that are left is none of them.
    """
    costs = distances(now, before)
    nothing = np.full((now.components, now.components), NEW)
    _, columns = linear_sum_assignment(np.hstack([costs, nothing]))
    return tuple(int(column) if column < before.components else None for column in columns)


def renumbered(model: Model, was: Kin) -> Model:
    """Return a model whose classes have the numbers of their kin; the others the numbers left."""
    free = iter(sorted(set(range(model.components)) - set(was)))
    numbers = [next(free) if one is None else one for one in was]
    order = np.argsort(numbers)
    return replace(
        model,
        weights=model.weights[order],
        means=model.means[order],
        covariances=model.covariances[order],
        order=model.order[order],
        counts=model.counts[order],
    )


def by_mean(model: Model) -> Model:
    """Return a model whose classes are numbered by their mean in the first image."""
    ranks = np.argsort(np.argsort(model.means[:, 0], kind="stable"))
    return renumbered(model, tuple(map(int, ranks)))


def chain(usual_head: Callable[[int], Model], components: int) -> Link:
    """Return the head's usual fit with so many components, and its identities.

    They are handed on from the fit with `ANCHOR` components to the one with one more, or one less,
    and so on: a class that survives another number of components keeps its identity. A number
    without a fit is left out; if it is the last one, the fit before it is returned.

    Parameters
    ----------
    usual_head : callable
        Returns the usual fit of the head (`usual`) with so many components.
    components : int

    Raises
    ------
    FitError
        If there is no fit to begin with.
    LimitError
        If a fit takes more than its host allows, as the ones beyond it would.
    """
    link = Link(usual_head(ANCHOR), tuple(range(1, ANCHOR + 1)))
    step = 1 if components > ANCHOR else -1
    for number in range(ANCHOR + step, components + step, step):
        try:
            model = usual_head(number)
        except LimitError:
            raise
        except FitError:
            continue
        link = Link(model, identities(model, link))
    return link


def identities(model: Model, link: Link) -> tuple[int, ...]:
    """Return the identity of each class of a fit: that of its kin, or the lowest unused one.

    One that the link has, but the model does not, is used again only if there is no other.
    """
    was = kin(model, link.model)
    lost = [one for number, one in enumerate(link.identities) if number not in was]
    others = iter([one for one in COMPONENTS if one not in link.identities] + lost)
    return tuple(next(others) if one is None else link.identities[one] for one in was)


def identified(model: Model, link: Link) -> tuple[Model, tuple[int | None, ...]]:
    """Return a slice's fit with the numbers of the head's classes, and its identities.

    Parameters
    ----------
    model : Model
    link : Link
        With as many components.

    Returns
    -------
    model : Model
    identities : tuple
        None for a class that is like none of the head.
    """
    was = kin(model, link.model)
    return renumbered(model, was), tuple(
        one if number in was else None for number, one in enumerate(link.identities)
    )


def _log_determinant(covariances: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.slogdet(covariances)[1])
