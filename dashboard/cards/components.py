"""The table of the components, in original units."""

from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from dashboard.cards import elements
from dashboard.cards.card import FIT, TISSUES, Card, Drawn, Tab
from dashboard.cards.classes import Name, names, tissue_name
from dashboard.cards.head import head_of_used
from dashboard.cards.markup import render, sentence
from dashboard.core.analysis import Analysis
from dashboard.core.domain import WHOLE
from dashboard.core.mixture.tissues import Group, tissues
from dashboard.core.processing import Taken
from dashboard.core.volume import Volume
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.services.studies.naming import MEAN, SELECTOR
from dashboard.words import doubts
from dashboard.words.numbers import measure

TAB = Tab("components", "Components")
HEAD, TABLE = elements.head("components"), elements.table("view-components")
# Characters of a mean and its SD that fit into each of two columns at 1440 pixels.
CELL_LENGTH = 12
NO_NAMES: Mapping[int, Name] = MappingProxyType({})


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the head and the table."""
    analysis = analyses.analyse(scene)
    table = components_table(analysis, names(scene, analyses), scene.view.tissues)
    return {HEAD.output: head_of_used(analysis), TABLE.output: table}


def components_table(
    analysis: Analysis, called: Mapping[int, Name] = NO_NAMES, merged: Sequence[Group] = ()
) -> str:
    """Return the classes, their tissues and the quality of the fit, as HTML.

    Parameters
    ----------
    analysis : Analysis
    called : mapping of int to Name
        The names of classes that have one.
    merged : sequence of tuple of int
        Classes that are one tissue, as in the View.
    """
    model, features = analysis.model, analysis.features
    if not model:
        return sentence(analysis.problem or "")
    mixed, found = features.volumes[: features.mixed], tissues(analysis.classes, merged)
    return render(
        "components.html",
        names=columns(mixed),
        labels=[volume.label for volume in mixed],
        stacked=_is_wide(analysis),
        facts=[*(volume.label for volume in mixed if volume.processing), *features.facts],
        classes=analysis.classes,
        called=called,
        tissues=[(tissue, tissue_name(tissue.classes, called)) for tissue in found],
        doubts=[doubts.sentence(doubt) for doubt in analysis.doubts],
        model=model,
        whole=features.domain is WHOLE,
        volume_ml=model.voxels * features.volumes[0].voxel_ml,
    )


def columns(mixed: Sequence[Volume]) -> list[str]:
    """Return the names of the images, which tell the volumes of one file apart."""
    files = Counter(volume.name for volume in mixed)
    return [v.short if files[v.name] == 1 else f"{v.short}{SELECTOR}{_taken(v)}" for v in mixed]


def _taken(volume: Volume) -> str:
    """Return what was taken of a series, as in the name of an image."""
    volumes = next(step.volumes for step in volume.processing if isinstance(step, Taken))
    return str(volumes[0]) if len(volumes) == 1 else MEAN


def _is_wide(analysis: Analysis) -> bool:
    """Return whether SDs have to go below the means to fit into the card."""
    cells = [
        f"{measure(mean)} ± {measure(sd)}"
        for described in analysis.classes
        for mean, sd in zip(described.mean, described.sd, strict=True)
    ]
    mixed = analysis.features.mixed
    return mixed > 2 or (mixed == 2 and max(map(len, cells)) > CELL_LENGTH)


CARD = Card("components", "views", TAB, FIT | TISSUES, (HEAD, TABLE), draw, of_domain=True)
