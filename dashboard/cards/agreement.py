"""The table of how the classes agree with a reference segmentation."""

from collections.abc import Mapping

from dashboard.cards import elements
from dashboard.cards.card import FIT, Card, Drawn
from dashboard.cards.components import TAB
from dashboard.cards.markup import render
from dashboard.core.reference.agreement import Agreement
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.words.numbers import measure

TABLE = elements.table("view-agreement")

# Steps of shading; agreement.css has a class for each.
SHADES = 5
# Beyond ten times the label's volume, the number says no more.
MOST = 9.99


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the table; empty without a reference."""
    found = analyses.agreement(scene)
    if found is None or scene.reference is None:
        return {TABLE.output: ""}
    return {TABLE.output: agreement_table(found, scene.label_names, scene.reference.name)}


def agreement_table(
    agreement: Agreement, label_names: Mapping[int, str], reference_name: str
) -> str:
    """Return how a slice agrees with its reference, as HTML.

    Parameters
    ----------
    agreement : Agreement
    label_names : mapping of int to str
        Names of labels, if known.
    reference_name : str
        Shown to the user.
    """
    names = {label: label_names.get(label) or str(label) for label in agreement.labels}
    names[0] = "background"
    titles = {label: _title(label, label_names) for label in agreement.labels}
    shares = agreement.counts / agreement.counts.sum(axis=1, keepdims=True).clip(min=1)
    return render(
        "agreement.html",
        agreement=agreement,
        names=names,
        titles=titles,
        rows=[
            {
                "number": number,
                "cells": [
                    {
                        "label": label,
                        "count": int(count),
                        "share": float(share),
                        "shade": min(int(share * SHADES), SHADES - 1),
                        "matched": number > 0 and agreement.matched.get(number) == label,
                    }
                    for label, count, share in zip(agreement.labels, counts, row, strict=True)
                ],
            }
            for number, (counts, row) in enumerate(zip(agreement.counts, shares, strict=True))
        ],
        reference=reference_name,
        difference=difference,
    )


def difference(share: float | None) -> str:
    """Return a relative difference in percent, with its sign."""
    if share is None:
        return "–"
    if share > MOST:
        return f"> +{MOST * 100:.0f} %"
    return ("+" if share > 0 else "") + measure(100 * share) + " %"


def _title(label: int, label_names: Mapping[int, str]) -> str:
    if not label:
        return "the reference's background"
    name = label_names.get(label)
    return f"label {label} ({name})" if name else f"label {label}"


CARD = Card("agreement", "views", TAB, FIT, (TABLE,), draw)
