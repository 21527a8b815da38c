"""What commands say on stderr."""

import click


def tell(sentence: str) -> None:
    """Print a sentence on stderr as one line, whatever a file is called."""
    click.echo(" ".join(sentence.split()), err=True)
