"""Real images as the cases of a test: one test each, and one skipped where there are none."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.wide import cases


def hostile() -> list[dict[str, Any]]:
    """Broken and hostile files, with what is right for each; none without REAL_DATA."""
    folder = _folder()
    return json.loads((folder / "hostile" / "manifest.json").read_text()) if folder else []


def of_hostile(
    wanted: Callable[[dict[str, Any]], object] = bool,
    *,
    wide: Callable[[str], bool] = lambda name: False,  # noqa: ARG005
) -> pytest.MarkDecorator:
    """Run a test for each hostile file, as its `entry`; those `wide` with the wide tests only."""
    entries = [entry for entry in hostile() if wanted(entry)]
    ids = [entry["id"] for entry in entries]
    return _each("entry", cases(entries, wide=lambda entry: wide(entry["id"])), ids)


def of_studies() -> pytest.MarkDecorator:
    """Run a test for each study of images that can be fitted, as its `study`.

    All but the first run with the wide tests.
    """
    folder = _folder()
    others = {"hostile", "odd", "reports", "tiny"}
    names = [path.name for path in folder.iterdir() if path.is_dir()] if folder else []
    names = sorted(set(names) - others)
    return _each("study", cases(names, wide=lambda name: name != names[0]), names)


def of_odd() -> pytest.MarkDecorator:
    """Run a test for each odd file, by its `name`."""
    folder = _folder()
    names = sorted(path.name for path in (folder / "odd").iterdir()) if folder else []
    return _each("name", names, names)


def _each(argument: str, values: list[Any], ids: list[str]) -> pytest.MarkDecorator:
    # The fixture `real_data` skips the one without a value.
    return pytest.mark.parametrize(argument, values or [None], ids=ids or ["none"])


def _folder() -> Path | None:
    return Path(os.environ["REAL_DATA"]) if "REAL_DATA" in os.environ else None
