"""The server below a path of a host, such as a lab's portal or a JupyterHub."""

from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.utils import redirect

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Below:
    """An application whose addresses begin with a prefix, such as ``/neuromix/``.

    A proxy may take the prefix off the path before it asks, or leave it there.
    """

    def __init__(self, application: Application, prefix: str) -> None:
        self._application = application
        self._prefix = prefix

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer; the application sees its own paths, and makes addresses with the prefix."""
        path = environ.get("PATH_INFO", "")
        if f"{path}/" == self._prefix:
            query = environ.get("QUERY_STRING", "")
            return redirect(f"{self._prefix}?{query}" if query else self._prefix, 308)(
                environ, start
            )
        if path.startswith(self._prefix):
            environ["PATH_INFO"] = path[len(self._prefix) - 1 :]
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + self._prefix[:-1]
        return self._application(environ, start)
