"""Routes by which the page reads a study image by image, so that it can tell how far it is."""

from contextlib import suppress

from flask import Blueprint, Response, jsonify, request

from dashboard.core.errors import NeuroMixError
from dashboard.services.archive import Archive, first_study
from dashboard.services.checking import images_to_read
from dashboard.web.answers import answers_errors


def blueprint(archive: Archive) -> Blueprint:
    """Return the routes that read the archive's images ahead of the View that shows them."""
    routes = Blueprint("reading", __name__)

    def asked() -> str:
        return request.args.get("study") or first_study(archive.studies())

    @routes.get("/reading.json")
    @answers_errors
    def reading() -> Response:
        files = archive.study(asked())
        names = images_to_read(files) if files else []
        unread = [name for name in names if files and not archive.is_read(files, name)]
        answer = jsonify(images=unread)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @routes.get("/reading/<path:image>")
    def read(image: str) -> Response:
        # What cannot be read is told where the image is shown.
        with suppress(NeuroMixError):
            archive.open(archive.require(asked()), image)
        return Response(status=204, headers={"Cache-Control": "no-store"})

    return routes
