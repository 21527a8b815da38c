"""`python -m dashboard serve`: the dashboard on this machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from dashboard.settings import Settings, settings_of_environment


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of studies.")
@click.option("--host", help="Address to listen on, by default 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port, by default 8050.")
@click.option(
    "--public",
    is_flag=True,
    default=None,
    help="Let in everybody who reaches the server, without a password.",
)
def serve(
    data: Path | None = None,
    host: str | None = None,
    port: int | None = None,
    public: bool | None = None,
) -> None:
    """Serve the dashboard on this machine."""
    from dashboard.serving import serve_forever  # the other commands do not need Dash

    given = {"data": data, "host": host, "port": port, "public": public}
    serve_forever(settings_of(given))


def settings_of(given: Mapping[str, Any]) -> Settings:
    """Return the settings of the environment, and instead of them those given that are not None.

    Raises
    ------
    NeuroMixError
        If a variable of the environment is not valid.
    """
    return settings_of_environment().model_copy(
        update={k: v for k, v in given.items() if v is not None}
    )
