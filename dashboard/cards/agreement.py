"""The table of how the classes agree with a reference segmentation."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dashboard.cards import elements
from dashboard.cards.card import FIT, TISSUES, Card, Drawn
from dashboard.cards.classes import Names, names, tissue_name
from dashboard.cards.components import NO_NAMES, TAB
from dashboard.cards.markup import render
from dashboard.core.domain import WHOLE
from dashboard.core.mixture.tissues import Group, groups
from dashboard.core.reference.agreement import Agreement
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.words.numbers import measure

TABLE = elements.table("view-agreement")

# Labels side by side: those of tissues. FreeSurfer's and other parcellations have hundreds.
SHOWN = 12
# Steps of shading; agreement.css has a class for each.
SHADES = 5
# Beyond ten times the label's volume, the number says no more.
MOST = 9.99


def draw(scene: Scene, analyses: Analyses) -> Drawn:
    """Return the table; empty without a reference, and without a fit: the components say why."""
    if scene.problem:
        return {TABLE.output: ""}
    found = analyses.agreement(scene)
    if found is None or scene.reference is None:
        return {TABLE.output: ""}
    mask = scene.mask.name if scene.mask and found.same_as_mask else ""
    table = agreement_table(
        found,
        scene.label_names,
        scene.reference.name,
        mask,
        called=names(scene, analyses),
        merged=scene.view.tissues,
        whole=scene.domain is WHOLE,
    )
    return {TABLE.output: table}


def agreement_table(
    agreement: Agreement,
    label_names: Mapping[int, str],
    reference_name: str,
    mask: str = "",
    *,
    called: Names = NO_NAMES,
    merged: Sequence[Group] = (),
    whole: bool = False,
) -> str:
    """Return how a slice or the whole head agrees with its reference, as HTML.

    Parameters
    ----------
    agreement : Agreement
    label_names : mapping of int to str
        Names of labels, if known.
    reference_name, mask : str
        Shown to the user. The mask is one that marks the same voxels.
    called : mapping of int to Name
        The names of classes that have one.
    merged : sequence of tuple of int
        Classes that are one tissue, as in the View; they are compared together.
    whole : bool
        Whether the whole head was compared.
    """
    tissues = groups(merged, len(agreement.matches))
    agreement = agreement.of_tissues(tissues)
    names = {label: label_names.get(label) or str(label) for label in agreement.labels}
    names[0] = "background"
    titles = {label: _title(label, label_names) for label in agreement.labels}
    shown, folded = _columns(agreement)
    shares = agreement.counts / agreement.counts.sum(axis=1, keepdims=True).clip(min=1)
    return render(
        "agreement.html",
        agreement=agreement,
        tissues=[None, *({"classes": t, "name": tissue_name(t, called)} for t in tissues)],
        names=names,
        titles=titles,
        what=_what(tissues),
        labels=[agreement.labels[column] for column in shown],
        rows=[
            {
                "number": number,
                "cells": [
                    {
                        "label": agreement.labels[column],
                        "count": int(counts[column]),
                        "share": float(row[column]),
                        # The background is no class, and mostly larger than all of them.
                        "shade": min(int(row[column] * SHADES), SHADES - 1) if number else 0,
                        "matched": number > 0
                        and agreement.matched.get(number) == agreement.labels[column],
                    }
                    for column in shown
                ],
            }
            for number, (counts, row) in enumerate(zip(agreement.counts, shares, strict=True))
        ],
        folded=[_label(agreement, column) for column in folded],
        absent=len(agreement.labels) - len(shown) - len(folded),
        reference=reference_name,
        mask=mask,
        difference=difference,
        whole=whole,
    )


def _what(tissues: Sequence[Group]) -> str:
    """Return what is compared with the labels: classes or, once some are merged, tissues."""
    many = len(tissues) != 1
    if any(len(group) > 1 for group in tissues):
        return "tissues" if many else "tissue"
    return "classes" if many else "class"


def _columns(agreement: Agreement) -> tuple[list[int], list[int]]:
    """Return the columns of the table: those shown, in order, and the others, largest first.

    Of many labels, the matched ones and the largest are shown, and those not in the slice are none
    of either.
    """
    count = len(agreement.labels)
    if count - 1 <= SHOWN:
        return list(range(count)), []
    sizes = agreement.counts.sum(axis=0)
    matched = np.isin(agreement.labels, list(agreement.matched.values()))
    order = [c for c in np.lexsort((-sizes, ~matched)).tolist() if c and sizes[c]]
    rest = sorted(order[SHOWN:], key=lambda column: -sizes[column])
    return [0, *sorted(order[:SHOWN])], rest


def _label(agreement: Agreement, column: int) -> dict[str, Any]:
    """Return a label of the folded table: its voxels, and the class that agrees best."""
    dice = agreement.dice[:, column - 1]
    best = int(dice.argmax())
    voxels = int(agreement.counts[:, column].sum())
    return {
        "label": agreement.labels[column],
        "voxels": voxels,
        "best": best + 1 if dice[best] else None,
        "dice": float(dice[best]),
        "common": int(agreement.counts[best + 1, column]),
    }


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


CARD = Card("agreement", "views", TAB, FIT | TISSUES, (TABLE,), draw, of_domain=True)
