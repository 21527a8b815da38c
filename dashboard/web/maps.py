"""Routes for maps of a model, and for outlines, as PNG."""

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
from flask import Blueprint, Response, request
from numpy.typing import NDArray

from dashboard.cards.classes import colours_of
from dashboard.core import maps
from dashboard.core.analysis import Analysis
from dashboard.core.contours import contours
from dashboard.core.errors import LimitError, NeuroMixError
from dashboard.core.mixture.features import Features, within
from dashboard.core.mixture.mask import mask_of
from dashboard.core.mixture.recipe import COMPONENTS
from dashboard.figures.palette import DIFFERENCES, OUTLINE, label_colours, ramp
from dashboard.services.ahead import Ahead
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.services.comparing import compared, other_scope
from dashboard.services.limits import BusyError
from dashboard.services.render import pictures
from dashboard.services.scene.scene import Scene
from dashboard.web.answers import (
    answers_errors,
    asked_ahead,
    immutable,
    not_kept,
    passed_over,
    scene_at,
)

# As many as a palette of 8 bits has, but for the background.
SHADES = ramp(255)

Draw = Callable[[Scene, Analyses], bytes]
Shares = Callable[[Analysis], NDArray[np.float64]]


def blueprint(archive: Archive, analyses: Analyses, ahead: Ahead) -> Blueprint:
    """Return the routes that serve the maps of a slice, and its outlines."""
    routes = Blueprint("maps", __name__)

    @routes.get("/maps/<identity>/<plane>/<int:index>.png")
    @answers_errors
    def label_map(identity: str, plane: str, index: int) -> Response:
        return answer(_labels, identity, plane, index)

    @routes.get("/maps/<identity>/<plane>/<int:index>/<what>.png")
    @answers_errors
    def other_map(identity: str, plane: str, index: int, what: str) -> Response:
        if what not in DRAWN:
            raise NeuroMixError(f"Unknown map {what[:20]}.")
        return answer(DRAWN[what], identity, plane, index)

    def is_known(draw: Draw, scene: Scene) -> bool:
        knows = analyses.mixtures.knows
        return knows(scene) and (draw is not _disagreement or knows(other_scope(scene)))

    def answer(draw: Draw, identity: str, plane: str, index: int) -> Response:
        scene = scene_at(archive, request.args.to_dict(), identity, plane, index)
        # For an idle page: only maps of known models, which take milliseconds.
        early = asked_ahead()
        if early and not is_known(draw, scene):
            return passed_over()
        with nullcontext() if early else ahead.request():
            try:
                drawn = immutable(draw(scene, analyses), "image/png")
            except (LimitError, BusyError):  # the cards say why
                return not_kept(immutable(_nothing(scene, analyses.foreground(scene)), "image/png"))
        return drawn if scene.complete else not_kept(drawn)

    return routes


def _upright(scene: Scene, features: Features, cut: NDArray[Any]) -> NDArray[Any]:
    """Return a cut of the features' grid as a picture, top row first."""
    return features.volumes[0].orientation.upright(cut, scene.view.plane, scene.view.side)


def _labels(scene: Scene, analyses: Analyses) -> bytes:
    """Return the label map of a cut; without classes, all of it is transparent."""
    analysis = analyses.at_cut(scene)
    picture = _upright(scene, analysis.features, analysis.labels)
    return pictures.labels(picture, colours_of(scene, analysis), scene.view.hidden)


def _certainty(scene: Scene, analyses: Analyses) -> bytes:
    """Return the probability of each voxel's class, from 1 / K (black) to 1 (white)."""
    analysis = analyses.at_cut(scene)
    features, model = analysis.features, analysis.model
    found = maps.certainty(analysis.posterior, features) if model else np.zeros(features.mask.shape)
    limits = maps.certainty_range(scene.view.components)
    return pictures.grey(_upright(scene, features, found), limits)


def _shares(of: Shares) -> Draw:
    """Return what draws numbers from 0 to 1; without classes, all is transparent."""

    def draw(scene: Scene, analyses: Analyses) -> bytes:
        analysis = analyses.at_cut(scene)
        features = analysis.features
        found = of(analysis) if analysis.model else np.full(features.mask.shape, np.nan)
        return pictures.shaded(_upright(scene, features, found), SHADES)

    return draw


