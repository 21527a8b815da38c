"""The application: wiring only."""

from pathlib import Path
from typing import Any

from dash import Dash
from flask_compress import Compress

from dashboard.callbacks import client, opening
from dashboard.core.errors import NeuroMixError
from dashboard.services.receiving import Limits
from dashboard.services.uploads import Uploads
from dashboard.services.workspace import Workspace
from dashboard.settings import ROOT, Settings
from dashboard.ui.layout import layout
from dashboard.web import health, panels, slices, uploads, visitor


def create_app(settings: Settings) -> Dash:
    """Return a dashboard on the studies that the settings name."""
    workspace = Workspace(settings)
    store = _uploads(settings, workspace)
    store.sweep()
    app = Dash(
        "NeuroMix",
        title="NeuroMix",
        update_title=None,
        assets_folder=str(ROOT / "assets"),
        serve_locally=True,
        add_log_handler=False,
    )
    app.layout = layout(store.limits)
    Compress(app.server)
    visitor.register(app.server)
    # Dash answers every unknown path with its page, so these have to be registered as well.
    app.server.register_blueprint(health.routes)
    app.server.register_blueprint(slices.blueprint(workspace))
    app.server.register_blueprint(panels.blueprint(workspace))
    app.server.register_blueprint(uploads.blueprint(store))
    opening.register(app, workspace)
    client.register(app)
    return app


def _uploads(settings: Settings, workspace: Workspace) -> Uploads:
    limits = Limits(
        drop=settings.max_upload_bytes,
        store=settings.upload_quota_bytes,
        days=settings.upload_days,
    )

    # STAND-IN, at the merge: open_volume=lambda path, name: workspace.store.open(path, name=name),
    # forget=workspace.store.forget.
    def open_volume(path: Path, name: str) -> Any:
        try:
            return workspace.store.open(path)
        except NeuroMixError as error:
            raise NeuroMixError(str(error).replace(path.name, name)) from None

    return Uploads(settings.uploads, limits, open_volume=open_volume, forget=lambda _source: None)
