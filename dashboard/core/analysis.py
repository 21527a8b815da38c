"""The lesson's pipeline for one domain: foreground, clipping, scaling, mixture."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial

import numpy as np
from numpy.typing import NDArray

from dashboard.core import maps
from dashboard.core.domain import WHOLE, Cut, Domain
from dashboard.core.errors import FitError, LimitError, NeuroMixError
from dashboard.core.facts import Notice
from dashboard.core.grid.same import require_same_grid
from dashboard.core.mixture import assignment, matching
from dashboard.core.mixture.classes import Class, describe
from dashboard.core.mixture.densities import largest
from dashboard.core.mixture.doubts import doubts
from dashboard.core.mixture.features import Features, features, within
from dashboard.core.mixture.fit import Fit, fit
from dashboard.core.mixture.mask import mask_of
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import Recipe, usual_starts
from dashboard.core.orientation import Plane
from dashboard.core.reference.agreement import Agreement, agreement
from dashboard.core.reference.labels import label_map
from dashboard.core.volume import Volume


@dataclass(frozen=True, eq=False)
class Analysis:
    """The features of a domain and the model fitted to them, or the problem that prevents a fit.

    Attributes
    ----------
    features : Features
    model : Model or None
    problem : str or None
    identities : tuple of int or None
        Of each class: 1, 2, ..., the same in all fits of a head; None for a class that is like none
        of the head. Empty if they are not known.
    field : ndarray of float32, shape (components, foreground voxels), or None
        The probability of each class under the spatial prior, if the fit has one.
    """

    features: Features
    model: Model | None
    problem: str | None
    identities: tuple[int | None, ...] = ()
    field: NDArray[np.float32] | None = None

    @property
    def fitted(self) -> Model:
        """The model.

        Raises
        ------
        NeuroMixError
            If there is none: why not.
        """
        if self.model is None:
            raise NeuroMixError(self.problem or "No mixture was fitted.")
        return self.model

    @cached_property
    def labels(self) -> NDArray[np.uint8]:
        """The label map in storage order: 0 is background, 1..K the classes."""
        if not self.model:
            return np.zeros(self.features.mask.shape, dtype=np.uint8)
        if self.field is None:
            return maps.labels(self.model, self.features)
        found = np.zeros(self.features.mask.shape, dtype=np.uint8)
        found[self.features.mask] = largest(self.field) + 1
        return found

    def classes_of(self, voxels: NDArray[np.integer]) -> NDArray[np.uint8]:
        """Return the class, 1..K, of some foreground voxels, by their number in storage order.

        Raises
        ------
        NeuroMixError
            If there is no model.
        """
        if self.fitted.domain is not WHOLE or "labels" in vars(self):
            return np.asarray(self.labels[self.features.mask][voxels])
        if self.field is not None:
            return largest(self.field[:, voxels]) + np.uint8(1)
        return assignment.assign(self.fitted, maps.points(self.fitted, self.features)[voxels])

    def posterior(self, part: slice = slice(None)) -> NDArray[np.float64]:
        """Return the probability of each class in foreground voxels, shape (voxels, components).

        Raises
        ------
        NeuroMixError
            If there is no model.
        """
        if self.field is None:
            return maps.posterior(self.fitted, self.features, part)
        return self.field[:, part].T.astype(np.float64)

    def of_cut(self, cut: Features) -> "Analysis":
        """Return the analysis of a cut of the head: under the same model, and the same prior."""
        found = Analysis(cut, self.model, self.problem, self.identities)
        if self.field is None or not isinstance(cut.domain, Cut):
            return found
        orientation = cut.volumes[0].orientation
        columns = orientation.cut(self._columns, cut.domain.plane, cut.domain.index)[cut.mask]
        return replace(found, field=self.field[:, columns])

    @cached_property
    def _columns(self) -> NDArray[np.int32]:
        """The column of `field` of each foreground voxel, in the shape of the mask."""
        mask = self.features.mask
        return np.cumsum(mask, dtype=np.int32).reshape(mask.shape) - np.int32(1)

    @property
    def nbytes(self) -> int:
        """Memory in bytes."""
        return self.features.nbytes + (0 if self.field is None else self.field.nbytes)

    @cached_property
    def classes(self) -> list[Class]:
        """The classes in original units; empty without a model."""
        return describe(self.model, self.features.volumes[0].voxel_ml) if self.model else []

    @cached_property
    def doubts(self) -> list[Notice]:
        """The reasons to doubt the fit; none without a model."""
        return doubts(self.model) if self.model else []


def analyse(features: Features, *, fit: Fit = fit) -> Analysis:
    """Fit the recipe's mixture to the features of a domain.

    Callers that keep models pass a `fit` of their own. `problem` says why a fit failed.

    Raises
    ------
    LimitError
        If it takes more than its host allows, which says nothing of the voxels.
    """
    try:
        model = fit(features, features.recipe)
    except LimitError:
        raise
    except FitError as error:
        return Analysis(features, None, str(error))
    has_prior = features.recipe.prior and features.domain is WHOLE
    field = assignment.regularised(model, features) if has_prior else None
    return Analysis(features, model, None, field=field)


def analyse_images(
    volumes: Sequence[Volume],
    recipe: Recipe,
    domain: Domain,
    *,
    mixed: int | None = None,
    mask: Volume | None = None,
) -> Analysis:
    """Fit a recipe's mixture to images, its classes numbered as on the page.

    The parameters are those of `features`. Whole heads are fitted as far as that needs them.

    Raises
    ------
    NeuroMixError
        If the images and the mask are not on one grid, or there is no mask but the recipe needs it.
    """

    @cache
    def whole() -> Features:
        plain = matching.usual(recipe, recipe.components)
        return features(volumes, plain, WHOLE, mixed=mixed, mask=mask)

    @cache
    def own_head() -> Model:
        own = replace(recipe, start="kmeans", starts=usual_starts("volume"))
        return fit(features(volumes, own, WHOLE, mixed=mixed, mask=mask), own)

    begun, like = fit, None
    if recipe.start == "volume" and domain is not WHOLE:
        begun, like = partial(fit, start=own_head()), own_head().scale
    found = analyse(features(volumes, recipe, domain, mixed=mixed, mask=mask, like=like), fit=begun)

    def usual_head(components: int) -> Model:
        usual = matching.usual(recipe, components)
        if found.model and (usual, WHOLE) == (recipe, domain):
            return found.model
        return fit(whole(), usual)

    return identified(found, lambda: matching.chain(usual_head, recipe.components), own_head)


def identified(
    found: Analysis,
    link: Callable[[], matching.Link],
    own_head: Callable[[], Model],
    *,
    plane: Plane | None = None,
) -> Analysis:
    """Return an analysis whose classes have the numbers of the head's, and identities.

    Parameters
    ----------
    found : Analysis
    link : callable
        Returns the usual fit of the whole head with as many components (`matching.chain`).
    own_head : callable
        Returns the fit of the whole head from which that of a slice begins (``recipe.start``).
        Both raise FitError if there is none.
    plane : {"axial", "coronal", "sagittal"}, optional
        In which a head is looked at; a cut has its own.
    """
    model, recipe, domain = found.model, found.features.recipe, found.features.domain
    first = found.features.volumes[0]
    plane = domain.plane if isinstance(domain, Cut) else plane
    if model is None or not matching.is_matched(first, plane or first.first_plane):
        return found
    try:
        usual = link()
        if model.domain is WHOLE:
            return replace(found, identities=matching.identities(model, usual))
        if recipe.start == "volume":
            return replace(found, identities=matching.identities(own_head(), usual))
    except FitError:
        return found
    if usual.model.components != recipe.components:
        return found
    numbered, own = matching.identified(model, usual)
    return replace(found, model=numbered, identities=own)


def compare(
    analysis: Analysis, reference: Volume, reference_labels: Collection[int] = ()
) -> Agreement:
    """Compare the classes of a domain with a reference segmentation.

    Parameters
    ----------
    reference : Volume
        A label map.
    reference_labels : collection of int
        Labels that are listed even if the domain has none of them.

    Raises
    ------
    GridError
        If the reference is not on the images' grid.
    LabelError
        If the reference is not a label map.
    """
    features = analysis.features
    first, mask = features.volumes[0], features.mask_volume
    require_same_grid([first, reference])
    labels = label_map(reference).of(within(reference, first.orientation, features.domain))
    found = agreement(
        analysis.labels,
        labels,
        classes=features.recipe.components,
        voxel_ml=first.voxel_ml,
        reference_labels=reference_labels,
        name=reference.name,
    )
    if mask is None:
        return found
    marked = mask_of(mask).marks(within(mask, first.orientation, features.domain))
    same = mask.digest == reference.digest or np.array_equal(marked, labels > 0)
    return replace(found, same_as_mask=same)
