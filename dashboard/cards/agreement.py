"""The table of how the classes agree with a reference segmentation."""

from collections.abc import Mapping

from dashboard.cards.card import FIT, Card, Drawn
from dashboard.cards.markup import measure, render, sentence
from dashboard.core.reference.agreement import Agreement
from dashboard.ids import ViewId
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene

TABLE = f"{ViewId.AGREEMENT}.html"

# Steps of the shading of a row's shares; the page's style has one class for each.
SHADES = 5
# A class ten times as large as its label is not the same tissue, however much larger.
MOST = 9.99


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the table; nothing without a reference."""
    found = analyses.agreement(scene)
    if found is None:
        return {TABLE: ""}
    return {TABLE: agreement_table(found, scene.label_names, scene.reference or "")}


def agreement_table(
    agreement: Agreement, label_names: Mapping[int, str], reference_name: str
) -> str:
    """Return what a slice and its reference have in common, as HTML.

    Parameters
    ----------
    agreement : Agreement
    label_names : mapping of int to str
        The names of the reference's labels, as far as they are known.
    reference_name : str
        What the reference is called on the page.
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


CARD = Card(
    "agreement", "views", FIT, (TABLE,), draw,
    lambda text: {TABLE: sentence(text)},
    tab="components",
)  # fmt: skip
