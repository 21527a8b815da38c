"""A fitted mixture: about a kilobyte of numbers, without voxels and without labels."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from dashboard.core.domain import WHOLE, Cut, Domain
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.mixture.scaling import LinearScale
from dashboard.core.volume import Volume


@dataclass(frozen=True, eq=False)
class Model:
    """A mixture, its classes numbered 1..K by ascending mean of the first image.

    Attributes
    ----------
    domain : Cut or WHOLE
        The voxels that it is of.
    scale : LinearScale
        Of the mixed images, from intensities to the units of means and covariances.
    weights : ndarray, shape (components,)
    means : ndarray, shape (components, images)
        In scaled units.
    covariances : ndarray, shape (components, images, images)
        In scaled units, whatever the covariance type.
    order : ndarray of int, shape (components,)
        Which component of scikit-learn's each class is, counted from 0. Labels are computed in
        that order, so that they are scikit-learn's own to the last bit.
    counts : ndarray of int, shape (components,)
        Voxels of the domain in each class.
    fitted_voxels : int
        Voxels to which weights, means and covariances were fitted: all, or of very large domains
        an evenly spaced subset. Counts and likelihood are those of all voxels in any case.
    log_likelihood : float
        Mean per voxel, in nats, of the scaled intensities.
    """

    recipe: Recipe
    domain: Domain
    scale: LinearScale
    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    covariances: NDArray[np.float64]
    order: NDArray[np.int64]
    counts: NDArray[np.int64]
    fitted_voxels: int
    log_likelihood: float
    iterations: int
    converged: bool

    @property
    def components(self) -> int:
        """Number of components K."""
        return len(self.weights)

    @property
    def voxels(self) -> int:
        """Foreground voxels of the domain."""
        return int(self.counts.sum())

    @property
    def spacing(self) -> int:
        """The parameters were fitted to every n-th voxel: 1 where they were to all."""
        return -(-self.voxels // self.fitted_voxels)

    @property
    def parameters(self) -> int:
        """Free parameters: covariances, means and weights."""
        components, images = map(int, self.means.shape)
        triangle = images * (images + 1) // 2
        spread = {
            "full": components * triangle,
            "tied": triangle,
            "diag": components * images,
            "spherical": components,
        }[self.recipe.covariance]
        return spread + components * images + components - 1

    @property
    def bic(self) -> float:
        """Bayesian information criterion; the lower, the better."""
        return self.parameters * float(np.log(self.voxels)) - 2 * self.voxels * self.log_likelihood

    @property
    def aic(self) -> float:
        """Akaike information criterion; the lower, the better."""
        return 2 * self.parameters - 2 * self.voxels * self.log_likelihood

    def to_json(self) -> str:
        """Return the model as text; every number is read back as it was, to the last bit."""
        entries = {name: _plain(value) for name, value in vars(self).items()}
        return json.dumps(entries)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a model back.

        Raises
        ------
        ValueError, KeyError, TypeError, AttributeError
            If the text holds no model.
        """
        entries: dict[str, Any] = json.loads(text)
        place, (offset, factor) = entries["domain"], entries["scale"].values()
        model = cls(
            **{
                **entries,
                "recipe": Recipe(**entries["recipe"]),
                "domain": WHOLE if place == WHOLE.value else Cut(**place),
                "scale": LinearScale(np.array(offset), np.array(factor)),
                **{name: np.array(entries[name]) for name in ("weights", "means", "covariances")},
                **{name: np.array(entries[name], np.int64) for name in ("order", "counts")},
            }
        )
        components, images = model.means.shape
        if (
            model.covariances.shape != (components, images, images)
            or any(len(v) != components for v in (model.weights, model.order, model.counts))
            or any(len(v) != images for v in (model.scale.offset, model.scale.factor))
        ):
            raise ValueError("the arrays do not belong together")
        return model


def provenance(
    volumes: Sequence[Volume],
    recipe: Recipe,
    domain: Domain,
    *,
    mixed: int,
    mask: Volume | None = None,
) -> dict[str, Any]:
    """Return what a model is made from, by which it is found again, as JSON values.

    Everything that decides its numbers is in it: which voxels of which images, in which order,
    and how many of the images are mixed. Those that are only shown decide with which voxels take
    part. The same features under other names or other axes have the same model.

    Parameters
    ----------
    volumes, recipe, domain, mixed, mask
        As in `features`.
    """
    mask = mask if recipe.foreground == "mask" else None
    return {
        "volumes": [volume.id for volume in volumes],
        "mixed": mixed,
        "mask": mask.id if mask else None,
        "recipe": _plain(recipe),
        "domain": _plain(domain),
        "sources": [volume.source for volume in (*volumes, *([mask] if mask else []))],
    }


def _plain(value: Any) -> Any:
    """Return a part of a model as JSON values."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, LinearScale):
        return {"offset": value.offset.tolist(), "factor": value.factor.tolist()}
    if value is WHOLE:
        return WHOLE.value
    return asdict(value) if isinstance(value, (Recipe, Cut)) else value
