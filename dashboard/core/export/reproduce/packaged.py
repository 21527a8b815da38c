"""The script of the whole head and of resampled images: this package does what it does."""

from collections.abc import Iterator, Sequence
from dataclasses import fields

from dashboard.core.analysis import Analysis
from dashboard.core.domain import Cut
from dashboard.core.export.reproduce.given import Given, checked, quoted
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.processing import Placed, Resampled
from dashboard.core.reading.voxels import FIRST


def packaged(
    analysis: Analysis,
    images: Sequence[Given],
    base: str,
    mask: Given | None,
    grid: Given,
    position: Given | None,
) -> Iterator[str]:
    """Yield the lines of a script; the parameters are those of `script.script`."""
    features = analysis.features
    domain, mixed = features.domain, features.mixed
    every = [*images, *([mask] if mask else [])]
    steps = [step for one in every for step in one.volume.processing]
    resampled = any(isinstance(step, Resampled) for step in steps)
    placed = any(isinstance(step, Placed) for step in steps)
    cut = f"Cut({quoted(domain.plane)}, {domain.index})" if isinstance(domain, Cut) else "WHOLE"
    yield "import hashlib"
    yield "import sys"
    yield "from pathlib import Path"
    yield ""
    yield "from dashboard.core.analysis import analyse_images"
    yield f"from dashboard.core.domain import {'Cut' if isinstance(domain, Cut) else 'WHOLE'}"
    yield "from dashboard.core.export.segmentation import write_labels"
    if placed:
        yield "from dashboard.core.grid.position import positioned"
    if resampled:
        yield "from dashboard.core.grid.resampling import resample"
    yield "from dashboard.core.mixture.recipe import Recipe"
    yield "from dashboard.core.volume import read_volume"
    yield ""
    yield from checked([*images, mask, grid, position])
    yield ""
    if position and placed:
        yield f"placed = {_read(position)}"
    if resampled:
        yield f"grid = {_read(grid)}"
    yield "images = ["
    for one in images:
        yield f"    {_brought(one)},"
    yield "]"
    if mask:
        yield f"mask = {_brought(mask)}"
    yield f"recipe = Recipe({_settings(features.recipe)})"
    more = [f"mixed={mixed}"] if mixed < len(images) else []
    more += ["mask=mask"] if mask else []
    yield f"analysis = analyse_images({', '.join(['images', 'recipe', cut, *more])})"
    name = f"{base}_dseg.nii.gz"
    yield f"write_labels(analysis, folder / {quoted(grid.name)}, Path({quoted(name)}))"


def _read(one: Given) -> str:
    take = "" if one.take == FIRST else f", take={one.take!r}"
    return f"read_volume(folder / {quoted(one.name)}{take})"


def _brought(one: Given) -> str:
    """Return the expression that reads an image and brings it to its place."""
    read = _read(one)
    for step in one.volume.processing:
        if isinstance(step, Placed):
            read = f"positioned({read}, placed)"
        if isinstance(step, Resampled):
            read = f"resample({read}, grid{', nearest=True' if one.nearest else ''})"
    return read


def _settings(recipe: Recipe) -> str:
    """Return the settings that are not the usual ones, as arguments."""
    usual = Recipe()
    return ", ".join(
        f"{field.name}={quoted(value) if isinstance(value, str) else repr(value)}"
        for field in fields(recipe)
        if (value := getattr(recipe, field.name)) != getattr(usual, field.name)
    )
