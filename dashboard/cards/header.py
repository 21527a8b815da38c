"""The headers of the files."""

from collections.abc import Mapping

from dashboard.cards import elements
from dashboard.cards.card import IMAGES, Card, Drawn, Tab
from dashboard.cards.head import head
from dashboard.cards.markup import render
from dashboard.core.volume import Volume
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.words.numbers import times

TAB = Tab("header", "File headers")
HEAD, TABLE = elements.head("header"), elements.table("view-header")


def draw(scene: Scene, _: Analyses) -> Drawn:
    """Return the head and the table of X and Y."""
    names = (scene.view.x, scene.view.y)
    volumes = [scene.images.open(name) for name in names]
    table = header_table(volumes, [scene.entities(name) for name in names])
    return {HEAD.output: head(done_to=volumes), TABLE.output: table}


def header_table(volumes: list[Volume], entities: list[Mapping[str, str]]) -> str:
    """Return the headers side by side, as the notebook prints them, below a summary.

    Parameters
    ----------
    volumes : list of Volume
    entities : list of mapping
        BIDS entities of each file; empty without a BIDS name.
    """
    columns = {
        volume.label: {f"BIDS {key}": value for key, value in named.items()}
        | _summary(volume)
        | dict(volume.header)
        for volume, named in zip(volumes, entities, strict=True)
    }
    headers = list(columns.values())
    return render(
        "header.html",
        names=list(columns),
        headers=headers,
        fields=list(dict.fromkeys(field for header in headers for field in header)),
    )


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


CARD = Card("header", "files", TAB, IMAGES, (HEAD, TABLE), draw)
