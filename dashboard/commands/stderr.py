"""Messages of the commands on stderr."""

import sys

import click


def print_line(message: str) -> None:
    """Print a message on stderr as one line, even if a file name holds line breaks."""
    click.echo(" ".join(message.split()), err=True)


def print_progress(message: str) -> None:
    """Print on stderr what goes on, if somebody watches."""
    if sys.stderr.isatty():
        print_line(f"{message} ...")
