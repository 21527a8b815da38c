"""The application: wiring only."""

from dash import Dash
from flask_compress import Compress

from dashboard.callbacks import client, opening
from dashboard.services.workspace import Workspace
from dashboard.settings import ROOT, Settings, require_apart
from dashboard.ui.frame import INDEX, layout
from dashboard.web import guard, health, panels, reading, slices, uploads, visitor


def create_app(settings: Settings) -> Dash:
    """Return a dashboard on the studies that the settings name.

    Raises
    ------
    NeuroMixError
        If uploads would be kept among the studies.
    """
    require_apart(settings.data, settings.uploads)
    workspace = Workspace(settings)
    workspace.uploads.sweep()
    app = Dash(
        "NeuroMix",
        title="NeuroMix",
        update_title=None,
        assets_folder=str(ROOT / "assets"),
        serve_locally=True,
        add_log_handler=False,
        index_string=INDEX,
    )
    app.layout = layout(workspace.uploads.limits)
    Compress(app.server)
    guard.register(app.server, settings.allowed_hosts)
    visitor.register(app.server)
    # Dash answers every unknown path with its page, so these have to be registered as well.
    app.server.register_blueprint(health.routes)
    app.server.register_blueprint(slices.blueprint(workspace))
    app.server.register_blueprint(panels.blueprint(workspace))
    app.server.register_blueprint(reading.blueprint(workspace))
    app.server.register_blueprint(uploads.blueprint(workspace.uploads))
    opening.register(app, workspace)
    client.register(app)
    return app
