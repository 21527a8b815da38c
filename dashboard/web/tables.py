"""The tables: components in original units, and what the files' headers say."""

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, Template

from dashboard.core.mixture.analysis import Analysis
from dashboard.core.volume import Volume
from dashboard.words.numbers import measure, ordinal, times

# Characters of a mean and its SD that fit into each of two columns, at 1440 pixels.
CELL_ROOM = 12


_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True
)
_templates.globals["zip"] = zip
_templates.filters["measure"] = measure
_templates.filters["ordinal"] = ordinal


def template(name: str) -> Template:
    """Return one of the templates beside this module; they escape all that is put into them."""
    return _templates.get_template(name)


def components_table(analysis: Analysis) -> str:
    """Return the components with what they measure, and how the fit went, as HTML."""
    if not analysis.mixture:
        return sentence(analysis.problem or "")
    voxels = len(analysis.values)
    mixed = analysis.volumes[: analysis.mixed]
    return template("components.html").render(
        names=[volume.name for volume in mixed],
        labels=[volume.label for volume in mixed],
        stacked=_is_wide(analysis),
        facts=[*(volume.label for volume in mixed if volume.processing), *analysis.facts],
        components=analysis.components,
        mixture=analysis.mixture,
        voxels=voxels,
        volume_ml=voxels * analysis.volumes[0].voxel_ml,
    )


def _is_wide(analysis: Analysis) -> bool:
    """Return whether means and SDs have to stand below each other to fit into the card."""
    cells = [
        f"{measure(mean)} ± {measure(sd)}"
        for component in analysis.components
        for mean, sd in zip(component.mean, component.sd, strict=True)
    ]
    return analysis.mixed > 2 or (analysis.mixed == 2 and max(map(len, cells)) > CELL_ROOM)


def header_table(volumes: list[Volume], entities: list[Mapping[str, str]]) -> str:
    """Return the headers side by side, as the notebook prints them, after a summary.

    Parameters
    ----------
    volumes : list of Volume
    entities : list of mapping
        What each file's BIDS name says; empty elsewhere.
    """
    columns = {
        volume.label: {f"BIDS {key}": value for key, value in told.items()}
        | _summary(volume)
        | dict(volume.header)
        for volume, told in zip(volumes, entities, strict=True)
    }
    headers = list(columns.values())
    return template("header.html").render(
        names=list(columns),
        headers=headers,
        fields=list(dict.fromkeys(field for header in headers for field in header)),
    )


def sentence(text: str) -> str:
    """Return a sentence that stands where there is nothing to show, as HTML."""
    return template("sentence.html").render(text=text)


def _summary(volume: Volume) -> dict[str, str]:
    rows = ["  ".join(f"{value + 0.0:.5g}" for value in row) for row in volume.affine[:3]]
    facts = volume.intensities
    return {
        "shape": times(volume.shape),
        "voxel size (mm)": times(volume.voxel_size, 4),
        "intensities": f"{facts.low:.6g} to {facts.high:.6g}",
        "affine, row 1": rows[0],
        "affine, row 2": rows[1],
        "affine, row 3": rows[2],
    }
