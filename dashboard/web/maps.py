"""Route for label maps as PNG."""

from contextlib import nullcontext
from http import HTTPStatus

from flask import Blueprint, Response, request

from dashboard.core.domain import Cut
from dashboard.core.errors import NeuroMixError
from dashboard.core.orientation import PLANE_AXES
from dashboard.figures.palette import class_colours
from dashboard.services.ahead import Ahead
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.services.render import pictures
from dashboard.services.scene.scene import Scene
from dashboard.web.answers import answers_errors, immutable, not_kept, scene_of


def blueprint(archive: Archive, analyses: Analyses, ahead: Ahead) -> Blueprint:
    """Return the route that serves label maps."""
    routes = Blueprint("maps", __name__)

    @routes.get("/maps/<identity>/<plane>/<int:index>.png")
    @answers_errors
    def label_map(identity: str, plane: str, index: int) -> Response:
        if plane not in PLANE_AXES:
            raise NeuroMixError(f"Unknown plane {plane[:20]}.")
        scene = scene_of(archive, request.args.to_dict(), identity).at(Cut(plane, index))
        # For an idle page: only maps of known models, which take milliseconds.
        early = "X-Ahead" in request.headers
        if early and not analyses.knows(scene):
            return not_kept(Response(status=HTTPStatus.NO_CONTENT))
        with nullcontext() if early else ahead.request():
            answer = immutable(_drawn(scene, analyses), "image/png")
        return answer if scene.complete else not_kept(answer)

    return routes


def _drawn(scene: Scene, analyses: Analyses) -> bytes:
    """Return the label map of a cut; without classes, all of it is transparent."""
    analysis, view = analyses.analyse(scene), scene.view
    orientation = analysis.features.volumes[0].orientation
    picture = orientation.upright(analysis.labels, view.plane, view.side)
    return pictures.labels(picture, class_colours(view.palette, view.colours), view.hidden)
