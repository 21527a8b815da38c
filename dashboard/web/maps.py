"""Route of label maps as PNG."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, Response, request

from dashboard.core.errors import NeuroMixError
from dashboard.core.orientation import PLANE_AXES
from dashboard.figures.palette import class_colours
from dashboard.services.render import pictures
from dashboard.services.workspace import Workspace
from dashboard.view import View
from dashboard.web.addresses import answers_errors, check_identity, immutable, view_of


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route that serves a workspace's label maps."""
    routes = Blueprint("maps", __name__)

    @routes.get("/maps/<identity>/<plane>/<int:index>.png")
    @answers_errors
    def label_map(identity: str, plane: str, index: int) -> Response:
        if plane not in PLANE_AXES:
            raise NeuroMixError(f"There is no {plane[:20]} plane.")
        view = replace(view_of(request.args.to_dict()), plane=plane, slice=index)
        complete = check_identity(workspace, view, identity)
        # Asked for by a page that rests: only what is known, and only while nobody waits.
        if "X-Ahead" in request.headers and (workspace.ahead.busy or not workspace.knows(view)):
            return Response(status=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "no-store"})
        with workspace.ahead.request():
            answer = immutable(_drawn(workspace, view), "image/png")
        if not complete:
            answer.headers["Cache-Control"] = "no-store"
        return answer

    return routes


def _drawn(workspace: Workspace, view: View) -> bytes:
    """Return the label map of a cut; where it has no classes, all of it is transparent."""
    analysis = workspace.analyse(view)
    orientation = analysis.features.volumes[0].orientation
    picture = orientation.upright(analysis.labels, view.plane, view.side)
    return pictures.labels(picture, class_colours(view.palette), view.hidden)
