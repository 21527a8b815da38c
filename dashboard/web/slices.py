"""Routes for slices as PNG, and for the voxels under the cursor."""

from flask import Blueprint, Response, request

from dashboard.core.errors import NeuroMixError
from dashboard.core.orientation import PLANE_AXES
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.services.render import pictures
from dashboard.services.render import voxels as readout
from dashboard.services.render.addresses import key
from dashboard.web.answers import (
    CHANGED,
    answers_errors,
    immutable,
    revalidated,
    scene_of,
    view_of,
)


def blueprint(archive: Archive, analyses: Analyses) -> Blueprint:
    """Return the routes that serve slices of the archive's volumes."""
    routes = Blueprint("slices", __name__)

    @routes.get("/slices/<volume>/<plane>/<int:index>.png")
    @answers_errors
    def slice_png(volume: str, plane: str, index: int) -> Response:
        view = view_of(request.args.to_dict())
        image = archive.open(archive.require(view.study), view.x, view.grid, view.position)
        if key(image.id) != volume:
            raise NeuroMixError(CHANGED)
        if plane not in PLANE_AXES or index >= image.orientation.count(plane):
            raise NeuroMixError(f"{image.name} has no {plane} slice {index}.")
        cut = image.orientation.cut(image.data, plane, index)
        window = view.window_x or image.intensities.window
        picture = image.orientation.upright(cut, plane, view.side)
        return immutable(pictures.grey(picture, window), "image/png")

    @routes.get("/voxels/<identity>.bin")
    @answers_errors
    def voxels(identity: str) -> Response:
        scene = scene_of(archive, request.args.to_dict(), identity)
        packed = readout.pack(analyses.at_cut(scene), scene.companions(), scene.view.side)
        # The address does not name the other images of the study.
        return revalidated(packed, "application/octet-stream")

    return routes
