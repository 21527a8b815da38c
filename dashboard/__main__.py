"""The command line: `python -m dashboard` serves; other words do something else."""

import signal
import sys

import click

from dashboard.commands.hash_password import hash_password
from dashboard.commands.report import report
from dashboard.commands.segment import segment
from dashboard.commands.serve import serve
from dashboard.commands.stderr import print_line
from dashboard.core.errors import NeuroMixError


class _ServeByDefault(click.Group):
    """A group whose default command is `serve`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["serve", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_ServeByDefault)
def cli() -> None:
    """NeuroMix: how tissue classes come out of MRI intensities."""


cli.add_command(serve)
cli.add_command(segment)
cli.add_command(hash_password)
cli.add_command(report)


def main() -> None:
    """Run a command; an error is one line on stderr and exit code 1."""
    # As an interrupt does: what is half written is removed. `timeout` and batch systems send it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        cli.main(standalone_mode=False)
    except NeuroMixError as error:
        print_line(f"Error: {error}")
    except click.ClickException as error:
        print_line(f"Error: {error.format_message()}")
    except click.Abort:
        click.echo("Stopped.", err=True)
    else:
        return
    sys.exit(1)


if __name__ == "__main__":
    main()
