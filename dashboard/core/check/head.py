"""How much of the head is in the foreground."""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from dashboard.core.check.air import DARK, noise
from dashboard.core.check.findings import Choices, Code, Finding
from dashboard.core.check.grids import only
from dashboard.core.check.remedies import Remedy, UseRule
from dashboard.core.check.sample import Sample
from dashboard.core.volume import Volume

# A brain is a third of a head; with less than this share, most tissue is not fitted.
FEW = 0.1
# Sampled voxels of a head: fewer say nothing of a share.
FEWEST = 100

Images = Mapping[str, Volume]
Marks = NDArray[np.bool_]


def head_findings(
    images: Images, mixed: Images, choices: Choices, sample: Sample | None
) -> Iterator[Finding]:
    """Yield one finding if few voxels of the head are in the foreground.

    `images` are all of the study; `mixed` those in the fit.
    """
    if sample is None:
        return
    constant = any(volume.intensities.has_constant_background for volume in mixed.values())
    if not constant and any(map(noise, mixed.values())):
        return  # nobody knows where the head is
    heads = {name: _head(volume, sample.values[name]) for name, volume in mixed.items()}
    largest = max(heads, key=lambda name: int(heads[name].sum()))
    head = heads[largest]
    share = float((head & sample.fitted).sum() / max(head.sum(), 1))
    if head.sum() < FEWEST or share >= FEW:
        return
    own = {name: float((head & kept).sum() / head.sum()) for name, kept in sample.own.items()}
    least = min(own, key=lambda name: own[name])
    facts = {
        "rule": choices.foreground,
        "mask": choices.mask,
        "of": largest,
        "share": share,
        "least": "" if choices.foreground == "mask" or own[least] > 2 * share else least,
    }
    yield Finding(
        Code.FEW_FITTED, "warning", tuple(mixed), facts, _remedies(images, mixed, least, choices)
    )


def _head(volume: Volume, values: NDArray[np.float64]) -> Marks:
    """Mark what is not background: another value than a constant one, or brighter than dark air."""
    facts = volume.intensities
    if facts.has_constant_background:
        return np.asarray(np.isfinite(values) & (values != facts.background))
    return np.asarray(np.isfinite(values) & (values > DARK * facts.window[1]))


def _remedies(images: Images, mixed: Images, least: str, choices: Choices) -> tuple[Remedy, ...]:
    """Return what may bring the head into the foreground; each is tried before it is offered."""
    rules = tuple(UseRule(rule) for rule in ("nonzero", "background") if rule != choices.foreground)
    kept = [name for name in mixed if name != least]
    if choices.foreground == "mask" or not kept:
        return (UseRule("positive"), *rules) if choices.foreground == "mask" else rules
    return (only(images, kept, choices), *rules)
