"""The health check; it touches no study."""

from flask import Blueprint

from dashboard import __version__

PATH = "/healthz"

routes = Blueprint("health", __name__)


@routes.get(PATH)
def healthz() -> dict[str, str]:
    """Answer that the server is up."""
    return {"status": "ok", "version": __version__}
