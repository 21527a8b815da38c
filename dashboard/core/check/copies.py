"""Images with identical intensities, or identical up to scale and offset."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from dashboard.core import sampling
from dashboard.core.check.difference import alike, grouped
from dashboard.core.check.findings import Choices, Code, Finding
from dashboard.core.check.grids import mixed_names, only
from dashboard.core.check.intensities import is_empty
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.foreground import foreground
from dashboard.core.mixture.mask import mask_of
from dashboard.core.mixture.slice_fit import are_copies
from dashboard.core.volume import Volume

# Thousands of them are foreground: images that agree there agree in every slice.
SAMPLED = 30_000
# Fewer voxels may lie on a line by chance, or because they have only two values.
FEWEST = 20

Images = Mapping[str, Volume]


def duplicate_findings(
    images: Images, choices: Choices, mask: Volume | None = None
) -> Iterator[Finding]:
    """Yield the images that are copies of each other; `mask` if it is the foreground."""
    mixed = mixed_names(images, choices)
    same: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for name, volume in images.items():
        same.setdefault((volume.digest, volume.shape), []).append(name)
    for group in same.values():
        together = [name for name in group if name in mixed]
        if len(together) > 1:
            yield _refused(Code.SAME_VOXELS, group, together, images, choices, mask)
        elif together and len(group) > 1:
            yield Finding(Code.SAME_VOXELS_UNUSED, "fact", tuple(group))
    first = [n for n in mixed if not any(n in group[1:] for group in same.values())]
    for group in _scaled_copies({name: images[name] for name in first}, choices, mask):
        yield _refused(Code.LINEAR_COPIES, group, group, images, choices, mask)


def _refused(
    code: Code,
    group: list[str],
    together: list[str],
    images: Images,
    choices: Choices,
    mask: Volume | None,
) -> Finding:
    kept = [name for name in mixed_names(images, choices) if name not in together[1:]]
    spare = None if len(kept) > 1 else _spare(images, choices, together, mask)
    if spare is None:
        remedy = only(images, kept, choices)
    else:
        shown = only(images, [together[0], spare], choices)
        remedy = replace(shown, instead=(spare, together[1]))
    return Finding(code, "problem", tuple(group), remedies=(remedy,))


def _spare(images: Images, choices: Choices, copies: list[str], mask: Volume | None) -> str | None:
    """Return another image that can be fitted together with the one of the copies that is kept."""
    kept = copies[0]
    for name, volume in images.items():
        if name in copies or is_empty(volume) or not same_grid(images[kept], volume):
            continue
        if not _scaled_copies({kept: images[kept], name: volume}, choices, mask):
            return name
    return None


def _scaled_copies(images: Images, choices: Choices, mask: Volume | None) -> list[list[str]]:
    """Return groups of images on one grid that are linear functions of each other."""
    if len(images) < 2 or len(grouped(images)) > 1:
        return []
    volumes = list(images.values())
    indices = sampling.indices(volumes[0].shape, SAMPLED)
    values = [np.asarray(volume.data[indices], dtype=np.float64) for volume in volumes]
    marked = np.ones(values[0].shape, bool)
    if mask and same_grid(volumes[0], mask):
        marked = mask_of(mask).marks(mask.data[indices])
    backgrounds = [volume.intensities.background for volume in volumes]
    kept = foreground(values, choices.foreground, backgrounds, marked)
    if kept.sum() < FEWEST:
        return []
    fitted = {name: value[kept] for name, value in zip(images, values, strict=True)}
    return [group for group in alike(fitted, are_copies) if len(group) > 1]
