"""The application: wiring only."""

from functools import partial

from dash import Dash
from flask_compress import Compress

from dashboard.callbacks import client
from dashboard.services.exporting.making import Workshops
from dashboard.services.start import allowance_of, start
from dashboard.settings import Settings, require_apart
from dashboard.web import (
    cards,
    exports,
    guard,
    headers,
    health,
    joined,
    layers,
    maps,
    metrics,
    open,
    page,
    reports,
    slices,
    uploads,
    visitor,
)
from dashboard.web.access import keeping_out, signing_in
from dashboard.web.access.gate import gate_of
from dashboard.web.access.proxies import TrustedProxies
from dashboard.web.below import Below


def create_app(settings: Settings) -> Dash:
    """Return the dashboard for the studies of the settings.

    Raises
    ------
    NeuroMixError
        If the folder of uploads holds the studies, or settings contradict each other.
    """
    require_apart(settings.data, settings.uploads)
    archive, uploaded, analyses, ahead = start(settings)
    uploaded.sweep()
    workshops = Workshops(settings.cache, allowance_of(settings))
    gate = gate_of(settings)
    app = Dash(
        "NeuroMix",
        title="NeuroMix",
        update_title=None,
        assets_folder=str(page.ASSETS),
        assets_ignore=page.NOT_BY_DASH,
        index_string=page.index(prefix=settings.prefix, signs_out=gate.by_password is not None),
        routes_pathname_prefix="/",
        requests_pathname_prefix=settings.prefix,
        serve_locally=True,
        add_log_handler=False,
    )
    app.renderer = page.RENDERER
    app.layout = partial(page.page, archive, analyses, uploaded.limits)
    # Behind Dash's own, which sets it up at the first request, and before all that answers.
    keeping_out.register(app.server, gate)
    if settings.prefix != "/":
        app.server.wsgi_app = Below(app.server.wsgi_app, settings.prefix)
    if settings.trusted_proxies:
        app.server.wsgi_app = TrustedProxies(app.server.wsgi_app, settings.trusted_proxies)
    Compress(app.server)
    guard.register(app.server, settings.allowed_hosts)
    visitor.register(app.server)
    # Dash answers every path that is not registered with its page.
    app.server.register_blueprint(health.routes)
    app.server.register_blueprint(joined.blueprint(page.ASSETS))
    app.server.register_blueprint(signing_in.blueprint(gate))
    app.server.register_blueprint(slices.blueprint(archive, analyses))
    app.server.register_blueprint(maps.blueprint(archive, analyses, ahead))
    app.server.register_blueprint(layers.blueprint(archive, analyses))
    app.server.register_blueprint(cards.blueprint(archive, analyses, ahead))
    app.server.register_blueprint(open.blueprint(archive))
    for made in (reports, exports):
        app.server.register_blueprint(made.blueprint(archive, analyses, ahead, workshops))
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
    headers.register(
        app.server,
        script_hashes=app.csp_hashes(),
        frame_ancestors=settings.frame_ancestors,
    )
    return app
