"""The options of `segment`, and those of them that `report` has, too."""

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import click
from click.core import ParameterSource

from dashboard.core.domain import Scope
from dashboard.core.errors import NeuroMixError
from dashboard.core.mixture.foreground import Foreground
from dashboard.core.mixture.recipe import (
    COMPONENTS,
    MAX_PRIOR,
    STARTS,
    TOLERANCES,
    VOLUME_STARTS,
    Clip,
    Covariance,
    Recipe,
    Start,
)
from dashboard.core.mixture.scaling import Scaling
from dashboard.core.orientation import Plane
from dashboard.view import SEEDS

DEFAULTS = Recipe()

Option = Callable[[Callable[..., None]], Callable[..., None]]


class _Amount(click.FloatRange):
    """A number within limits; click takes NaN for one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail(f"{value} is not a number from {self.min:g} to {self.max:g}.", param, ctx)
        return number


def _choice(literal: Any) -> click.Choice[str]:
    return click.Choice(get_args(literal))


# What is fitted, and how.
FIT = (
    click.option(
        "--components",
        default=DEFAULTS.components,
        metavar="N",
        type=click.IntRange(COMPONENTS.start, COMPONENTS.stop - 1),
        help="Number of Gaussians. Each one is a class.",
    ),
    click.option(
        "--scope",
        default="slice",
        type=_choice(Scope),
        help="What to fit: one slice, or the whole head.",
    ),
    click.option(
        "--plane",
        type=_choice(Plane),
        help="Direction of the slice. By default axial, or that of a single slice.",
    ),
    click.option(
        "--slice",
        "index",
        metavar="N",
        type=click.IntRange(0),
        help="Slice, counted from 0 towards right, anterior or superior. By default the one "
        "the page opens with.",
    ),
    click.option(
        "--covariance",
        default=DEFAULTS.covariance,
        type=_choice(Covariance),
        help="Shape of the Gaussians.",
    ),
    click.option(
        "--scaling",
        default=DEFAULTS.scaling,
        type=_choice(Scaling),
        help="How each image is scaled before the fit.",
    ),
    click.option(
        "--foreground",
        default=DEFAULTS.foreground,
        type=_choice(Foreground),
        help="Voxels to fit: above 0, non-zero, not background (the most frequent value), or "
        "marked by a mask.",
    ),
    click.option("--mask", metavar="IMAGE", help="Fit only the voxels that this mask marks."),
    click.option(
        "--clip",
        default=DEFAULTS.clip,
        type=_choice(Clip),
        help="Percent of the intensities to clip at each end.",
    ),
    click.option("--reference", metavar="IMAGE", help="Label map to compare the classes with."),
    click.option(
        "--volume",
        default="0",
        metavar="N|mean",
        help="Volume of 4-D images that are given without one, counted from 0.",
    ),
    click.option("--resample", is_flag=True, help="Resample all images to the grid of the first."),
    click.option(
        "--seed",
        default=DEFAULTS.seed,
        metavar="N",
        type=click.IntRange(0, SEEDS.stop - 1),
        help="Random start of the fit.",
    ),
    click.option(
        "--tolerance",
        default=DEFAULTS.tolerance,
        metavar="X",
        type=_Amount(TOLERANCES[-1], TOLERANCES[0]),
        help="Stop when an iteration raises the log-likelihood per voxel by less than this.",
    ),
    click.option(
        "--starts",
        metavar="N",
        type=click.IntRange(STARTS.start, STARTS.stop - 1),
        help="Number of random starts. The fit with the highest likelihood is kept. By default "
        f"1 for a slice, {VOLUME_STARTS} for the whole head.",
    ),
    click.option(
        "--start",
        default=DEFAULTS.start,
        type=_choice(Start),
        help="Where the fit of a slice begins: at random, or from the fit of the whole head, so "
        "that each class stays one tissue.",
    ),
    click.option(
        "--prior",
        default=DEFAULTS.prior,
        metavar="BETA",
        type=_Amount(0, MAX_PRIOR),
        help="How strongly neighbouring voxels of the whole head are pulled into the same class; "
        "0.5 suits most heads.",
    ),
    click.option(
        "--partial-volume",
        is_flag=True,
        help="Also fit voxels of the whole head that hold two tissues, by Gaussians between the "
        "classes. The covariance is tied then; with one image and a tolerance of 1e-05 classes "
        "come closer to tissues.",
    ),
    click.option(
        "--names",
        metavar="NAME,NAME,...",
        help="Names of classes 1, 2, ..., such as CSF,GM,WM; empty for a class without one.",
    ),
)

OPTIONS = (
    click.argument("images", nargs=-1, required=True),
    click.option(
        "--out",
        required=True,
        metavar="FOLDER",
        type=click.Path(path_type=Path),
        help="Where to write the results.",
    ),
    *FIT,
    click.option(
        "--criteria",
        metavar="LOW-HIGH",
        help="Also fit these numbers of components, such as 1-8; their BIC, ICL, AIC and "
        "log-likelihood go into the JSON file.",
    ),
    click.option(
        "--probabilities",
        is_flag=True,
        help="Write the probability of each class as an image, too.",
    ),
    click.option(
        "--overwrite", is_flag=True, help="Replace files that are not results for these images."
    ),
    click.option("--strict", is_flag=True, help="Write nothing if there is any warning."),
)


def with_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a function the arguments of `segment`."""
    return given(command, OPTIONS)


def given(command: Callable[..., None], options: Sequence[Option]) -> Callable[..., None]:
    """Give a function the arguments of a command."""
    for option in reversed(options):
        command = option(command)
    return command


def is_given(option: str) -> bool:
    """Return whether an option of the present command has another source than its default."""
    return click.get_current_context().get_parameter_source(option) != ParameterSource.DEFAULT


def require_sense(
    *,
    whole: bool,
    start: str,
    starts: int | None,
    prior: float,
    partial_volume: bool,
    covariance: str,
) -> None:
    """Refuse options of a fit that would do nothing, or contradict each other.

    Parameters
    ----------
    whole : bool
        Whether the whole head is fitted.

    Raises
    ------
    NeuroMixError
    """
    if start == "volume" and (whole or starts):
        raise NeuroMixError(
            "--start volume begins the fit of a slice once, from that of the whole head. Leave out "
            "--scope volume and --starts."
        )
    if prior and not whole:
        raise NeuroMixError("--prior is for the whole head. Add --scope volume.")
    if partial_volume and not whole:
        raise NeuroMixError("--partial-volume is for the whole head. Add --scope volume.")
    if partial_volume and is_given("covariance") and covariance != "tied":
        raise NeuroMixError(
            "--partial-volume fits one covariance to all classes. Leave out --covariance, or make "
            "it tied."
        )


def candidates(text: str | None) -> range:
    """Return the numbers of components of `--criteria`.

    Raises
    ------
    NeuroMixError
        If it is no range, or goes beyond what can be fitted.
    """
    if text is None:
        return range(0)
    low, _, high = text.partition("-")
    if low.isdecimal() and high.isdecimal() and int(low) <= int(high):
        found = range(int(low), int(high) + 1)
        if found[0] in COMPONENTS and found[-1] in COMPONENTS:
            return found
    raise NeuroMixError(
        f"--criteria must be written like 1-8, from {COMPONENTS[0]} to {COMPONENTS[-1]}, not "
        f"{text[:20]!r}."
    )
