"""Masks and label maps on another grid than the image on X."""

from collections.abc import Iterator, Mapping, Sequence

from dashboard.core.check import difference as grids
from dashboard.core.check.findings import Choices, Code, Finding, Severity
from dashboard.core.check.grids import fitted_names, mixed_names
from dashboard.core.check.joining import covered
from dashboard.core.check.remedies import ResampleTo, TakePosition, UseMask
from dashboard.core.grid.position import is_placed
from dashboard.core.grid.same import same_grid
from dashboard.core.volume import Volume

# A brain mask fills a larger share of its box; a lesion mask does not.
SMALLEST_MASK = 0.05

Images = Mapping[str, Volume]


def overlay_findings(images: Images, others: Images, choices: Choices) -> Iterator[Finding]:
    """Yield masks and label maps on another grid than X."""
    if not images:
        return
    target = choices.x if choices.x in images else next(iter(images))
    apart = {n: v for n, v in others.items() if not same_grid(images[target], v)}
    for group in grids.grouped(apart):
        for severity, found in _by_use(group, choices).items():
            overlay = others[found[0]]
            what = grids.difference(images[target], overlay)
            yield Finding(
                Code.OVERLAY_OFF_GRID,
                severity,
                tuple(found),
                {"target": target, "difference": what},
                _onto(target, images, overlay, found, choices),
            )


def foreground_mask(
    images: Images,
    others: Images,
    masks: Sequence[str],
    lost: Mapping[str, str],
    choices: Choices,
) -> UseMask | TakePosition | None:
    """Return the remedy that selects the first brain mask on the grid of X.

    Or the first that would be there if it had not `lost` its position.
    """
    for name in masks:
        mask = others.get(name)
        if mask is None or choices.x not in images or not same_grid(images[choices.x], mask):
            continue
        if _covers(mask):
            return UseMask(name, preset=name == masks[0])
    for name, of in lost.items():
        if name in others and of == choices.x and _covers(others[name]):
            return TakePosition(of, (name,), mask=name)
    return None


def _covers(mask: Volume) -> bool:
    return mask.intensities.zeros <= (1 - SMALLEST_MASK) * mask.intensities.voxels


def _by_use(group: list[str], choices: Choices) -> dict[Severity, list[str]]:
    """Group overlays by their use: as foreground, as reference, or none."""
    found: dict[Severity, list[str]] = {}
    for name in group:
        used: Severity = "warning" if name == choices.reference else "fact"
        found.setdefault("problem" if name == choices.mask else used, []).append(name)
    return found


def _onto(
    target: str, images: Images, overlay: Volume, found: list[str], choices: Choices
) -> tuple[ResampleTo, ...]:
    placed = is_placed(overlay) and is_placed(images[target])
    if choices.grid == target or not placed or not covered(images[target], overlay):
        return ()
    mixed = mixed_names(images, choices)
    # Resampling would bring the other images into the fit, too, unless it is restricted.
    only = not choices.chosen and len(mixed) < len(fitted_names(images, choices))
    size = images[target].voxel_size
    return (ResampleTo(target, tuple(found), "nearest", size, tuple(mixed), only),)
