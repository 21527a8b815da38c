"""What can be exported, by the end of its name."""

import zipfile
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

from dashboard.core.errors import NeuroMixError
from dashboard.core.export.derivatives import derivatives, sidecar
from dashboard.core.export.segmentation import label_table, write_labels, write_mask, writers
from dashboard.core.export.tables import agreement_table, components_table, criteria_table
from dashboard.core.mixture.recipe import COMPONENTS
from dashboard.services.comparing import NO_REFERENCE
from dashboard.services.exporting.origins import origin
from dashboard.services.exporting.reproducing import reproduce
from dashboard.services.exporting.subject import Subject

# The share that is done, 0..1.
Shares = Iterator[float]
# The share of a BIDS data set that is done when its criteria are there.
FITS_OF_ALL = 0.7


@dataclass(frozen=True)
class Export:
    """A kind of file.

    Attributes
    ----------
    mimetype : str
    make : callable
        Writes the file of a subject to a path; yields now and then, and may be left at any time.
    """

    mimetype: str
    make: Callable[[Subject, Path], Shares]


def _labels(subject: Subject, path: Path) -> Shares:
    yield 0
    write_labels(subject.analysis, subject.image, path)


def _mask(subject: Subject, path: Path) -> Shares:
    yield 0
    write_mask(subject.analysis, subject.image, path)


def _probabilities(subject: Subject, path: Path) -> Shares:
    yield 0
    found = [
        one
        for one in writers(
            subject.analysis, subject.image, subject.colours, subject.names, probabilities=True
        )
        if one[0].endswith("probseg.nii.gz")
    ]
    with Packed(path) as packed:
        for number, (ending, write) in enumerate(found, start=1):
            yield number / (len(found) + 1)
            packed.add(f"{subject.base}_{ending}", write)
            about = sidecar(ending, subject.analysis, subject.names, subject.scene.view.query())
            name = f"{subject.base}_{ending.removesuffix('.nii.gz')}.json"
            packed.add(name, partial(_write_text, about))


def _bids(subject: Subject, path: Path) -> Shares:
    yield 0
    scene, analysis, before = subject.scene, subject.analysis, 0.0
    tables = {"components.tsv": components_table(analysis, subject.names)}
    with suppress(NeuroMixError):  # a card says why nothing can be compared
        tables["agreement.tsv"] = _agreement(subject)
    # They take many times as long as all else, and the page computes them for their tab only.
    if scene.view.panel == "criteria":
        before = FITS_OF_ALL
        tables["criteria.tsv"] = yield from _fits(subject, until=before)
    files = derivatives(
        analysis, subject.image, subject.colours,
        study=subject.title, what=subject.what, names=subject.names,
        entities=scene.entities(scene.view.grid or scene.mixed[0]), link=scene.view.query(),
        tables=tables, code=reproduce(subject), origin=origin(subject.inputs),
    )  # fmt: skip
    with Packed(path) as packed:
        expected = 9 + len(tables) + 2 * analysis.fitted.components
        for number, (name, write) in enumerate(files):
            yield before + (1 - before) * min(number / expected, 0.99)
            packed.add(name, write)


def _text(of: Callable[[Subject], str]) -> Callable[[Subject, Path], Shares]:
    """Return what writes a text."""

    def make(subject: Subject, path: Path) -> Shares:
        yield 0
        _write_text(of(subject), path)

    return make


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, "utf-8", errors="backslashreplace", newline="\n")


def _agreement(subject: Subject) -> str:
    found = subject.analyses.agreement(subject.scene)
    if found is None:
        raise NeuroMixError(NO_REFERENCE)
    return agreement_table(found, subject.names, subject.scene.label_names)


def _criteria(subject: Subject, path: Path) -> Shares:
    _write_text((yield from _fits(subject)), path)


def _fits(subject: Subject, until: float = 1) -> Generator[float, None, str]:
    """Fit all numbers of components, as far as the page has not; return what speaks for each.

    Parameters
    ----------
    until : float
        The share of all work that is done then.
    """
    subject.analysis  # noqa: B018 - without a model it says why
    while not (progress := subject.analyses.criteria(subject.scene)).done:
        yield until * len(progress.items) / (2 * len(COMPONENTS))
    newest = {one.model.components: one for one in progress.items}
    return criteria_table(newest[k] for k in sorted(newest))


class Packed:
    """A zip whose bytes depend on its members alone."""

    def __init__(self, path: Path) -> None:
        self._path, self._zip = path, zipfile.ZipFile(path, "w")

    def __enter__(self) -> "Packed":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._zip.close()
        if kind is None:
            with zipfile.ZipFile(self._path) as kept:
                if broken := kept.testzip():
                    raise NeuroMixError(
                        f"{broken} cannot be read back. Check the server's disk, then try again."
                    )

    def add(self, name: str, write: Callable[[Path], object]) -> None:
        """Add what writes a file, whose name ends as that of the member."""
        with TemporaryDirectory(dir=self._path.parent) as folder:
            path = Path(folder) / Path(name).name
            write(path)
            # What is packed already stays as it is.
            info = zipfile.ZipInfo(name)
            info.external_attr = 0o644 << 16
            info.compress_type = (
                zipfile.ZIP_STORED if name.endswith(".gz") else zipfile.ZIP_DEFLATED
            )
            with path.open("rb") as file, self._zip.open(info, "w", force_zip64=True) as member:
                while chunk := file.read(2**20):
                    member.write(chunk)


NIFTI, TSV, ZIP = "application/gzip", "text/tab-separated-values", "application/zip"

EXPORTS: Mapping[str, Export] = MappingProxyType(
    {
        "dseg.nii.gz": Export(NIFTI, _labels),
        "dseg.tsv": Export(TSV, _text(lambda s: label_table(s.analysis, s.colours, s.names))),
        "mask.nii.gz": Export(NIFTI, _mask),
        "probseg.zip": Export(ZIP, _probabilities),
        "bids.zip": Export(ZIP, _bids),
        "components.tsv": Export(TSV, _text(lambda s: components_table(s.analysis, s.names))),
        "agreement.tsv": Export(TSV, _text(_agreement)),
        "criteria.tsv": Export(TSV, _criteria),
        "reproduce.py": Export("text/x-python", _text(reproduce)),
    }
)
