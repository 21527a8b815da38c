"""`python -m dashboard hash-password`: the hash of a password, for the environment."""

import sys

import click

from dashboard.core.errors import NeuroMixError


@click.command("hash-password")
def hash_password() -> None:
    """Ask for a password, or read it from a pipe, and print its argon2 hash."""
    from dashboard.services.access.passwords import hashed

    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise NeuroMixError("The password is empty.")
    print(hashed(password))
