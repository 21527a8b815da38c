"""What is found in the voxels of a volume, kept so that no step looks at them again."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from dashboard.core.volume import Volume

# Of each function. What is found is a few numbers, so this is about the volumes of many studies.
KEPT = 512

Found = TypeVar("Found")


def once(look: Callable[[Volume], Found]) -> Callable[[Volume], Found]:
    """Call a function once for each volume; it is found again by its identity, and holds no voxels.

    What it raises is not kept.
    """
    known: dict[str, Found] = {}

    @wraps(look)
    def found(volume: Volume) -> Found:
        if volume.id in known:
            return known[volume.id]
        made = look(volume)
        while len(known) >= KEPT:
            # Another thread may have removed it.
            known.pop(next(iter(known)), None)
        known[volume.id] = made
        return made

    return found
