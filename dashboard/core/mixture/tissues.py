"""Classes that are one tissue together."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dashboard.core.mixture.classes import Class

# The numbers of the classes of a tissue, ascending.
Group = tuple[int, ...]


@dataclass(frozen=True)
class Tissue:
    """Some classes counted together.

    Attributes
    ----------
    classes : tuple of int
        Their numbers, ascending.
    weight : float
        The sum of their mixture weights.
    voxels : int
    volume_ml : float
        Volume of these voxels in mL.
    """

    classes: Group
    weight: float
    voxels: int
    volume_ml: float


def groups(merged: Iterable[Group], components: int) -> list[Group]:
    """Return the tissues of classes 1..K, in the order of their first classes.

    Parameters
    ----------
    merged : iterable of tuple of int
        Classes that are one tissue; every other class is a tissue of its own. Numbers above K count
        as if they were not there.
    components : int
        K.
    """
    tissue_of: dict[int, Group] = {k: (k,) for k in range(1, components + 1)}
    for group in merged:
        inside = tuple(sorted(k for k in group if k in tissue_of))
        tissue_of.update(dict.fromkeys(inside, inside))
    return list(dict.fromkeys(tissue_of.values()))


def tissues(classes: Sequence[Class], merged: Iterable[Group]) -> list[Tissue]:
    """Return the tissues of several classes; a class by itself is not listed again."""
    by_number = {described.number: described for described in classes}
    return [
        Tissue(
            group,
            sum(by_number[k].weight for k in group),
            sum(by_number[k].voxels for k in group),
            sum(by_number[k].volume_ml for k in group),
        )
        for group in groups(merged, len(classes))
        if len(group) > 1
    ]
