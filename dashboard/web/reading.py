"""Routes by which the page reads a study image by image, so that it can tell how far it is."""

from contextlib import suppress

from flask import Blueprint, Response, jsonify, request

from dashboard.core.errors import NeuroMixError
from dashboard.services.checking import images_to_read
from dashboard.services.workspace import Workspace
from dashboard.web.addresses import answers_errors


def blueprint(workspace: Workspace) -> Blueprint:
    """Return the routes that read a workspace's images ahead of the View that shows them."""
    routes = Blueprint("reading", __name__)

    @routes.get("/reading.json")
    @answers_errors
    def reading() -> Response:
        study = request.args.get("study") or workspace.first_study()
        names = images_to_read(workspace, study)
        answer = jsonify(images=[name for name in names if not workspace.is_read(study, name)])
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @routes.get("/reading/<path:image>")
    def read(image: str) -> Response:
        # What cannot be read is told where the image is shown.
        with suppress(NeuroMixError):
            workspace.volume(request.args.get("study") or workspace.first_study(), image)
        return Response(status=204, headers={"Cache-Control": "no-store"})

    return routes
