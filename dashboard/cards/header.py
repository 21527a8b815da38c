"""The headers of the files: what matters first, and all fields below."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dashboard.cards import elements
from dashboard.cards.card import IMAGES, Card, Drawn, Tab
from dashboard.cards.head import head
from dashboard.cards.markup import render
from dashboard.core.space import CODES, space
from dashboard.core.volume import Volume
from dashboard.services.analyses import Analyses
from dashboard.services.scene.scene import Scene
from dashboard.services.studies.naming import file_of
from dashboard.words.numbers import number, times
from dashboard.words.spaces import NAMES

TAB = Tab("header", "File headers")
HEAD, TABLE = elements.head("header"), elements.table("view-header")

# A minus sign, but not a hyphen in a word or a date.
_MINUS = re.compile(r"(?<![\w.])-(?=[\d.])|(?<=\de)-(?=\d)")
# What a field holds that nobody has filled in.
UNSET = frozenset({"", "0", "0.", "nan", "[0. 0. 0. 0.]", "b''"})
# NIfTI's units of time, within xyzt_units.
SECONDS = {"sec": 1.0, "msec": 1e-3, "usec": 1e-6}

# NIfTI's codes of the data types that can be read.
DATA_TYPES = {
    "2": "uint8", "4": "int16", "8": "int32", "16": "float32", "64": "float64", "256": "int8",
    "512": "uint16", "768": "uint32", "1024": "int64", "1280": "uint64",
}  # fmt: skip


@dataclass(frozen=True)
class File:
    """An image with what is known of its file.

    Attributes
    ----------
    name : str
        The file's name.
    entities : mapping
        BIDS entities; empty without a BIDS name.
    """

    name: str
    volume: Volume
    entities: Mapping[str, str]

    @property
    def fields(self) -> dict[str, str]:
        """The header's fields and values, as the notebook prints them."""
        return {field: _MINUS.sub("−", value) for field, value in self.volume.header}


@dataclass(frozen=True)
class Line:
    """One line of a table: a field and its value in each image."""

    field: str
    values: tuple[str, ...]
    differs: bool = False


def draw(scene: Scene, _: Analyses) -> Drawn:
    """Return the head and the table of X, Y and all images in the fit."""
    shown = [scene.images.open(name) for name in dict.fromkeys((scene.view.x, scene.view.y))]
    fitted = [volume for name in scene.meant if (volume := scene.images.get(name))]
    volumes = {volume.name: volume for volume in (*shown, *fitted)}
    files = [
        File(file.file_name if (file := file_of(scene.files, name)) else name, volume,
             scene.entities(name))
        for name, volume in volumes.items()
    ]  # fmt: skip
    return {HEAD.output: head(done_to=shown), TABLE.output: header_table(files)}


def header_table(files: Sequence[File]) -> str:
    """Return the headers side by side: a summary, and folded below it every field as it is stored.

    Lines that differ between images are marked.
    """
    every = {field: None for file in files for field in file.fields}
    stored = [_line(field, [file.fields.get(field, "") for file in files]) for field in every]
    unset = [line for line in stored if UNSET.issuperset(line.values)]
    return render(
        "header.html",
        names=[(file.volume.short_label, file.volume.label) for file in files],
        facts=list(_facts(files)),
        stored=[line for line in stored if line not in unset],
        unset=[line.field for line in unset],
    )


def _line(field: str, values: Sequence[str]) -> Line:
    return Line(field, tuple(values), differs=len(set(values)) > 1)


def _facts(files: Sequence[File]) -> list[Line]:
    """Return what matters of the files; a fact that none of them has is left out."""
    keys = {key: None for file in files for key in file.entities}
    named = [
        Line(f"BIDS {key}", tuple(file.entities.get(key, "") for file in files)) for key in keys
    ]
    lines = [_line(name, [fact(file) for file in files]) for name, fact in FACTS.items()]
    own = Line("file", tuple(file.name for file in files))
    ends = tuple(
        f"{number(facts.low)} to {number(facts.high)}"
        for facts in (file.volume.intensities for file in files)
    )
    # Names and intensities always differ: that says nothing.
    known = [line for line in lines if any(line.values)]
    return [own, *known, Line("intensities", ends), *named]


def _affine(row: int) -> Callable[[File], str]:
    return lambda file: "  ".join(
        f"{value + 0.0:.6g}".replace("-", "−") for value in file.volume.affine[row]
    )


def _codes(file: File) -> str:
    """Return the codes of qform and sform by their names; empty for other formats."""
    codes = [file.fields.get(f"{form}form_code") for form in "qs"]
    return ", ".join(NAMES[CODES.get(code, "unknown")] for code in codes if code)


def _repetition_time(file: File) -> str:
    """Return the repetition time of a series in seconds."""
    sizes = re.findall(r"[-+\d.e]+", dict(file.volume.header).get("pixdim", ""))
    unit = next((u for u in SECONDS if f"'{u}'" in file.fields.get("get_xyzt_units()", "")), "sec")
    if file.volume.volumes == 1 or len(sizes) < 5 or not float(sizes[4]):
        return ""
    return f"{number(float(sizes[4]) * SECONDS[unit])} s"


FACTS: dict[str, Callable[[File], str]] = {
    "shape": lambda file: times(file.volume.shape),
    "volumes": lambda file: f"{file.volume.volumes:,}" if file.volume.volumes > 1 else "",
    "TR": _repetition_time,
    "voxel size (mm)": lambda file: times(file.volume.voxel_size, 4),
    "coordinates": lambda file: NAMES[space(file.volume)],
    "qform, sform": _codes,
    "data type": lambda file: DATA_TYPES.get(file.fields.get("datatype", ""), ""),
    "affine, row 1": _affine(0),
    "affine, row 2": _affine(1),
    "affine, row 3": _affine(2),
}

CARD = Card("header", "files", TAB, IMAGES, (HEAD, TABLE), draw)
