"""The route of the slice on screen within the graphs of the whole head."""

import base64

import orjson
from flask import Blueprint, Response, request

from dashboard.core.errors import NeuroMixError
from dashboard.services.analyses import Analyses
from dashboard.services.archive import Archive
from dashboard.services.render.layer import Bins, cloud, counts, parse_extent
from dashboard.web.answers import answers_errors, immutable, not_kept, scene_at


def blueprint(archive: Archive, analyses: Analyses) -> Blueprint:
    """Return the route; the address says where the graphs' bins and axes are."""
    routes = Blueprint("layers", __name__)

    @routes.get("/layers/<identity>/<plane>/<int:index>.json")
    @answers_errors
    def layer(identity: str, plane: str, index: int) -> Response:
        query = request.args.to_dict()
        try:
            asked = query.pop("bins_of", "")
            bins = [Bins.parse(text) for text in asked.split(",")] if asked else []
            within = query.pop("extent", "")
            extent = parse_extent(within) if within else None
        except ValueError as error:
            raise NeuroMixError("The graphs of this address have no such axes.") from error
        scene = scene_at(archive, query, identity, plane, index)
        found = analyses.foreground(scene)
        png = base64.b64encode(cloud(found, extent)).decode() if extent else None
        content = orjson.dumps({"counts": counts(found, bins), "cloud": png})
        made = immutable(content, "application/json")
        return made if scene.complete else not_kept(made)

    return routes
