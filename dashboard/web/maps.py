"""Routes for maps of a model as PNG."""

from collections.abc import Callable
from contextlib import nullcontext

import numpy as np
from flask import Blueprint, Response, request

from dashboard.core import maps
from dashboard.core.analysis import Analysis
from dashboard.core.domain import Cut
from dashboard.core.errors import NeuroMixError
from dashboard.core.orientation import PLANE_AXES
from dashboard.figures.palette import class_colours
from dashboard.services.ahead import Ahead
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.services.render import pictures
from dashboard.view import View
from dashboard.web.answers import (
    answers_errors,
    asked_ahead,
    immutable,
    not_kept,
    passed_over,
    scene_of,
)

Draw = Callable[[Analysis, View], bytes]


def blueprint(archive: Archive, analyses: Analyses, ahead: Ahead) -> Blueprint:
    """Return the routes that serve label maps, and maps of their certainty."""
    routes = Blueprint("maps", __name__)

    @routes.get("/maps/<identity>/<plane>/<int:index>.png")
    @answers_errors
    def label_map(identity: str, plane: str, index: int) -> Response:
        return answer(_labels, identity, plane, index)

    @routes.get("/maps/<identity>/<plane>/<int:index>/certainty.png")
    @answers_errors
    def certainty(identity: str, plane: str, index: int) -> Response:
        return answer(_certainty, identity, plane, index)

    def answer(draw: Draw, identity: str, plane: str, index: int) -> Response:
        if plane not in PLANE_AXES:
            raise NeuroMixError(f"Unknown plane {plane[:20]}.")
        scene = scene_of(archive, request.args.to_dict(), identity).at(Cut(plane, index))
        # For an idle page: only maps of known models, which take milliseconds.
        early = asked_ahead()
        if early and not analyses.knows(scene):
            return passed_over()
        with nullcontext() if early else ahead.request():
            drawn = immutable(draw(analyses.at_cut(scene), scene.view), "image/png")
        return drawn if scene.complete else not_kept(drawn)

    return routes


def _labels(analysis: Analysis, view: View) -> bytes:
    """Return the label map of a cut; without classes, all of it is transparent."""
    orientation = analysis.features.volumes[0].orientation
    picture = orientation.upright(analysis.labels, view.plane, view.side)
    colours = class_colours(view.palette, view.colours, analysis.identities)
    return pictures.labels(picture, colours, view.hidden)


def _certainty(analysis: Analysis, view: View) -> bytes:
    """Return the probability of each voxel's class, from 1 / K (black) to 1 (white)."""
    features, model = analysis.features, analysis.model
    found = maps.certainty(model, features) if model else np.zeros(features.mask.shape)
    picture = features.volumes[0].orientation.upright(found, view.plane, view.side)
    return pictures.grey(picture, maps.certainty_range(view.components))
