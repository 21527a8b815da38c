"""`python -m dashboard segment`: the label map of a slice or of the whole head as files."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from dashboard.commands.checking import Checking
from dashboard.commands.inputs import inputs, with_volume
from dashboard.commands.options import DEFAULTS, candidates, is_given, require_sense, with_options
from dashboard.commands.stderr import print_line, print_progress
from dashboard.core.analysis import Analysis, analyse_images, compare
from dashboard.core.domain import WHOLE, Cut, Domain, Scope
from dashboard.core.errors import FitError, GridError, NeuroMixError
from dashboard.core.export.segmentation import write_segmentation
from dashboard.core.facts import Notice
from dashboard.core.grid.position import LostPositionError
from dashboard.core.grid.resampling import resample as resampled
from dashboard.core.grid.same import same_grid
from dashboard.core.mixture.criteria import Candidate, candidate
from dashboard.core.mixture.fit import fit
from dashboard.core.mixture.foreground import Foreground
from dashboard.core.mixture.recipe import MAX_MIXED, Recipe, usual_starts
from dashboard.core.mixture.starts import better_start
from dashboard.core.orientation import Plane
from dashboard.core.volume import Volume
from dashboard.fields import NAMES
from dashboard.figures.palette import class_colours
from dashboard.words.doubts import sentence
from dashboard.words.numbers import counted


@click.command(context_settings={"show_default": True, "max_content_width": 100})
@with_options
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
    criteria: str | None,
    probabilities: bool,
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
    rule = _rule(foreground, mask)
    if whole and (plane or index is not None):
        raise NeuroMixError("--scope volume fits all slices. Leave out --plane and --slice.")
    recipe = _recipe(settings, scope, starts, rule)
    numbers = candidates(criteria)
    called = _names(names, recipe.components)
    if len(images) > MAX_MIXED:
        raise NeuroMixError(f"A fit takes at most {MAX_MIXED} images.")
    named = inputs([*images, *(image for image in (mask, reference) if image)])
    given, extra = named[: len(images)], named[len(images) :]
    if is_given("volume"):
        given = with_volume(given, volume)
    print_progress(f"Reading {counted(len(named), 'image')}")
    volumes, overlays = ([image.read() for image in part] for part in (given, extra))
    own = list(volumes)
    if resample:
        volumes = [_onto(volume, own[0]) for volume in volumes]
        overlays = [_onto(volume, own[0], nearest=True) for volume in overlays]
    domain = WHOLE if whole else _cut(volumes[0], plane, index)
    masked, compared = overlays[0] if mask else None, overlays[-1] if reference else None
    print_progress(f"Fitting {counted(recipe.components, 'component')}")
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
    others, unfitted = _others(analysis, numbers)
    for line in unfitted:
        print_line(line)
    print_progress(f"Writing to {out}")
    written = write_segmentation(
        analysis, given[0].path, out, class_colours("okabe", (), analysis.identities),
        base=given[0].base, inputs=[file for image in named for file in image.files],
        overwrite=overwrite, reference=compared, agreement=agreed,
        notices=[*checked.notices(), *said, *unfitted], warnings=warnings, doubts=doubts,
        names=called, probabilities=probabilities, others=others,
    )  # fmt: skip
    for warning in warnings:
        print_line(warning)
    for path in written:
        click.echo(path)


def _recipe(
    settings: Mapping[str, Any], scope: Scope, starts: int | None, foreground: Foreground
) -> Recipe:
    recipe = replace(
        DEFAULTS, **settings, starts=starts or usual_starts(scope), foreground=foreground
    )
    require_sense(
        whole=scope == "volume", start=recipe.start, starts=starts, prior=recipe.prior,
        partial_volume=recipe.partial_volume, covariance=recipe.covariance,
    )  # fmt: skip
    return replace(recipe, covariance="tied") if recipe.partial_volume else recipe


def _others(analysis: Analysis, numbers: range) -> tuple[list[Candidate], list[str]]:
    """Return the fits of the same voxels with other numbers of components, and why some have none.

    The sentences are in the order of the numbers.
    """
    features, found, unfitted = analysis.features, [], []
    for number in numbers:
        print_progress(f"Fitting {counted(number, 'component')} of {numbers[-1]}")
        try:
            model = fit(features, replace(features.recipe, components=number))
        except FitError as error:
            unfitted.append(f"No criteria for {counted(number, 'component')}: {error}")
            continue
        found.append(candidate(model, features))
    return found, unfitted


def _analysed(
    volumes: Sequence[Volume], recipe: Recipe, domain: Domain, mask: Volume | None
) -> Analysis:
    try:
        analysis = analyse_images(volumes, recipe, domain, mask=mask)
    except LostPositionError as error:
        raise GridError(f"{error} On the page a button does it; FSL has fslcpgeom.") from None
    except GridError as error:
        raise GridError(
            f"{error} Use --resample to bring all images to the first one's grid."
        ) from None
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
