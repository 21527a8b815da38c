"""The numbers of a report as tables of texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.cards.components import columns
from dashboard.core.analysis import Analysis
from dashboard.core.mixture.classes import Class
from dashboard.figures.style import elided
from dashboard.reporting.results import Results
from dashboard.words.numbers import (
    coefficient,
    correlation,
    counted,
    criterion,
    measure,
    percent,
    whole,
)

# Of the names of all images at the heads of their columns, together.
HEADINGS_LENGTH = 80


@dataclass(frozen=True)
class Table:
    """A table of texts.

    Attributes
    ----------
    title : str
    columns : tuple of str
        The first one names the rows.
    rows : tuple of tuple of str
    notes : tuple of str
        Sentences below it.
    texts : frozenset of int
        The columns that hold no numbers.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...] = ()
    texts: frozenset[int] = frozenset({0})


def numbers(results: Results) -> Iterator[Table]:
    """Yield the tables of the components, and of their agreement with the reference."""
    if results.analysis and results.analysis.model:
        yield _components(results, results.analysis)
    if results.agreement:
        yield _agreement(results)


def _components(results: Results, analysis: Analysis) -> Table:
    features = analysis.features
    mixed = features.volumes[: features.mixed]
    names = columns(mixed)

    def cells(one: Class) -> Iterator[str]:
        yield _called(results, one.number)
        yield coefficient(one.weight)
        yield whole(one.voxels)
        yield measure(one.volume_ml)
        for mean, sd in zip(one.mean, one.sd, strict=True):
            yield f"{measure(mean)} ± {measure(sd)}"
        if one.correlation is not None:
            yield correlation(one.correlation)

    # They share a line.
    headings = [elided(name, max(HEADINGS_LENGTH // len(names), 8)) for name in names]
    correlated = ("r",) if len(mixed) > 1 else ()
    return Table(
        title="Components",
        columns=("class", "weight", "voxels", "mL", *headings, *correlated),
        rows=tuple(tuple(cells(one)) for one in analysis.classes),
        notes=(_units(names, results), _criteria(results, analysis)),
    )


def _units(names: Sequence[str], results: Results) -> str:
    where = "the whole head" if results.scene.view.scope == "volume" else "this slice"
    r = f"; r is the correlation of {names[0]} and {names[1]}" if len(names) > 1 else ""
    return (
        f"Voxels and volumes are of {where}. Images: mean ± SD within the component, in their own "
        f"units of intensity{r}."
    )


def _criteria(results: Results, analysis: Analysis) -> str:
    model = analysis.fitted
    end = "converged" if model.converged else "did not converge"
    icl = f"ICL {criterion(results.icl)}, " if results.icl is not None else ""
    voxels = counted(model.voxels, "foreground voxel")
    return (
        f"BIC {criterion(model.bic)}, {icl}AIC {criterion(model.aic)}; log-likelihood "
        f"{measure(model.log_likelihood)} per voxel of {voxels}; "
        f"{end} after {counted(model.iterations, 'iteration')}."
    )


def _agreement(results: Results) -> Table:
    found, scene = results.agreement, results.scene
    assert found, "asked for with an agreement only"

    rows = []
    for match in found.matches:
        label = "none" if match.label is None else str(match.label)
        name = scene.label_names.get(match.label or 0, "")
        rows.append(
            (
                _called(results, match.number),
                f"{label} {name}".strip(),
                "–" if match.dice is None else coefficient(match.dice),
                measure(match.volume_ml),
                "–" if match.reference_ml is None else measure(match.reference_ml),
            )
        )
    notes = []
    if found.mean_dice is not None:
        notes.append(f"Mean Dice {coefficient(found.mean_dice)}.")
    if found.agreeing is not None:
        notes.append(f"{percent(found.agreeing)} of the labelled voxels have the matching class.")
    if found.same_as_mask:
        notes.append("The mask marks the same voxels, so Dice is too good.")
    name = scene.reference.name if scene.reference else "the reference"
    return Table(
        title=f"Agreement with {name}",
        columns=("class", "label", "Dice", "class mL", "label mL"),
        rows=tuple(rows),
        notes=(" ".join(notes),),
        texts=frozenset({0, 1}),
    )


def _called(results: Results, number: int) -> str:
    name = results.called.get(number)
    return f"{number} {name.text}" if name else str(number)
