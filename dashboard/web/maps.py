"""The route of label maps, as PNG."""

from http import HTTPStatus

from flask import Blueprint, Response, request

from dashboard.figures.palette import class_colours
from dashboard.services.ahead import Ahead
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.services.render import pictures
from dashboard.web.answers import answers_errors, immutable, scene_of


def blueprint(archive: Archive, analyses: Analyses, ahead: Ahead) -> Blueprint:
    """Return the route that serves label maps."""
    routes = Blueprint("maps", __name__)

    @routes.get("/maps/<identity>/<plane>/<int:index>.png")
    @answers_errors
    def label_map(identity: str, plane: str, index: int) -> Response:
        if "X-Ahead" in request.headers and ahead.busy:
            return Response(status=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "no-store"})
        scene = scene_of(archive, {**request.args, "plane": plane, "slice": str(index)}, identity)
        with ahead.request():
            analysis = analyses.analyse(scene)
        view = scene.view
        upright = analysis.volumes[0].orientation.upright(analysis.labels, view.plane, view.side)
        return immutable(
            pictures.labels(upright, class_colours(view.palette), view.hidden), "image/png"
        )

    return routes
