"""The study that a library opens with: the first that shows what the page is for.

Names come in the order of the alphabet, which says nothing of what is in them. A good first study
has two contrasts on one grid and a background of one value, so that a mixture has something to
separate and air takes no class. Headers and the first voxels of a few files say that.
"""

from collections.abc import Callable, Sequence
from itertools import chain, combinations, islice

import numpy as np

from dashboard.core.errors import NeuroMixError
from dashboard.core.reading.image import Glance, glance
from dashboard.services.studies.files import ImageFile, StudyFiles
from dashboard.services.studies.naming import SERIES, contrasts, frame_names, may_hold_contrasts

# A library can have thousands of studies on a slow disk: three files of 12 studies are looked at.
MOST_STUDIES, MOST_IMAGES = 12, 3
# In mm: headers round, and a larger shift is another place.
SAME_PLACE_MM = 0.1
BEST = 3


def first_good(names: Sequence[str], good: Callable[[str], int]) -> str:
    """Return the name of the best of the first studies; of equally good ones the first.

    Parameters
    ----------
    names : sequence of str
        At least one.
    good : callable
        From a name to the study's `goodness`.
    """
    found: dict[str, int] = {}
    for name in names[:MOST_STUDIES]:
        found[name] = good(name)
        if found[name] == BEST:
            break
    return max(found, key=lambda name: found[name])


def goodness(files: StudyFiles | None) -> int:
    """Return how much a study shows at first sight.

    3 for two contrasts on one grid with a background of one value, 2 for such a pair, 1 for an
    image that can be read, 0 for none.
    """
    if files is None:
        return 0
    likely = [n for n in contrasts(files, ()) if files.files[n].contrast not in SERIES]
    seen = {name: look for name in islice(likely, MOST_IMAGES) if (look := _look(files, name))}
    several = ((look,) for name, look in seen.items() if _holds_contrasts(files.files[name], look))
    pairs = (pair for pair in combinations(seen.values(), 2) if _on_one_grid(*pair))
    best = next(chain(several, pairs), ())
    if not best:
        return min(len(seen), 1)
    return BEST if all(look.empty_corner for look in best) else 2


def _look(files: StudyFiles, name: str) -> Glance | None:
    file = files.files[name]
    if file.foreign:
        return None
    try:
        return glance(file.path)
    except (NeuroMixError, OSError):
        return None


def _holds_contrasts(file: ImageFile, look: Glance) -> bool:
    return may_hold_contrasts(file) and len(frame_names(file.name, look.volumes)) > 1


def _on_one_grid(one: Glance, other: Glance) -> bool:
    near = np.allclose(one.affine, other.affine, rtol=0, atol=SAME_PLACE_MM, equal_nan=True)
    return one.grid == other.grid and min(one.grid) > 1 and bool(near)
