"""The application: wiring only."""

from functools import partial

from dash import Dash
from flask_compress import Compress

from dashboard.callbacks import client
from dashboard.services.start import start
from dashboard.settings import Settings, require_apart
from dashboard.web import (
    cards,
    guard,
    health,
    maps,
    metrics,
    open,
    page,
    reports,
    slices,
    uploads,
    visitor,
)


def create_app(settings: Settings) -> Dash:
    """Return the dashboard for the studies of the settings.

    Raises
    ------
    NeuroMixError
        If the folder of uploads holds the studies.
    """
    require_apart(settings.data, settings.uploads)
    archive, uploaded, analyses, ahead = start(settings)
    uploaded.sweep()
    app = Dash(
        "NeuroMix",
        title="NeuroMix",
        update_title=None,
        assets_folder=str(page.ASSETS),
        # Modules that main.mjs imports: Dash would load each of them a second time.
        assets_path_ignore=list(page.MODULES),
        index_string=page.index(),
        serve_locally=True,
        add_log_handler=False,
    )
    app.renderer = page.RENDERER
    app.layout = partial(page.page, archive, analyses, uploaded.limits)
    Compress(app.server)
    guard.register(app.server, settings.allowed_hosts)
    visitor.register(app.server)
    # Dash answers every path that is not registered with its page.
    app.server.register_blueprint(health.routes)
    app.server.register_blueprint(slices.blueprint(archive, analyses))
    app.server.register_blueprint(maps.blueprint(archive, analyses, ahead))
    app.server.register_blueprint(cards.blueprint(archive, analyses, ahead))
    app.server.register_blueprint(open.blueprint(archive))
    app.server.register_blueprint(reports.blueprint(archive, analyses, ahead))
    app.server.register_blueprint(uploads.blueprint(uploaded))
    metrics.register(
        app.server,
        metrics.Metrics(
            settings.cache,
            {**analyses.tallies, "volumes": archive.tally},
            {"cache": settings.cache, "uploads": settings.uploads},
        ),
    )
    client.register(app)
    return app
