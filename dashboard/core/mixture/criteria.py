"""Fits with several numbers of components, and what speaks for each number."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import entr
from sklearn.metrics import adjusted_rand_score

from dashboard.core import sampling
from dashboard.core.errors import FitError
from dashboard.core.mixture.assignment import assign, posterior
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model

# Fits of one number of components, each from another seed, whose labels are compared.
SEEDS = 5
# Entropies and label maps of more voxels are those of every n-th: good to a hundredth.
COMPARED_VOXELS = 2**16


@dataclass(frozen=True, eq=False)
class Candidate:
    """A fit among those with other numbers of components.

    Attributes
    ----------
    model : Model
    entropy : float
        Mean per voxel of its posterior's entropy, in nats: 0 if all voxels are certain.
    stability : float or None
        Mean adjusted Rand index of the labels from `SEEDS` seeds (Hubert and Arabie 1985): 1 if all
        seeds divide the voxels alike, 0 if as by chance. None if not looked at yet.
    """

    model: Model
    entropy: float
    stability: float | None = None

    @property
    def bic(self) -> float:
        """Bayesian information criterion (Schwarz 1978); the lower, the better."""
        return self.model.bic

    @property
    def aic(self) -> float:
        """Akaike information criterion (Akaike 1974); the lower, the better."""
        return self.model.aic

    @property
    def icl(self) -> float:
        """Integrated completed likelihood; the lower, the better.

        The BIC and twice the entropy of the posteriors (Biernacki, Celeux and Govaert 2000;
        McLachlan and Peel 2000, p. 217): classes that overlap count against a mixture.
        """
        return self.bic + 2 * self.model.voxels * self.entropy

    def to_json(self) -> str:
        """Return the fit as text that keeps every number to the last bit."""
        model = json.loads(self.model.to_json())
        return json.dumps({"model": model, "entropy": self.entropy, "stability": self.stability})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a fit back.

        Raises
        ------
        ValueError, KeyError, TypeError, AttributeError
            If the text is none.
        """
        entries = json.loads(text)
        model = Model.from_json(json.dumps(entries["model"]))
        return cls(model, entries["entropy"], entries["stability"])


def candidate(model: Model, features: Features) -> Candidate:
    """Return a fit with the entropy of the posteriors of the voxels it was made for."""
    if model.components == 1:
        return Candidate(model, entropy=0.0)
    return Candidate(model, float(entr(posterior(model, _some(features))).sum(axis=1).mean()))


def stability(features: Features, model: Model, *, fit: Callable[[int], Model]) -> float:
    """Return how alike the labels are that other seeds lead to.

    Parameters
    ----------
    features : Features
    model : Model
        From the recipe's own seed.
    fit : callable of int
        Returns the model from another seed. A seed whose fit fails does not count.

    Returns
    -------
    float
        The mean adjusted Rand index of all pairs.
    """
    points = _some(features)
    labels = [assign(model, points)]
    for number in range(1, SEEDS):
        try:
            labels.append(assign(fit((model.recipe.seed + number) % 2**32), points))
        except FitError:
            continue
    pairs = [adjusted_rand_score(one, other) for one, other in combinations(labels, 2)]
    return float(np.mean(pairs)) if pairs else 1.0


def _some(features: Features) -> NDArray[np.float64]:
    points: NDArray[np.float64] = features.points
    return points[:: sampling.step(len(points), COMPARED_VOXELS)]
