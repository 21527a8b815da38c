"""What there is to know of a study before anything of it is plotted.

Other programs fail silently here: images and masks on other grids, backgrounds that are not 0,
copies of one image. Each is told with what it does to the plots, and with one click that mends it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from dashboard.core.alignment import (
    fitted_names,
    grid_findings,
    only,
    overlay_findings,
    resampling_facts,
)
from dashboard.core.findings import (
    SEVERITIES,
    Choices,
    Finding,
    Remedy,
    Severity,
    names,
    number,
)
from dashboard.core.grids import grouped, letters
from dashboard.core.screening import intensity_findings
from dashboard.core.study import study_notices
from dashboard.core.volume import MAX_ANISOTROPY, Volume

__all__ = ["Choices", "Finding", "Preflight", "Remedy", "Row", "preflight"]

# Thicker slices hold two tissues in most voxels at a border.
THICK_SLICE_MM = 3.0
# 20 × 20 pixels: fewer give a mixture of three classes some twenty voxels for each parameter.
SMALL_PICTURE = 400
# What the file's own notices say and a finding says as well, with what can be done about it.
TOLD_ANYWAY = ("The file holds ", "are NaN or infinite")

Kind = Literal["image", "overlay"]


@dataclass(frozen=True)
class Row:
    """What is known of one image, as a line of a table.

    Attributes
    ----------
    name : str
        In the View.
    kind : {"image", "overlay"}
        Intensities, or a mask or label map.
    processing : tuple of str
        What was done to the voxels since the file was read.
    grid : int
        Images with the same number lie on one grid.
    shape : tuple of int
    voxel_size : tuple of float
        In mm, along the stored axes.
    orientation : str
        Where the stored axes point, as in "RAS".
    zeros, negatives : float
        Shares of the finite voxels.
    background, background_share : float
        The most frequent intensity, and the share of the finite voxels that have it.
    nonfinite : int
        Voxels that are NaN or infinite.
    low, mean, high : float
    volumes : int
        Volumes in the file.
    """

    name: str
    kind: Kind
    processing: tuple[str, ...]
    grid: int
    shape: tuple[int, int, int]
    voxel_size: tuple[float, float, float]
    orientation: str
    zeros: float
    negatives: float
    background: float
    background_share: float
    nonfinite: int
    low: float
    mean: float
    high: float
    volumes: int


@dataclass(frozen=True)
class Preflight:
    """Everything found, most severe first, and a line for each image."""

    findings: tuple[Finding, ...]
    rows: tuple[Row, ...]

    def count(self, severity: Severity) -> int:
        """Return the number of findings of a severity."""
        return sum(finding.severity == severity for finding in self.findings)


def preflight(
    images: Mapping[str, Volume],
    *,
    choices: Choices,
    others: Mapping[str, Volume] | None = None,
    unread: Mapping[str, str] | None = None,
    b0: Collection[str] = (),
    masks: bool = False,
) -> Preflight:
    """Check the images of a study as they are going to be used.

    Parameters
    ----------
    images : mapping of str to Volume
        Intensities, X and Y first, by their names in the View, selection of a volume included.
    choices : Choices
        What the View says already.
    others : mapping of str to Volume
        Masks and label maps.
    unread : mapping of str to str
        Why an image cannot be read, a sentence that names its file.
    b0 : collection of str
        Names, without a selection, of the diffusion runs whose b0 volumes are known.
    masks : bool
        Whether a mask can be chosen as the foreground.

    Returns
    -------
    Preflight
    """
    others = others or {}
    used = _used(images, choices)
    found = [
        *_unread(unread or {}, choices),
        *grid_findings(images, choices),
        *overlay_findings(images, others, choices),
        *resampling_facts({**images, **others}, choices),
        *_duplicates(images, choices),
        *intensity_findings(used, choices, masks=masks),
        *_scales(images, choices),
        *_notices({**images, **others}),
        *_series(images, choices, b0),
        *_sizes(used),
    ]
    found.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    grids = grouped({**images, **others})
    numbers = {name: index for index, group in enumerate(grids, 1) for name in group}
    rows = [_row(name, "image", volume, numbers[name]) for name, volume in images.items()]
    rows += [_row(name, "overlay", volume, numbers[name]) for name, volume in others.items()]
    return Preflight(tuple(found), tuple(rows))


def _row(name: str, kind: Kind, volume: Volume, grid: int) -> Row:
    facts = volume.intensities
    finite = max(facts.voxels - facts.nonfinite, 1)
    return Row(
        name=name,
        kind=kind,
        processing=volume.processing,
        grid=grid,
        shape=volume.shape,
        voxel_size=volume.voxel_size,
        orientation=letters(volume),
        zeros=facts.zeros / finite,
        negatives=facts.negatives / finite,
        background=facts.background,
        background_share=facts.background_share,
        nonfinite=facts.nonfinite,
        low=facts.low,
        mean=facts.mean,
        high=facts.high,
        volumes=volume.volumes,
    )


def _used(images: Mapping[str, Volume], choices: Choices) -> dict[str, Volume]:
    """Return the images that are plotted or fitted."""
    shown = {choices.x, choices.y, *fitted_names(images, choices)}
    return {name: volume for name, volume in images.items() if name in shown}


def _unread(unread: Mapping[str, str], choices: Choices) -> Iterator[Finding]:
    for name, reason in unread.items():
        if name in (choices.x, choices.y):
            yield Finding("problem", f"{reason} It cannot be shown.")
        else:
            yield Finding("warning", f"{reason} It is left out.")


def _duplicates(images: Mapping[str, Volume], choices: Choices) -> Iterator[Finding]:
    copies: dict[tuple[str, tuple[int, ...]], list[str]] = {}
    for name, volume in images.items():
        copies.setdefault((volume.digest, volume.shape), []).append(name)
    fitted = fitted_names(images, choices)
    for group in copies.values():
        together = [name for name in group if name in fitted]
        if len(group) == 1:
            continue
        text = f"{names(group)} hold the same voxels and carry no second piece of information"
        if len(together) < 2:
            yield Finding("fact", f"{text}; only one of them is fitted.")
            continue
        kept = [name for name in fitted if name not in together[1:]]
        spare = next((n for n in images if n not in group and n not in kept), None)
        if len(kept) > 1 or spare is None:
            label, changes = f"Use only {names(kept)}", only(images, kept, choices)
        else:
            label, changes = f"Show {spare} instead of {together[1]}", {"y": spare}
        yield Finding(
            "problem",
            f"{text}: their joint view is a line, and a mixture of both is refused.",
            (Remedy(label, changes),),
        )


def _scales(images: Mapping[str, Volume], choices: Choices) -> Iterator[Finding]:
    """Yield one warning where fitted images have intensities of very different size."""
    fitted = {name: images[name] for name in fitted_names(images, choices)}
    if len(grouped(fitted)) == 1 and (notices := study_notices(list(fitted.values()))):
        more = len(notices) - 1
        pairs = f" So for {more} more pair{'s' * (more > 1)} of images." if more else ""
        yield Finding("warning", notices[0] + pairs)


def _notices(images: Mapping[str, Volume]) -> Iterator[Finding]:
    """Pass on what was unusual about the files, said once where several share it."""
    told: dict[str, list[str]] = {}
    for name, volume in images.items():
        for notice in volume.notices:
            if not any(part in notice for part in TOLD_ANYWAY):
                told.setdefault(notice, []).append(name)
    for notice, files in told.items():
        yield Finding("warning", f"{names(files)}: {notice}")


def _series(
    images: Mapping[str, Volume], choices: Choices, b0: Collection[str]
) -> Iterator[Finding]:
    """Yield which volume of a series is used, and which others there are."""
    for name, volume in images.items():
        if volume.volumes == 1:
            continue
        base, _, selection = name.partition(":")
        offers = [("mean", "the mean of all volumes")]
        if base in b0:
            offers.insert(0, ("b0", "the mean of its b0 volumes"))
        axes = [axis for axis in ("x", "y") if getattr(choices, axis) == name]
        done = ", ".join(step for step in volume.processing if " onto the grid of " not in step)
        yield Finding(
            "fact",
            f"{base} holds {volume.volumes:,} volumes; {done or 'volume 0'} is used.",
            tuple(
                Remedy(f"Use {what}", dict.fromkeys(axes, f"{base}:{chosen}"))
                for chosen, what in offers
                if axes and chosen != selection
            ),
        )


def _sizes(images: Mapping[str, Volume]) -> Iterator[Finding]:
    """Yield what the size of grid and voxels does to pictures and classes."""
    flat = [name for name, volume in images.items() if min(volume.shape) == 1]
    small = [
        name for name, v in images.items() if sorted(v.shape)[1] * max(v.shape) < SMALL_PICTURE
    ]
    if small:
        yield Finding(
            "fact",
            f"{names(small)} {'is' if len(small) == 1 else 'are'} tiny: even the largest slice has "
            f"fewer than {SMALL_PICTURE} voxels, too few for classes to be told apart reliably.",
        )
    if flat:
        yield Finding(
            "fact",
            f"{names(flat)} {'is' if len(flat) == 1 else 'are'} one voxel thick: across it, the "
            "other planes show a single line.",
        )
    long = {
        name: max(volume.voxel_size)
        for name, volume in images.items()
        if max(volume.voxel_size) > THICK_SLICE_MM
        and max(volume.voxel_size) <= MAX_ANISOTROPY * min(volume.voxel_size)  # else noticed
        and name not in flat
    }
    if long:
        yield Finding(
            "fact",
            f"The voxels of {names(list(long))} are up to {number(round(max(long.values()), 1))} "
            "mm long: at borders they hold two tissues, which blurs the classes into each other.",
        )
