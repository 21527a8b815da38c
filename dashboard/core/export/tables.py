"""The numbers of a fit as tables of tab-separated values, by the rules of BIDS."""

import re
from collections.abc import Iterable, Sequence

from dashboard.core.analysis import Analysis
from dashboard.core.mixture.criteria import Candidate
from dashboard.core.reference.agreement import Agreement

# What BIDS writes for a value that there is not.
NOTHING = "n/a"
# What would end a cell or a line, in the name of a file.
BREAKING = re.compile(r"[\t\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
# What begins a formula, which spreadsheets compute: a name may come with anybody's link.
FORMULA = ("=", "+", "-", "@")

Cell = str | float | bool | None


def class_name(names: Sequence[str], number: int) -> str:
    """Return the name of class 1, 2, ..., of those that have one."""
    return (names[number - 1] if number <= len(names) else "") or f"class {number}"


def components_table(analysis: Analysis, names: Sequence[str] = ()) -> str:
    """Return the classes in the images' own units; one line each.

    Columns: class, name, weight, voxels, volume in mL, mean and SD of each image in the fit, and
    the covariance of each two of them.
    """
    features = analysis.features
    images = [volume.label for volume in features.volumes[: features.mixed]]
    pairs = [(a, b) for b in range(len(images)) for a in range(b)]
    head = [
        "index", "name", "weight", "voxels", "volume_ml",
        *(f"{what} {image}" for image in images for what in ("mean", "sd")),
        *(f"covariance {images[a]} {images[b]}" for a, b in pairs),
    ]  # fmt: skip
    return table(
        head,
        (
            [
                c.number, class_name(names, c.number), c.weight, c.voxels, c.volume_ml,
                *(float(v) for pair in zip(c.mean, c.sd, strict=True) for v in pair),
                *(float(c.covariance[a, b]) for a, b in pairs),
            ]
            for c in analysis.classes
        ),
    )  # fmt: skip


def agreement_table(
    agreement: Agreement, names: Sequence[str] = (), labels: dict[int, str] | None = None
) -> str:
    """Return how the classes agree with a reference; one line each, and one of the background.

    Columns: class, name, the label that matches it and its name, Dice, both volumes in mL and their
    relative difference, and the voxels of the class that have each label of the reference.

    Parameters
    ----------
    labels : dict of int to str, optional
        The names of the reference's labels.
    """
    known = labels or {}
    head = [
        "index", "name", "label", "label_name", "dice", "volume_ml", "reference_ml",
        "relative_difference", *(f"voxels_of_label_{label}" for label in agreement.labels),
    ]  # fmt: skip
    background: list[Cell] = [0, "background", *[None] * 6]
    rows = [background] + [
        [
            m.number, class_name(names, m.number), m.label,
            None if m.label is None else known.get(m.label), m.dice, m.volume_ml, m.reference_ml,
            m.difference,
        ]
        for m in agreement.matches
    ]  # fmt: skip
    counts = agreement.counts.tolist()
    return table(head, ([*row, *own] for row, own in zip(rows, counts, strict=True)))


def criteria_table(candidates: Iterable[Candidate]) -> str:
    """Return what speaks for each number of components; one line each."""
    head = [
        "components", "bic", "icl", "aic", "log_likelihood_per_voxel", "entropy_per_voxel",
        "stability", "iterations", "converged",
    ]  # fmt: skip
    return table(
        head,
        (
            [
                c.model.components, c.bic, c.icl, c.aic, c.model.log_likelihood, c.entropy,
                c.stability, c.model.iterations, c.model.converged,
            ]
            for c in candidates
        ),
    )  # fmt: skip


def table(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table of tab-separated values under its head; a number keeps all its digits."""
    return "".join("\t".join(map(_text, row)) + "\n" for row in [head, *rows])


def _text(cell: Cell) -> str:
    if cell is None or cell == "":
        return NOTHING
    if isinstance(cell, bool):
        return str(cell).lower()
    if not isinstance(cell, str):
        return repr(cell)
    text = BREAKING.sub(" ", cell)
    return f"'{text}" if text.startswith(FORMULA) else text
