"""The label map and its legend, which the browser draws: what they need to know of the fit."""

from html import escape
from typing import Any

from dashboard.cards import elements
from dashboard.cards.card import FIT, Card, Drawn
from dashboard.cards.classes import guesses
from dashboard.cards.head import head_of_used
from dashboard.core.analysis import Analysis
from dashboard.core.domain import Cut
from dashboard.ids import Control
from dashboard.services.analyses import Analyses
from dashboard.services.render.addresses import key
from dashboard.services.scene.scene import Scene
from dashboard.widgets import Legend

TITLE = "Label map"
HEAD, PROBLEM = elements.head("labels", TITLE), elements.problem("labels-problem")
# Digits of means and covariances, which the browser only compares.
DIGITS = 9


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the head, what the legend says, and the reason if there is no fit."""
    analysis = analyses.analyse(scene)
    return {
        HEAD.output: head_of_used(analysis, TITLE, "most probable class of each voxel"),
        PROBLEM.output: escape(analysis.problem or ""),
        LEGEND.output: _facts(analysis, guesses(scene, analyses)),
    }


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
CARD = Card("labels", "views", "images", FIT, PARTS, draw, of_domain=True)
