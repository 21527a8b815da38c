"""Members of a kind that only the wide tests try: each run tries a few for all."""

from collections.abc import Callable, Collection
from typing import Any

import pytest


def cases(members: Collection[Any], *, wide: Callable[[Any], bool]) -> list[Any]:
    """Make a test's cases, of which those that are `wide` run with the wide tests.

    A tuple holds the values of several arguments.
    """
    marks = [[pytest.mark.wide] if wide(one) else [] for one in members]
    values = [one if isinstance(one, tuple) else (one,) for one in members]
    return [pytest.param(*each, marks=m) for each, m in zip(values, marks, strict=True)]
