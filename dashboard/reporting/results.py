"""What a report is of: a scene with all that is computed of it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from dashboard.cards.classes import Name, names
from dashboard.core.analysis import Analysis
from dashboard.core.check.check import Checked
from dashboard.core.errors import NeuroMixError
from dashboard.core.mixture.criteria import candidate
from dashboard.core.reference.agreement import Agreement
from dashboard.services.analyses import Analyses
from dashboard.services.checking import check
from dashboard.services.scene.scene import Scene


@dataclass(frozen=True, eq=False)
class Results:
    """A scene and its results.

    Attributes
    ----------
    scene : Scene
    analysis : Analysis or None
        Of the fit's domain; None if an image cannot be opened or the grids differ.
    here : Analysis or None
        Of the slice on screen, under the same model.
    problem : str
        Why there is no model.
    icl : float or None
        Of the model.
    checked : Checked
        What the check of the study found.
    agreement : Agreement or None
        With the reference.
    called : mapping of int to Name
        The names of classes that have one.
    """

    scene: Scene
    analysis: Analysis | None
    here: Analysis | None
    problem: str
    icl: float | None
    checked: Checked
    agreement: Agreement | None
    called: Mapping[int, Name]


def results_of(scene: Scene, analyses: Analyses) -> Results:
    """Compute all that a report says of a scene."""
    analysis, here, problem = None, None, ""
    try:
        analysis, here = analyses.analyse(scene), analyses.at_cut(scene)
        problem = analysis.problem or ""
    except NeuroMixError as error:
        problem = str(error)
    agreement, icl = None, None
    if analysis and (model := analysis.model):
        with suppress(NeuroMixError):  # the findings say why a reference cannot be used
            agreement = analyses.agreement(scene)
        icl = candidate(model, analysis.features).icl
    return Results(
        scene=scene,
        analysis=analysis,
        here=here,
        problem=problem,
        icl=icl,
        checked=check(scene),
        agreement=agreement,
        called=names(scene, analyses) if analysis else {},
    )
