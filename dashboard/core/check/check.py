"""The check of a study before anything is plotted or fitted.

It finds what makes other programs fail silently: images and masks on other grids, backgrounds that
are not 0, copies of one image. Each finding has its numbers and remedies.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from dashboard.core.check.air import air_findings
from dashboard.core.check.copies import duplicate_findings
from dashboard.core.check.difference import grouped, letters
from dashboard.core.check.effects import Effect
from dashboard.core.check.findings import SEVERITIES, Choices, Code, Finding, Severity
from dashboard.core.check.grids import grid_findings, mixed_names, used_names
from dashboard.core.check.groups import group_findings
from dashboard.core.check.head import head_findings
from dashboard.core.check.intensities import intensity_findings
from dashboard.core.check.lost import lost_findings, lost_names, placed_facts
from dashboard.core.check.overlays import foreground_mask, overlay_findings
from dashboard.core.check.remedies import Remedy, ResampleTo
from dashboard.core.check.sample import sampled
from dashboard.core.check.shapes import shape_findings
from dashboard.core.check.steps import resampling_facts, series_facts
from dashboard.core.check.unread import left_out, not_checked, unreadable
from dashboard.core.check.uses import use_findings
from dashboard.core.facts import FileCode, Notice
from dashboard.core.grid.same import study_notices
from dashboard.core.processing import Step
from dashboard.core.space import Space, space
from dashboard.core.volume import Volume

# Notices of the file that are also findings, with remedies.
FOUND_ANYWAY = (FileCode.SERIES, FileCode.NONFINITE)

Kind = Literal["image", "overlay"]


@dataclass(frozen=True)
class Row:
    """One image in the table of the check.

    Attributes
    ----------
    kind : {"image", "overlay"}
        Intensities, or a mask or label map.
    grid : int
        The same number for images on one grid.
    voxel_size : tuple of float
        In mm, along the stored axes.
    orientation : str
        Directions of the stored axes, such as "RAS".
    space : Space
        What its millimetres are relative to.
    zeros, negatives : float
        Shares of the finite voxels.
    background, background_share : float
        The most frequent intensity, and its share of the finite voxels.
    nonfinite : int
        Voxels that are NaN or infinite.
    volumes : int
        Volumes in the file.
    """

    name: str
    kind: Kind
    processing: tuple[Step, ...]
    grid: int
    shape: tuple[int, int, int]
    voxel_size: tuple[float, float, float]
    orientation: str
    space: Space
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
class Checked:
    """All findings, most severe first, and a row for each image.

    `effects` are those of the remedies that were tried.
    """

    findings: tuple[Finding, ...]
    rows: tuple[Row, ...]
    effects: Mapping[Remedy, Effect] = field(default_factory=dict)

    def count(self, severity: Severity) -> int:
        """Return the number of findings of a severity."""
        return sum(finding.severity == severity for finding in self.findings)


def check_images(
    images: Mapping[str, Volume],
    *,
    choices: Choices,
    others: Mapping[str, Volume] | None = None,
    own: Mapping[str, Volume] | None = None,
    unread: Mapping[str, str] | None = None,
    b0: Mapping[str, int] | None = None,
    masks: Sequence[str] = (),
    unchecked: int = 0,
) -> Checked:
    """Check the images of a study as they will be used.

    Parameters
    ----------
    images : mapping of str to Volume
        X and Y first, by their names in the View, including the selected volume.
    choices : Choices
        Settings in the View.
    others : mapping of str to Volume
        Masks and label maps.
    own : mapping of str to Volume, optional
        Resampled images on the grids of their files.
    unread : mapping of str to str
        The error for each image that cannot be read.
    b0 : mapping of str to int
        Numbers of b0 volumes of diffusion runs, by names without a take.
    masks : sequence of str
        Possible masks for the foreground, the best first.
    unchecked : int
        Number of images that are not checked.
    """
    others, unread = others or {}, unread or {}
    used = {name: images[name] for name in used_names(images, choices)}
    mixed = {name: images[name] for name in mixed_names(images, choices)}
    mask = others.get(choices.mask)
    lost = lost_names(images, others, choices)
    sample = sampled(mixed, choices, mask)
    files = {name: (own or {}).get(name, volume) for name, volume in used.items()}
    far = [*group_findings(mixed, sample)]
    overflowing = {name for finding in far for name in finding.images}
    found = [
        *unreadable(unread, images, choices),
        *duplicate_findings(images, choices, mask),
        *grid_findings(_without(images, lost), choices),
        *overlay_findings(images, _without(others, lost), choices),
        *use_findings(_without(others, lost), choices),
        *air_findings(
            mixed or used, choices, foreground_mask(images, others, masks, lost, choices)
        ),
        *lost_findings(images, others, lost, choices),
        *head_findings(images, mixed, choices, sample),
        *far,
        *intensity_findings(used, choices, overflowing),
        *_scales(mixed),
        *_notices({**used, **others}),
        *left_out(unread, choices),
        *placed_facts({**images, **others}, choices),
        *resampling_facts(
            {**used, **others}, {n: v for n, v in files.items() if n in mixed}, choices
        ),
        *series_facts(used, choices, b0 or {}),
        *shape_findings(used, files),
        *not_checked(len({**images, **others, **unread}), unchecked),
    ]
    # Findings with a remedy come first.
    found.sort(
        key=lambda f: (SEVERITIES.index(f.severity), f.severity != "fact" and not f.remedies)
    )
    grids = grouped({**images, **others})
    numbers = {name: index for index, group in enumerate(grids, 1) for name in group}
    rows = [_row(name, "image", volume, numbers[name]) for name, volume in images.items()]
    rows += [_row(name, "overlay", volume, numbers[name]) for name, volume in others.items()]
    return Checked(tuple(_few_resamplings(found)), tuple(rows))


def _without(images: Mapping[str, Volume], lost: Mapping[str, str]) -> Mapping[str, Volume]:
    return {name: volume for name, volume in images.items() if name not in lost}


def _few_resamplings(found: Sequence[Finding]) -> Iterator[Finding]:
    """Keep each resampling once: at most two for images and one for overlays."""
    seen = set()
    for finding in found:
        kept = []
        for remedy in finding.remedies:
            if isinstance(remedy, ResampleTo):
                result = (remedy.grid, remedy.only and remedy.fitted)
                if result in seen:
                    continue
                seen.add(result)
            kept.append(remedy)
        yield replace(finding, remedies=tuple(kept))


def _row(name: str, kind: Kind, volume: Volume, grid: int) -> Row:
    facts = volume.intensities
    return Row(
        name=name,
        kind=kind,
        processing=volume.processing,
        grid=grid,
        shape=volume.shape,
        voxel_size=volume.voxel_size,
        orientation=letters(volume),
        space=space(volume),
        zeros=facts.zeros / facts.finite,
        negatives=facts.negatives / facts.finite,
        background=facts.background,
        background_share=facts.background_share,
        nonfinite=facts.nonfinite,
        low=facts.low,
        mean=facts.mean,
        high=facts.high,
        volumes=volume.volumes,
    )


def _scales(mixed: Mapping[str, Volume]) -> Iterator[Finding]:
    """Yield one warning if fitted images have intensities of very different magnitude."""
    if len(grouped(mixed)) == 1 and (notices := study_notices(list(mixed.values()))):
        facts = {"notice": notices[0], "more": len(notices) - 1}
        yield Finding(Code.SCALES, "warning", tuple(mixed), facts)


def _notices(images: Mapping[str, Volume]) -> Iterator[Finding]:
    """Yield the notices of the files, one finding for all files with the same notice."""
    notices: list[Notice] = []
    for volume in images.values():
        notices += [n for n in volume.notices if n not in notices and n.code not in FOUND_ANYWAY]
    for notice in notices:
        files = tuple(name for name, volume in images.items() if notice in volume.notices)
        yield Finding(Code.FILE, "warning", files, {"notice": notice})
