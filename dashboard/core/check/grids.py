"""Images on different grids, and how to bring them to one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.core.check import difference as grids
from dashboard.core.check.difference import Difference
from dashboard.core.check.findings import Choices, Code, Finding, Severity
from dashboard.core.check.intensities import is_empty
from dashboard.core.check.joining import copies_in_place, resamplings
from dashboard.core.check.remedies import Remedy, UseOnly
from dashboard.core.grid.position import is_placed
from dashboard.core.grid.same import same_grid
from dashboard.core.volume import Volume

# A smaller overlap is reported before resampling.
SMALL_OVERLAP = 0.5

Images = Mapping[str, Volume]


@dataclass(frozen=True)
class OtherGrid:
    """Images that share a grid, and its difference from the target's grid."""

    images: tuple[str, ...]
    difference: Difference


def grid_findings(images: Images, choices: Choices) -> Iterator[Finding]:
    """Yield differences between the grids of images, and the grids to resample to.

    Images that are shown or selected must share a grid; others on another grid are left out.
    """
    used = used_names(images, choices)
    meant = list(dict.fromkeys([*used, *fitted_names(images, choices)]))
    groups = grids.grouped({name: images[name] for name in used})
    if len(groups) > 1:
        yield Finding(
            Code.OTHER_GRID,
            "problem",
            tuple(name for group in groups[1:] for name in group),
            _differences(images, groups),
            _remedies(images, groups, meant, choices),
        )
    if not used:
        return
    left = [name for name in meant if name in choices.off_grid]
    unused = {name: volume for name, volume in images.items() if name not in meant}
    elsewhere = [n for n, v in unused.items() if not same_grid(images[used[0]], v)]
    if len(groups) == 1 and left:
        yield _left_out(images, left, used[0], meant, choices, len(elsewhere))
    elif elsewhere:
        yield Finding(Code.OTHER_GRID_UNUSED, "fact", tuple(elsewhere), {"target": used[0]})


def _left_out(
    images: Images, left: list[str], first: str, meant: list[str], choices: Choices, more: int
) -> Finding:
    """Return the images that are left out of the fit because of their grid."""
    groups = grids.grouped({name: images[name] for name in left})
    facts = _differences(images, [[first], *groups]) | {"more": more}
    remedies: tuple[Remedy, ...] = ()
    if not facts["copies"]:
        remedies = tuple(resamplings(images, meant, choices, finer=True))
    severity: Severity = "warning" if remedies else "fact"
    return Finding(Code.OTHER_GRID_LEFT_OUT, severity, tuple(left), facts, remedies)


def _remedies(
    images: Images, groups: list[list[str]], meant: list[str], choices: Choices
) -> tuple[Remedy, ...]:
    """Return ways to bring images to one grid, or to use only the most that share one."""
    found: list[Remedy] = [*resamplings(images, meant, choices)]
    largest = max((_sound(images, group) for group in groups), key=len)
    if len(largest) > 1 or (largest and not found):
        found.append(only(images, largest, choices))
    return tuple(found)


def _sound(images: Images, group: list[str]) -> list[str]:
    """Return the images of a group without empty ones and copies."""
    by_voxels = {images[n].digest: n for n in reversed(group) if not is_empty(images[n])}
    return [name for name in group if by_voxels.get(images[name].digest) == name]


def _differences(images: Images, groups: list[list[str]]) -> dict[str, Any]:
    """Return how the grids differ from the first one, and how far they are apart."""
    target, rest = groups[0][0], groups[1:]
    others = [name for group in rest for name in group]
    apart = [group[0] for group in rest if _are_apart(images, target, group[0])]
    coverage = None
    if not apart and len(rest) == 1 and is_placed(images[target]) and is_placed(images[others[0]]):
        share = grids.overlap(images[target], images[others[0]])
        coverage = share if share < SMALL_OVERLAP else None
    return {
        "target": target,
        "grids": tuple(
            OtherGrid(tuple(group), grids.difference(images[target], images[group[0]]))
            for group in rest
        ),
        "apart": tuple(apart),
        "gap": grids.distance(images[target], images[apart[0]]) if apart else None,
        "coverage": coverage,
        "copies": all(grids.is_reordered(images[target], images[name]) for name in others)
        and copies_in_place(images, target, others),
    }


def _are_apart(images: Images, first: str, other: str) -> bool:
    if not (is_placed(images[first]) and is_placed(images[other])):
        return False
    # In both directions, because a small image can lie between the voxels of a coarse one.
    one, two = images[first], images[other]
    return not (grids.overlap(one, two) or grids.overlap(two, one))


def only(images: Images, kept: list[str], choices: Choices) -> UseOnly:
    """Return the remedy that fits and shows only some images."""
    x = choices.x if choices.x in kept else kept[0]
    y = next((name for name in kept if name != x), x)
    return UseOnly(
        tuple(name for name in images if name in kept),
        x=x if x != choices.x else None,
        y=y if choices.y not in kept else None,
    )


def fitted_names(images: Images, choices: Choices) -> list[str]:
    """Return the images that are selected for the fit."""
    return [name for name in images if not choices.fitted or name in choices.fitted]


def mixed_names(images: Images, choices: Choices) -> list[str]:
    """Return the images that are fitted: those selected, but for those on another grid."""
    return [name for name in fitted_names(images, choices) if name not in choices.off_grid]


def used_names(images: Images, choices: Choices) -> list[str]:
    """Return the images that are shown or fitted."""
    used = {choices.x, choices.y, *mixed_names(images, choices)}
    return [name for name in images if name in used]
