"""What is found in the voxels of a volume, kept so that no step looks at them again."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from dashboard.core.errors import NeuroMixError
from dashboard.core.volume import Volume

# Of each function. What is found is a few numbers, and these are the volumes of many studies.
KEPT = 512

Found = TypeVar("Found")


def once(look: Callable[[Volume], Found]) -> Callable[[Volume], Found]:
    """Call a function once for each volume, and keep what it returns or its `NeuroMixError`.

    Volumes are known by identity and name, so that no voxels are kept.
    """
    known: dict[tuple[str, str], Found | NeuroMixError] = {}

    def looked(volume: Volume) -> Found | NeuroMixError:
        try:
            return look(volume)
        except NeuroMixError as error:
            return error

    @wraps(look)
    def found(volume: Volume) -> Found:
        key = volume.id, volume.name
        made = known.get(key)
        if made is None:
            made = looked(volume)
            while len(known) >= KEPT:
                # Another thread may have removed it.
                known.pop(next(iter(known)), None)
            known[key] = made
        if isinstance(made, NeuroMixError):
            raise made.with_traceback(None)
        return made

    return found
