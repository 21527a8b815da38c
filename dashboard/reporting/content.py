"""The words and numbers of a report, as texts: HTML and PDF only lay them out."""

import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from importlib.metadata import version

from dashboard import __version__
from dashboard.cards.components import columns
from dashboard.core.analysis import Analysis
from dashboard.core.export.record import LIBRARIES
from dashboard.core.mixture.classes import Class
from dashboard.core.volume import Volume
from dashboard.figures.style import elided
from dashboard.reporting.results import Results
from dashboard.services.scene.scene import Scene
from dashboard.services.studies.naming import file_of
from dashboard.words import doubts, findings
from dashboard.words.methods import Cited, methods
from dashboard.words.numbers import (
    coefficient,
    correlation,
    counted,
    measure,
    number,
    percent,
    times,
    whole,
)
from dashboard.words.parts import plain

# More findings than these would take the room of the numbers; the page has all of them.
MOST_FINDINGS = 10
# Characters of two lines each.
TITLE_LENGTH, SUBTITLE_LENGTH = 120, 200
# Of the names of all images at the heads of their columns, together.
HEADINGS_LENGTH = 80
# Draw the figures of a report besides.
DRAWN_WITH = ("matplotlib", "seaborn")


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


@dataclass(frozen=True)
class Content:
    """All words and numbers of a report.

    Attributes
    ----------
    title, subtitle : str
    link : str
        The View as a URL query, with its question mark.
    problem : str
        Why there is no fit.
    doubts : tuple of str
        Reasons to doubt the fit.
    numbers : tuple of Table
        Components, and agreement with the reference.
    findings : tuple of (str, str)
        Severity and sentence.
    settings : tuple of (str, str)
        Names as in the View, and values.
    files : Table
    versions : str
    methods : str
    sources : tuple of str
        In the order of their numbers in the methods.
    """

    title: str
    subtitle: str
    link: str
    problem: str
    doubts: tuple[str, ...]
    numbers: tuple[Table, ...]
    findings: tuple[tuple[str, str], ...]
    settings: tuple[tuple[str, str], ...]
    files: Table
    versions: str
    methods: str
    sources: tuple[str, ...]

    @property
    def running(self) -> str:
        """What the second page says of the first, from which it may be parted."""
        return f"{self.title} – {self.subtitle}"


def content(results: Results) -> Content:
    """Return the words and numbers of a report."""
    scene, analysis = results.scene, results.analysis
    said = _methods(results)
    return Content(
        title=elided(scene.files.name, TITLE_LENGTH),
        subtitle=elided(_subtitle(scene), SUBTITLE_LENGTH),
        link=f"?{scene.view.query()}",
        problem=results.problem,
        doubts=tuple(map(doubts.sentence, analysis.doubts if analysis else ())),
        numbers=tuple(_numbers(results)),
        findings=tuple(_findings(results)),
        settings=tuple(_settings(scene)),
        files=_files(scene),
        versions=_versions(),
        methods=said.text,
        sources=tuple(said.sources),
    )


def _subtitle(scene: Scene) -> str:
    view = scene.view
    images = view.x if view.x == view.y else f"{view.x} and {view.y}"
    here = str(scene.cut)
    if scene.grid:
        mm = float(scene.grid.slice_positions(view.plane)[scene.cut.index])
        here += f" at {number(round(mm, 1))} mm"
    if view.scope == "volume":
        return f"{images}: the whole head, shown at {here}"
    return f"{images}: {here}"


def _methods(results: Results) -> Cited:
    scene = results.scene
    if results.analysis is None:
        return Cited()
    return methods(
        results.analysis,
        results.agreement,
        scene.reference.name if scene.reference else "",
        scene.mask.name if scene.mask else "",
    )


def _numbers(results: Results) -> Iterator[Table]:
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
    icl = f"ICL {whole(results.icl)}, " if results.icl is not None else ""
    voxels = counted(model.voxels, "foreground voxel")
    return (
        f"BIC {whole(model.bic)}, {icl}AIC {whole(model.aic)}; log-likelihood "
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


def _findings(results: Results) -> Iterator[tuple[str, str]]:
    found = results.checked.findings
    for finding in found[:MOST_FINDINGS]:
        yield finding.severity, plain(findings.sentence(finding))
    if len(found) > MOST_FINDINGS:
        yield "fact", f"{counted(len(found) - MOST_FINDINGS, 'more finding')}: see the page."


def _settings(scene: Scene) -> Iterator[tuple[str, str]]:
    """Yield every setting: those of the View as in a link, and what they stand for here."""
    view = scene.view
    meant = {
        "slice": str(view.slice or 0),
        "mix": ", ".join(scene.mixed),
        "mask": scene.mask.name if scene.mask and _uses_mask(scene) else "",
        "reference": scene.reference.name if scene.reference else "",
        "starts": str(scene.recipe.starts),
        "before": "1" if scene.before else "0",
    }
    for entry in fields(view):
        if entry.name in ("panel", "lesson"):  # how the page is laid out
            continue
        value = getattr(view, entry.name)
        written = "" if value is None else entry.metadata["kind"].write(value)
        yield entry.name, meant.get(entry.name, written) or "–"


def _files(scene: Scene) -> Table:
    shown = (("X", scene.view.x), ("Y", scene.view.y))
    mask = scene.mask if _uses_mask(scene) else None
    helpers = (("mask", mask), ("reference", scene.reference))
    uses: dict[str, list[str]] = {}
    for use, name in (
        *shown,
        *(("fit", name) for name in scene.mixed),
        *((use, one.name) for use, one in helpers if one),
    ):
        uses.setdefault(name, []).append(use)
    rows = []
    for name, used in uses.items():
        volume, file = scene.images.get(name), file_of(scene.files, name)
        facts = _facts(volume) if volume else ("", "", "cannot be read", "")
        rows.append((name, ", ".join(used), file.file_name if file else name, *facts))
    return Table(
        title="Input files",
        columns=("image", "use", "file", "shape", "voxel, mm", "processing", "SHA-256"),
        rows=tuple(rows),
        texts=frozenset({0, 1, 2, 5, 6}),
    )


def _uses_mask(scene: Scene) -> bool:
    return scene.view.foreground == "mask" or scene.view.outline == "mask"


def _facts(volume: Volume) -> tuple[str, ...]:
    done = ", ".join(map(str, volume.processing)) or "as stored"
    return times(volume.shape), times(volume.voxel_size, 4), done, volume.source


def _versions() -> str:
    libraries = [f"{name} {version(name)}" for name in (*LIBRARIES, *DRAWN_WITH)]
    return ", ".join([f"NeuroMix {__version__}", f"Python {platform.python_version()}", *libraries])
