"""The route of label maps, as PNG."""

from dataclasses import replace
from http import HTTPStatus

from flask import Blueprint, Response, request

from dashboard.figures.palette import class_colours
from dashboard.services.render import pictures
from dashboard.services.workspace import Workspace
from dashboard.web.addresses import answers_errors, check_identity, immutable, view_of


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the route that serves a workspace's label maps."""
    routes = Blueprint("maps", __name__)

    @routes.get("/maps/<identity>/<plane>/<int:index>.png")
    @answers_errors
    def label_map(identity: str, plane: str, index: int) -> Response:
        if "X-Ahead" in request.headers and workspace.ahead.busy:
            return Response(status=HTTPStatus.NO_CONTENT, headers={"Cache-Control": "no-store"})
        view = replace(view_of({**request.args.to_dict(), "plane": plane}), slice=index)
        check_identity(workspace, view, identity)
        with workspace.ahead.request():
            analysis = workspace.analyse(view)
        upright = analysis.volumes[0].orientation.upright(analysis.labels, view.plane, view.side)
        png = pictures.labels(upright, class_colours(view.palette), view.hidden)
        return immutable(png, "image/png")

    return routes
