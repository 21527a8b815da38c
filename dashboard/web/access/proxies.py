"""Proxies in front of the server: what they say counts only if the settings name them."""

import ipaddress
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from dashboard.core.errors import NeuroMixError

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
# No header of a request can have such a name.
TRUSTED = "neuromix.trusted_proxy"
# What stands for a proxy that connects by a socket in a folder.
UNIX = "unix"


class TrustedProxies:
    """An application that learns from trusted proxies who asks, by which scheme and host.

    Parameters
    ----------
    application
        What answers.
    addresses : str
        Addresses and networks such as ``10.0.0.0/8``, separated by commas; ``unix`` for a proxy
        that connects by a Unix socket.

    Raises
    ------
    NeuroMixError
        If one of them is not an address.
    """

    def __init__(self, application: Application, addresses: str) -> None:
        self._application = application
        self._fixed = ProxyFix(application, x_for=1, x_proto=1, x_host=1)
        names = [name for part in addresses.split(",") if (name := part.strip())]
        self._unix = UNIX in names
        self._networks = [_network(name) for name in names if name != UNIX]

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer; what other senders claim is ignored."""
        if not self.trusts(environ.get("REMOTE_ADDR", "")):
            return self._application(environ, start)
        environ[TRUSTED] = True
        return self._fixed(environ, start)

    def trusts(self, address: str) -> bool:
        """Return whether a connection's other end is one of the proxies."""
        if not address:
            return self._unix
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        mapped = getattr(found, "ipv4_mapped", None)
        return any((mapped or found) in network for network in self._networks)


def _network(name: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(name)
    except ValueError as error:
        raise NeuroMixError(
            f"DASHBOARD_TRUSTED_PROXIES: {error}. Use addresses and networks such as 10.0.0.5 or "
            "10.0.0.0/8, separated by commas."
        ) from None
