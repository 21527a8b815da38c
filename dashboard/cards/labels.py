"""The label map and its legend, which the browser draws: what they need to know of the fit."""

from html import escape
from typing import Any

from dashboard.cards import elements
from dashboard.cards.card import FIT, Card, Drawn
from dashboard.cards.classes import guesses
from dashboard.cards.head import head_of_used
from dashboard.core.analysis import Analysis
from dashboard.core.domain import Cut
from dashboard.core.errors import NeuroMixError
from dashboard.core.mixture.tissues import groups
from dashboard.core.reference.difference import Difference, count
from dashboard.figures.palette import DIFFERENCES, label_colour
from dashboard.ids import Control
from dashboard.services.analyses import Analyses
from dashboard.services.comparing import NO_REFERENCE, other_scope
from dashboard.services.render.addresses import key
from dashboard.services.scene.scene import Scene
from dashboard.view import Map
from dashboard.widgets import Legend
from dashboard.words.maps import MAPS

HEAD, PROBLEM = elements.head("labels", MAPS["labels"][0]), elements.problem("labels-problem")
OF_REFERENCE: tuple[Map, ...] = ("reference", "difference")
DIFFERENT = {
    Difference.OTHER_CLASS: "other class",
    Difference.ONLY_CLASS: "only in classes",
    Difference.ONLY_LABEL: "only in reference",
}
# Digits of means and covariances, which the browser only compares.
DIGITS = 9


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the head, what the legend says, and the reason if there is no fit."""
    analysis = analyses.analyse(scene)
    (title, caption), counts, problem = MAPS[scene.view.map], None, analysis.problem
    if analysis.model:
        try:
            counts = _counts(scene, analyses)
        except NeuroMixError as error:
            problem = str(error)
    if scene.reference and scene.view.map in OF_REFERENCE:
        caption = f"{caption}: {scene.reference.name}"
    facts = _facts(analysis, guesses(scene, analyses))
    return {
        HEAD.output: head_of_used(analysis, title, caption),
        PROBLEM.output: escape(problem or ""),
        LEGEND.output: {**facts, "map": scene.view.map, "counts": counts},
    }


def _counts(scene: Scene, analyses: Analyses) -> list[dict[str, Any]] | None:
    """Return what the legend of the reference, or of the differences, lists; None of others.

    It counts the voxels of the fit's domain.

    Raises
    ------
    NeuroMixError
        Why the View's map cannot be drawn.
    """
    view = scene.view
    number = view.map.removeprefix("probability-")
    if number.isdigit() and int(number) > view.components:
        raise NeuroMixError(f"There is no class {number} of {view.components}.")
    if view.map == "disagreement" and scene.domain == scene.cut:
        head = analyses.at_cut(other_scope(scene))
        if head.problem:
            raise NeuroMixError(head.problem)
    if view.map not in OF_REFERENCE:
        return None
    found = analyses.agreement(scene)
    if found is None:
        raise NeuroMixError(NO_REFERENCE)
    partners = found.partners(groups(view.tissues, len(found.matches)))
    if view.map == "difference":
        differing = count(found, partners)
        return [
            {"colour": DIFFERENCES[kind], "name": name, "voxels": differing[kind]}
            for kind, name in DIFFERENT.items()
        ]
    classes = {label: k for k, label in sorted(partners.items(), reverse=True)}
    return [
        {
            "colour": label_colour(label),
            # Then it has the colour of the class.
            "class": classes.get(label, 0),
            "name": scene.label_names.get(label, f"label {label}"),
            "voxels": voxels,
        }
        for label, voxels in zip(found.labels, found.counts.sum(axis=0).tolist(), strict=True)
        if label and voxels
    ]


def _facts(analysis: Analysis, guessed: dict[int, str]) -> dict[str, Any]:
    """Return the classes as Gaussians in the images' own units, and the names of the reference.

    The browser compares them with those that it showed before (assets/client/matching.mjs).
    """
    features, cut = analysis.features, analysis.features.domain
    return {
        "images": [key(volume.id) for volume in features.volumes[: features.mixed]],
        "plane": cut.plane if isinstance(cut, Cut) else None,
        "slice": cut.index if isinstance(cut, Cut) else None,
        "voxels": analysis.model.voxels if analysis.model else 0,
        "identities": list(analysis.identities),
        "guesses": {str(number): name for number, name in guessed.items()},
        "gaussians": [
            {
                "mean": [_short(value) for value in described.mean],
                "covariance": [[_short(value) for value in row] for row in described.covariance],
            }
            for described in analysis.classes
        ],
    }


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _legend() -> Legend:
    return Legend(
        id=Control.HIDDEN, value=[], names="", colours="", tissues="", facts=None,
        label="Classes", className="legend",
    )  # fmt: skip


LEGEND = elements.Part(_legend, f"{Control.HIDDEN}.facts", lambda _: None)
PARTS = (HEAD, elements.picture("view-labels"), PROBLEM, LEGEND)
FIELDS = FIT | {"map", "tissues"}
CARD = Card("labels", "views", "images", FIELDS, PARTS, draw, of_domain=True)
