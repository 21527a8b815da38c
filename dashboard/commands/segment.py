"""`python -m dashboard segment`: the label map of a slice or of the whole head as files."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import click
from click.core import ParameterSource

from dashboard.commands.checking import Checking
from dashboard.commands.inputs import inputs, with_volume
from dashboard.commands.stderr import print_line
from dashboard.core.analysis import Analysis, analyse, compare
from dashboard.core.domain import WHOLE, Cut, Domain, Scope
from dashboard.core.errors import GridError, NeuroMixError
from dashboard.core.export.segmentation import write_segmentation
from dashboard.core.facts import Notice
from dashboard.core.grid.position import LostPositionError
from dashboard.core.grid.resampling import resample as resampled
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.features import features
from dashboard.core.mixture.foreground import Foreground
from dashboard.core.mixture.recipe import (
    COMPONENTS,
    MAX_MIXED,
    STARTS,
    TOLERANCES,
    VOLUME_STARTS,
    Clip,
    Covariance,
    Recipe,
    usual_starts,
)
from dashboard.core.mixture.scaling import Scaling
from dashboard.core.mixture.starts import better_start
from dashboard.core.orientation import Plane
from dashboard.core.volume import Volume
from dashboard.figures.palette import PALETTES
from dashboard.view import NAMES, SEEDS
from dashboard.words.doubts import sentence
from dashboard.words.numbers import counted

DEFAULTS = Recipe()


def _choice(literal: Any) -> click.Choice[str]:
    return click.Choice(get_args(literal))


@click.command(context_settings={"show_default": True, "max_content_width": 100})
@click.argument("images", nargs=-1, required=True)
@click.option(
    "--out",
    required=True,
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Where to write the results.",
)
@click.option(
    "--components",
    default=DEFAULTS.components,
    metavar="N",
    type=click.IntRange(COMPONENTS.start, COMPONENTS.stop - 1),
    help="Number of Gaussians. Each one is a class.",
)
@click.option(
    "--scope",
    default="slice",
    type=_choice(Scope),
    help="What to fit: one slice, or the whole head.",
)
@click.option(
    "--plane",
    type=_choice(Plane),
    help="Direction of the slice. By default axial, or that of a single slice.",
)
@click.option(
    "--slice",
    "index",
    metavar="N",
    type=click.IntRange(0),
    help="Slice from 0, towards right, anterior or superior. By default the page's first.",
)
@click.option(
    "--covariance",
    default=DEFAULTS.covariance,
    type=_choice(Covariance),
    help="Shape of the Gaussians.",
)
@click.option(
    "--scaling",
    default=DEFAULTS.scaling,
    type=_choice(Scaling),
    help="How each image is scaled before the fit.",
)
@click.option(
    "--foreground",
    default=DEFAULTS.foreground,
    type=_choice(Foreground),
    help="Voxels to fit: above 0, non-zero, not background (the most frequent value), or marked by "
    "a mask.",
)
@click.option("--mask", metavar="IMAGE", help="Fit only the voxels that this mask marks.")
@click.option(
    "--clip",
    default=DEFAULTS.clip,
    type=_choice(Clip),
    help="Percent of the intensities to clip at each end.",
)
@click.option("--reference", metavar="IMAGE", help="Label map to compare the classes with.")
@click.option(
    "--volume",
    default="0",
    metavar="N|mean",
    help="Volume of the 4-D images that do not name one, from 0.",
)
@click.option("--resample", is_flag=True, help="Bring all images to the first one's grid.")
@click.option(
    "--seed",
    default=DEFAULTS.seed,
    metavar="N",
    type=click.IntRange(0, SEEDS.stop - 1),
    help="Random start of the fit.",
)
@click.option(
    "--tolerance",
    default=DEFAULTS.tolerance,
    metavar="X",
    type=click.FloatRange(TOLERANCES[-1], TOLERANCES[0]),
    help="Stop when an iteration raises the log-likelihood per voxel by less.",
)
@click.option(
    "--starts",
    metavar="N",
    type=click.IntRange(STARTS.start, STARTS.stop - 1),
    help="Random starts, of which the one with the highest likelihood counts. By default 1 for a "
    f"slice, {VOLUME_STARTS} for the whole head.",
)
@click.option(
    "--names",
    metavar="NAME,NAME,...",
    help="Names of classes 1, 2, ..., such as CSF,GM,WM; empty for a class without one.",
)
@click.option(
    "--overwrite", is_flag=True, help="Replace files that are not results for these images."
)
@click.option("--strict", is_flag=True, help="Write nothing if there is any warning.")
def segment(
    images: tuple[str, ...],
    out: Path,
    scope: Scope,
    plane: Plane | None,
    index: int | None,
    foreground: Foreground,
    mask: str | None,
    reference: str | None,
    volume: str,
    resample: bool,
    starts: int | None,
    names: str | None,
    overwrite: bool,
    strict: bool,
    **settings: Any,
) -> None:
    """Fit a mixture to a slice or the whole head, and write its labels on the images' grid.

    Each image is a file, or a volume of a 4-D file: dwi.nii.gz:2, dwi.nii.gz:mean. The results are
    named after the first image. They replace earlier results for the same images, and nothing else.
    """
    whole = scope == "volume"
    recipe = replace(
        DEFAULTS,
        **settings,
        starts=starts or usual_starts("volume" if whole else "slice"),
        foreground=_rule(foreground, mask),
    )
    if whole and (plane or index is not None):
        raise NeuroMixError("--scope volume fits all slices. Leave out --plane and --slice.")
    called = _names(names, recipe.components)
    if len(images) > MAX_MIXED:
        raise NeuroMixError(f"A fit takes at most {MAX_MIXED} images.")
    named = inputs([*images, *(image for image in (mask, reference) if image)])
    given, extra = named[: len(images)], named[len(images) :]
    if _is_given("volume"):
        given = with_volume(given, volume)
    volumes, overlays = ([image.read() for image in part] for part in (given, extra))
    own = list(volumes)
    if resample:
        volumes = [_onto(volume, own[0]) for volume in volumes]
        overlays = [_onto(volume, own[0], nearest=True) for volume in overlays]
    domain = WHOLE if whole else _cut(volumes[0], plane, index)
    masked, compared = overlays[0] if mask else None, overlays[-1] if reference else None
    analysis = _analysed(volumes, recipe, domain, masked)
    agreed = compare(analysis, compared) if compared else None
    checked = Checking(
        images=list(zip(given, volumes, strict=True)),
        overlays=list(zip(extra, overlays, strict=True)),
        own=own,
        recipe=recipe,
        grid=given[0].label if resample else "",
        mask=extra[0].label if mask else "",
        reference=extra[-1].label if reference else "",
    )
    doubts = _doubts(analysis)
    said = [sentence(doubt) for doubt in doubts]
    warnings = [*checked.warnings(), *said]
    if strict and warnings:
        for warning in warnings:
            print_line(warning)
        raise NeuroMixError(
            f"{counted(len(warnings), 'warning')} with --strict: nothing is written."
        )
    written = write_segmentation(
        analysis, given[0].path, out, PALETTES["okabe"],
        base=given[0].base, inputs=[file for image in named for file in image.files],
        overwrite=overwrite, reference=compared, agreement=agreed,
        notices=[*checked.notices(), *said], warnings=warnings, doubts=doubts, names=called,
    )  # fmt: skip
    for warning in warnings:
        print_line(warning)
    for path in written:
        click.echo(path)


def _is_given(option: str) -> bool:
    """Return whether an option has another source than its default."""
    return click.get_current_context().get_parameter_source(option) != ParameterSource.DEFAULT


def _analysed(
    volumes: Sequence[Volume], recipe: Recipe, domain: Domain, mask: Volume | None
) -> Analysis:
    try:
        analysis = analyse(features(volumes, recipe, domain, mask=mask))
    except LostPositionError as error:
        raise GridError(f"{error} On the page a button does it; FSL has fslcpgeom.") from None
    except GridError as error:
        raise GridError(f"{error} Use --resample to bring all to the first image's grid.") from None
    if analysis.problem:
        raise NeuroMixError(analysis.problem)
    return analysis


def _doubts(analysis: Analysis) -> list[Notice]:
    """Return all reasons to doubt a fit, another start that fits better among them."""
    if analysis.model is None:
        return []
    better = better_start(analysis.features, analysis.model)
    return [*analysis.doubts, *([better] if better else [])]


def _names(text: str | None, components: int) -> tuple[str, ...]:
    """Return the names of classes, as a link has them."""
    try:
        names: tuple[str, ...] = NAMES.parse(text or "")
    except ValueError:
        raise NeuroMixError(
            f"--names must be written like {NAMES.allowed['like']}, for at most ten classes."
        ) from None
    if len(names) > components:
        raise NeuroMixError(
            f"--names has {counted(len(names), 'name')}, but there are {components} classes."
        )
    return names


def _rule(foreground: Foreground, mask: str | None) -> Foreground:
    """Return the foreground rule; with a mask, it is the mask."""
    if foreground == "mask" and not mask:
        raise NeuroMixError("--foreground mask needs a mask. Add --mask.")
    if mask and foreground not in (DEFAULTS.foreground, "mask"):
        raise NeuroMixError(
            f"--mask and --foreground {foreground} cannot be combined. Use one of them."
        )
    return "mask" if mask else foreground


def _onto(volume: Volume, target: Volume, *, nearest: bool = False) -> Volume:
    if same_grid(volume, target):
        return volume
    return resampled(volume, target, nearest=nearest)


def _cut(volume: Volume, plane: Plane | None, index: int | None) -> Cut:
    plane = plane or volume.first_plane
    count = volume.orientation.count(plane)
    if index is None:
        return Cut(plane, volume.first_slice(plane))
    if index < count:
        return Cut(plane, index)
    raise NeuroMixError(
        f"{volume.name} has {count} {plane} slices, so --slice must be at most {count - 1}, not "
        f"{index}."
    )
