"""The teaching notebook's own calls, for one axial slice of the sample (stored as LAS)."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import StandardScaler


@dataclass
class Lesson:
    """A slice taken through the notebook."""

    folder: Path
    slice: int
    components: int = 3

    @cached_property
    def t1(self) -> NDArray[np.float64]:
        return nib.load(self.folder / "T1.nii.gz").get_fdata()[:, :, self.slice]

    @cached_property
    def b0(self) -> NDArray[np.float64]:
        return nib.load(self.folder / "b0.nii.gz").get_fdata()[:, :, self.slice]

    @cached_property
    def mask(self) -> NDArray[np.bool_]:
        return (self.t1 > 0) & (self.b0 > 0)

    @cached_property
    def _fitted(self) -> tuple[GaussianMixture, NDArray[np.float64], NDArray[np.int64]]:
        values = np.c_[self.t1[self.mask], self.b0[self.mask]]
        scaled = StandardScaler().fit_transform(values)
        model = GaussianMixture(n_components=self.components, random_state=12345)
        return model, scaled, model.fit_predict(scaled)

    @cached_property
    def posterior(self) -> NDArray[np.float64]:
        """Probability of each class, class 1 first; 0 outside."""
        model, scaled, _ = self._fitted
        shares = np.zeros((*self.mask.shape, self.components))
        shares[self.mask] = model.predict_proba(scaled)[:, np.argsort(model.means_[:, 0])]
        return shares

    @cached_property
    def labels(self) -> NDArray[np.int64]:
        """Label image with 0 outside, classes renumbered by ascending mean of T1."""
        model, _, found = self._fitted
        rank = np.argsort(np.argsort(model.means_[:, 0])) + 1
        labels = np.zeros(self.t1.shape, dtype=int)
        labels[self.mask] = rank[found]
        return labels


def upright(stored: NDArray) -> NDArray:
    """Turn an axial slice stored as LAS into a neurological picture, top row first."""
    return np.flipud(stored[::-1].T)
