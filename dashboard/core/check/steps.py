"""Resampled images, and the selected volumes of series."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from dashboard.core.check.difference import grouped
from dashboard.core.check.findings import Choices, Code, Finding
from dashboard.core.check.remedies import Axis, KeepGrids, TakeVolumes
from dashboard.core.processing import Resampled, Step, Taken
from dashboard.core.volume import Volume

AXES: tuple[Axis, ...] = ("x", "y")

Images = Mapping[str, Volume]
OfKind = TypeVar("OfKind", bound=Step)


def by_step(images: Images, kind: type[OfKind]) -> dict[OfKind, list[str]]:
    """Return the images that each step of a kind was done to."""
    found: dict[OfKind, list[str]] = {}
    for name, volume in images.items():
        for step in volume.processing:
            if isinstance(step, kind):
                found.setdefault(step, []).append(name)
    return found


def resampling_facts(images: Images, own: Images, choices: Choices) -> Iterator[Finding]:
    """Yield the resampled images; `own` are the fitted ones on the grids of their files."""
    # Selected images on several grids cannot be fitted together.
    refit = choices.chosen and len(grouped(own)) > 1
    undo = (KeepGrids(refit),) if choices.grid else ()
    for step, moved in by_step(images, Resampled).items():
        yield Finding(Code.RESAMPLED, "fact", tuple(moved), {"step": step}, undo)
        undo = ()


def series_facts(images: Images, choices: Choices, b0: Mapping[str, int]) -> Iterator[Finding]:
    """Yield the used volumes of each series; `b0` are the known numbers of b0 volumes."""
    series = {name: volume for name, volume in images.items() if volume.volumes > 1}
    files = Counter(volume.name for volume in series.values())
    for base in (name for name, count in files.items() if count > 1):
        # Contrasts of one file.
        of = [volume for volume in series.values() if volume.name == base]
        facts: dict[str, Any] = {"volumes": of[0].volumes, "b0": 0, "several": len(of)}
        yield Finding(Code.SERIES, "fact", (base,), facts)
    for name, volume in series.items():
        base = volume.name  # without the take that the View's name may have
        if files[base] > 1:
            continue
        taken = name.removeprefix(base)[1:]
        known = b0.get(base, 0)
        now = taken or ("b0" if known else "")
        shown_on: tuple[Axis, ...] = tuple(axis for axis in AXES if getattr(choices, axis) == name)
        offers = [TakeVolumes(base, "b0", known, shown_on)] if known else []
        offers.append(TakeVolumes(base, "mean", volume.volumes, shown_on))
        facts = {
            "volumes": volume.volumes,
            "b0": known if now == "b0" else 0,
            "taken": next(step for step in volume.processing if isinstance(step, Taken)),
        }
        remedies = tuple(offer for offer in offers if shown_on and offer.take != now)
        yield Finding(Code.SERIES, "fact", (base,), facts, remedies)
