"""What gunicorn does before it listens; the Procfile has its options."""

import sys
from typing import Any

from dashboard.core.errors import NeuroMixError
from dashboard.settings import require_protected, settings_of_environment

# What a proxy says counts only if DASHBOARD_TRUSTED_PROXIES names it.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""


def on_starting(server: Any) -> None:
    """Refuse to listen where strangers can reach the server, unless something keeps them out."""
    try:
        settings = settings_of_environment()
        for address in server.cfg.address:
            if not isinstance(address, str):  # a Unix socket is this machine's
                require_protected(settings, address[0])
    except NeuroMixError as error:
        sys.exit(f"Error: {error}")
