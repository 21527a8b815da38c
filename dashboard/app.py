"""The application: wiring only."""

from dash import Dash
from flask_compress import Compress

from dashboard.callbacks import client, opening
from dashboard.services.start import start
from dashboard.settings import ROOT, Settings, require_apart
from dashboard.ui.frame import layout
from dashboard.web import cards, guard, health, maps, reading, slices, uploads, visitor


def create_app(settings: Settings) -> Dash:
    """Return a dashboard on the studies that the settings name.

    Raises
    ------
    NeuroMixError
        If uploads would be kept among the studies.
    """
    require_apart(settings.data, settings.uploads)
    archive, uploaded, analyses, ahead = start(settings)
    uploaded.sweep()
    app = Dash(
        "NeuroMix",
        title="NeuroMix",
        update_title=None,
        assets_folder=str(ROOT / "assets"),
        serve_locally=True,
        add_log_handler=False,
    )
    app.layout = layout(uploaded.limits)
    Compress(app.server)
    guard.register(app.server, settings.allowed_hosts)
    visitor.register(app.server)
    # Dash answers every unknown path with its page, so these have to be registered as well.
    app.server.register_blueprint(health.routes)
    app.server.register_blueprint(slices.blueprint(archive, analyses))
    app.server.register_blueprint(maps.blueprint(archive, analyses, ahead))
    app.server.register_blueprint(cards.blueprint(archive, analyses, ahead))
    app.server.register_blueprint(reading.blueprint(archive))
    app.server.register_blueprint(uploads.blueprint(uploaded))
    opening.register(app, archive)
    client.register(app)
    return app
