"""`python -m dashboard segment`: the label map of one slice as files."""

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import click

from dashboard.commands.stderr import print_line
from dashboard.core.analysis import Analysis, analyse, compare
from dashboard.core.check.uses import use_notices
from dashboard.core.domain import Cut, Scope
from dashboard.core.errors import GridError, NeuroMixError
from dashboard.core.export.segmentation import write_segmentation
from dashboard.core.facts import Notice
from dashboard.core.grid.resampling import resample as resampled
from dashboard.core.grid.same import same_grid, study_notices
from dashboard.core.mixture.features import features
from dashboard.core.mixture.foreground import Foreground
from dashboard.core.mixture.recipe import (
    COMPONENTS,
    MAX_MIXED,
    STARTS,
    TOLERANCES,
    Clip,
    Covariance,
    Recipe,
)
from dashboard.core.mixture.scaling import Scaling
from dashboard.core.mixture.starts import better_start
from dashboard.core.orientation import Plane
from dashboard.core.reading.voxels import Take
from dashboard.core.volume import Volume, read_volume
from dashboard.figures.palette import PALETTES
from dashboard.view import SEEDS
from dashboard.words.doubts import sentence as doubt_sentence
from dashboard.words.notices import sentence

DEFAULTS = Recipe()

IMAGE = click.Path(path_type=Path)


def _choice(literal: Any) -> click.Choice[str]:
    return click.Choice(get_args(literal))


@click.command()
@click.argument("images", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to write to.")
@click.option(
    "--components",
    default=DEFAULTS.components,
    type=click.IntRange(COMPONENTS.start, COMPONENTS.stop - 1),
)
@click.option("--scope", default="slice", type=_choice(Scope))
@click.option("--plane", default="axial", type=_choice(Plane))
@click.option("--slice", "index", type=click.IntRange(0), help="From 0, in RAS.")
@click.option("--covariance", default=DEFAULTS.covariance, type=_choice(Covariance))
@click.option("--scaling", default=DEFAULTS.scaling, type=_choice(Scaling))
@click.option("--foreground", default=DEFAULTS.foreground, type=_choice(Foreground))
@click.option("--mask", type=IMAGE, help="Fit only what this image marks.")
@click.option("--clip", default=DEFAULTS.clip, type=_choice(Clip), help="Percent at each end.")
@click.option("--reference", type=IMAGE, help="Label map to compare the classes with.")
@click.option("--volume", default="0", help="Volume of 4-D images: a number from 0, or mean.")
@click.option("--resample", is_flag=True, help="Resample all to the first image's grid.")
@click.option("--seed", default=DEFAULTS.seed, type=click.IntRange(0, SEEDS.stop - 1))
@click.option(
    "--tolerance",
    default=DEFAULTS.tolerance,
    type=click.FloatRange(TOLERANCES[-1], TOLERANCES[0]),
    help="Stop when an iteration raises the log-likelihood per voxel by less.",
)
@click.option(
    "--starts",
    default=DEFAULTS.starts,
    type=click.IntRange(STARTS.start, STARTS.stop - 1),
    help="Random starts, of which the one with the highest likelihood counts.",
)
def segment(
    images: tuple[Path, ...],
    out: Path,
    scope: Scope,
    plane: Plane,
    index: int | None,
    foreground: Foreground,
    mask: Path | None,
    reference: Path | None,
    volume: str,
    resample: bool,
    **settings: Any,
) -> None:
    """Fit a mixture to one slice of IMAGES and write its labels on their grid."""
    recipe = replace(DEFAULTS, **settings, foreground=_rule(foreground, mask))
    if scope == "volume":
        raise NeuroMixError("--scope volume is not available yet; use --scope slice.")
    if len(images) > MAX_MIXED:
        raise NeuroMixError(f"A fit takes at most {MAX_MIXED} images.")
    take = _taken(volume)
    volumes = [read_volume(image, take=take) for image in images]
    overlays = [read_volume(image) if image else None for image in (mask, reference)]
    if resample:
        first = volumes[0]
        volumes = [_onto(volume, first) for volume in volumes]
        overlays = [_onto(volume, first, nearest=True) if volume else None for volume in overlays]
    cut = Cut(plane, _slice(volumes[0], plane, index))
    try:
        analysis = analyse(features(volumes, recipe, cut, mask=overlays[0]))
    except GridError as error:
        raise GridError(f"{error} Use --resample to bring all to the first image's grid.") from None
    if analysis.problem:
        raise NeuroMixError(analysis.problem)
    agreed = compare(analysis, overlays[1]) if overlays[1] else None
    read = (*volumes, *(volume for volume in overlays if volume))
    notices = [f"{v.name}: {sentence(notice)}" for v in read for notice in v.notices]
    notices += [f"{name}: {sentence(notice)}" for name, notice in use_notices(*overlays)]
    notices += [sentence(notice) for notice in study_notices(volumes)]
    doubts = _doubts(analysis)
    notices += map(doubt_sentence, doubts)
    for notice in notices:
        print_line(notice)
    written = write_segmentation(
        analysis, images[0], out, PALETTES["okabe"],
        reference=overlays[1], agreement=agreed, notices=notices,
        doubts=doubts,
    )  # fmt: skip
    for path in written:
        click.echo(path)


def _doubts(analysis: Analysis) -> list[Notice]:
    """Return all reasons to doubt a fit, another start that fits better among them."""
    if analysis.model is None:
        return []
    better = better_start(analysis.features, analysis.model)
    return [*analysis.doubts, *([better] if better else [])]


def _rule(foreground: Foreground, mask: Path | None) -> Foreground:
    """Return the foreground rule; with a mask, it is the mask."""
    if foreground == "mask" and not mask:
        raise NeuroMixError("--foreground mask needs a mask. Add --mask.")
    if mask and foreground not in (DEFAULTS.foreground, "mask"):
        raise NeuroMixError(
            f"--mask and --foreground {foreground} cannot be combined. Use one of them."
        )
    return "mask" if mask else foreground


def _taken(volume: str) -> Take:
    """Return which volumes of each 4-D image to use."""
    if volume == "mean":
        return None
    if volume.isascii() and volume.isdigit() and len(volume) < 10:
        return (int(volume),)
    raise NeuroMixError(f"--volume must be a number from 0, or mean, not {volume[:20]!r}.")


def _onto(volume: Volume, target: Volume, *, nearest: bool = False) -> Volume:
    if same_grid(volume, target):
        return volume
    return resampled(volume, target, nearest=nearest)


def _slice(volume: Volume, plane: Plane, index: int | None) -> int:
    count = volume.orientation.count(plane)
    if index is None:
        return volume.first_slice(plane)
    if index < count:
        return index
    raise NeuroMixError(
        f"{volume.name} has {count} {plane} slices, so --slice must be at most {count - 1}, not "
        f"{index}."
    )
