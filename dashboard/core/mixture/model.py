"""A fitted mixture: about a kilobyte of numbers, without voxels or labels."""

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
        The voxels of the fit.
    scale : LinearScale
        From intensities to the units of means and covariances.
    weights : ndarray, shape (components,)
    means : ndarray, shape (components, images)
        In scaled units.
    covariances : ndarray, shape (components, images, images)
        In scaled units, whatever the covariance type.
    order : ndarray of int, shape (components,)
        The component of scikit-learn, counted from 0, of each class. Labels are computed in that
        order, so that they equal scikit-learn's to the last bit.
    counts : ndarray of int, shape (components,)
        Voxels of the domain in each class.
    fitted_voxels : int
        Voxels that weights, means and covariances were fitted to: all, or an evenly spaced subset
        of a very large domain. Counts and likelihood are always those of all voxels.
    log_likelihood : float
        Mean per voxel, in nats, of the scaled intensities.
    floor : float
        What the fit adds to every variance, in scaled units, so that none becomes 0.
    between : ndarray, shape (components, components), or None
        Above the diagonal, the weight of the voxels that two classes share; half of it is part of
        the weight of each. None if the mixture has no Gaussians between classes.
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
    floor: float
    between: NDArray[np.float64] | None = None

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
        """N if the parameters were fitted to every n-th voxel; 1 if to all."""
        return -(-self.voxels // self.fitted_voxels)

    @property
    def parameters(self) -> int:
        """Free parameters: covariances, means and weights, those between classes among them."""
        components, images = map(int, self.means.shape)
        triangle = images * (images + 1) // 2
        spread = {
            "full": components * triangle,
            "tied": triangle,
            "diag": components * images,
            "spherical": components,
        }[self.recipe.covariance]
        return spread + components * images + components - 1 + len(self.pairs)

    @property
    def pairs(self) -> list[tuple[int, int, float]]:
        """Classes that share voxels, two by two, and the weight of these; mostly none."""
        if self.between is None:
            return []
        found = np.argwhere(self.between)
        return [(int(a) + 1, int(b) + 1, float(self.between[a, b])) for a, b in found]

    @property
    def bic(self) -> float:
        """Bayesian information criterion; the lower, the better."""
        return self.parameters * float(np.log(self.voxels)) - 2 * self.voxels * self.log_likelihood

    @property
    def aic(self) -> float:
        """Akaike information criterion; the lower, the better."""
        return 2 * self.parameters - 2 * self.voxels * self.log_likelihood

    @property
    def gaussians(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Means and covariances in the images' own units, shaped as those in scaled units."""
        return self.scale.means(self.means), self.scale.covariances(self.covariances)

    def to_json(self) -> str:
        """Return the model as text that keeps every number to the last bit."""
        return json.dumps({name: _plain(value) for name, value in vars(self).items()})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a model back.

        Raises
        ------
        ValueError, KeyError, TypeError, AttributeError
            If the text is not a model.
        """
        entries: dict[str, Any] = json.loads(text)
        domain, (offset, factor) = entries["domain"], entries["scale"].values()
        between = entries["between"]
        model = cls(
            **{
                **entries,
                "recipe": Recipe(**entries["recipe"]),
                "domain": WHOLE if domain == WHOLE.value else Cut(**domain),
                "scale": LinearScale(np.array(offset), np.array(factor)),
                **{name: np.array(entries[name]) for name in ("weights", "means", "covariances")},
                **{name: np.array(entries[name], np.int64) for name in ("order", "counts")},
                "between": None if between is None else np.array(between),
            }
        )
        components, images = model.means.shape
        if (
            model.covariances.shape != (components, images, images)
            or (model.between is not None and model.between.shape != (components, components))
            or any(len(v) != components for v in (model.weights, model.order, model.counts))
            or any(len(v) != images for v in (model.scale.offset, model.scale.factor))
        ):
            raise ValueError("shapes of the arrays disagree")
        return model


def provenance(
    volumes: Sequence[Volume],
    recipe: Recipe,
    domain: Domain,
    *,
    mixed: int,
    mask: Volume | None = None,
) -> dict[str, Any]:
    """Return the key of a model as JSON values: all that determines its numbers.

    The parameters are those of `features`. Images that are only shown count, because they restrict
    the foreground. Names, X and Y do not.
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
