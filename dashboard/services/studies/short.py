"""The short names of a study's images: what tells them apart.

BIDS and its derivatives begin every name with the subject and the space, and end many alike. Where
there is little room, only what differs is shown, and its middle is cut where even that is too long.
The full name is in the tooltip.
"""

import re
from collections.abc import Sequence

# Names that fit everywhere stay as they are.
FITS = 12
_PARTS = re.compile(r"[^_. ]+[_. ]*|[_. ]+")
_ENDS = "_-. "


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Return the short names of images: without what all names begin and end with.

    Whole parts between separators are left out, and each name keeps at least one. Names that would
    become the same stay as they are.
    """
    if max(map(len, names), default=0) <= FITS:
        return {name: name for name in names}
    parts = [_PARTS.findall(name) for name in names]
    least = min(map(len, parts)) - 1
    start = _shared(parts, least)
    end = _shared([[p.strip(_ENDS) for p in reversed(own)] for own in parts], least - start)
    kept = ["".join(own[start : len(own) - end]).strip(_ENDS) for own in parts]
    different = all(kept) and len(set(kept)) == len(names)
    return dict(zip(names, kept if different else names, strict=True))


def _shared(parts: Sequence[Sequence[str]], most: int) -> int:
    """Return how many parts all names begin with, up to a number."""
    if len(parts) < 2:
        return 0
    alike = 0
    for column in zip(*parts, strict=False):
        if alike >= most or len(set(column)) > 1:
            break
        alike += 1
    return alike
