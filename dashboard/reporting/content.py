"""The words and numbers of a report, as texts: HTML and PDF only lay them out."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass, fields
from importlib.metadata import version

from dashboard import __version__
from dashboard.core.export.record import LIBRARIES
from dashboard.core.volume import Volume
from dashboard.figures.style import elided
from dashboard.reporting.numbers import Table, numbers
from dashboard.reporting.results import Results
from dashboard.services.scene.scene import Scene
from dashboard.services.studies.naming import file_of
from dashboard.words import doubts, findings
from dashboard.words.methods import Cited, methods
from dashboard.words.numbers import counted, number, times
from dashboard.words.parts import plain

# More findings than these would take the room of the numbers; the page has all of them.
MOST_FINDINGS = 10
# Characters of two lines each.
TITLE_LENGTH, SUBTITLE_LENGTH = 120, 200
# Draw the figures of a report besides.
DRAWN_WITH = ("matplotlib", "seaborn")


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
        numbers=tuple(numbers(results)),
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
