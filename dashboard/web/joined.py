"""The browser's modules as one file: each as its own would cost a request.

A module becomes a function that is called once and returns what the module exports. So it keeps to
what `IMPORT` and `EXPORT` know: functions, classes and constants by name.
"""

import re
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, make_response, request

# As deep as the modules: address.mjs finds the root of the page two folders above its own.
PATH = "assets/joined/main.mjs"
IMPORT = re.compile(r'^import (?:(\{[^}]*\}|\* as \w+) from )?"([^"]+)";', re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:(?:async )?function\*? |class |const )(\w+))", re.MULTILINE)
UNKNOWN = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def joined(entry: Path) -> str:
    """Return a module and all that it imports as one, in the order in which a browser runs them.

    Parameters
    ----------
    entry : Path
        The others lie below its folder.

    Raises
    ------
    ValueError
        If a module imports or exports in another way, or what is not there, or itself.
    """
    join = _Join(entry.parent)
    join.add(entry)
    return "".join(("const modules = {};\n", *join.parts))


class _Join:
    def __init__(self, root: Path) -> None:
        self.parts: list[str] = []
        self._root = root
        self._exported: dict[str, list[str] | None] = {}  # of a module that is not done: None

    def add(self, module: Path) -> None:
        """Add a module behind those that it imports."""
        name, text = self._name(module), module.read_text("utf-8")
        self._exported[name] = None
        for _, source in IMPORT.findall(text):
            if self._name(module.parent / source) not in self._exported:
                self.add(module.parent / source)
        exported = EXPORT.findall(text)
        text = EXPORT.sub("", IMPORT.sub(lambda found: self._taken(module, *found.groups()), text))
        if unknown := UNKNOWN.search(text):
            raise ValueError(f"{name} cannot be joined to the page: {unknown.group()}")
        self._exported[name] = exported
        returned = f"return {{ {', '.join(exported)} }};"
        self.parts.append(f'modules["{name}"] = (() => {{\n{text}\n{returned}\n}})();\n')

    def _name(self, module: Path) -> str:
        return module.resolve().relative_to(self._root.resolve()).as_posix()

    def _taken(self, module: Path, names: str | None, source: str) -> str:
        """Return the line that takes the place of an import."""
        other = self._name(module.parent / source)
        exported = self._exported[other]
        if exported is None:
            raise ValueError(f"{self._name(module)} and {other} import each other.")
        if names is None:
            return ""
        if names.startswith("* as "):
            return f'const {names.removeprefix("* as ")} = modules["{other}"];'
        for name in re.findall(r"(\w+)(?: as \w+)?", names):
            if name not in exported:
                raise ValueError(f"{self._name(module)}: {other} exports no {name}.")
        return f'const {names.replace(" as ", ": ")} = modules["{other}"];'


def blueprint(assets: Path) -> Blueprint:
    """Return the route to the page's modules. A changed one is there after a reload."""
    routes = Blueprint("joined", __name__)

    @lru_cache(maxsize=1)
    def text(_changed: int) -> str:
        return joined(assets / "main.mjs")

    @routes.get(f"/{PATH}")
    def joined_modules() -> Response:
        changed = max(path.stat().st_mtime_ns for path in assets.rglob("*.mjs"))
        response = make_response(text(changed))
        response.mimetype = "text/javascript"
        response.cache_control.no_cache = True
        response.set_etag(str(changed))
        response.make_conditional(request)
        return response

    return routes
