"""The files of a segmentation: label map, label table, probabilities, and their record."""

import errno
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from dashboard.core.analysis import Analysis
from dashboard.core.errors import NeuroMixError
from dashboard.core.export.images import (
    Probabilities,
    image_like,
    label_volume,
    mask_volume,
    probability_volume,
    save,
)
from dashboard.core.export.record import (
    agreement_record,
    components_record,
    criteria_record,
    input_record,
)
from dashboard.core.export.replacing import write_together
from dashboard.core.export.tables import class_name, table
from dashboard.core.facts import Notice
from dashboard.core.mixture.criteria import Candidate
from dashboard.core.reference.agreement import Agreement
from dashboard.core.volume import Volume, stem

Write = Callable[[Path], object]


def write_segmentation(
    analysis: Analysis,
    image: Path,
    out: Path,
    colours: Sequence[str],
    *,
    base: str = "",
    inputs: Collection[Path] = (),
    overwrite: bool = False,
    reference: Volume | None = None,
    agreement: Agreement | None = None,
    notices: Sequence[str] = (),
    warnings: Sequence[str] = (),
    doubts: Sequence[Notice] = (),
    names: Sequence[str] = (),
    probabilities: bool = False,
    others: Sequence[Candidate] = (),
) -> list[Path]:
    """Write a label volume, its label table and its components.

    Parameters
    ----------
    analysis : Analysis
        With a model.
    image : Path
        The first input file; the labels take its grid and name.
    out : Path
        Folder, created if missing.
    colours : sequence of str
        Hexadecimal colour of each class.
    base : str
        Begins the names of the files instead of the image's.
    inputs : collection of Path
        Files that are never overwritten.
    overwrite : bool
        Replace files that are not results of the same inputs.
    reference : Volume, optional
        A label map to which the classes were compared.
    agreement : Agreement, optional
        With the reference.
    notices : sequence of str
        Sentences about the input files and the fit.
    warnings : sequence of str
        Those that may mean that the results are wrong.
    doubts : sequence of Notice
        Reasons to doubt the fit, by `Doubt`.
    names : sequence of str
        Of classes 1..K, empty for those without one.
    probabilities : bool
        Write the probability of each class, too.
    others : sequence of Candidate
        Fits of the same voxels with other numbers of components, whose criteria are recorded.

    Returns
    -------
    list of Path
        ``<base>_dseg.nii.gz``, ``<base>_dseg.tsv``, ``<base>_label-<class>_probseg.nii.gz`` and
        ``<base>_components.json``.

    Raises
    ------
    NeuroMixError
        If a file cannot be written, or may not be replaced; then nothing changes.
    """
    base = base or stem(image)
    facts = components_record(analysis, notices, warnings, doubts, names)
    if reference and agreement:
        facts |= {"reference": input_record(reference), "agreement": agreement_record(agreement)}
    if others:
        facts |= {
            "by_components": {
                str(one.model.components): criteria_record(one.model) | {"icl": one.icl}
                for one in others
            }
        }
    try:
        return write_together(
            out,
            {
                f"{base}_{ending}": write
                for ending, write in writers(
                    analysis, image, colours, names, probabilities=probabilities
                )
            },
            f"{base}_components.json",
            facts,
            inputs=inputs,
            overwrite=overwrite,
        )
    except OSError as error:
        remedy = "Choose another folder with --out."
        if error.errno == errno.ENAMETOOLONG:
            remedy = "Give the image a shorter name."
        raise NeuroMixError(
            f"The results cannot be written to {out} ({error.strerror}). {remedy}"
        ) from None


def writers(
    analysis: Analysis,
    image: Path,
    colours: Sequence[str],
    names: Sequence[str] = (),
    *,
    probabilities: bool = False,
) -> Iterator[tuple[str, Write]]:
    """Yield the ending of each file of a segmentation, and what writes it.

    The parameters are those of `write_segmentation`. The same analysis gives the same bytes.
    """
    yield "dseg.nii.gz", partial(write_labels, analysis, image)
    table = label_table(analysis, colours, names).encode()
    yield "dseg.tsv", lambda path: path.write_bytes(table)
    if probabilities:
        classes = Probabilities(analysis)
        for number in range(1, analysis.fitted.components + 1):
            write = partial(write_probability, analysis, image, classes, number)
            yield f"label-{number}_probseg.nii.gz", write


def write_labels(analysis: Analysis, image: Path, path: Path) -> None:
    """Write the label map on the grid of an input file."""
    _write(analysis, image, label_volume(analysis), path)


def write_mask(analysis: Analysis, image: Path, path: Path) -> None:
    """Write the foreground on the grid of an input file."""
    _write(analysis, image, mask_volume(analysis), path)


def write_probability(
    analysis: Analysis, image: Path, classes: Probabilities, number: int, path: Path
) -> None:
    """Write the probability of class 1, 2, ... on the grid of an input file."""
    _write(analysis, image, probability_volume(analysis, classes.of(number)), path)


def label_table(analysis: Analysis, colours: Sequence[str], names: Sequence[str] = ()) -> str:
    """Return the number, name and colour of each class, as BIDS has it beside a label map."""
    return table(
        ("index", "name", "color"),
        ((c.number, class_name(names, c.number), colours[c.number - 1]) for c in analysis.classes),
    )


def _write(analysis: Analysis, image: Path, voxels: NDArray[Any], path: Path) -> None:
    save(image_like(image, voxels, analysis.features.volumes[0].affine), path)
