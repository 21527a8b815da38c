"""Messages of the commands on stderr."""

import click


def print_line(message: str) -> None:
    """Print a message on stderr as one line, even if a file name holds line breaks."""
    click.echo(" ".join(message.split()), err=True)