def _probability(number: int) -> Draw:
    """Return what draws the probability of a class; a class beyond K has none anywhere."""

    def share(analysis: Analysis) -> NDArray[np.float64]:
        if number > analysis.fitted.components:
            return np.full(analysis.features.mask.shape, np.nan)
        return maps.probability(analysis.posterior, analysis.features, number)

    return _shares(share)


def _clear_without(draw: Draw) -> Draw:
    """Return what draws nothing where the reference or mask cannot be used: a card says why."""

    def drawn(scene: Scene, analyses: Analyses) -> bytes:
        try:
            return draw(scene, analyses)
        except NeuroMixError:
            return _nothing(scene, analyses.at_cut(scene).features)

    return drawn


def _nothing(scene: Scene, features: Features) -> bytes:
    nothing = np.zeros(features.mask.shape, dtype=np.uint8)
    return pictures.labels(_upright(scene, features, nothing), ())


def _disagreement(scene: Scene, analyses: Analyses) -> bytes:
    """Return how far the fits to the slice and to the whole head are apart."""
    other = analyses.at_cut(other_scope(scene))

    def apart(analysis: Analysis) -> NDArray[np.float64]:
        if other.model is None:
            return np.full(analysis.features.mask.shape, np.nan)
        return maps.disagreement(analysis.posterior, other.posterior, analysis.features)

    return _shares(apart)(scene, analyses)


@_clear_without
def _reference(scene: Scene, analyses: Analyses) -> bytes:
    """Return the reference, its labels in the colours of the classes that match them."""
    found, analysis = compared(scene, analyses), analyses.at_cut(scene)
    present = [label for label in np.unique(found.reference).tolist() if label]
    colours = label_colours(present, found.partners, colours_of(scene, analysis))
    return pictures.numbered(_upright(scene, analysis.features, found.reference), colours)


@_clear_without
def _difference(scene: Scene, analyses: Analyses) -> bytes:
    found, features = compared(scene, analyses), analyses.at_cut(scene).features
    return pictures.numbered(_upright(scene, features, found.differences), DIFFERENCES)


def _outline_of_labels(scene: Scene, analyses: Analyses) -> bytes:
    """Return the borders of the classes that are not hidden, each in its colour."""
    analysis = analyses.at_cut(scene)
    shown = np.where(np.isin(analysis.labels, scene.view.hidden), 0, analysis.labels)
    lines = _upright(scene, analysis.features, shown * contours(shown))
    return pictures.labels(lines, colours_of(scene, analysis))


@_clear_without
def _outline_of_reference(scene: Scene, analyses: Analyses) -> bytes:
    found, analysis = compared(scene, analyses), analyses.at_cut(scene)
    lines, own = found.reference * contours(found.reference), colours_of(scene, analysis)
    colours = label_colours(np.unique(lines).tolist(), found.partners, own)
    colours.pop(0, None)
    return pictures.numbered(_upright(scene, analysis.features, lines), colours)


@_clear_without
def _outline_of_mask(scene: Scene, analyses: Analyses) -> bytes:
    if scene.mask is None:
        raise NeuroMixError("This study has no mask.")
    mask, features = scene.mask.require(), analyses.at_cut(scene).features
    marked = mask_of(mask).marks(within(mask, features.volumes[0].orientation, scene.cut))
    return pictures.numbered(_upright(scene, features, contours(marked)), {True: OUTLINE})


DRAWN: dict[str, Draw] = {
    "certainty": _certainty,
    "uncertainty": _shares(lambda one: maps.uncertainty(one.posterior, one.features)),
    **{f"probability-{k}": _probability(k) for k in COMPONENTS},
    "disagreement": _disagreement,
    "reference": _reference,
    "difference": _difference,
    "outline-labels": _outline_of_labels,
    "outline-reference": _outline_of_reference,
    "outline-mask": _outline_of_mask,
}
