"""Air that the foreground rule keeps, so that it would be fitted as if it were tissue."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dashboard.core import sampling
from dashboard.core.check.findings import Choices, Code, Finding
from dashboard.core.check.intensities import keeps_background
from dashboard.core.check.remedies import Remedy, TakePosition, UseMask, UseRule
from dashboard.core.mixture.foreground import foreground
from dashboard.core.once import once
from dashboard.core.reading.summary import BACKGROUND_SHARE
from dashboard.core.volume import Volume

# With more foreground on the faces of its box, an image goes on to the edge, or air is kept.
KEPT = 0.25
# Of a face, if one value is to be what surrounds the head.
MOST = 0.5
# Air is darker than this share of the window's white; tissue is brighter.
DARK = 0.1
# Neighbours in noise differ by this share of the range; uniform noise has 0.29, dark air 0.01.
NOISY = 0.1
# Share of an edge, in case the outermost slices are blank.
BELOW = 1 / 16
# They differ this many times as much as neighbours in the middle of the box.
ROUGHER = 3.0
# Voxels along an edge of the middle that are looked at, which is enough for a median.
MIDDLE = 48
# Voxels of a face along each of its edges: those of a scanned plate are 100 MB.
FACE = 1024
# Voxels sampled for the share that is noise.
SAMPLED = 30_000

Array = NDArray[np.float64]


def air_findings(
    images: Mapping[str, Volume], choices: Choices, mask: UseMask | TakePosition | None
) -> Iterator[Finding]:
    """Yield one finding if the rule removes nothing around the head.

    `images` are those that are shown or fitted; `mask` is the remedy, if the study has a mask.
    """
    if choices.foreground == "mask" or not images:
        return
    if max(map(_empty, images.values())) >= BACKGROUND_SHARE:
        return
    if any(keeps_background(v.intensities, choices.foreground) for v in images.values()):
        return
    little = all(_removed(v, choices) < BACKGROUND_SHARE for v in images.values())
    if not little and min(_kept(v, choices) for v in images.values()) < KEPT:
        return
    remedies: tuple[Remedy, ...] = (mask,) if mask else ()
    if choices.foreground != "background" and all(map(_has_constant_border, images.values())):
        remedies += (UseRule("background"),)
    noisy = {name: share for name, v in images.items() if (share := noise(v))}
    if noisy:
        facts = {"share": max(noisy.values())}
        yield Finding(Code.AIR_NOISE, "warning", tuple(noisy), facts, remedies)
        return
    zeros = {"zeros": max(v.intensities.zeros / v.intensities.voxels for v in images.values())}
    if all(map(_has_dark_border, images.values())):
        yield Finding(Code.AIR, "warning", tuple(images), zeros, remedies)
    elif little:
        yield Finding(Code.NO_BACKGROUND, "fact", tuple(images), zeros, remedies)


def _empty(volume: Volume) -> float:
    """Return the share of voxels that every rule removes."""
    facts = volume.intensities
    return max(facts.zeros, facts.nonfinite) / facts.voxels


def _removed(volume: Volume, choices: Choices) -> float:
    """Return the share of voxels that the rule removes."""
    facts = volume.intensities
    if choices.foreground == "background":
        return facts.background_share + facts.nonfinite / facts.voxels
    below = facts.negatives if choices.foreground == "positive" else 0
    return (facts.zeros + facts.nonfinite + below) / facts.voxels


def _kept(volume: Volume, choices: Choices) -> float:
    """Return the share of foreground on the faces of the box, as the median of the faces."""
    backgrounds = [volume.intensities.background]
    kept = [foreground([face], choices.foreground, backgrounds) for face in _faces(volume)]
    return float(np.median([face.mean() for face in kept]))


def _faces(volume: Volume, depth: float = 0.0) -> list[Array]:
    """Return the six outermost slices of the box, or those at a share of its edges inside.

    A single slice has no faces along its axis: it would be the whole image, twice.
    """
    found = []
    middle = tuple(map(_middle, volume.shape))
    for axis, edge in enumerate(volume.shape):
        if edge == 1 < max(volume.shape):
            continue
        # `np.take` would copy a whole image that is stored in Fortran order.
        slices = np.moveaxis(volume.data, axis, 0)
        part, first = middle[:axis] + middle[axis + 1 :], int(depth * edge)
        for end in (first, edge - 1 - first):
            at: tuple[Any, ...] = (end, *part)
            found.append(np.asarray(slices[at], np.float64))
    return found


def _middle(edge: int) -> slice:
    """Return the middle of a long edge of a face, or all of a short one."""
    first = max(edge - FACE, 0) // 2
    return slice(first, first + FACE)


@once
def _has_dark_border(volume: Volume) -> bool:
    """Return whether most faces of the box are dark, so that air surrounds the head."""
    medians = [np.median(face[np.isfinite(face)]) for face in _faces(volume) if _any_finite(face)]
    return bool(medians and np.median(medians) < DARK * volume.intensities.window[1])


@once
def _has_constant_border(volume: Volume) -> bool:
    """Return whether the most frequent value surrounds the head, in however small a share."""
    faces = [face == volume.intensities.background for face in _faces(volume)]
    return float(np.median([face.mean() for face in faces])) > MOST


def _any_finite(values: Array) -> bool:
    return bool(np.isfinite(values).any())


@once
def noise(volume: Volume) -> float:
    """Return the share of voxels that are noise: 0 unless the faces of the box are, not its middle.

    Tissue is smooth: its neighbours differ less than those in the air of an MP2RAGE or of a phase.
    """
    first, last = volume.intensities.limits["0.1"]
    outside = max(
        float(np.median([_roughness(face) for face in _faces(volume, depth)]))
        for depth in (0.0, BELOW)
    )
    # Half of each edge, from a quarter on.
    half = [min(max(n // 2, 1), MIDDLE) for n in volume.shape]
    middle = tuple(
        slice((n - h) // 2, (n + h) // 2) for n, h in zip(volume.shape, half, strict=True)
    )
    inside = _roughness(np.asarray(volume.data[middle], np.float64))
    if not outside or outside < NOISY * (last - first) or outside < ROUGHER * inside:
        return 0.0
    return _rough_share(volume, float(np.sqrt(outside * max(inside, outside / 100))))


@np.errstate(invalid="ignore", over="ignore")  # infinite neighbours have no difference
def _roughness(values: Array) -> float:
    """Return the median difference between neighbours along any axis."""
    differences = [
        np.abs(np.diff(values, axis=axis)).ravel()
        for axis in range(values.ndim)
        if values.shape[axis] > 1
    ]
    every = np.concatenate([*differences, np.empty(0)])
    every = every[np.isfinite(every)]
    return float(np.median(every)) if every.size else 0.0


@np.errstate(invalid="ignore", over="ignore")  # infinite neighbours have no difference
def _rough_share(volume: Volume, least: float) -> float:
    """Return the share of voxels that differ more than `least` from their neighbours."""
    indices = sampling.indices(volume.shape, SAMPLED)
    values = np.asarray(volume.data[indices], np.float64)
    differences = []
    for axis, edge in enumerate(volume.shape):
        for way in (-1, 1):
            if edge > 1:
                beside = list(indices)
                # At an edge, the neighbour on the other side.
                there = indices[axis] + way
                inside = (there >= 0) & (there < edge)
                beside[axis] = np.where(inside, there, indices[axis] - way)
                differences.append(np.abs(volume.data[tuple(beside)] - values))
    return float((np.median(differences, axis=0) > least).mean())
