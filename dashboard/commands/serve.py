"""`python -m dashboard serve`: the dashboard on this machine."""

from pathlib import Path

import click

from dashboard.settings import settings_of_environment


@click.command()
@click.option("--data", type=click.Path(path_type=Path), help="Folder of studies.")
@click.option("--host", help="Address to listen on, by default 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port, by default 8050.")
@click.option(
    "--public",
    is_flag=True,
    default=None,
    help="Let everybody in who reaches the server, without a password.",
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
    settings = settings_of_environment().model_copy(
        update={k: v for k, v in given.items() if v is not None}
    )
    serve_forever(settings)
